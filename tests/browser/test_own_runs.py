"""One's own runs: a reload brings back the one on show, and a list brings back the others."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def trained(visit: Any, fragment: str = "") -> Any:
    page = visit.open(fragment)
    page.get_by_role("button", name="+1 epoch").click()
    visit.wait_epoch(1)
    return page


def listed(visit: Any) -> list[str]:
    ids: list[str] = visit.page.evaluate(
        "async () => (await (await fetch('api/v1/runs')).json()).runs.map((run) => run.id)"
    )
    return ids


def test_a_reload_brings_back_the_run_and_makes_no_other(visit: Any) -> None:
    page = trained(visit, "#data=xor&net=3-relu")
    page.get_by_role("button", name="Reset").first.click()
    visit.wait("() => document.querySelector('#epoch').textContent === '000,000'")
    page.get_by_role("button", name="+1 epoch").click()
    visit.wait_epoch(1)
    before = listed(visit)
    weights = "async (id) => JSON.stringify((await (await fetch(`api/v1/runs/${id}/weights`)).json()).layers)"
    kept = page.evaluate(weights, before[0])
    page.reload()
    visit.wait_epoch(1)
    page.locator("body[data-connection=open]").wait_for()
    assert listed(visit) == before
    page.get_by_role("button", name="+1 epoch").click()
    visit.wait_epoch(2)
    assert listed(visit) == before
    assert page.evaluate(weights, before[0]) != kept, "it is this one that goes on"


def test_a_link_opened_afresh_begins_a_run_of_its_own(visit: Any) -> None:
    trained(visit, "#data=xor")
    visit.page.goto("about:blank")
    visit.open("#data=xor")
    assert visit.epoch() == 0
    assert len(listed(visit)) == 2


def test_own_runs_are_named_pinned_and_brought_back(visit: Any) -> None:
    page = trained(visit, "#data=xor")
    first = listed(visit)[0]
    visit.page.goto("about:blank")
    visit.open("#data=spiral")
    page.get_by_role("button", name="Your runs").click()
    dialog = page.get_by_role("dialog", name="Your runs")
    dialog.get_by_role("listitem").nth(1).wait_for()
    assert dialog.get_by_role("button", name="On the page").is_disabled()
    row = dialog.get_by_role("listitem").nth(1)
    name = row.get_by_role("textbox")
    name.fill("My xor")
    name.press("Tab")
    row.get_by_role("button", name="Pin").click()
    row.locator("[aria-pressed=true]").wait_for()
    visit.wait(
        """async (id) => {
          const run = await (await fetch(`api/v1/runs/${id}`)).json();
          return run.name === 'My xor' && run.pinned;
        }""",
        first,
    )
    row.get_by_role("button", name="Bring back").click()
    visit.wait_epoch(1)
    visit.wait("() => location.hash === '#data=xor'")
    assert page.evaluate("() => history.state.run") == first
    page.get_by_role("button", name="Undo").click()
    visit.wait("() => location.hash === '#data=spiral'")


def test_two_quick_clicks_list_each_run_once(visit: Any) -> None:
    page = visit.open()
    page.get_by_role("button", name="Your runs").evaluate("(button) => { button.click(); button.click(); }")
    dialog = page.get_by_role("dialog", name="Your runs")
    dialog.get_by_role("listitem").first.wait_for()
    both = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('runs?limit')).length === 2"
    visit.wait(f"() => {both}")
    assert dialog.get_by_role("listitem").count() == len(listed(visit)) == 1

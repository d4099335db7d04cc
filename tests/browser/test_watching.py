"""Someone else's run: a copy of one's own from its weights, and what an address says that leads nowhere."""

from typing import Any

import pytest

from tests.browser.visits import AGREES

pytestmark = pytest.mark.browser

WEIGHTS = "async (id) => (await (await fetch(`api/v1/runs/${id}/weights`)).json()).layers"


def test_a_copy_of_a_watched_run_has_the_same_weights(visits: Any) -> None:
    owner, viewer = visits(), visits()
    page = owner.open("#data=xor&net=5-relu,3-tanh")
    page.get_by_role("button", name="Layer 1, unit 2").click()
    page.locator("#popover").get_by_role("button", name="Cut weight from x2").click()
    page.locator("#popover").get_by_role("button", name="Restore weight from x2").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Play", exact=True).click()
    owner.wait_epoch(12)
    page.get_by_role("button", name="Pause", exact=True).click()
    page.locator("body[data-state=paused]").wait_for()
    theirs = owner.run()
    watched = viewer.open(f"#run={theirs['id']}")
    viewer.wait_epoch(theirs["epoch"])
    copy = watched.locator("#message").get_by_role("button", name="Make a copy")
    copy.click()
    watched.locator("#message").get_by_text("This copy is yours").wait_for()
    assert f"the weights of epoch {theirs['epoch']}" in watched.locator("#message").inner_text()
    mine = viewer.run()
    assert mine["id"] != theirs["id"]
    assert mine["config"] == theirs["config"]
    assert mine["epoch"] == 0
    assert watched.evaluate(WEIGHTS, mine["id"]) == page.evaluate(WEIGHTS, theirs["id"])
    viewer.wait(AGREES, [mine["id"], ""])
    assert watched.locator("#test-loss").inner_text() == page.locator("#test-loss").inner_text()
    assert "run=" not in watched.evaluate("() => location.hash")
    assert watched.locator(".settings").evaluate("(part) => part.inert") is False
    watched.get_by_role("button", name="+1 epoch").click()
    viewer.wait_epoch(1)
    assert owner.run()["epoch"] == theirs["epoch"]
    watched.go_back()
    viewer.wait_epoch(theirs["epoch"])
    copy.wait_for()
    assert watched.get_by_role("button", name="Play", exact=True).is_disabled()


def test_a_deleted_run_is_reported_and_replaced(visits: Any) -> None:
    visit = visits()
    page = visit.open("#run=doesnotexist")
    page.locator("#message").get_by_text("There is no run").wait_for()
    page.get_by_role("button", name="+1 epoch").click()
    visit.wait_epoch(1)
    assert "run=" not in page.evaluate("() => location.hash")


def test_a_watching_page_follows_the_owner_to_a_new_run(visits: Any) -> None:
    owner, viewer = visits(), visits()
    page = owner.open()
    first = owner.run()["id"]
    watched = viewer.open(f"#run={first}")
    page.get_by_role("button", name="One unit more in layer 1").click()
    owner.wait("(id) => history.state.run && history.state.run !== id", first)
    second = owner.run()["id"]
    viewer.wait("(id) => location.hash === `#run=${id}`", second)
    watched.locator("body[data-connection=open]").wait_for()
    assert watched.locator(".hidden-layer").first.locator(".unit").count() == 5
    watched.locator("#message").get_by_text("follows").wait_for()
    entries = watched.evaluate("() => history.length")
    page.get_by_role("button", name="Undo").click()
    viewer.wait("(id) => location.hash === `#run=${id}`", first)
    assert watched.evaluate("() => history.length") == entries, "Back does not lead into the runs that were left"
    page.get_by_role("button", name="Redo").click()
    viewer.wait("(id) => location.hash === `#run=${id}`", second)
    late = visits()
    opened = late.open(f"#run={first}")
    late.wait("(id) => location.hash === `#run=${id}`", second)
    assert opened.get_by_role("button", name="Play", exact=True).is_disabled()

"""Step through: the figures are the API's, every cell opens, the step is the run's, and everyone can get at it."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser

axe_api = pytest.importorskip("axe_playwright_python.sync_playwright")


def shown(visit: Any, fragment: str = "") -> Any:
    page = visit.open(f"#panel=step{fragment}")
    page.locator("#panel-step .ledger b").first.wait_for()
    return page


def fetched(page: Any, run: str, path: str) -> Any:
    return page.evaluate("async (path) => (await fetch(path)).json()", f"api/v1/runs/{run}/{path}")


def figure(text: str) -> float:
    return float(text.replace("\u2212", "-"))


def test_figures_are_the_traces_and_both_orientations_agree(visit: Any) -> None:
    page = shown(visit)
    trace = fetched(page, visit.run()["id"], "trace?count=4")
    rows = page.get_by_role("grid", name="weighted sums, layer 1, 4 by 4", exact=True).locator("td").all_inner_texts()
    by_example = [value for example in zip(*trace["layers"][0]["Z"], strict=True) for value in example]
    assert [figure(text) for text in rows] == pytest.approx(by_example, abs=6e-4)
    page.get_by_role("button", name="Columns", exact=True).click()
    weights = page.get_by_role("grid", name="weights, layer 1, 4 by 2", exact=True).locator("td").all_inner_texts()
    flat = [value for row in trace["layers"][0]["W"] for value in row]
    assert [figure(text) for text in weights] == pytest.approx(flat, abs=6e-4)


def test_a_cell_opens_into_its_own_sum_by_keyboard(visit: Any) -> None:
    page = shown(visit)
    grid = page.get_by_role("grid", name="weighted sums, layer 2, 4 by 2", exact=True)
    grid.locator("td").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    terms = page.locator(".ledger tbody tr")
    assert terms.count() == 4 + 1
    products = [figure(row.locator(".tint").last.inner_text()) for row in terms.all()[:4]]
    bias = figure(terms.nth(4).locator("td").first.inner_text())
    total = figure(page.locator(".ledger b").first.inner_text())
    assert sum(products) + bias == pytest.approx(total, abs=5e-4)
    assert grid.locator("td[aria-selected=true]").count() == 1
    assert page.locator(".step .strip").count() == 3


def test_the_applied_update_is_the_runs_own_step(visit: Any) -> None:
    page = shown(visit)
    apply = page.get_by_role("button", name="Apply the update")
    assert apply.is_disabled()
    page.get_by_role("button", name="Next mini-batch").click()
    page.get_by_role("grid", name="targets, layer 3, 10 by 1", exact=True).wait_for()
    before = fetched(page, visit.run()["id"], "trace?batch=next")
    apply.click()
    page.locator(".outcome b").wait_for()
    assert visit.run()["batch"] == 1
    words = page.locator(".outcome").inner_text()
    assert f"from {before['loss']:.4f} to {before['after']['loss']:.4f}" in words
    assert "before mini-batch 2 of 25" in page.locator(".moment").inner_text()


def test_a_training_run_leaves_the_pass_as_it_was_taken(visit: Any) -> None:
    page = shown(visit)
    page.get_by_role("button", name="Play", exact=True).click()
    visit.wait_epoch(5)
    assert "Taken at epoch 0" in page.locator(".moment").inner_text()
    page.get_by_role("button", name="Take it anew").click()
    visit.wait("() => !document.querySelector('.moment').textContent.includes('epoch 0,')")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.locator("body[data-state=paused]").wait_for()
    visit.wait("() => document.querySelector('.moment button').hidden")


def test_the_pass_can_be_followed_step_by_step(visit: Any) -> None:
    page = shown(visit)
    slider = page.get_by_role("slider", name="Follow the pass")
    slider.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert (
        page.locator(".matrix.now").get_by_role("grid").get_attribute("aria-label") == "weighted sums, layer 1, 4 by 4"
    )
    assert page.locator(".matrix.source").count() == 3
    assert page.get_by_role("grid", name="outputs, layer 3, 4 by 1", exact=True).locator("td").first.is_hidden()
    page.keyboard.press("End")
    assert page.locator(".matrix.later").count() == 0


@pytest.mark.parametrize(
    "fragment",
    [
        "&data=blobs&classes=4&net=18-relu,3-tanh&batch=all",
        "&data=bumps&net=3-gelu,2-prelu&bias=off&loss=half_squared_error",
        "&data=gauss&net=&output=tanh&loss=mse&optimizer=adam",
        "&data=circle&net=3-sigmoid&regularizer=l2&penalty=0.1&rate=0.3",
    ],
)
def test_every_kind_of_network_has_its_pass(visit: Any, fragment: str) -> None:
    page = shown(visit, fragment)
    for choice in ("One example", "Next mini-batch", "Whole training set"):
        page.get_by_role("button", name=choice).click()
        page.locator(".loss-of dd").first.wait_for()
    for grid in page.locator(".sheet [role=grid]").all():
        grid.locator("td").first.click()
        assert page.locator(".ledger .line").count() > 0
    text = page.locator("#panel-step").inner_text()
    assert not any(bad in text for bad in ("NaN", "undefined", "null", "not finite"))
    page.locator(".check-of .aside", has_text="agree").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_a_phone_does_not_scroll_sideways(visits: Any, theme: str) -> None:
    visit = visits(color_scheme=theme, bypass_csp=True, viewport={"width": 375, "height": 812})
    page = shown(visit, "&net=14-relu,4-tanh")
    page.get_by_role("button", name="Whole training set").click()
    page.get_by_text("mean of all 250").first.wait_for()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 375
    found = axe_api.Axe().run(page, context="#panel-step").response["violations"]
    assert [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]] == []

"""Step through: the figures are the API's, every cell opens, the step is the run's, and everyone can get at it."""

import re
from typing import Any

import pytest

from tests.browser.test_access import violations

pytestmark = pytest.mark.browser


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


def test_a_link_says_why_its_gradient_is_what_it_is(visit: Any) -> None:
    page = visit.open()
    middle = page.evaluate(
        """() => {
          const box = (layer, unit) =>
            document.querySelector(`[data-layer="${layer}"][data-unit="${unit}"]`).getBoundingClientRect();
          const [from, to] = [box(1, 2), box(2, 1)];
          return [(from.right + to.left) / 2, (from.y + to.y + from.height) / 2];
        }"""
    )
    page.mouse.click(*middle)
    page.locator("#popover").get_by_role("button", name="Why?").click()
    page.locator(".ledger").get_by_text("from unit 3 to unit 2").wait_for()
    gradients = page.get_by_role("grid", name="gradient of the weights, layer 2")
    assert gradients.locator("td[aria-selected=true]").count() == 1
    assert page.evaluate("() => document.activeElement.id") == "tab-step"


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
    assert page.locator(".outcome dt").all_inner_texts() == ["to first order", "measured", "differs by"]
    words = page.locator(".outcome").inner_text()
    assert f"from {before['loss']:.4f} to {before['after']['loss']:.4f}" in words
    assert "before mini-batch 2 of 25" in page.locator(".moment").inner_text()


def test_a_training_run_leaves_the_pass_as_it_was_taken(visit: Any) -> None:
    page = shown(visit)
    page.get_by_role("button", name="Play", exact=True).click()
    visit.wait_epoch(5)
    taken = page.locator(".moment").inner_text().partition(",")[0]
    visit.wait_epoch(10)
    assert page.locator(".moment").inner_text().partition(",")[0] == taken
    page.get_by_role("button", name="Refresh").click()
    visit.wait("(taken) => !document.querySelector('.moment').textContent.includes(`${taken},`)", taken)
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
    assert page.locator(".ledger h3").inner_text().startswith("Z")
    assert page.locator(".equations .now").get_attribute("data-name") == "Z"
    assert page.get_by_role("grid", name="outputs, layer 3, 4 by 1", exact=True).locator("td").first.is_hidden()
    page.keyboard.press("End")
    assert page.locator(".matrix.later").count() == 0


@pytest.mark.parametrize(
    "fragment",
    [
        "&data=blobs&classes=4&net=18-relu,3-tanh&batch=all",
        "&data=bumps&net=3-gelu,2-prelu&bias=off&loss=half_squared_error",
        "&data=gauss&net=none&output=tanh&loss=mse&optimizer=adam",
        "&net=4-relu-0.5,3-tanh&optimizer=rmsprop",
        "&data=circle&net=3-sigmoid&regularizer=l2&penalty=0.1&rate=0.3",
    ],
)
def test_every_kind_of_network_has_its_pass(visit: Any, fragment: str) -> None:
    page = shown(visit, fragment)
    for choice in ("One example", "Next mini-batch", "Whole training set"):
        page.get_by_role("button", name=choice).click()
        page.locator(".update-of dd").first.wait_for()
    rail = page.locator(".rail-of .segments button")
    for layer in range(rail.count() if page.locator(".rail-of").is_visible() else 1):
        if page.locator(".rail-of").is_visible():
            rail.nth(layer).click()
        for grid in page.locator(":is(.sheet, .update-of) [role=grid]").all():
            grid.locator("td").first.click()
            assert page.locator(".ledger .line").count() > 0
            assert page.locator(".step td[aria-selected=true]").count() == 1
        text = page.locator("#panel-step").inner_text()
        assert not any(bad in text for bad in ("NaN", "undefined", "null", "not finite"))
    page.locator(".check-of .aside", has_text="agree").wait_for()


def test_a_large_network_is_shown_one_layer_at_a_time(visit: Any) -> None:
    page = shown(visit, "&net=16-tanh,16-tanh,16-tanh,16-tanh,16-tanh,16-tanh,16-tanh,16-tanh")
    assert page.locator("#panel-step").bounding_box()["height"] < 900
    page.get_by_role("button", name="Layer 1", exact=True).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    weights = page.get_by_role("grid", name="weights, layer 2, 16 by 16", exact=True)
    assert "in sight" in page.locator(".matrix", has=weights).inner_text()
    assert page.locator(".ledger h3").inner_text().replace("\n", "").startswith("dW2")
    assert page.get_by_role("grid", name="outputs, layer 1, 4 by 16", exact=True).is_visible()
    page.get_by_role("button", name="The layer before").click()
    page.get_by_role("grid", name="inputs, layer 1, 4 by 2", exact=True).wait_for()
    page.get_by_role("button", name="Layer 9", exact=True).click()
    assert page.get_by_role("grid", name="targets, layer 9, 4 by 1", exact=True).is_visible()
    assert page.get_by_role("button", name="The layer after").is_disabled()


def test_matrices_that_share_units_or_examples_scroll_together(visit: Any) -> None:
    page = shown(visit, "&net=16-tanh,16-tanh")
    page.get_by_role("button", name="Next mini-batch").click()
    page.get_by_role("grid", name="inputs, layer 1, 10 by 2", exact=True).wait_for()
    page.get_by_role("button", name="Layer 2", exact=True).click()
    sums = page.get_by_role("grid", name="weighted sums, layer 2, 10 by 16", exact=True)
    sums.locator("td").first.focus()
    page.keyboard.press("End")
    for _ in range(9):
        page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('aria-colindex')") == "16"
    assert page.evaluate("document.activeElement.parentElement.getAttribute('aria-rowindex')") == "10"
    for name in ("outputs, layer 2, 10 by 16", "gradient of the weighted sums, layer 2, 10 by 16"):
        grid = page.get_by_role("grid", name=name, exact=True)
        visit.wait(
            "(name) => document.querySelector(`[aria-label='${name}'] tr:last-child`).ariaRowIndex === '10'", name
        )
        assert grid.locator("td[aria-colindex='16']").first.is_visible()
    weights = page.get_by_role("grid", name="weights, layer 2, 16 by 16", exact=True)
    assert weights.locator("td[aria-colindex='16']").first.is_visible()


def test_dropout_is_described_and_its_mask_opens(visit: Any) -> None:
    page = shown(visit, "&net=4-tanh-0.2")
    equations = page.locator(".equations")
    assert re.search(r"probability 0\.2\b.*\b1\.25\b", equations.inner_text())
    page.get_by_role("button", name="Next mini-batch").click()
    mask = page.get_by_role("grid", name="dropout mask, layer 1, 10 by 4", exact=True)
    mask.wait_for()
    figures = {figure(text) for text in mask.locator("td").all_inner_texts()}
    assert figures == {0.0, 1.25}
    mask.locator("td", has_text="1.250").first.click()
    ledger = page.locator(".ledger").inner_text()
    assert "0 with probability 0.2" in ledger
    assert "(1 \u2212 0.2)" in ledger.replace("\n", "")


def test_the_hairlines_cross_no_figures_of_other_columns(visit: Any) -> None:
    page = shown(visit)
    page.get_by_role("grid", name="outputs, layer 3, 4 by 1", exact=True).locator("td").first.click()
    visit.wait("() => document.querySelector('.step > .hairlines polyline').getAttribute('points')")
    crossed = page.evaluate(
        """() => {
          const origin = document.querySelector('#panel-step').getBoundingClientRect();
          const own = document.querySelector('.step td[aria-selected=true]').getBoundingClientRect();
          const boxes = [...document.querySelectorAll('.sheet .matrix')].map((each) => each.getBoundingClientRect());
          const segments = [...document.querySelectorAll('.step > .hairlines polyline')].flatMap((line) => {
            const points = line.getAttribute('points').split(' ').map((point) => point.split(',').map(Number));
            return points.slice(1).map((to, i) => [points[i], to]);
          });
          return segments.filter(([[x1, y1], [x2, y2]]) => boxes.some((box) =>
            Math.min(x1, x2) + origin.left < box.right && Math.max(x1, x2) + origin.left > box.left &&
            Math.min(y1, y2) + origin.top < box.bottom && Math.max(y1, y2) + origin.top > box.top &&
            (box.left > own.right || box.right < own.left))).length;
        }"""
    )
    assert crossed == 0


def test_a_diverged_run_has_a_pass_without_a_comparison(visit: Any) -> None:
    page = shown(visit, "&data=bumps&net=4-relu&rate=30")
    page.get_by_role("button", name="Play", exact=True).click()
    page.locator("body[data-state=diverged]").wait_for()
    page.locator(".check-of .aside", has_text="None of the 17 derivatives").wait_for()
    assert page.locator(".check-of canvas").is_hidden()
    assert "choose Next mini-batch" in page.locator("#step-note").inner_text()
    page.get_by_role("button", name="Next mini-batch").click()
    page.get_by_role("grid", name="inputs, layer 1, 10 by 2", exact=True).wait_for()
    assert "diverged" in page.locator("#step-note").inner_text()
    assert page.get_by_role("button", name="Apply the update").is_disabled()


def test_pointing_at_the_tab_loads_the_pass(visit: Any) -> None:
    page = visit.open()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/trace" in request.url else None)
    page.get_by_role("tab", name="Step through").hover()
    page.locator("#panel-step .sheet").wait_for(state="attached")
    assert page.locator("#panel-step").is_hidden()
    page.get_by_role("tab", name="Step through").click()
    assert page.locator("#panel-step .sheet td").first.is_visible()
    page.locator("#panel-step .check-of .aside", has_text="agree").wait_for()
    assert len(asked) == 1


def test_axe_finds_nothing_and_a_phone_does_not_scroll_sideways(visits: Any) -> None:
    page = shown(visits(bypass_csp=True, viewport={"width": 375, "height": 812}), "&net=14-relu,4-tanh")
    page.get_by_role("button", name="Whole training set").click()
    page.get_by_text("first 64 of 250 examples").wait_for()
    page.get_by_text("mean of 250").first.wait_for()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 375
    assert violations(page, context="#panel-step") == []

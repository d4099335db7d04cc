"""Every figure on the page is of now, says what it is taken over, and agrees with its neighbours."""

from typing import Any

import pytest

from tests.browser.visits import AGREES

pytestmark = pytest.mark.browser

# The share of the confusion matrix that is right, in percent.
MATRIX = """() => {
  const cells = (name) => [...document.querySelectorAll(`#confusion td.${name} b`)].map((b) => Number(b.textContent));
  const sum = (list) => list.reduce((a, b) => a + b, 0);
  const [right, wrong] = [sum(cells('right')), sum(cells('wrong'))];
  return right + wrong ? 100 * right / (right + wrong) : null;
}"""
MATRIX_AGREES = f"""() => {{
  const share = ({MATRIX})();
  return share !== null && Math.abs(share - Number(document.getElementById('test-accuracy').textContent)) <= 0.06;
}}"""


def edit(visit: Any, body: dict[str, Any]) -> None:
    visit.page.evaluate(
        """([id, body]) => fetch(`api/v1/runs/${id}/weights`, {
             method: 'PATCH', headers: {'content-type': 'application/json'}, body: JSON.stringify(body)})""",
        [visit.run()["id"], body],
    )


def test_readouts_follow_an_edit_a_cut_a_restore_and_a_batch(visit: Any) -> None:
    page = visit.open("#rate=0.1")
    page.get_by_role("button", name="+1 epoch").click()
    visit.wait_epoch(1)
    run = visit.run()["id"]
    before = page.locator("#test-loss").inner_text()
    edit(visit, {"edits": [{"layer": 2, "bias": 0, "value": 2.5}]})
    visit.wait("(before) => document.getElementById('test-loss').innerText !== before", before)
    visit.wait(AGREES, [run, "changes"])
    visit.wait(MATRIX_AGREES)
    edit(visit, {"cut": [{"layer": 2, "row": 0, "column": 0}]})
    visit.wait(AGREES, [run, "changes"])
    visit.wait(MATRIX_AGREES)
    cut = page.locator("#train-loss").inner_text()
    edit(visit, {"restore": [{"layer": 2, "row": 0, "column": 0}]})
    edit(visit, {"edits": [{"layer": 2, "row": 0, "column": 0, "value": -1.5}]})
    visit.wait("(before) => document.getElementById('train-loss').innerText !== before", cut)
    visit.wait(AGREES, [run, "changes"])
    visit.wait(MATRIX_AGREES)
    edited = page.locator("#train-loss").inner_text()
    page.get_by_role("button", name="+1 batch").click()
    visit.wait("(before) => document.getElementById('train-loss').innerText !== before", edited)
    visit.wait(AGREES, [run, "batch"])
    visit.wait(MATRIX_AGREES)


def test_accuracy_and_matrix_use_the_threshold(visit: Any) -> None:
    page = visit.open("#threshold=0.9")
    page.get_by_role("button", name="+1 epoch").click()
    visit.wait_epoch(1)
    page.locator("#accuracy-at").get_by_text("0.90").wait_for()
    visit.wait(MATRIX_AGREES)
    assert "0.50" in page.locator("#accuracy-words").inner_text()
    assert "threshold 0.90" in page.locator(".readouts .accuracy").text_content()
    page.locator("#confusion h3").get_by_text("threshold 0.90").wait_for()


def test_without_test_points_the_page_says_so(visit: Any) -> None:
    page = visit.open("#train=1")
    assert page.locator("#test-loss").inner_text() == "no test points"
    visit.wait("() => Number(document.getElementById('test-accuracy').textContent) > 0")
    assert page.locator("#accuracy-of").inner_text() == "Training accuracy"
    page.locator("#confusion h3").get_by_text("Training points").wait_for()
    visit.wait(MATRIX_AGREES)
    page.locator("#chart-loss").focus()
    page.keyboard.press("End")
    visit.wait("() => document.getElementById('chart-says').textContent.includes('no test points')")
    assert "not a number" not in page.locator("body").inner_text()


def test_a_gradient_names_its_points_and_why_agrees(visit: Any) -> None:
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
    figure = page.locator("#popover [data-gradient]")
    figure.wait_for()
    # Before the first mini-batch there is a gradient, too: that of the whole training set.
    visit.wait("() => /\\d/.test(document.querySelector('#popover [data-gradient]').textContent)")
    shown = figure.inner_text()
    trace = page.evaluate(
        "async (id) => (await fetch(`api/v1/runs/${id}/trace?batch=all&shown=1`)).json()", visit.run()["id"]
    )
    layer, row, column = map(int, figure.get_attribute("data-gradient").split(","))
    expected = trace["layers"][layer]["dW"][row][column]
    assert float(shown.replace("\u2212", "-")) == pytest.approx(expected, rel=0.01)
    assert "training set" in page.locator("#popover").inner_text()
    page.locator("#popover").get_by_role("button", name="Why?").click()
    page.locator(".ledger").get_by_text("from unit 3 to unit 2").wait_for()
    page.locator(".ledger").get_by_text("the mean over 250 examples").wait_for()
    assert shown in page.locator(".ledger").inner_text()


def test_a_map_of_three_inputs_shows_a_slice_to_choose(visit: Any) -> None:
    page = visit.open("#data=dining_hall")
    words = page.locator("#slice .aside")
    words.get_by_text("x1 across, x2 up; x3 held at").wait_for()
    run = visit.run()["id"]
    mean = page.evaluate(
        "async (id) => (await (await fetch(`api/v1/runs/${id}/boundary?resolution=2`)).json()).held", run
    )
    visit.wait("(mean) => document.querySelector('#slice .aside').textContent.includes(mean)", f"{mean[2]:.2f}")
    page.get_by_label("Across", exact=True).select_option("2")
    words.get_by_text("x3 across, x2 up; x1 held at").wait_for()
    before = visit.pixels("map-canvas")
    slider = page.get_by_label("Held at", exact=True)
    slider.focus()
    slider.press("End")
    visit.wait("(before) => document.getElementById('map-canvas').toDataURL() !== before", before)
    visit.wait("() => location.hash.includes('axes=2,1') && location.hash.includes('hold=0:')")
    held = float(slider.input_value())
    page.locator("#map-canvas").focus()
    page.keyboard.press("ArrowRight")
    tip = page.locator("#tip")
    tip.get_by_text("at x3 0.00, x2 0.00").wait_for()
    expected = page.evaluate(
        """async ([id, held]) => (await (await fetch(`api/v1/runs/${id}/predict`, {
             method: 'POST', headers: {'content-type': 'application/json'},
             body: JSON.stringify({inputs: [[held, 0, 0]]})})).json()).outputs[0][0]""",
        [run, held],
    )
    shown = tip.locator("b").inner_text().split()[-1].replace("\u2212", "-")
    assert float(shown) == pytest.approx(expected, abs=0.01)
    page.locator("#datasets input[value=circle]").check(force=True)
    page.locator("#slice").wait_for(state="hidden")
    visit.wait("() => !location.hash.includes('axes=')")

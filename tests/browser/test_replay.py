"""Looking back: a recorded epoch's map, units and weights, and the way to now."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser


# The pictures have been the same for half a second: every view has drawn the newest frame.
AT_REST = """() => {
  const seen = ["map-canvas", "maps", "links"].map((id) => document.getElementById(id).toDataURL()).join();
  if (seen !== window.seenLast) [window.seenLast, window.seenSince] = [seen, performance.now()];
  return performance.now() - window.seenSince > 500;
}"""


def test_scrubbing_shows_that_epochs_map_units_and_weights(visit: Any) -> None:
    page = visit.open()
    visit.wait(AT_REST)
    start = {canvas: visit.pixels(canvas) for canvas in ("map-canvas", "maps", "links")}
    page.get_by_role("button", name="Play", exact=True).click()
    visit.wait_epoch(40)
    page.get_by_role("button", name="Pause", exact=True).click()
    page.locator("body[data-state=paused]").wait_for()
    # The pause may come within an epoch: "live, batch 3".
    visit.wait("() => document.querySelector('#time-live').textContent.startsWith('live')")
    visit.wait(AT_REST)
    now = {canvas: visit.pixels(canvas) for canvas in start}
    page.locator("#time-slider").focus()
    page.keyboard.press("Home")
    page.locator("#map-stale").wait_for()
    for canvas, picture in start.items():
        visit.wait("([id, picture]) => document.getElementById(id).toDataURL() === picture", [canvas, picture])
    page.get_by_role("button", name="Layer 1, unit 2").click()
    popover = page.locator("#popover")
    popover.wait_for()
    said = popover.locator(".row").nth(1).inner_text()
    assert said.replace("\n", " ") == "bias 0.000"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="back to live").click()
    for canvas, picture in now.items():
        if canvas == "map-canvas":
            visit.wait("([id, picture]) => document.getElementById(id).toDataURL() === picture", [canvas, picture])
        else:
            visit.wait(
                "([id, picture]) => document.getElementById(id).toDataURL() !== picture", [canvas, start[canvas]]
            )


def test_the_confusion_matrix_follows_the_epoch_looked_back_at(visit: Any) -> None:
    page = visit.open("#pace=max&epochs=60&errors=on")
    counts = "() => [...document.querySelectorAll('#confusion td b')].map((b) => b.textContent).join()"
    page.locator("#confusion td b").first.wait_for()
    first = page.evaluate(counts)
    page.get_by_role("button", name="Play", exact=True).click()
    page.locator("body[data-state=finished]").wait_for()
    visit.wait(f"(first) => ({counts})() !== first", first)
    visit.wait(AT_REST)
    last, map_last = page.evaluate(counts), visit.pixels("map-canvas")
    page.locator("#time-slider").focus()
    page.keyboard.press("Home")
    visit.wait("() => document.querySelector('#confusion h3').textContent === 'Test points at threshold 0.50, epoch 0'")
    assert page.evaluate(counts) == first
    page.locator("#map-canvas").hover(position={"x": 60, "y": 60})
    visit.wait("() => document.querySelector('#tip').textContent.endsWith('epoch 0')")
    page.mouse.move(700, 30)
    page.get_by_role("button", name="back to live").click()
    visit.wait("() => document.querySelector('#confusion h3').textContent === 'Test points at threshold 0.50'")
    assert page.evaluate(counts) == last
    visit.wait("(picture) => document.getElementById('map-canvas').toDataURL() === picture", map_last)


def test_the_strip_can_be_dragged_with_the_mouse(visit: Any) -> None:
    page = visit.open("#pace=max&epochs=200")
    page.get_by_role("button", name="Play", exact=True).click()
    page.locator("body[data-state=finished]").wait_for()
    visit.wait("() => Number(document.querySelector('#time-slider').max) === 200")
    box = page.locator("#time-slider").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 8, middle)
    page.mouse.down()
    for share in (0.8, 0.6, 0.5):
        page.mouse.move(box["x"] + box["width"] * share, middle)
    page.mouse.up()
    stale = page.locator("#map-stale")
    stale.wait_for()
    visit.wait("() => /^epoch (9\\d|10\\d)$/.test(document.querySelector('#map-stale').textContent)")
    assert page.locator("#test-loss").inner_text() != "–"

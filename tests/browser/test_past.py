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
    visit.wait("() => document.querySelector('#time-live').textContent === 'live'")
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

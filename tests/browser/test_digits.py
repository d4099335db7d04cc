"""Digits: a tile chooses them, and what is drawn on the pad is read by the network as it trains."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_a_drawn_digit_is_read_while_the_network_trains(visit: Any) -> None:
    visit.open("#pace=max&epochs=40")
    page = visit.page
    page.get_by_role("radio", name="Digits").check(force=True)
    pad = page.get_by_role("application", name="Draw a digit")
    pad.wait_for()
    visit.wait("() => location.hash.includes('scale=minmax')")  # its run is there
    assert page.locator(".picture .feature:not([hidden])").count() == 64
    assert "Alpaydin" in page.locator("#data-source").inner_text()
    assert visit.run()["derived"]["sizes"] == [64, 32, 10]
    box = pad.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.8, steps=4)
    page.mouse.up()
    first = page.locator("#pad .bars .first")
    first.wait_for()
    untrained = first.inner_text()
    page.get_by_role("button", name="Play", exact=True).click()
    page.locator("body[data-state=finished]").wait_for()
    visit.wait("(before) => document.querySelector('#pad .bars .first').innerText !== before", untrained)
    visit.wait("() => document.querySelector('#pad .bars .first').innerText.startsWith('1')")
    # By keys: Delete clears the pad, and Space puts the pen down.
    pad.focus()
    page.keyboard.press("Delete")
    assert first.count() == 0
    for key in ("Space", *["ArrowDown"] * 6, *["ArrowRight"] * 4, "Space"):
        page.keyboard.press(key)
    first.wait_for()
    page.get_by_role("button", name="Clear").click()
    assert first.count() == 0
    page.get_by_role("button", name="A test digit").click()
    first.wait_for()

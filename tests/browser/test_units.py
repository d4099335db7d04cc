"""Units, biases and links of the network: opened, edited, cut, marked."""

import json
import re
from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_a_unit_opens_to_its_weights_and_a_link_can_be_cut(visit: Any) -> None:
    page = visit.open()
    page.get_by_role("button", name="Layer 1, unit 2").click()
    popover = page.locator("#popover")
    popover.wait_for()
    bias = popover.get_by_label("bias")
    bias.fill("0.75")
    bias.press("Enter")
    visit.wait(
        """async () => {
          const runs = (await (await fetch('api/v1/runs')).json()).runs;
          return (await (await fetch(`api/v1/runs/${runs[0].id}/weights`)).json()).layers[0].b[1] === 0.75;
        }"""
    )
    popover.get_by_role("button", name=re.compile("Cut weight from")).first.click()
    popover.get_by_role("button", name=re.compile("Restore weight from")).wait_for()
    page.keyboard.press("Escape")
    popover.wait_for(state="hidden")


def test_a_unit_clicked_before_the_first_frame_opens_with_it(visit: Any) -> None:
    held: list[Any] = []

    def hold_frames(page_side: Any) -> None:
        def pass_on(message: bytes) -> None:
            header = json.loads(message[8 : 8 + int.from_bytes(message[:8], "little")])
            if json.loads(header["__metadata__"]["message"])["type"] == "frame":
                held.append(lambda: page_side.send(message))
            else:
                page_side.send(message)

        page_side.connect_to_server().on_message(pass_on)

    visit.page.route_web_socket("**/stream**", hold_frames)
    page = visit.open()
    page.get_by_role("button", name="Layer 1, unit 2").click()
    visit.wait("() => document.querySelector('#popover').ariaLabel === 'Unit'")
    assert page.locator("#popover").is_hidden()
    for release in held:
        release()
    page.locator("#popover").get_by_label("bias").wait_for()


def test_a_bias_says_its_value_and_opens_to_be_changed(visit: Any) -> None:
    page = visit.open()
    box = page.get_by_role("button", name="Layer 1, unit 3").bounding_box()
    corner = (box["x"] + 1, box["y"] + box["height"] - 1)
    page.mouse.move(corner[0] + 60, corner[1] - 60)
    page.mouse.move(*corner)
    popover = page.locator("#popover")
    popover.get_by_text("Unit 3 of layer 1").wait_for()
    assert "click to change" in popover.inner_text()
    page.mouse.click(*corner)
    bias = popover.get_by_label("bias", exact=True)
    bias.fill("0.5")
    bias.press("Enter")
    page.locator("#undo:enabled").wait_for()
    page.keyboard.press("Escape")
    page.mouse.move(corner[0] + 60, corner[1] - 60)
    page.mouse.move(*corner)
    visit.wait("() => document.querySelector('#popover .figure')?.textContent === '0.5000'")


def test_links_from_a_dead_unit_are_dashed(visit: Any) -> None:
    page = visit.open("#net=4-relu,3-tanh")
    page.get_by_role("button", name="Layer 1, unit 1").click()
    bias = page.locator("#popover").get_by_label("bias", exact=True)
    bias.fill("-90")
    bias.press("Enter")
    page.locator("#undo:enabled").wait_for()
    page.keyboard.press("Escape")
    # Along the line on which the unit's strongest link leaves it: whole, then in dashes.
    before = visit.pixels("links")
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_role("button", name="Layer 1, unit 1, dead").wait_for()
    page.get_by_role("button", name="Pause", exact=True).click()
    gaps = """() => {
      const canvas = document.getElementById('links');
      const scale = canvas.width / canvas.clientWidth;
      const net = canvas.getBoundingClientRect();
      const unit = document.querySelector('[data-layer="1"][data-unit="0"]').getBoundingClientRect();
      const [x, y] = [unit.right - net.left + 2, unit.top + unit.height / 2 - net.top - 2];
      const pixels = canvas.getContext('2d').getImageData(x * scale, y * scale, 24 * scale, 4 * scale);
      const opaque = (i, j) => pixels.data[4 * (j * pixels.width + i) + 3] > 90;
      const rows = [...Array(pixels.height).keys()];
      const inked = Array.from({ length: pixels.width }, (_, i) => rows.some((j) => opaque(i, j)));
      return inked.filter((on, i) => i && on !== inked[i - 1]).length;
    }"""
    visit.wait(f"() => ({gaps})() >= 3")
    assert visit.pixels("links") != before

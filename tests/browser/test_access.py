"""What everyone needs: names and contrast, the keyboard, small screens, no stranger's server."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser

axe_api = pytest.importorskip("axe_playwright_python.sync_playwright")

# By appearance: every rule in one, in the other those that look at colours, since the document is the same.
RULES: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}},
}


def violations(page: Any, context: str | None = None, rules: dict[str, Any] | None = None) -> list[str]:
    """What the checker finds in both appearances. It injects its script, which the page's own policy forbids."""
    failures = []
    for theme, chosen in RULES.items():
        page.emulate_media(color_scheme=theme)
        page.evaluate("() => document.getAnimations().map((a) => a instanceof CSSTransition && a.finish())")
        options = {"resultTypes": ["violations"], "rules": rules or {}, **chosen}
        found = axe_api.Axe().run(page, context, options).response["violations"]
        failures += [
            f"{theme}: {each['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
            for each in found
            for node in each["nodes"]
        ]
    return failures


def test_axe_finds_nothing_at_rest_and_while_training(visits: Any) -> None:
    visit = visits(bypass_csp=True)
    page = visit.open("#data=blobs&net=6-relu,4-tanh")
    assert violations(page) == []
    page.get_by_role("button", name="Play", exact=True).click()
    visit.wait_epoch(5)
    assert violations(page) == []


def test_axe_finds_nothing_on_a_phone(visits: Any) -> None:
    phone = {"viewport": {"width": 375, "height": 812}, "has_touch": True, "is_mobile": True}
    visit = visits(bypass_csp=True, **phone)
    page = visit.open("#net=4-leaky_relu,3-elu")
    page.locator(".parameter").last.wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Play", exact=True).tap()
    visit.wait_epoch(5)
    assert violations(page) == []
    page.get_by_role("tab", name="Inside").tap()
    page.get_by_role("button", name="Enlarge").tap()
    page.locator("#rail-words").wait_for()
    page.locator("#panel-inside h3").first.wait_for()
    assert violations(page) == []


def test_axe_finds_nothing_in_messages_and_popovers(visits: Any) -> None:
    visit = visits(bypass_csp=True)
    page = visit.open("#data=bumps&net=6-relu,4-relu&rate=30")
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_role("alert").wait_for()
    page.get_by_role("button", name="Layer 1, unit 2").click()
    page.locator("#popover").wait_for()
    assert violations(page) == []


def test_no_width_scrolls_sideways(visits: Any) -> None:
    visit = visits(viewport={"width": 320, "height": 812})
    page = visit.open("#net=8-relu,8-tanh,8-tanh")
    for width in (320, 375, 640, 768, 1024, 1280, 1440):
        visit.resize(width, 812)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width, width


def test_every_command_is_within_reach_on_a_phone(visits: Any) -> None:
    visit = visits(viewport={"width": 375, "height": 812}, has_touch=True, is_mobile=True)
    page = visit.open()
    for name in ("Play", "+1 batch", "+1 epoch", "Reset", "Undo", "Copy link"):
        box = page.get_by_role("button", name=name, exact=True).bounding_box()
        left, right = box["x"], box["x"] + box["width"]
        assert left >= 0, name
        assert right <= 375, name
    page.get_by_role("button", name="Play", exact=True).tap()
    visit.wait_epoch(3)


def test_the_keyboard_alone_trains_and_changes_the_network(visits: Any) -> None:
    visit = visits()
    page = visit.open()
    page.locator("#play").focus()
    page.keyboard.press("Enter")
    visit.wait_epoch(3)
    page.keyboard.press("Enter")
    page.locator("body[data-state=paused]").wait_for()
    page.locator("#features .unit").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    visit.wait("() => document.querySelector('[data-feature=\"x1^2\"]').getAttribute('aria-pressed') === 'true'")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')").startswith("Layer 1, unit")


def test_dark_is_a_choice_that_stays(visits: Any) -> None:
    visit = visits()
    page = visit.open()
    ground = page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")
    page.get_by_role("button", name="Dark appearance").click()
    assert page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor") != ground
    page.reload()
    page.locator("body[data-connection=open]").wait_for()
    assert page.evaluate("() => document.documentElement.dataset.theme") == "dark"

"""Everything is within reach: by Tab, by a finger, and for a checker of names and contrast, in what opens as well."""

from typing import Any

import pytest

from tests.browser.test_access import violations

pytestmark = pytest.mark.browser

# What a person can use now and Tab should reach; groups that rove or choose have one stop each.
STOPS = """() => [...document.querySelectorAll('button, select, input, a[href], textarea, [tabindex="0"]')]
  .filter((e) => e.tabIndex >= 0 && !e.disabled && !e.closest('[inert]'))
  .filter((e) => e.checkVisibility({ visibilityProperty: true }))
  .filter((e) => e.type !== 'radio' || e.checked)
  .map((e, i) => { e.dataset.stop = i; return e.id || e.ariaLabel || e.textContent.trim() || e.className; })"""


def test_tab_reaches_every_control(visit: Any) -> None:
    page = visit.open("#data=blobs&regularizer=l2&penalty=0.01")
    page.get_by_role("button", name="More settings").click()
    page.get_by_label("Dropout, layer 1").wait_for()
    stops = page.evaluate(STOPS)
    page.evaluate("() => document.activeElement.blur()")
    reached = set()
    for _ in range(len(stops) + 5):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("() => document.activeElement?.dataset.stop ?? null"))
    assert [name for i, name in enumerate(stops) if str(i) not in reached] == []
    assert len(stops) > 45


def test_every_control_has_a_name(visit: Any) -> None:
    page = visit.open()
    page.get_by_role("button", name="More settings").click()
    nameless = page.locator("button, select, input, textarea").evaluate_all(
        """(all) => all.filter((e) => e.checkVisibility() && !e.ariaLabel && !e.textContent.trim()
             && !e.labels?.length && !e.title).map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert nameless == []


def test_axe_finds_nothing_in_what_opens(visits: Any) -> None:
    visit = visits(bypass_csp=True)
    page = visit.open()
    page.get_by_role("button", name="More settings").click()
    page.get_by_role("tab", name="Use this").click()
    page.get_by_role("button", name="Link", exact=True).click()
    page.get_by_label("seed", exact=True).wait_for(state="attached")
    assert violations(page) == []
    page.get_by_role("button", name="Enlarge").click()
    page.locator("#rail-words").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Show the network").click()
    page.get_by_role("button", name="Your own…").click()
    page.get_by_label("or paste a table").fill("length,kind\n1,a\n,b\n3,a")
    page.locator("dialog.table .understood").wait_for()
    assert violations(page) == []


# Something of each panel that stands once its answer has come.
FILLED = {
    "Inside": ".layer-list > li",
    "Step through": "#panel-step .ledger b",
    "Landscape": "#panel-landscape dl",
    "Lessons": ".lessons .entry",
    "Use this": ".use code",
}


def test_no_panel_scrolls_a_phone_sideways(visits: Any) -> None:
    page = visits(viewport={"width": 375, "height": 812}, has_touch=True, is_mobile=True).open()
    for tab, filled in FILLED.items():
        page.get_by_role("tab", name=tab).tap()
        page.locator(filled).first.wait_for()
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 375, tab


def test_a_finger_changes_data_network_and_settings(visits: Any) -> None:
    visit = visits(viewport={"width": 375, "height": 812}, has_touch=True, is_mobile=True)
    page = visit.open()
    page.locator(".tile:has([value=xor])").tap()
    visit.wait("() => location.hash.includes('data=xor')")
    page.get_by_role("button", name="Input x1*x2").tap()
    visit.wait("() => location.hash.includes('features=')")
    page.get_by_role("button", name="One unit more in layer 1").tap()
    visit.wait("() => location.hash.includes('net=5')")
    page.get_by_role("button", name="One hidden layer more").tap()
    visit.wait("() => document.querySelectorAll('.hidden-layer').length === 3")
    page.get_by_role("button", name="Layer 1, unit 2").tap()
    popover = page.locator("#popover")
    popover.wait_for()
    box = popover.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 375
    popover.get_by_role("button", name="Cut weight from x1", exact=True).tap()
    popover.get_by_role("button", name="Restore weight from x1", exact=True).wait_for()
    page.locator("#map-canvas").tap()
    page.locator("#tip").wait_for()


def test_small_targets_are_padded_for_a_finger(visits: Any) -> None:
    """What is drawn small answers over 44 px up and down, where nothing else is nearer."""
    visit = visits(viewport={"width": 375, "height": 812}, has_touch=True, is_mobile=True)
    page = visit.open()
    for name in ("Play", "Reset", "+1 batch", "+1 epoch", "Copy link", "Undo", "What is this?", "New points"):
        hit = page.get_by_role("button", name=name, exact=True).evaluate(
            "(e) => Math.max(e.offsetHeight, parseFloat(getComputedStyle(e, '::after').height) || 0)"
        )
        assert hit >= 44, name

"""The panel Landscape: the measured loss as a map and a surface, and what is said of it."""

from typing import Any

import pytest

from tests.browser.test_access import violations

pytestmark = pytest.mark.browser

BOWL = "#data=plane&net=none&bias=off&rate=0.003&panel=landscape"


def opened(visit: Any, fragment: str = "#panel=landscape") -> Any:
    page = visit.open(fragment)
    page.locator("#panel-landscape dl").wait_for()
    visit.wait("() => !document.querySelector('#panel-landscape .tools .sub').textContent.includes('easuring')")
    return page


def picture(page: Any, which: int) -> str:
    drawn: str = page.locator("#panel-landscape canvas").nth(which).evaluate("(canvas) => canvas.toDataURL()")
    return drawn


def test_a_landscape_slice_states_its_share_and_epoch(visit: Any) -> None:
    page = opened(visit)
    panel = page.locator("#panel-landscape")
    assert panel.get_by_text("25 weights and biases").is_visible()
    assert panel.get_by_text("No earlier epoch is recorded yet").is_visible()
    assert panel.get_by_text("taken at epoch 0").is_visible()
    loss = page.locator("#train-loss").inner_text()
    assert panel.locator("dd").first.inner_text() == loss
    page.get_by_role("button", name="Play", exact=True).click()
    visit.wait_epoch(20)
    panel.get_by_text("; the run has trained on").wait_for()
    page.get_by_role("button", name="Pause", exact=True).click()
    page.locator("body[data-state=paused]").wait_for()
    panel.get_by_text("% of the path").wait_for()
    visit.wait("() => !document.querySelector('#panel-landscape .tools .sub').textContent.includes('trained on')")
    before = picture(page, 0)
    page.get_by_role("button", name="Random").click()
    panel.get_by_text("two random directions").wait_for()
    assert picture(page, 0) != before


def test_two_free_weights_give_the_whole_bowl(visit: Any) -> None:
    page = opened(visit, BOWL)
    panel = page.locator("#panel-landscape")
    assert panel.get_by_text("its whole error surface").is_visible()
    assert panel.get_by_text("across: w₁, up: w₂").is_visible()
    assert not page.get_by_role("button", name="Random").is_visible()
    assert not page.get_by_role("checkbox", name="Log loss").is_checked()


def test_both_pictures_answer_to_the_keyboard(visit: Any) -> None:
    page = opened(visit)
    page.get_by_role("application", name="Contour map of the loss").focus()
    page.keyboard.press("ArrowRight")
    page.locator("#panel-landscape").get_by_text("loss 0.").first.wait_for()
    surface = page.get_by_role("application", name="The loss as a surface")
    surface.focus()
    before = picture(page, 1)
    page.keyboard.press("ArrowLeft")
    visit.wait("(before) => document.querySelectorAll('#panel-landscape canvas')[1].toDataURL() !== before", before)
    page.keyboard.press("ArrowRight")
    visit.wait("(before) => document.querySelectorAll('#panel-landscape canvas')[1].toDataURL() === before", before)


def test_a_diverged_run_shows_its_enormous_loss_as_a_number(visit: Any) -> None:
    page = opened(visit, "#data=bumps&net=6-relu,4-relu&rate=30&panel=landscape")
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_role("alert").wait_for()
    panel = page.locator("#panel-landscape")
    panel.get_by_text("× 10").first.wait_for()
    assert not panel.get_by_text("Hatched:").is_visible()
    assert "NaN" not in panel.inner_text()
    # Its weights are those within an epoch, and their loss is not the one in the readouts.
    assert panel.get_by_text("of epoch 1, the last before it diverged").is_visible()
    # What is drawn as the scale's end and lies beyond it is said.
    assert panel.locator(".ends span").first.inner_text().startswith("≤ ")


def test_the_legend_is_bounded_only_where_losses_lie_beyond_it(visit: Any) -> None:
    page = opened(visit, BOWL)
    ends = page.locator("#panel-landscape .ends span")
    assert not any(sign in ends.nth(at).inner_text() for at in (0, 2) for sign in "≤≥")


def test_a_long_landscape_announces_its_cost_and_starts_coarse(visit: Any) -> None:
    held: list[Any] = []
    visit.page.route("**/landscape?*", lambda route: held.append(route))
    page = visit.open("#net=16-tanh,16-tanh,16-tanh&panel=landscape")
    panel = page.locator("#panel-landscape")
    panel.get_by_text("609 weights").wait_for()
    assert panel.get_by_role("status").first.inner_text() == "Measuring…"
    assert not panel.locator("dl").is_visible()
    frame = picture(page, 0)
    (coarse,) = held
    assert "resolution=11&" in coarse.request.url
    coarse.continue_()
    panel.locator("dl").wait_for()
    visit.wait("(before) => document.querySelector('#panel-landscape canvas').toDataURL() !== before", frame)
    panel.get_by_text("taken at epoch 0; measuring…").wait_for()
    before = picture(page, 0)
    fine = held[1]
    assert "resolution=41&" in fine.request.url
    fine.continue_()
    panel.get_by_text("taken at epoch 0", exact=True).wait_for()
    assert picture(page, 0) != before


def test_axe_finds_nothing_and_nothing_scrolls_sideways(visits: Any) -> None:
    page = opened(visits(bypass_csp=True, viewport={"width": 375, "height": 812}))
    # The headings above it stand outside of what is looked at.
    rules = {"heading-order": {"enabled": False}}
    assert violations(page, context="#panel-landscape", rules=rules) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 375

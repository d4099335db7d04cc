"""The panel Lessons: set up, train, tick; every step points at something; by link, by keyboard, on a phone."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.course import lessons
from tests.browser.test_access import violations
from tests.browser.visits import Visit

pytestmark = pytest.mark.browser

TICKS = "() => JSON.parse(localStorage.getItem('descent.lessons') ?? '{}')"


def opened(visit: Any, slug: str = "", more: str = "") -> Any:
    page = visit.open(f"#panel=lessons{f'&lesson={slug}' if slug else ''}{more}")
    page.locator(".lessons .lesson" if slug else ".lessons .entry").first.wait_for()
    return page


def set_up(page: Any, title: str) -> None:
    page.get_by_role("group", name="Set it up").get_by_role("button", name=title).click()
    page.locator(".variants button[aria-pressed=true]", has_text=title).wait_for()


def train(page: Any, end: str = "finished") -> None:
    page.get_by_role("button", name="Play", exact=True).click()
    page.locator(f"body[data-state={end}]").wait_for()


def ticked(page: Any) -> Any:
    return page.locator(".claim.done")


def test_the_contents_name_every_lesson(visit: Any) -> None:
    page = opened(visit)
    entries = page.locator(".entry")
    for i, lesson in enumerate(lessons()):
        words = entries.nth(i).inner_text()
        assert words.startswith(str(lesson.number))
        for part in (lesson.title, lesson.summary, f"{len(lesson.claims)} claim"):
            assert part in words
    assert entries.count() == len(lessons())


def test_the_first_lesson_is_set_up_trained_and_ticked(visit: Any) -> None:
    page = opened(visit, "one-neuron")
    page.get_by_text("not this lesson's").wait_for()
    page.get_by_text("Two clouds: not run yet; at epoch 30").first.wait_for()
    set_up(page, "Two clouds")
    assert visit.run()["config"]["dataset"]["name"] == "gauss"
    train(page)
    ticked(page).get_by_text("One neuron parts two clouds").wait_for()
    assert ticked(page).get_by_text("Two clouds: shown at epoch 30: test accuracy").is_visible()
    assert ticked(page).count() == 1
    set_up(page, "A disc in a ring")
    page.get_by_text("A disc in a ring: at epoch 0, due at 30: test accuracy").wait_for()
    train(page)
    page.get_by_text("2 of 2 shown by your runs").wait_for()

    page.reload()
    page.get_by_text("2 of 2 shown by your runs").wait_for()
    page.get_by_role("button", name="All lessons").click()
    assert "✓ 2 of 2 shown" in page.locator(".entry").first.inner_text()
    page.get_by_role("button", name="Forget all ticks").click()
    assert "2 claims" in page.locator(".entry").first.inner_text()
    assert page.evaluate(TICKS) == {}


def test_a_claim_says_by_how_much_a_run_falls_short(visit: Any) -> None:
    page = opened(visit, "one-neuron")
    set_up(page, "Two clouds")
    page.get_by_role("button", name="+1 epoch", exact=True).click()
    page.get_by_text("Two clouds: at epoch 1, due at 30: test accuracy").first.wait_for()
    page.get_by_role("button", name="Show the network").click()
    rate = page.get_by_label("Learning rate", exact=True)
    for figure, words in (("0.00001", "is not this lesson's"), ("0.03", "was changed since it was set up")):
        rate.fill(figure)
        rate.press("Enter")
        page.get_by_text(words).wait_for()
    train(page)
    page.get_by_text("was changed since it was set up").wait_for()
    assert page.evaluate(TICKS) == {}


def test_given_weights_are_set_and_an_edit_of_them_undoes_it(visit: Any) -> None:
    page = opened(visit, "by-hand")
    set_up(page, "This network")
    ticked(page).get_by_text("Before the step the error is 0.298371.").wait_for()
    page.get_by_role("button", name="+1 batch", exact=True).click()
    ticked(page).get_by_text("After the step it is 0.280471.").wait_for()
    page.get_by_role("button", name="Reset", exact=True).click()
    page.get_by_text("lacks the weights it starts with").wait_for()
    page.get_by_role("button", name="Forget them").click()
    assert ticked(page).count() == 0


def test_a_run_is_judged_while_another_panel_is_open(visit: Any) -> None:
    page = opened(visit, "learning-rate")
    set_up(page, "Too high: 0.6")
    page.get_by_role("tab", name="Curves").click()
    train(page, "diverged")
    visit.wait("() => localStorage.getItem('descent.lessons')?.includes('learning-rate')")
    page.get_by_role("tab", name="Lessons").click()
    ticked(page).get_by_text("the run diverges").wait_for()


def test_the_next_variant_has_no_cut_links(visit: Any) -> None:
    page = opened(visit, "fewer-links")
    for title, whole in (("One input a unit", False), ("All links", True)):
        set_up(page, title)
        weights = page.evaluate("async (id) => (await fetch(`api/v1/runs/${id}/weights`)).json()", visit.run()["id"])
        assert all(layer["mask"] is None or all(map(all, layer["mask"])) for layer in weights["layers"]) is whole


def test_the_linear_stack_is_shown_as_its_one_matrix(visit: Any) -> None:
    page = opened(visit, "why-non-linear")
    assert page.get_by_text("Set up the linear layers").is_visible()
    set_up(page, "Linear layers")
    page.get_by_text("differ by at most").wait_for()
    answer = page.evaluate("async (id) => (await fetch(`api/v1/runs/${id}/collapsed`)).json()", visit.run()["id"])
    figures = [float(text.replace("−", "-")) for text in page.locator(".collapsed mn").all_text_contents()]
    assert figures == pytest.approx([*answer["layer"]["W"][0], *answer["layer"]["b"]], abs=1e-3)
    set_up(page, "tanh between")
    page.get_by_text("Hidden layer 1 is tanh").wait_for()


def test_a_link_opens_a_lesson_and_back_leaves_it(visit: Any) -> None:
    page = opened(visit)
    page.locator("[data-lesson=the-bowl]").click()
    page.get_by_role("heading", name="The bowl").wait_for()
    assert "lesson=the-bowl" in page.url
    page.get_by_role("button", name="Next: Too low, right, too high").click()
    assert "lesson=learning-rate" in page.url
    page.go_back()
    page.get_by_role("heading", name="The bowl").wait_for()
    assert page.locator(".lesson").count() == 1
    page.goto(f"{visit.url}/#panel=lessons&lesson=burgers")
    page.get_by_text("There is no lesson “burgers”").wait_for()


@pytest.fixture(scope="module")
def reader(browser: Any, server: str) -> Iterator[Any]:
    """One page for all lessons."""
    visit = Visit(browser, server)
    yield opened(visit)
    visit.leave()
    assert visit.errors == []


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)
def test_formulas_are_mathml_and_every_step_points_at_something(reader: Any, lesson: Any) -> None:
    page = reader
    page.evaluate("(slug) => { location.hash = `panel=lessons&lesson=${slug}`; }", lesson.slug)
    page.locator("#lesson-title", has_text=lesson.title).wait_for()
    words = page.locator(".lesson .text").inner_text()
    assert "\\" not in words
    used = sum(part.count("\\(") for part in (*lesson.text, lesson.erratum or ""))
    assert page.locator(".lesson .text math").count() == used
    page.locator(".variants button").first.click()
    page.locator(".variants button[aria-pressed=true]").wait_for()
    for i, step in enumerate(lesson.steps):
        ways = page.locator(".tries > li").nth(i).get_by_role("button")
        names = ways.all_inner_texts()
        assert names
        for name in names:
            ways.nth(names.index(name)).click()
            pointed = page.locator(".pointed")
            pointed.wait_for()
            assert pointed.is_visible(), step
            page.get_by_role("tab", name="Lessons").click()
            page.locator(".lesson").wait_for()


def test_every_control_and_panel_a_lesson_may_name_has_a_place(visit: Any) -> None:
    page = opened(visit)
    known = page.evaluate(
        """async () => {
          const { CONTROLS, PARTS } = await import("/static/panels/lessons/pointers.js");
          return [Object.keys(CONTROLS), Object.keys(PARTS)];
        }"""
    )
    for lesson in lessons():
        for step in lesson.steps:
            assert step.control in known[0]
            assert step.panel in known[1]


def test_the_keyboard_alone_opens_sets_up_and_ticks(visit: Any) -> None:
    page = visit.open()
    page.get_by_role("tab", name="Curves").focus()
    page.keyboard.press("End")
    while page.evaluate("() => document.activeElement.textContent") != "Lessons":
        page.keyboard.press("ArrowLeft")
    page.locator(".entry").first.wait_for()
    page.locator(".entry").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "lesson-title"
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".variants button[aria-pressed=true]").wait_for()
    page.get_by_role("button", name="Show me: Play").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "play"
    page.keyboard.press("Enter")
    ticked(page).get_by_text("One neuron parts two clouds").wait_for()


def test_a_viewer_reads_and_cannot_set_up(visits: Any) -> None:
    owner = visits()
    owner.open()
    viewer = visits()
    page = opened(viewer, "one-neuron", f"&run={owner.run()['id']}")
    page.get_by_text("You are watching someone's run").wait_for()
    assert page.get_by_role("button", name="Two clouds").is_disabled()


def test_axe_finds_nothing_in_the_contents_and_a_lesson(visits: Any) -> None:
    page = opened(visits(bypass_csp=True))
    assert violations(page) == []
    page.locator(".entry", has_text="Why not linear").click()
    set_up(page, "Linear layers")
    train(page)
    ticked(page).first.wait_for()
    assert violations(page) == []


def test_a_phone_scrolls_no_lesson_sideways(visits: Any) -> None:
    visit = visits(viewport={"width": 375, "height": 812}, has_touch=True, is_mobile=True)
    page = opened(visit)
    for lesson in lessons():
        page.locator(f'[data-lesson="{lesson.slug}"]').tap()
        page.locator(".lesson").wait_for()
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 375, lesson.slug
        wide = page.evaluate(
            "() => [...document.querySelectorAll('.formula')].some((f) => f.scrollWidth > f.clientWidth)"
        )
        assert not wide, lesson.slug
        page.get_by_role("button", name="All lessons").tap()
        page.locator(".entry").first.wait_for()


def test_a_lesson_in_columns_opens_step_through_in_columns(visit: Any) -> None:
    page = opened(visit, "by-hand")
    page.get_by_role("tab", name="Step through").click()
    assert page.get_by_role("button", name="Columns", exact=True).get_attribute("aria-pressed") == "true"
    assert "columns=on" in page.evaluate("() => location.hash")


def test_endings_and_refusals_use_the_pages_words(visits: Any) -> None:
    visit = visits()
    page = visit.open("#epochs=2&pace=max")
    train(page)
    message = page.locator("#message-words")
    message.get_by_text("epoch 2").wait_for()
    assert "max_epochs" not in message.inner_text()
    page.evaluate("() => document.querySelector('#step-epoch').click()")
    visit.wait("() => document.querySelector('#message-words').textContent.startsWith('Refused')")
    assert "Stop at epoch" in message.inner_text()
    assert "training." not in message.inner_text()

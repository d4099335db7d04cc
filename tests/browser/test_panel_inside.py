"""The panel Inside: figures of every layer, ailing units, the activations, and a learning rate found by trying."""

from typing import Any

import pytest

from tests.browser.test_access import violations

pytestmark = pytest.mark.browser


def opened(visit: Any, fragment: str = "#panel=inside", section: str = "") -> Any:
    page = visit.open(fragment + (f"&section={section}" if section else ""))
    page.locator("#panel-inside .segments").wait_for()
    return page


def test_every_layer_has_its_figures_and_histograms(visit: Any) -> None:
    page = opened(visit)
    rows = page.locator(".layer-list > li")
    rows.nth(2).wait_for()
    assert rows.locator("h3").all_inner_texts() == [
        "Layer 1 tanh, 4 units",
        "Layer 2 tanh, 2 units",
        "Output sigmoid, 1 unit",
    ]
    rows.first.get_by_role("img", name="Weights of layer 1, 8 values").wait_for()
    gradients = page.get_by_role("img", name="Gradient, length of dW and db together")
    visit.wait("() => document.querySelector('.layer-charts canvas').getAttribute('aria-label').includes('layer 2 0.')")
    before = gradients.get_attribute("aria-label")
    page.get_by_role("button", name="Play", exact=True).click()
    visit.wait("(b) => document.querySelector('.layer-charts canvas').getAttribute('aria-label') !== b", before)
    page.get_by_role("button", name="Pause", exact=True).click()
    page.locator("body[data-state=paused]").wait_for()
    gradients.focus()
    for _ in range(60):
        page.keyboard.press("ArrowLeft")
    visit.wait("() => / At epoch 0: /.test(document.querySelector('.layer-charts canvas').getAttribute('aria-label'))")


READING = "document.querySelector('.layer-charts canvas').getAttribute('aria-label')"


def test_the_curves_begin_at_epoch_0_whenever_it_is_opened(visit: Any) -> None:
    page = visit.open()
    at_start = page.evaluate(
        "async () => { const { runs } = await (await fetch('api/v1/runs')).json();"
        " return (await fetch(`api/v1/runs/${runs[0].id}/diagnostics`)).json(); }"
    )
    page.get_by_role("button", name="Play", exact=True).click()
    visit.wait_epoch(12)
    page.get_by_role("button", name="Pause", exact=True).click()
    page.locator("body[data-state=paused]").wait_for()
    page.get_by_role("tab", name="Inside").click()
    page.get_by_role("img", name="Gradient, length of dW and db together").focus()
    norm = at_start["layers"][0]["gradient_norm"]
    for _ in range(40):
        page.keyboard.press("ArrowLeft")
    visit.wait(
        "(norm) => { document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft' }));"
        f" const found = / At epoch 0: layer 1 ([0-9.]+)/.exec({READING}); "
        " return found && Number(found[1]) === Number(norm.toPrecision(2)); }",
        norm,
    )
    page.get_by_role("button", name="Reset").click()
    visit.wait(f"() => / At epoch 0: /.test({READING})")
    page.keyboard.press("ArrowRight")
    visit.wait(f"() => / At epoch 0: /.test({READING})")


def test_a_confident_output_is_not_called_saturated(visit: Any) -> None:
    page = opened(visit, "#net=8-relu,6-tanh&epochs=60&pace=max&panel=inside")
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_text("whole training set at epoch 60.").wait_for()
    answer = page.evaluate(
        "async () => { const { runs } = await (await fetch('api/v1/runs')).json();"
        " return (await fetch(`api/v1/runs/${runs[0].id}/trace?count=256`)).json(); }"
    )
    sure = [a for a in answer["layers"][-1]["A"][0] if not 0.03 <= a <= 0.97]
    assert len(sure) > 128
    output = page.locator(".layer-list > li").nth(2)
    assert output.get_by_text("None dead, none saturated.").is_visible()


def test_dead_and_saturated_units_are_named_and_marked(visit: Any) -> None:
    page = opened(visit, "#net=8-relu,6-tanh&epochs=20&panel=inside")
    edits = [{"layer": 0, "bias": 2, "value": -100}, {"layer": 1, "bias": 4, "value": 50}]
    path = f"api/v1/runs/{visit.run()['id']}"
    page.evaluate(
        """async ([path, edits]) => {
          const headers = { "content-type": "application/json" };
          await fetch(`${path}/weights`, { method: "PATCH", headers, body: JSON.stringify({ edits }) });
        }""",
        [path, edits],
    )
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_text("whole training set at epoch 20.").wait_for()
    relu, tanh = page.evaluate("async (path) => (await fetch(`${path}/diagnostics`)).json()", path)["layers"][:2]
    # Neither gets a gradient any more, so they stay as they were made, whatever else has come to it.
    assert 2 in relu["dead"]
    assert 4 in tanh["saturated"]
    rows = page.locator(".layer-list > li")
    for row, sort, units in ((0, "dead", relu["dead"]), (1, "saturated", tanh["saturated"])):
        listed = ", ".join(str(unit + 1) for unit in units)
        rows.nth(row).get_by_text(f"{sort}: unit{'s' * (len(units) > 1)} {listed}.").wait_for()
    marked = page.locator(".unit:is(.dead, .saturated)")
    names = [f"Layer 1, unit {unit + 1}, dead" for unit in relu["dead"]]
    names += [f"Layer 2, unit {unit + 1}, saturated" for unit in tanh["saturated"]]
    assert [unit.get_attribute("aria-label") for unit in marked.all()] == names
    page.get_by_role("tab", name="Curves").click()
    page.get_by_role("button", name="Reset").click()
    visit.wait("() => !document.querySelector('.unit:is(.dead, .saturated)')")


def test_the_gallery_shows_every_activation_and_the_unit(visit: Any) -> None:
    page = opened(visit, section="activations")
    cards = page.locator(".gallery > li")
    assert cards.count() == 14
    assert cards.locator("math").count() >= 28
    assert cards.filter(has_text="GELU").locator("math").count() == 5
    assert page.evaluate("() => document.querySelector('.formula[tabindex]')") is None
    assert page.get_by_role("heading", name="tanh layers 1, 2").is_visible()
    says = page.locator(".inside-activations .one .aside")
    says.get_by_text("250 training points at epoch 0").wait_for()
    first = says.inner_text()
    page.get_by_label("Unit, as pointed at").select_option("Unit 2 of layer 2")
    visit.wait("(first) => document.querySelector('.one .aside').textContent !== first", first)
    page.get_by_role("button", name="Learning rate", exact=True).click()
    assert "section=rate" in page.url
    page.get_by_role("button", name="Layers", exact=True).click()
    assert "section" not in page.url


def test_a_learned_slope_is_drawn_as_it_is_now(visit: Any) -> None:
    page = opened(visit, "#net=4-prelu&pace=max&epochs=50&panel=inside", "activations")
    card = page.locator(".gallery > li").filter(has_text="PReLU")
    card.get_by_text("α = 0.25, slope for negative z").wait_for()
    visit.wait("() => document.querySelector('.one .aside').textContent.includes('epoch 0')")
    drawn = card.locator("canvas").evaluate("(canvas) => canvas.toDataURL()")
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_text("250 training points at epoch 50").wait_for()
    run = visit.run()
    now = page.evaluate("async (id) => (await fetch(`api/v1/runs/${id}/activations`)).json()", run["id"])
    slope = float(f"{now['layers'][0]['parameters']['slope']:.2g}")
    card.get_by_text(f"α = {slope}, slope for negative z".replace("-", "−")).wait_for()
    assert card.locator("canvas").evaluate("(canvas) => canvas.toDataURL()") != drawn


def test_a_rate_is_found_and_used_in_one_click(visit: Any) -> None:
    page = opened(visit, section="rate")
    page.get_by_role("button", name="Find a learning rate").click()
    use = page.get_by_role("button", name="Use 0.").first
    use.wait_for()
    rate = use.inner_text().removeprefix("Use ")
    use.click()
    page.get_by_role("button", name=f"In use: {rate}").wait_for()
    visit.wait(
        "(rate) => fetch('api/v1/runs').then((r) => r.json()).then(({ runs: [{ id }] }) => fetch(`api/v1/runs/${id}`))"
        ".then((r) => r.json()).then((run) => run.config.training.learning_rate === rate)",
        float(rate),
    )


def test_axe_finds_nothing_and_nothing_scrolls_sideways(visits: Any) -> None:
    page = opened(visits(bypass_csp=True, viewport={"width": 375, "height": 812}))
    # The headings above it stand outside of what is looked at.
    rules = {"heading-order": {"enabled": False}}
    for name, section in {"Layers": "layers", "Activations": "activations", "Learning rate": "rate"}.items():
        page.locator("#panel-inside .segments").get_by_role("button", name=name, exact=True).click()
        page.locator(f".inside-{section}").wait_for()
        assert violations(page, context="#panel-inside", rules=rules) == []
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 375, section

"""Which changes keep the trained weights, which restart the run, and what Undo restores."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def weights(visit: Any) -> Any:
    return visit.page.evaluate(
        "async (id) => (await (await fetch(`api/v1/runs/${id}/weights`)).json()).layers", visit.run()["id"]
    )


def trained(visit: Any, epochs: int = 10) -> Any:
    page = visit.open()
    page.get_by_role("button", name="Play", exact=True).click()
    visit.wait_epoch(epochs)
    page.get_by_role("button", name="Pause", exact=True).click()
    page.locator("body[data-state=paused]").wait_for()
    visit.wait(
        """async (id) => (await (await fetch(`api/v1/runs/${id}`)).json()).epoch
             === Number(document.querySelector('#epoch').textContent.replaceAll(',', ''))""",
        visit.run()["id"],
    )
    return page


def test_a_first_visitor_has_the_circle_solved_in_300_epochs(visit: Any) -> None:
    """At the default pace that is 10 seconds."""
    page = visit.open("#epochs=300")
    page.get_by_role("button", name="Play", exact=True).click()
    visit.wait("() => Number(document.querySelector('#test-accuracy').textContent) >= 98")


@pytest.mark.parametrize(
    ("label", "value", "path"),
    [
        ("Learning rate", "0.1", ("learning_rate",)),
        ("Batch size", "25", ("batch_size",)),
    ],
)
def test_a_number_changed_live_keeps_the_epoch(visit: Any, label: str, value: str, path: tuple[str, ...]) -> None:
    page = trained(visit)
    before = visit.run()
    field = page.get_by_label(label, exact=True)
    field.fill(value)
    field.press("Enter")
    page.locator("#undo:enabled").wait_for()
    after = visit.run()
    assert (after["id"], after["epoch"]) == (before["id"], before["epoch"])
    assert after["config"]["training"][path[0]] == float(value)
    page.get_by_role("button", name="Undo").click()
    page.locator("#redo:enabled").wait_for()
    assert visit.run()["config"]["training"][path[0]] == before["config"]["training"][path[0]]


def test_the_penalty_and_the_pace_change_live(visit: Any) -> None:
    page = visit.open("#regularizer=l2&penalty=0.001")
    page.get_by_role("button", name="+1 epoch").click()
    visit.wait_epoch(1)
    before = visit.run()["id"]
    rate = page.get_by_label("Penalty strength", exact=True)
    rate.fill("0.01")
    rate.press("Enter")
    page.locator("#undo:enabled").wait_for()
    page.locator("#pace").press("ArrowRight")
    visit.wait("() => location.hash.includes('pace=45')")
    run = visit.run()
    assert (run["id"], run["epoch"]) == (before, 1)
    assert run["config"]["training"]["regularizer"]["rate"] == 0.01
    assert run["config"]["training"]["pace"] == 45


def test_an_architecture_change_restarts_and_undo_returns(visit: Any) -> None:
    page = trained(visit)
    before, kept = visit.run(), weights(visit)
    page.get_by_role("button", name="One unit more in layer 1").click()
    message = page.locator("#message")
    message.wait_for()
    message.get_by_text("restarted at epoch 0").wait_for()
    assert visit.run()["epoch"] == 0
    message.get_by_role("button", name="Bring it back").click()
    visit.wait_epoch(before["epoch"])
    message.wait_for(state="hidden")
    assert weights_of(visit, before["id"]) == kept


def weights_of(visit: Any, run: str) -> Any:
    return visit.page.evaluate("async (id) => (await (await fetch(`api/v1/runs/${id}/weights`)).json()).layers", run)


@pytest.mark.parametrize("button", ["Reset", "Another seed"])
def test_undo_brings_back_what_reset_and_another_seed_took_away(visit: Any, button: str) -> None:
    page = trained(visit)
    before, kept = visit.run(), weights(visit)
    first = page.evaluate(
        "async (id) => (await (await fetch(`api/v1/runs/${id}/weights?epoch=0`)).json()).layers", before["id"]
    )
    page.get_by_role("button", name=button).click()
    visit.wait("() => document.querySelector('#epoch').textContent === '000,000'")
    assert (weights(visit) == first) is (button == "Reset")
    page.get_by_role("button", name="Undo").click()
    visit.wait_epoch(before["epoch"])
    assert weights_of(visit, before["id"]) == kept
    page.get_by_role("button", name="Redo").click()
    visit.wait("() => document.querySelector('#epoch').textContent === '000,000'")


def test_a_cut_survives_reset_and_undo_reverts_edits(visit: Any) -> None:
    page = trained(visit)
    run, kept = visit.run(), weights(visit)
    page.get_by_role("button", name="Layer 1, unit 2").click()
    popover = page.locator("#popover")
    popover.wait_for()
    weight = popover.get_by_label("weight from x1", exact=True)
    weight.fill("1.5")
    weight.press("Enter")
    page.locator("#undo:enabled").wait_for()
    assert weights(visit)[0]["W"][1][0] == 1.5
    popover.get_by_role("button", name="Cut weight from x2").click()
    popover.get_by_role("button", name="Restore weight from x2").wait_for()
    assert weights(visit)[0]["mask"][1][1] is False
    assert visit.run()["epoch"] == run["epoch"]
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Undo").click()
    page.locator("#redo:enabled").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.locator("#undo:disabled").wait_for()
    back = weights(visit)
    assert [(layer["W"], layer["b"]) for layer in back] == [(layer["W"], layer["b"]) for layer in kept]
    page.get_by_role("button", name="Redo").click()
    page.get_by_role("button", name="Redo").click()
    page.locator("#redo:disabled").wait_for()
    visit.wait(
        """async (id) => (await (await fetch(`api/v1/runs/${id}/weights`)).json()).layers[0].mask?.[1][1] === false""",
        run["id"],
    )
    page.get_by_role("button", name="Reset").click()
    visit.wait("() => document.querySelector('#epoch').textContent === '000,000'")
    layer = weights(visit)[0]
    assert layer["mask"][1][1] is False
    assert layer["W"][1][1] == 0


def test_a_finished_run_says_what_to_raise(visit: Any) -> None:
    page = visit.open("#epochs=5&pace=max")
    page.get_by_role("button", name="Play", exact=True).click()
    page.locator("body[data-state=finished]").wait_for()
    page.get_by_role("button", name="Play", exact=True).click()
    further = page.get_by_role("button", name="Raise the limit to epoch 10")
    assert further.evaluate("(button) => button === document.activeElement")
    further.click()
    visit.wait_epoch(10)


def test_more_settings_reach_the_run(visit: Any) -> None:
    page = visit.open("#optimizer=adam&rate=0.003")
    page.get_by_role("button", name="More settings").click()
    page.get_by_label("Dropout, layer 1").fill("0.2")
    page.get_by_label("Dropout, layer 1").press("Enter")
    page.locator("#undo:enabled").wait_for()
    assert visit.run()["config"]["network"]["hidden"][0]["dropout"] == 0.2
    page.get_by_label("Adam: decay of the mean").fill("0.8")
    page.get_by_label("Adam: decay of the mean").press("Enter")
    visit.wait("() => location.hash.includes('beta1=0.8')")
    page.get_by_label("Run to epoch").fill("30")
    page.get_by_role("button", name="Run", exact=True).click()
    visit.wait_epoch(30)
    assert visit.epoch() == 30

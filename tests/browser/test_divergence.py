"""A diverged run: the page says why, offers ways back, and never shows NaN."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser

EXPLODES = "#data=bumps&net=8-relu&output=linear&rate=1"


def no_nan(page: Any) -> None:
    said = page.evaluate(
        """() => document.body.innerText + [...document.querySelectorAll('[aria-label], [aria-valuetext], input')]
             .map((e) => `${e.ariaLabel} ${e.ariaValueText} ${e.value ?? ''}`).join(' ')"""
    )
    assert "NaN" not in said
    assert "Infinity" not in said


def test_divergence_says_what_happened_where_and_the_way_back(visit: Any) -> None:
    page = visit.open(EXPLODES)
    page.get_by_role("button", name="Play", exact=True).click()
    message = page.get_by_role("alert")
    message.wait_for()
    words = message.inner_text()
    assert "Training diverged" in words
    assert "mini-batch" in words
    assert "learning rate (1)" in words
    no_nan(page)
    message.get_by_role("button", name="Start over at 0.1").click()
    message.wait_for(state="hidden")
    visit.wait_epoch(5)
    assert visit.run()["config"]["training"]["learning_rate"] == 0.1
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("alert").wait_for()


def test_the_suggested_rate_is_below_the_diverged_one(visit: Any) -> None:
    """While it warms up, the rate is far below the setting, of which a tenth may be more."""
    page = visit.open("#data=bumps&net=8-relu&output=linear&rate=50&schedule=warm_up:epochs=1000:start=0.001&pace=max")
    page.get_by_role("button", name="Play", exact=True).click()
    alert = page.get_by_role("alert")
    alert.wait_for()
    offered = alert.get_by_role("button", name="Start over at").inner_text().removeprefix("Start over at ")
    rates = page.evaluate(
        "async (id) => (await (await fetch(`api/v1/runs/${id}/metrics`)).json()).members[0].learning_rate",
        visit.run()["id"],
    )
    assert float(offered) < rates[-1] < 5


def test_epochs_without_a_loss_are_hatched(visit: Any) -> None:
    page = visit.open("#data=bumps&net=8-relu&output=linear&rate=0.03")
    hatching = """(id) => {
      const canvas = document.getElementById(id);
      const scale = canvas.width / canvas.clientWidth;
      const row = Math.round((canvas.clientHeight / 2) * scale);
      const { data } = canvas.getContext('2d').getImageData(canvas.width * 0.5, row, canvas.width * 0.5, 1);
      let changes = 0;
      for (let i = 7; i < data.length; i += 4) changes += (data[i] > 60) !== (data[i - 4] > 60);
      return changes;
    }"""
    page.get_by_role("button", name="Play", exact=True).click()
    visit.wait_epoch(40)
    assert page.evaluate(hatching, "time-canvas") < 5
    rate = page.get_by_label("Learning rate", exact=True)
    rate.fill("10")
    rate.press("Enter")
    page.get_by_role("alert").wait_for()
    visit.wait("() => document.querySelector('#time-live').textContent === 'no number after'")
    for canvas in ("time-canvas", "chart-loss"):
        visit.wait(f"(id) => ({hatching})(id) > 5", canvas)
    page.get_by_role("button", name="Reset").last.click()
    visit.wait("() => document.querySelector('#time-live').textContent === 'live'")
    visit.wait(f"(id) => ({hatching})(id) < 5", "time-canvas")


def test_going_back_restores_the_weights_of_a_good_epoch(visit: Any) -> None:
    page = visit.open("#data=bumps&net=8-relu&output=linear&rate=0.03")
    page.get_by_role("button", name="Play", exact=True).click()
    visit.wait_epoch(10)
    before = visit.run()["id"]
    rate = page.get_by_label("Learning rate", exact=True)
    rate.fill("10")
    rate.press("Enter")
    page.get_by_role("alert").wait_for()
    no_nan(page)
    back = page.get_by_role("button", name="Go back to epoch")
    back.wait_for()
    epoch = int(back.inner_text().rsplit(" ", 1)[1])
    back.click()
    page.locator("#message").get_by_text(f"weights of epoch {epoch}").wait_for()
    page.get_by_role("alert").wait_for(state="hidden")
    run = visit.run()
    assert (run["id"], run["state"]) == (before, "paused")
    same = page.evaluate(
        """async ([id, epoch]) => {
          const read = async (query) => (await (await fetch(`api/v1/runs/${id}/weights${query}`)).json()).layers;
          return JSON.stringify(await read('')) === JSON.stringify(await read(`?epoch=${epoch}`));
        }""",
        [before, epoch],
    )
    assert same

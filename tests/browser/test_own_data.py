"""Data of one's own with several targets an example: chosen in the dialog, shown and counted one at a time."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser

# Two labels over the plane: right of the middle, and above it.
POINTS = [(x, y) for x in range(-5, 6, 2) for y in range(-5, 6, 2)]
TABLE = "x,y,right,above\n" + "\n".join(f"{x},{y},{int(x > 0)},{int(y > 0)}" for x, y in POINTS)


def paste(visit: Any, text: str, task: str) -> Any:
    page = visit.page
    page.get_by_role("button", name="Your own…").click()
    page.get_by_label("Rows, one example a line").fill(text)
    page.get_by_label("Problem", exact=True).last.select_option(task)
    return page


def test_several_labels_are_trained_and_kept_in_the_link(visits: Any) -> None:
    first, second = visits(), visits()
    first.open("#net=4-tanh&rate=0.3&pace=max&epochs=200")
    page = paste(first, TABLE, "multilabel")
    assert page.locator("#own-says").inner_text() == "36 examples, 2 inputs, labels 0 = right, 1 = above"
    chosen = page.locator("dialog.own fieldset input")
    assert [box.is_checked() for box in chosen.all()] == [False, False, True, True]
    page.get_by_role("button", name="Train on these").click()
    first.wait("() => location.hash.includes('task=multilabel')")
    dataset = first.run()["config"]["dataset"]
    assert dataset["targets"] == [[int(x > 0), int(y > 0)] for x, y in POINTS]
    assert page.get_by_role("button", name="Output for label").count() == 2
    page.get_by_role("button", name="Play", exact=True).click()
    page.locator("body[data-state=finished]").wait_for()
    assert float(page.locator("#test-accuracy").inner_text()) > 90
    second.open(page.evaluate("() => location.hash"))
    assert second.run()["config"]["dataset"] == dataset


def test_the_map_and_the_counts_are_of_the_chosen_label(visit: Any) -> None:
    visit.open("#net=4-tanh&rate=0.3&pace=max&epochs=200")
    page = paste(visit, TABLE, "multilabel")
    page.get_by_role("button", name="Train on these").click()
    visit.wait("() => location.hash.includes('task=multilabel')")
    page.get_by_role("button", name="Play", exact=True).click()
    page.locator("body[data-state=finished]").wait_for()
    counted = """async ([id, label]) => {
      const { inputs, targets, split } = await (await fetch(`api/v1/runs/${id}/data`)).json();
      const body = JSON.stringify({ inputs });
      const headers = { 'content-type': 'application/json' };
      const { labels } = await (await fetch(`api/v1/runs/${id}/predict`, { method: 'POST', headers, body })).json();
      const table = [0, 0, 0, 0];
      targets.forEach((is, i) => { if (split[i] === 'test') table[2 * is[label] + labels[i][label]]++; });
      return table.join();
    }"""
    pictures = []
    for label in (0, 1):
        page.get_by_label("The map shows").select_option(f"label {label}")
        visit.wait(
            "(title) => document.querySelector('#confusion h3')?.textContent === title",
            f"Test points, label {label}, at threshold 0.50",
        )
        expected = page.evaluate(counted, [visit.run()["id"], label])
        # The page counts again with the run's last weights, a few times a second at most.
        visit.wait(
            "(counts) => [...document.querySelectorAll('#confusion td b')].map((b) => b.innerText).join() === counts",
            expected,
        )
        assert page.locator("#output-words").inner_text() == f"probability of label {label}"
        pictures.append(visit.pixels("map-canvas"))
    assert pictures[0] != pictures[1]
    assert "answer=1" in page.evaluate("() => location.hash")
    page.locator("#map-canvas").focus()
    page.keyboard.press("ArrowRight")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("Shift+ArrowUp")
    visit.wait("() => document.querySelector('#map-says').textContent.startsWith('Labels 0, 1 probabilities')")


def test_pointing_at_an_output_shows_its_label(visit: Any) -> None:
    visit.open("#net=4-tanh")
    page = paste(visit, TABLE, "multilabel")
    page.get_by_role("button", name="Train on these").click()
    page.get_by_role("button", name="Output for label 1").hover()
    visit.wait("() => document.querySelector('#output-words').textContent === 'probability of label 1'")


def test_several_numbers_are_a_regression_with_a_map_each(visit: Any) -> None:
    visit.open("#net=4-tanh")
    rows = "x,y,sum,product\n" + "\n".join(f"{x},{y},{x + y},{x * y}" for x, y in POINTS)
    page = paste(visit, rows, "regression")
    page.get_by_role("checkbox", name="sum").check(force=True)
    page.get_by_role("button", name="Train on these").click()
    visit.wait("() => location.hash.includes('task=regression')")
    assert visit.run()["config"]["dataset"]["targets"][0] == [-10, 25]
    page.get_by_label("The map shows").select_option("value 1")
    page.locator("#output-words").get_by_text("predicted value 1").wait_for()
    page.locator("#scale-high").get_by_text("50", exact=True).wait_for()


def test_a_value_that_is_no_label_is_reported(visit: Any) -> None:
    visit.open()
    page = paste(visit, "x,a,b\n1,0,1\n2,1,2", "multilabel")
    page.get_by_role("checkbox", name="a", exact=True).check(force=True)
    said = page.locator("#own-says").inner_text()
    assert all(part in said for part in ("Row 2", "b:", "0", "1"))
    assert page.get_by_role("button", name="Train on these").is_disabled()
    for name in ("a", "b"):
        page.get_by_role("checkbox", name=name, exact=True).uncheck(force=True)
    assert "at least one column" in page.locator("#own-says").inner_text()

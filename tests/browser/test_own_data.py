"""Tables of people's own on the page: dropped or pasted, shown as they were understood, trained on by their names."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser

# Three kinds of birds around three centres; a row in ten misses its weight.
KINDS = {"Auk": (38.0, 18.0, 3700), "Loon": (48.0, 15.0, 5000), "Tern": (49.0, 19.0, 3800)}
BIRDS = "bill_mm,depth_mm,grams,island,kind\n" + "\n".join(
    f"{x + i % 5 - 2},{y + i % 3 - 1},{'NA' if i % 10 == 3 else w + i * 7 % 400 - 200},"
    f"{'North' if i % 2 else 'South'},{kind}"
    for i in range(40)
    for kind, (x, y, w) in KINDS.items()
)
# Two labels over the plane: right of the middle, and above it.
POINTS = [(x, y) for x in range(-5, 6, 2) for y in range(-5, 6, 2)]
LABELS = "x,y,right,above\n" + "\n".join(
    f"{x},{y},{'yes' if x > 0 else 'no'},{'yes' if y > 0 else 'no'}" for x, y in POINTS
)
DROP = """(text) => {
  const data = new DataTransfer();
  data.items.add(new File([text], 'birds.csv', { type: 'text/csv' }));
  for (const type of ['dragover', 'drop'])
    window.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true }));
}"""


def paste(visit: Any, text: str) -> Any:
    page = visit.page
    page.get_by_role("button", name="Your own…").click()
    page.get_by_label("or paste a table").fill(text)
    page.locator("dialog.table .understood").wait_for()
    return page


def train(visit: Any) -> None:
    page = visit.page
    page.get_by_role("button", name="Train on these").click()
    visit.wait("() => location.hash.includes('data=table')")
    page.get_by_role("button", name="Play", exact=True).click()
    page.locator("body[data-state=finished]").wait_for()


def test_a_dropped_file_is_shown_trained_on_and_kept(visits: Any) -> None:
    first, second = visits(), visits()
    page = first.open("#net=8-tanh&rate=0.1&pace=max&epochs=80")
    page.evaluate(DROP, BIRDS)
    page.locator("dialog.table .understood").wait_for()
    status = page.locator("#table-status").inner_text()
    assert all(part in status for part in ("birds.csv", "120 rows", "predicts kind", "4 columns"))
    assert "12 of 120 rows miss a value" in page.locator("dialog.table .choices").last.inner_text()
    assert page.locator("dialog.table td.missing").count()
    train(first)
    assert float(page.locator("#test-accuracy").inner_text()) > 95
    assert page.locator("#classes").inner_text().split() == ["Auk", "Loon", "Tern"]
    assert [page.locator(f"#axis-{axis}").inner_text() for axis in ("across", "up")] == ["bill_mm →", "↑ depth_mm"]
    assert page.locator(".input .name.column").all_inner_texts()[-1] == "island = South"
    assert "12 of 120 rows" in page.locator("#data-notes").inner_text()
    page.locator("#map-canvas").hover(position={"x": 40, "y": 60})
    first.wait("() => /^(Auk|Loon|Tern), probability [^]*bill_mm/.test(document.querySelector('#tip').innerText)")
    link = page.evaluate("() => location.hash")
    page.reload()
    first.wait("() => document.querySelector('#classes').innerText.includes('Loon')")
    # Another server has no such table; the same file makes it the same run.
    page = second.open(link.replace(first.run()["config"]["dataset"]["table"], "0" * 64))
    assert "lacks the table" in page.locator("#message-words").inner_text()
    assert second.run()["config"]["dataset"]["name"] == "circle"
    second.errors.clear()  # the browser's word on the request that was refused


def test_roles_and_readings_are_changed_by_hand(visit: Any) -> None:
    visit.open()
    page = paste(visit, "a;b;c\n1,5;2;x\n2,5;3;y\n3,5;4;x\n4,5;1;y")
    page.get_by_label("Role of b").select_option("omitted")
    page.get_by_label("Role of c").select_option("omitted")
    assert "Target" in page.locator("#table-status").inner_text()
    assert page.get_by_role("button", name="Train on these").is_disabled()
    page.get_by_label("Role of a").select_option("target")
    page.get_by_label("Role of b").select_option("input")
    assert "predicts a from 1 column" in page.locator("#table-status").inner_text()
    page.locator("dialog.table summary").click()
    page.get_by_label("Decimals").select_option(".")
    visit.wait("() => document.querySelector('dialog.table tbody td').textContent === '1,5'")
    page.get_by_label("Encoding").select_option("windows-1252")
    visit.wait("() => /windows-1252/.test(document.querySelector('dialog.table summary').textContent)")
    page.get_by_label("Separator").select_option("|")
    visit.wait("() => /only one column/.test(document.querySelector('#table-status').textContent)")
    page.get_by_label("Separator").select_option("guessed")
    visit.wait("() => document.querySelectorAll('dialog.table thead th').length === 3")
    page.get_by_label("or paste a table").fill('{"inputs":[[1],[2],[3]],"targets":[0,1]}')
    visit.wait("() => /3 rows of inputs and 2 targets/.test(document.querySelector('#table-status').textContent)")
    assert page.get_by_role("button", name="Train on these").is_disabled()
    assert page.get_by_label("or paste a table").input_value().startswith("{")
    assert page.locator("dialog.table summary").inner_text() == "Read it another way"
    visit.errors.clear()  # the browser's word on the request that was refused


def test_the_map_and_the_counts_are_of_the_chosen_label(visit: Any) -> None:
    visit.open("#net=4-tanh&rate=0.3&pace=max&epochs=200")
    page = paste(visit, LABELS)
    page.locator("#table-task").select_option("multilabel")
    page.get_by_label("Role of right").select_option("target")
    train(visit)
    assert float(page.locator("#test-accuracy").inner_text()) > 90
    assert page.get_by_role("button", name="Output for").count() == 2
    counted = """async ([id, label]) => {
      const { inputs, targets, split } = await (await fetch(`api/v1/runs/${id}/data`)).json();
      const body = JSON.stringify({ inputs });
      const headers = { 'content-type': 'application/json' };
      const { indices } = await (await fetch(`api/v1/runs/${id}/predict`, { method: 'POST', headers, body })).json();
      const table = [0, 0, 0, 0];
      targets.forEach((is, i) => { if (split[i] === 'test') table[2 * is[label] + indices[i][label]]++; });
      return table.join();
    }"""
    pictures = []
    for label, name in enumerate(("right", "above")):
        page.get_by_label("The map shows").select_option(name)
        visit.wait(
            "(title) => document.querySelector('#confusion h3')?.textContent === title",
            f"Test points, {name}, at threshold 0.50",
        )
        expected = page.evaluate(counted, [visit.run()["id"], label])
        # The page counts again with the run's last weights, a few times a second at most.
        visit.wait(
            "(counts) => [...document.querySelectorAll('#confusion td b')].map((b) => b.innerText).join() === counts",
            expected,
        )
        assert page.locator("#output-words").inner_text() == f"probability of {name}"
        pictures.append(visit.pixels("map-canvas"))
    assert pictures[0] != pictures[1]
    page.get_by_role("button", name="Output for right").hover()
    visit.wait("() => document.querySelector('#output-words').textContent === 'probability of right'")


def test_a_regression_speaks_in_the_unit_of_its_target(visit: Any) -> None:
    visit.open("#net=4-tanh&rate=0.03&pace=max&epochs=300")
    page = paste(visit, "size,price\n" + "\n".join(f"{50 + 3 * i},{150_000 + 7_000 * i}" for i in range(30)))
    train(visit)
    assert float(page.locator("#test-accuracy").inner_text()) > 0.98
    assert page.locator("#accuracy-of").inner_text() == "Test R²"
    assert 0 < float(page.locator("#test-error").inner_text()) < 10_000
    assert page.locator("#axis-up").inner_text() == "↑ price"
    figures = [float(text) for text in page.locator(".map .figures.y span").all_inner_texts()]
    assert figures[0] > 353_000 > 150_000 > figures[-1]

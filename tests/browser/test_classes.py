"""Classes can be distinguished without colour, and what the page counts is what the server predicts."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("classes", [3, 10])
def test_classes_have_shapes_of_their_own(visit: Any, classes: int) -> None:
    page = visit.open(f"#data=blobs&classes={classes}&test=on")
    page.locator("#classes li").nth(classes - 1).wait_for()
    shapes = page.locator("#classes use").evaluate_all("(uses) => uses.map((use) => use.getAttribute('href'))")
    assert len(set(shapes)) == classes
    page.locator("#confusion tbody use").nth(classes - 1).wait_for(state="attached")
    rows = page.locator("#confusion tbody use").evaluate_all("(uses) => uses.map((use) => use.getAttribute('href'))")
    assert rows == shapes
    page.locator("#map-canvas").focus()
    page.keyboard.press("ArrowRight")
    visit.wait("() => /^Class [0-9], probability/.test(document.querySelector('#map-says').textContent)")


def test_shapes_on_the_map_differ_by_class_and_by_set(visit: Any) -> None:
    """Drawn alone, at the same place and in one colour, no two classes and no two sets look alike."""
    visit.open()
    pictures = visit.page.evaluate(
        """async () => {
          const { drawPoints } = await import('/static/output/points.js');
          const ink = { of: () => 'black', classes: Array(10).fill('gray'), signed: [] };
          return [...Array(10).keys()].flatMap((k) => ['train', 'test'].map((part) => {
            const canvas = document.createElement('canvas');
            canvas.width = canvas.height = 24;
            const points = { inputs: [[0, 0]], targets: [k], split: [part] };
            const marks = { points, task: 'classification', half: 1, test: true, labels: null, place: () => [12, 12] };
            drawPoints(canvas.getContext('2d'), marks, ink);
            return canvas.toDataURL();
          }));
        }"""
    )
    assert len(set(pictures)) == 20


@pytest.mark.parametrize(
    ("fragment", "threshold"), [("", 0.5), ("#threshold=0.8", 0.8), ("#data=blobs&classes=5&net=4-tanh", 0.5)]
)
def test_the_confusion_matrix_agrees_with_the_predict_endpoint(visit: Any, fragment: str, threshold: float) -> None:
    page = visit.open(fragment)
    page.get_by_role("button", name="+1 epoch").click()
    visit.wait_epoch(1)
    expected = page.evaluate(
        """async ([id, threshold]) => {
          const { inputs, targets, split } = await (await fetch(`api/v1/runs/${id}/data`)).json();
          const body = JSON.stringify({ inputs, threshold });
          const headers = { 'content-type': 'application/json' };
          const { labels } = await (await fetch(`api/v1/runs/${id}/predict`, { method: 'POST', headers, body })).json();
          const classes = Math.max(...targets) + 1;
          const table = Array.from({ length: classes }, () => Array(classes).fill(0));
          targets.forEach((is, i) => { if (split[i] === 'test') table[is][labels[i]]++; });
          return table.flat().map(String).join();
        }""",
        [visit.run()["id"], threshold],
    )
    visit.wait(
        "(expected) => [...document.querySelectorAll('#confusion td b')].map((b) => b.textContent).join() === expected",
        expected,
    )


def test_moving_the_threshold_moves_the_counts(visit: Any) -> None:
    page = visit.open()
    page.locator("#confusion td b").first.wait_for()
    slider = page.get_by_label("Threshold")
    slider.focus()
    slider.press("Home")
    visit.wait("() => document.querySelector('#confusion h3').textContent.endsWith('0.01')")
    said_no = (
        "() => [...document.querySelectorAll('#confusion tbody tr')].every((row) => row.cells[1].innerText[0] === '0')"
    )
    visit.wait(said_no)

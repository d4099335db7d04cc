"""Drawing where there is much to draw. What it costs in time is measured by benchmarks/page.py."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_a_long_curve_is_drawn_with_few_points_a_pixel(visit: Any) -> None:
    page = visit.open()
    points, width = page.evaluate(
        """async () => {
          const { drawChart } = await import('/static/charts/line-chart.js');
          const { palette } = await import('/static/charts/palette.js');
          const { linear, logarithmic } = await import('/static/lib/scales.js');
          const count = 50000;
          const epochs = Float32Array.from({ length: count }, (_, i) => i);
          const noise = (i) => 1 + 0.5 * Math.sin(i * i);
          const values = Float32Array.from(epochs, (i) => 0.5 / (1 + i / 50) * noise(i) + 0.01);
          const lines = [{ values, style: 'main', name: 'main', words: String }];
          const chart = { epochs, count, x: linear(0, count), y: logarithmic(0.001, 1), figure: String, lines,
            gap: false, marks: [], row: null, labels: 88 };
          const canvas = document.getElementById('chart-loss');
          let points = 0;
          const lineTo = CanvasRenderingContext2D.prototype.lineTo;
          CanvasRenderingContext2D.prototype.lineTo = function (...at) { points++; lineTo.apply(this, at); };
          drawChart(canvas, chart, palette(0));
          return [points, canvas.clientWidth];
        }"""
    )
    assert width < points < 4.5 * width


def test_the_largest_network_is_drawn_while_it_trains(visit: Any) -> None:
    page = visit.open("#data=spiral&net=" + ",".join(["16-tanh"] * 8))
    assert page.locator(".hidden-layer .unit").count() == 128
    page.get_by_role("button", name="Play", exact=True).click()
    visit.wait_epoch(3)
    for canvas in ("maps", "links"):
        drawn = visit.pixels(canvas)
        visit.wait("([id, drawn]) => document.getElementById(id).toDataURL() !== drawn", [canvas, drawn])

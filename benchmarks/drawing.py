"""A chart as SVG: logarithmic axes, measured points, labelled lines, one mark."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 616, 56, 308
STYLE = """
:root { --paper: #fff; --ink: #14181b; --ink-3: #626b72; --edge: #80888e; --line: #dde1e3 }
@media (prefers-color-scheme: dark) {
  :root { --paper: #171b1e; --ink: #eceff0; --ink-3: #8c969d; --edge: #6b757c; --line: #2b3236 }
}
rect { fill: var(--paper) }
text { fill: var(--ink-3); font: 12px -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif }
.title { fill: var(--ink); font-size: 13px; font-weight: 600 }
.mark, .ink { fill: var(--ink) }
path { fill: none; stroke-width: 1.25; stroke: var(--edge) }
.grid { stroke: var(--line); stroke-width: 1 }
.main { stroke: var(--ink); stroke-width: 1.75 }
.dashed { stroke-dasharray: 4 4 }
circle { fill: var(--paper); stroke: var(--ink); stroke-width: 1.5 }
""".strip()


@dataclass(frozen=True)
class Line:
    """A function of the horizontal quantity. ``style``: main, or dashed for a part of it."""

    name: str
    of: Callable[[float], float]
    style: str


@dataclass(frozen=True)
class Chart:
    """Points (x, y), lines over the same range, and perhaps a place ``mark`` with what it means in words."""

    title: str
    x_title: str
    points: Sequence[tuple[float, float]]
    lines: Sequence[Line]
    mark: tuple[float, str] | None = None


def decades(low: float, high: float) -> list[float]:
    """Figures 1, 2, 5 of every decade between two values."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [f * 10.0**p for p in powers for f in (1, 2, 5) if low <= f * 10.0**p <= high]


def svg(chart: Chart) -> str:
    """The chart as a document of its own; it follows the reader's light or dark preference."""
    xs, ys = zip(*chart.points, strict=True)
    x_low, x_high = min(xs) * 0.85, max(xs) * 1.15
    y_low, y_high = min(ys) * 0.5, max(ys) * 1.6

    def across(x: float) -> float:
        return LEFT + (RIGHT - LEFT) * math.log(x / x_low) / math.log(x_high / x_low)

    def up(y: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * math.log(y / y_low) / math.log(y_high / y_low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(chart.title)}</title>",
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text class="title" x="{LEFT}" y="24">{escape(chart.title)}</text>',
        f'<text x="{RIGHT}" y="{HEIGHT - 12}" text-anchor="end">{escape(chart.x_title)}</text>',
    ]
    for y in decades(y_low, y_high):
        parts.append(f'<path class="grid" d="M{LEFT} {up(y):.1f}H{RIGHT}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{up(y) + 4:.1f}" text-anchor="end">{y:g}</text>')
    for x in xs:
        parts.append(f'<path d="M{across(x):.1f} {BOTTOM}v4"/>')
        parts.append(f'<text x="{across(x):.1f}" y="{BOTTOM + 20}" text-anchor="middle">{x:g}</text>')
    parts.append(f'<path d="M{LEFT} {BOTTOM}H{RIGHT}"/>')
    steps = [x_low * (x_high / x_low) ** (i / 80) for i in range(81)]
    for line in chart.lines:
        drawn = [(x, line.of(x)) for x in steps if y_low <= line.of(x) <= y_high]
        if not drawn:
            continue
        d = "L".join(f"{across(x):.1f} {up(y):.1f}" for x, y in drawn)
        whole = drawn[0][0] == x_low  # a line that starts within the chart is named there, beside its foot
        x, y = drawn[-1] if whole else drawn[0]
        left, rise = (0, 8) if whole else (8, 4)
        parts.append(f'<path class="{line.style}" d="M{d}"/>')
        place = f'x="{across(x) - left:.1f}" y="{up(y) - rise:.1f}" text-anchor="end"'
        parts.append(f"<text {place}>{escape(line.name)}</text>")
    if chart.mark and x_low < chart.mark[0] < x_high:
        at = across(chart.mark[0])
        anchor, shift = ("end", -6) if at > (LEFT + RIGHT) / 2 else ("start", 6)
        parts.append(f'<path d="M{at:.1f} {TOP - 12}V{BOTTOM}"/>')
        place = f'x="{at + shift:.1f}" y="{TOP - 4}" text-anchor="{anchor}"'
        parts.append(f'<text class="mark" {place}>{escape(chart.mark[1])}</text>')
    parts += [f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="3.5"/>' for x, y in chart.points]
    return "\n".join([*parts, "</svg>", ""])

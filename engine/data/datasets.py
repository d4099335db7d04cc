"""Data sets: where the points come from, how noise moves them, and which are held out as test points.

Points are rows (N, d) in [-6, 6] where the data set is two-dimensional. Points and noise have streams of their own, so
that more noise moves the same points further.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.data.formula import parse
from engine.nn.losses import CLASSIFICATION, REGRESSION
from engine.nn.registry import Array, Registry
from engine.numbers.rules import PORTABLE, Rules
from engine.numbers.streams import Purpose, Stream

Points = tuple[Array, Array]


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """One generator of points.

    ``make(rules, stream, n)`` returns (n, d) points without noise and their n targets: class indices, or numbers.
    With ``many_classes`` the number of classes is a choice, and ``make`` takes ``classes``; with ``variants``, a
    ``variant``; with ``written``, the default one, a ``formula``. ``shift(stream, points, noise)`` returns the
    displacement (n, d) for a noise in [0, 0.5], or is None where ``make`` takes the ``noise`` itself (``noisy``).
    ``suggests``: the part of a RunConfig that shows the data set at its best, where the defaults would not.
    """

    name: str
    title: str
    note: str
    make: Callable[..., Points]
    task: str = CLASSIFICATION
    inputs: int = 2
    classes: int = 2
    many_classes: bool = False
    shift: Callable[[Stream, Array, float], Array] | None = None
    noisy: bool = False
    variants: tuple[str, ...] = ()
    written: str = ""
    suggests: dict[str, Any] = field(default_factory=dict)


datasets: Registry[Dataset] = Registry("data set")


def _uniform_shift(reach: float) -> Callable[[Stream, Array, float], Array]:
    def shift(stream: Stream, points: Array, noise: float) -> Array:
        return stream.uniform(-reach, reach, points.shape) * noise

    return shift


def _halves(n: int) -> Array:
    """Class indices 1 for the first half of n points and 0 for the rest."""
    return (np.arange(n) < n // 2).astype(np.int64)


def _polar(rules: Rules, radius: Array, angle: Array) -> Array:
    return np.column_stack((radius * rules.sin(angle), radius * rules.cos(angle)))


def _circle(rules: Rules, stream: Stream, n: int) -> Points:
    inner = _halves(n)
    radius = np.where(inner == 1, stream.uniform(0.0, 2.5, n), stream.uniform(3.5, 5.0, n))
    return _polar(rules, radius, stream.uniform(0.0, 2 * math.pi, n)), inner


def _xor(rules: Rules, stream: Stream, n: int) -> Points:
    points = stream.uniform(-5.0, 5.0, (n, 2))
    points += np.where(points > 0, 0.3, -0.3)
    return points, (points[:, 0] * points[:, 1] >= 0).astype(np.int64)


def _gauss(rules: Rules, stream: Stream, n: int, noise: float) -> Points:
    label = _halves(n)
    centre = np.where(label == 1, 2.0, -2.0)[:, None]
    variance = 0.5 + 7.0 * noise  # 0.5 without noise, 4 at 0.5
    return centre + stream.normal((n, 2)) * math.sqrt(variance), label


def _spiral(rules: Rules, stream: Stream, n: int) -> Points:
    label = _halves(n)
    step = np.concatenate([np.arange(k) / max(k, 1) for k in (n // 2, n - n // 2)])
    return _polar(rules, 5.0 * step, 1.75 * 2 * math.pi * step + np.where(label == 1, 0.0, math.pi)), label


def _moons(rules: Rules, stream: Stream, n: int) -> Points:
    label = _halves(n)
    angle = stream.uniform(0.0, math.pi, n)
    sine, cosine = rules.sin(angle), rules.cos(angle)
    outer = np.column_stack((cosine, sine))
    inner = np.column_stack((1.0 - cosine, 0.5 - sine))
    # scikit-learn's moons span [-1, 2] x [-0.5, 1]: centred and scaled by 3.2 they fill the view
    return (np.where(label[:, None] == 1, inner, outer) - (0.5, 0.25)) * 3.2, label


def _rings(rules: Rules, stream: Stream, n: int) -> Points:
    inner = _halves(n)
    return _polar(rules, np.where(inner == 1, 2.25, 4.5), stream.uniform(0.0, 2 * math.pi, n)), inner


def _checkerboard(rules: Rules, stream: Stream, n: int) -> Points:
    points = stream.uniform(-6.0, 6.0, (n, 2))
    cell = np.floor((points + 6.0) / 3.0).astype(np.int64)
    return points, (cell[:, 0] + cell[:, 1]) % 2


def _blobs(rules: Rules, stream: Stream, n: int, classes: int) -> Points:
    label = np.arange(n) % classes
    angle = 2 * math.pi * label / classes + math.pi / 6
    spread = min(0.9, 3.0 / classes)
    return _polar(rules, np.full(n, 3.2), angle) + stream.normal((n, 2)) * spread, label


def _spirals(rules: Rules, stream: Stream, n: int, classes: int) -> Points:
    label = np.arange(n) % classes
    step = (np.arange(n) // classes) / max(n // classes, 1)
    # cs231n: K arms over 4 rad each, with normal noise 0.2 rad on the angle
    angle = 2 * math.pi * label / classes + 4.0 * step + 0.2 * stream.normal(n)
    return _polar(rules, 5.0 * step, angle), label


def _plane(rules: Rules, stream: Stream, n: int) -> Points:
    points = stream.uniform(-6.0, 6.0, (n, 2))
    return points, (points[:, 0] + points[:, 1]) / 10.0


# Six cones: centres and signs, in the TensorFlow Playground's order.
_BUMPS = ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1))


def _bumps(rules: Rules, stream: Stream, n: int) -> Points:
    points = stream.uniform(-6.0, 6.0, (n, 2))
    heights = np.array(
        [sign * np.maximum(0.0, 1.0 - rules.hypot(points[:, 0] - x, points[:, 1] - y) / 2.0) for x, y, sign in _BUMPS]
    )
    return points, heights[np.abs(heights).argmax(axis=0), np.arange(n)]


def _curve(rules: Rules, stream: Stream, n: int, variant: str) -> Points:
    x = stream.uniform(-6.0, 6.0, n)
    y = {
        "sine": rules.sin(x),
        "step": np.where(x > 0, 1.0, -1.0),
        "polynomial": rules.power(x / 6, 3) * 2 - x / 6,
    }[variant]
    return x[:, None], y


def _formula(rules: Rules, stream: Stream, n: int, formula: str) -> Points:
    points = stream.uniform(-6.0, 6.0, (n, 2))
    return points, parse(formula)(rules, points.T).astype(np.int64)


def _dining_hall(rules: Rules, stream: Stream, n: int) -> Points:
    servings = stream.integers(0, 6, (n, 3)).astype(np.float64)
    return servings, 2.5 * servings[:, 0] + 1.5 * servings[:, 1] + servings[:, 2]


for _entry in (
    Dataset(name="circle", title="Circle", note="A disc inside a ring.", make=_circle, shift=_uniform_shift(5.0)),
    Dataset(name="xor", title="Exclusive or", note="Opposite corners alike.", make=_xor, shift=_uniform_shift(5.0)),
    Dataset(name="gauss", title="Two clouds", note="Two normal clouds; noise widens them.", make=_gauss, noisy=True),
    Dataset(
        name="spiral",
        title="Spiral, two arms",
        note="Hard: needs depth or more features.",
        make=_spiral,
        shift=_uniform_shift(1.0),
    ),
    Dataset(name="moons", title="Moons", note="Two half circles.", make=_moons, shift=_uniform_shift(2.0)),
    Dataset(name="rings", title="Rings", note="One circle in another.", make=_rings, shift=_uniform_shift(2.0)),
    Dataset(
        name="checkerboard", title="Checkerboard", note="4 x 4 cells.", make=_checkerboard, shift=_uniform_shift(1.0)
    ),
    Dataset(
        name="blobs",
        title="Blobs",
        note="A cloud for each class.",
        make=_blobs,
        classes=3,
        many_classes=True,
        shift=_uniform_shift(3.0),
    ),
    Dataset(
        name="spirals",
        title="Spiral, many arms",
        note="An arm for each class.",
        make=_spirals,
        classes=3,
        many_classes=True,
        shift=_uniform_shift(1.0),
    ),
    Dataset(
        name="plane", title="Plane", note="(x1 + x2) / 10.", make=_plane, task=REGRESSION, shift=_uniform_shift(5.0)
    ),
    Dataset(
        name="bumps",
        title="Bumps",
        note="Six cones, up and down in turn.",
        make=_bumps,
        task=REGRESSION,
        shift=_uniform_shift(5.0),
    ),
    Dataset(
        name="curve",
        title="Curve",
        note="One number in, one number out.",
        make=_curve,
        task=REGRESSION,
        inputs=1,
        variants=("sine", "step", "polynomial"),
        shift=_uniform_shift(1.0),
    ),
    Dataset(
        name="dining_hall",
        title="Dining hall",
        note="Burgers, fries and soda at 2.50, 1.50 and 1.00: find the prices.",
        make=_dining_hall,
        task=REGRESSION,
        inputs=3,
        shift=_uniform_shift(1.0),
        suggests={"network": {"hidden": [], "bias": False}, "training": {"learning_rate": 0.01}},
    ),
    Dataset(
        name="formula",
        title="Made from a formula",
        note="Class 1 where the formula is true, or above y = f(x).",
        make=_formula,
        written="y > 3*sin(x)",
        shift=_uniform_shift(1.0),
    ),
):
    datasets.add(_entry)


def generate(
    entry: Dataset,
    n: int,
    noise: float,
    seed: int,
    *,
    classes: int = 2,
    variant: str = "",
    formula: str = "",
    rules: Rules = PORTABLE,
) -> Points:
    """n points of a data set with their targets, noise in [0, 0.5] applied to the points only."""
    options: dict[str, object] = {}
    if entry.many_classes:
        options["classes"] = classes
    if entry.variants:
        options["variant"] = variant
    if entry.written:
        options["formula"] = formula or entry.written
    if entry.noisy:
        options["noise"] = noise
    points, targets = entry.make(rules, rules.stream(seed, Purpose.POINTS), n, **options)
    if entry.shift is not None and noise > 0:
        points = points + entry.shift(rules.stream(seed, Purpose.NOISE), points, noise)
    return points, targets

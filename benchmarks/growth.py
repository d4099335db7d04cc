"""Cost as work grows, the engine alone: ``python -m benchmarks.growth [rounds]`` prints it and draws docs/pictures.

A step, or an epoch of a fixed number of steps, is fitted as a + b * work: a is what its calls cost however little they
do, b * work the arithmetic. Where the two are equal, arithmetic overtakes calls.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.clock import take_turns
from benchmarks.drawing import Chart, Line, svg
from benchmarks.subjects import trainer, training_only
from engine import Trainer

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
LARGE = 2000


@dataclass(frozen=True)
class Growth:
    """One quantity that grows, and the ``work`` of a step or an epoch as a function of it.

    ``calls_grow``: more of it is more calls too, in proportion, so that arithmetic can never overtake them. ``steps``
    divides the time: 1 for an epoch, the mini-batches where their number changes.
    """

    name: str
    title: str
    quantity: str
    sizes: Sequence[int]
    run: Callable[[int], Trainer]
    work: Callable[[float], float] = float
    calls_grow: bool = False
    steps: Callable[[int], int] = lambda size: 1


def weights(units: float) -> float:
    """Weights and biases of 2-n-n-1."""
    return 3 * units + units * (units + 1) + units + 1


GROWTHS = (
    Growth(
        "units",
        "Milliseconds an epoch: 2-n-n-1 tanh, 25 batches of 10",
        "units in each of two hidden layers",
        (2, 4, 8, 16, 32, 64, 128, 256),
        lambda n: trainer([n, n]),
        weights,
    ),
    Growth(
        "depth",
        "Milliseconds an epoch: hidden layers of 8 tanh units, 25 batches of 10",
        "hidden layers",
        (1, 2, 3, 4, 6, 8, 12, 16),
        lambda n: trainer([8] * n),
        calls_grow=True,
    ),
    Growth(
        "batch",
        "Milliseconds a step: 2-8-8-1 tanh",
        "examples in a mini-batch",
        (1, 3, 10, 30, 100, 250, 500, 1000, 2000),
        lambda n: trainer([8, 8], batch=n, points=LARGE),
        steps=lambda n: math.ceil(LARGE / n),
    ),
    Growth(
        "members",
        "Milliseconds an epoch: 2-8-8-1 tanh in lockstep, 25 batches of 10",
        "members",
        (1, 2, 4, 8, 16, 32, 64, 128),
        lambda n: trainer([8, 8], members=n),
    ),
    Growth(
        "samples",
        "Milliseconds an epoch: 2-8-8-1 tanh, batches of 10",
        "training points",
        (50, 100, 250, 500, 1000, 2000, 4000),
        lambda n: trainer([8, 8], points=n),
        calls_grow=True,
    ),
)


def fit(work: Sequence[float], times: Sequence[float]) -> tuple[float, float]:
    """a and b of times = a + b * work, by least squares of the relative errors."""
    t = np.array(times)
    rows = np.stack((1 / t, np.array(work) / t), axis=1)
    (a, b), *_ = np.linalg.lstsq(rows, np.ones(len(t)))
    return float(a), float(b)


def measure(growth: Growth, rounds: int) -> None:
    """Times every size in alternation, fits the minimum times (noise only adds), prints and draws."""
    sides = {str(size): training_only(growth.run(size)) for size in growth.sizes}
    times = take_turns(sides, rounds)
    points = [(float(size), min(times[str(size)]) / growth.steps(size)) for size in growth.sizes]
    a, b = fit([growth.work(size) for size, _ in points], [t for _, t in points])
    lines = [Line("a + b · work", lambda x: a + b * growth.work(x), "main")]
    mark = None
    print(f"\n{growth.title}, against {growth.quantity}")
    for size, t in points:
        print(f"  {size:6g} {t:9.4f}   fit {a + b * growth.work(size):9.4f}")
    print(f"  a = {a:.4f} ms, b = {b:.6f} ms", end="")
    if not growth.calls_grow:
        xs = np.geomspace(growth.sizes[0], growth.sizes[-1] * 10, 4000)
        crossing = float(xs[np.argmax([b * growth.work(x) > a for x in xs])])
        mark = crossing, f"arithmetic overtakes calls at {crossing:.0f}"
        lines += [Line("calls: a", lambda x: a, "dashed"), Line("b · work", lambda x: b * growth.work(x), "dashed")]
        print(f": {mark[1]}", end="")
    print()
    PICTURES.mkdir(parents=True, exist_ok=True)
    picture = svg(Chart(growth.title, growth.quantity, points, lines, mark))
    (PICTURES / f"cost-{growth.name}.svg").write_text(picture, encoding="utf-8")


def main(rounds: int) -> None:
    """Measures each quantity in turn."""
    for growth in GROWTHS:
        measure(growth, rounds)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 25)

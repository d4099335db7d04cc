"""Processor time of several callables, measured in alternation, so that other load affects all alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True)
class Spread:
    """The median of many rounds, and the quartiles around it."""

    low: float
    median: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:6.3g} ({self.low:.3g} to {self.high:.3g})"


def spread(values: list[float]) -> Spread:
    """Quartiles of some values."""
    return Spread(*statistics.quantiles(values, n=4, method="inclusive"))


def calibrate(work: Work, seconds: float) -> int:
    """How many calls of ``work`` fit in this many seconds; the first call, which may initialize, is not counted."""
    work()
    start = time.process_time()
    work()
    return max(1, round(seconds / (time.process_time() - start)))


def take_turns(sides: Mapping[str, Work], rounds: int, seconds: float = 0.02) -> dict[str, list[float]]:
    """Milliseconds a call for each side and round. Every second round runs the sides in reverse."""
    repeats = {name: calibrate(work, seconds) for name, work in sides.items()}
    times: dict[str, list[float]] = {name: [] for name in sides}
    gc.collect()
    gc.disable()
    try:
        for index in range(rounds):
            for name in list(sides)[:: -1 if index % 2 else 1]:
                work, count = sides[name], repeats[name]
                start = time.process_time()
                for _ in range(count):
                    work()
                times[name].append((time.process_time() - start) / count * 1e3)
    finally:
        gc.enable()
    return times


def ratio(times: Mapping[str, list[float]], above: str, below: str) -> Spread:
    """How many times longer ``above`` takes than ``below``, round by round."""
    return spread([a / b for a, b in zip(times[above], times[below], strict=True)])

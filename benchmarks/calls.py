"""Where the time of one training step goes: ``python -m benchmarks.calls`` records its NumPy calls and replays them.

The replay costs what NumPy does; what is left of the step is Python. Of the replay, what grows with the batch is
arithmetic; the rest is what the calls cost however little they do.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import engine.nn.network
from benchmarks.clock import Work, take_turns
from benchmarks.subjects import trainer
from engine import Trainer
from engine.training.batches import Batch

NETS = {"2-4-2-1": [4, 2], "2-8-8-1": [8, 8], "2-8x6-1": [8] * 6}
FEW, USUAL = 5, 10
Call = tuple[Callable[..., Any], tuple[Any, ...]]


def step(run: Trainer, batch: Batch) -> None:
    """One training step as the trainer takes it."""
    x, x_T, t, scale, buffers = batch
    run.network.forward(buffers, x)
    run.network.backward(buffers, x_T, t, scale)
    run.update_rule.is_finite_below(np.inf)
    run.update_rule.step()


class Recorder:
    """Replaces NumPy in the engine's modules and records every call of a ufunc or a product."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def kept(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            self.calls.append((function, args))
            return function(*args)

        return call

    def __getattr__(self, name: str) -> Any:
        found = getattr(np, name)
        return self.kept(found) if isinstance(found, np.ufunc) else found


def record(hidden: list[int]) -> list[Call]:
    """The NumPy calls of one step."""
    recorder = Recorder()
    times = engine.nn.network.Pass._times
    engine.nn.network.Pass._times = lambda self, left: recorder.kept(times(self, left))  # type: ignore[method-assign]
    run = trainer(hidden)
    engine.nn.network.Pass._times = times  # type: ignore[method-assign]
    modules = [module for name, module in sys.modules.items() if name.startswith("engine.") and hasattr(module, "np")]
    recorder.calls.clear()
    for module in modules:
        module.np = recorder  # type: ignore[attr-defined]
    try:
        step(run, run.batches.batches[0])
    finally:
        for module in modules:
            module.np = np  # type: ignore[attr-defined]
    flat = run.network.g.reshape(-1)
    return [*recorder.calls, (flat.dot, (flat,))]  # the check for divergence, a method the recorder cannot see


def name_of(function: Callable[..., Any]) -> str:
    """dot for a product, the ufunc's name otherwise."""
    return getattr(function, "__name__", "dot")


def main(rounds: int) -> None:
    """A table of each network's step."""
    for name, hidden in NETS.items():
        usual, few = trainer(hidden, batch=USUAL), trainer(hidden, batch=FEW)
        calls = record(hidden)

        def replay(calls: list[Call] = calls) -> None:
            for function, args in calls:
                function(*args)

        def loop(calls: list[Call] = calls) -> None:
            for _function, _args in calls:
                pass

        with np.errstate(all="ignore"):
            sides: dict[str, Work] = {
                "step": partial(step, usual, usual.batches.batches[0]),
                "few": partial(step, few, few.batches.batches[0]),
                "replay": replay,
                "loop": loop,
            }
            least = {side: min(values) * 1e3 for side, values in take_turns(sides, rounds, 0.01).items()}
        whole = least["step"]
        in_numpy = least["replay"] - least["loop"]
        arithmetic = max(0.0, (least["step"] - least["few"]) * USUAL / (USUAL - FEW))
        counts = Counter(name_of(function) for function, _ in calls)
        print(f"{name}: {whole:.2f} µs a step, {len(calls)} NumPy calls of {in_numpy / len(calls):.2f} µs")
        print("  " + ", ".join(f"{count} {function}" for function, count in counts.most_common()))
        shares = {
            "calling NumPy": in_numpy - arithmetic,
            "arithmetic": arithmetic,
            "Python between the calls": whole - in_numpy,
        }
        print("  " + ", ".join(f"{part} {part_time / whole:.0%}" for part, part_time in shares.items()))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)

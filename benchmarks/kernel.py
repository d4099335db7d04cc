"""The compiled arithmetic, each body forced, beside scikit-learn and NumPy: ``python -m benchmarks.kernel``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from itertools import product

from benchmarks.clock import Work, ratio, spread, take_turns
from benchmarks.engine import NETS, row
from benchmarks.subjects import EPOCHS, compiled, frames, scikit_learn, trainer, training_only, whole_epoch
from engine import Trainer
from engine.inspection.gradient_check import gradient_check
from engine.inspection.landscape import landscape
from engine.inspection.trace import trace_next
from engine.kernel import bodies

MEMBERS = 64
NUMPY, PEER = "NumPy", "scikit-learn"
EXPLANATIONS: dict[str, Callable[[Trainer], object]] = {
    "trace of the next mini-batch": trace_next,
    "gradient check": gradient_check,
    "landscape of 41 x 41": lambda run: landscape(run, 41, "random", {}),
}


def main(rounds: int) -> None:
    """Every ratio, round by round: its median, and the quartiles around it."""
    print(f"bodies {', '.join(bodies())} - {rounds} rounds, {EPOCHS} epochs a call")
    for (name, hidden), measuring in product(NETS.items(), (False, True)):
        one_network(name, hidden, measuring, rounds)
    for name in ("2-8-8-1", "2-8x6-1"):
        lockstep(name, NETS[name], rounds)
    print()
    for name in ("2-8-8-1", "2-8x6-1"):
        explanations(name, NETS[name], rounds)
    for name, units in product(("2-8-8-1", "2-8x6-1"), (100, 25)):
        maps(name, NETS[name], units, rounds)


def one_network(name: str, hidden: list[int], measuring: bool, rounds: int) -> None:
    """One network, training alone or with losses and accuracies of both sets after each epoch."""
    ours: dict[str, Work] = {body: compiled(hidden, body, measuring=measuring) for body in bodies()}
    of_numpy = (whole_epoch if measuring else training_only)(trainer(hidden))
    times = take_turns({PEER: scikit_learn(hidden), NUMPY: of_numpy, **ours}, rounds)
    print(f"\n{name} tanh, {'with losses and accuracies' if measuring else 'training only'}")
    for body in ours:
        times[body] = [each / EPOCHS for each in times[body]]
        row(f"{body}, microseconds an epoch", spread([1e3 * each for each in times[body]]))
        row(f"  {PEER} over it", ratio(times, PEER, body))
        row("  NumPy over it", ratio(times, NUMPY, body))


def lockstep(name: str, hidden: list[int], rounds: int) -> None:
    """Members in lockstep, training only."""
    ours: dict[str, Work] = {body: compiled(hidden, body, members=MEMBERS) for body in bodies()}
    times = take_turns({NUMPY: training_only(trainer(hidden, members=MEMBERS)), **ours}, rounds)
    print(f"\n{name} tanh, {MEMBERS} members, training only")
    for body in ours:
        times[body] = [each / EPOCHS for each in times[body]]
        row(f"{body}, microseconds an epoch of one member", spread([1e3 * each / MEMBERS for each in times[body]]))
        row("  NumPy over it", ratio(times, NUMPY, body))


def maps(name: str, hidden: list[int], units: int, rounds: int) -> None:
    """The maps of a frame as bytes."""
    ours = {body: frames(hidden, units, body) for body in bodies()}
    times = take_turns({NUMPY: frames(hidden, units, None), **ours}, rounds)
    print(f"\n{name} tanh, the maps of a frame: output 100 x 100, units {units} x {units}")
    for body in ours:
        row(f"{body}, microseconds", spread([1e3 * each for each in times[body]]))
        row("  NumPy over it", ratio(times, NUMPY, body), "at least 1.5")


def explanations(name: str, hidden: list[int], rounds: int) -> None:
    """What is computed in float64, of which there is one body."""
    for label, work in EXPLANATIONS.items():
        sides = {NUMPY: partial(work, trainer(hidden)), "float64": partial(work, trainer(hidden, arithmetic=None))}
        times = take_turns(sides, rounds)
        row(f"{name} tanh, {label}: NumPy over ours", ratio(times, NUMPY, "float64"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)

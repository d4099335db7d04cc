"""The engine against scikit-learn, PyTorch and itself: ``python -m benchmarks.engine [rounds]``."""

from __future__ import annotations

import sys
from importlib.metadata import version

from benchmarks.clock import ratio, spread, take_turns
from benchmarks.subjects import pytorch, scikit_learn, trainer, training_only, whole_epoch
from engine.inspection.maps import frame

NETS = {"2-4-2-1": [4, 2], "2-8-8-1": [8, 8], "2-8x6-1": [8] * 6}
STACKS = (16, 64)
OURS, WITH_LOSSES = "training only", "with losses and accuracies"


def main(rounds: int) -> None:
    """Print every ratio: the median of the rounds, and the quartiles around it."""
    parts = ("numpy", "scikit-learn", "torch")
    print(", ".join(f"{part} {version(part)}" for part in parts), f"- {rounds} rounds")
    for name, hidden in NETS.items():
        against_peers(name, hidden, rounds)
    for name in ("2-8-8-1", "2-8x6-1"):
        lockstep(name, NETS[name], rounds)
    maps(rounds)


def row(label: str, figure: object, target: str = "") -> None:
    """One line of the output."""
    print(f"  {label:58} {figure!s:28} {target}")


def against_peers(name: str, hidden: list[int], rounds: int) -> None:
    """One network: scikit-learn, PyTorch and our Adam, all over our plain SGD."""
    sides = {
        OURS: training_only(trainer(hidden)),
        WITH_LOSSES: whole_epoch(trainer(hidden)),
        "Adam": training_only(trainer(hidden, optimizer="adam")),
        "scikit-learn": scikit_learn(hidden),
        "PyTorch": pytorch(hidden),
    }
    times = take_turns(sides, rounds)
    print(f"\n{name} tanh, 250 points in batches of 10")
    for side in sides:
        row(f"{side}, ms an epoch", spread(times[side]))
    targets = {"2-8-8-1": "at least 15", "2-8x6-1": "at least 11"}
    row("scikit-learn over training only", ratio(times, "scikit-learn", OURS), targets.get(name, ""))
    row("scikit-learn over ours with losses", ratio(times, "scikit-learn", WITH_LOSSES))
    row("PyTorch over training only", ratio(times, "PyTorch", OURS), "at least 15")
    row("PyTorch over ours with losses", ratio(times, "PyTorch", WITH_LOSSES))
    row("Adam over SGD", ratio(times, "Adam", OURS), "at most 1.5")


def lockstep(name: str, hidden: list[int], rounds: int) -> None:
    """Many members at once, as a share of one scikit-learn epoch of one network."""
    sides = {"scikit-learn": scikit_learn(hidden)}
    for members in STACKS:
        sides[f"{members} members"] = training_only(trainer(hidden, members=members))
        sides[f"{members} members, with losses"] = whole_epoch(trainer(hidden, members=members))
    times = take_turns(sides, rounds)
    print(f"\n{name} tanh, members in lockstep, as a share of one scikit-learn epoch")
    targets = {"16 members": "at most 0.2", "64 members": "at most 0.5"} if name == "2-8-8-1" else {}
    for side in list(sides)[1:]:
        row(side, ratio(times, side, "scikit-learn"), targets.get(side, ""))


def maps(rounds: int) -> None:
    """A frame with every unit's map, as a share of one training epoch."""
    run = trainer(NETS["2-8-8-1"])
    include = {"boundary", "neurons"}
    sides = {
        OURS: training_only(trainer(NETS["2-8-8-1"])),
        "frame, output and units 100x100": lambda: frame(run, [0], 100, 100, include),
        "frame, output 100x100, units 25x25": lambda: frame(run, [0], 100, 25, include),
    }
    times = take_turns(sides, rounds)
    print("\n2-8-8-1 tanh, a frame's maps as bytes, as a share of one epoch (training only)")
    for side in list(sides)[1:]:
        row(side, ratio(times, side, OURS), "at most 1")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)

"""How a run was set when an earlier epoch was recorded, as far as its list of live changes tells."""

from collections.abc import Sequence
from typing import Any

from app.protocol.changes import Change, standing_cuts
from engine.config import RunConfig, TrainingChange
from engine.training.schedules import schedules

Link = tuple[int, int, int]


def cut_at(changes: Sequence[Change], epoch: int, member: int) -> list[Link]:
    """The links of a member that were cut: (layer, row, column). At epoch 0 they may have been cut just after."""
    before = [change for change in changes if change["epoch"] < epoch or (change["epoch"], change["batch"]) == (0, 0)]
    return [
        (link["layer"], link["row"], link["column"])
        for change in standing_cuts(before)
        if change["member"] == member
        for link in change["cut"]
    ]


def config_at(
    config: RunConfig, changes: Sequence[Change], epoch: int, rates: Sequence[float | None], member: int
) -> RunConfig | None:
    """A member's config, from the present one; None where it is not known.

    The list tells what a setting became, not what it was. The learning rate that a run began with is in its metrics:
    `rates` are those of epoch 0, a member each. The penalty's rate before its first change is nowhere, and what else
    may be changed live has no part in a step.
    """
    trainings = [(change["epoch"], change["training"]) for change in changes if "training" in change]
    was: dict[str, Any] = {}
    for name in ("learning_rate", "regularizer"):
        told = [(at, training[name]) for at, training in trainings if name in training]
        if told:
            before = [value for at, value in told if at < epoch]
            first = _first(config, *rates[member : member + 1]) if name == "learning_rate" else None
            was[name] = before[-1] if before else first
    if None in was.values():
        return None
    then = TrainingChange.model_validate(was).applied_to(config) if was else config
    return then.members[member] if then.sweep else then


def _first(config: RunConfig, rate: float | None = None) -> float | None:
    """The learning rate from which the schedule made that of epoch 0."""
    schedule = config.training.schedule
    return rate and rate / schedules[schedule.name].factor(0, *schedule.parameters)

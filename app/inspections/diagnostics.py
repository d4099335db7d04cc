"""The health of every layer over the whole training set: now, and at the recorded epochs so far."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from app.inspections.place import Numbers, Place, members_of, place_of
from app.protocol.changes import Change, standing_cuts
from app.protocol.encoding import fields_of
from engine.config import RunConfig, TrainingChange
from engine.inspection.diagnostics import LayerDiagnosis, RecordedWeights, diagnose, diagnose_recorded
from engine.numbers.rules import PORTABLE
from engine.pieces import Pieces
from engine.training.schedules import schedules
from engine.training.trainer import Trainer

Link = tuple[int, int, int]


class Histogram(BaseModel):
    """`counts[i]` values from `edges[i]` to `edges[i + 1]`."""

    edges: Numbers
    counts: list[int]


class LayerHealth(BaseModel):
    """One layer over the whole training set; `dead` and `saturated` are units."""

    activation: str
    units: int
    gradient_norm: float | None
    weight_norm: float | None
    update_ratio: float | None
    dead: list[int]
    dead_fraction: float
    saturated: list[int]
    saturated_fraction: float
    histograms: dict[str, Histogram]


class Diagnostics(Place):
    layers: list[LayerHealth]


class LayerHistory(BaseModel):
    """One layer's figures, one of each for every epoch; `update_ratio` is null where the step taken is not known."""

    gradient_norm: Numbers
    weight_norm: Numbers
    update_ratio: Numbers
    dead_fraction: list[float]
    saturated_fraction: list[float]


class DiagnosticsHistory(Place):
    """The health of every layer at recorded epochs before its present position."""

    epochs: list[int]
    layers: list[LayerHistory]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "epoch": 200,
                    "batch": 0,
                    "member": 0,
                    "epochs": [0, 100],
                    "layers": [
                        {
                            "gradient_norm": [0.021, 0.058],
                            "weight_norm": [1.87, 3.4],
                            "update_ratio": [0.00034, 0.00051],
                            "dead_fraction": [0.0, 0.0],
                            "saturated_fraction": [0.0, 0.25],
                        }
                    ],
                }
            ]
        }
    )


def diagnostics(trainer: Trainer, member: int) -> dict[str, Any]:
    """The fields of `Diagnostics`: figures, units and histograms of every layer, under the present weights."""
    layers = [fields_of(layer) | _fractions(layer) for layer in diagnose(trainer, member)]
    return place_of(trainer, member) | {"layers": layers}


def history(
    trainer: Trainer,
    member: int,
    recorded: Mapping[int, bytes],
    changes: Sequence[Change],
    rates: Sequence[float | None],
) -> Pieces[dict[str, Any]]:
    """The fields of `DiagnosticsHistory`, in pieces: the figures at `recorded` epochs before the present place, in
    columns.

    `changes` are the run's live ones; `rates` are the members' learning rates at epoch 0.
    """
    here = trainer.epoch, trainer.batch
    then = {
        epoch: _recorded(trainer, member, epoch, blob, changes, rates)
        for epoch, blob in recorded.items()
        if (epoch, 0) < here
    }
    moments = []
    for moment in diagnose_recorded(trainer, then, member):
        moments.append(moment)
        yield
    layers = [_columns([health[index] for _, health in moments]) for index in range(len(trainer.network.W))]
    return place_of(trainer, member) | {"epochs": [epoch for epoch, _ in moments], "layers": layers}


def _columns(moments: Sequence[LayerDiagnosis]) -> dict[str, Any]:
    rows = [fields_of(health) | _fractions(health) for health in moments]
    return {name: [row[name] for row in rows] for name in LayerHistory.model_fields}


def _fractions(layer: LayerDiagnosis) -> dict[str, float]:
    units = max(layer.units, 1)
    return {"dead_fraction": len(layer.dead) / units, "saturated_fraction": len(layer.saturated) / units}


def _recorded(
    trainer: Trainer,
    member: int,
    epoch: int,
    blob: bytes,
    changes: Sequence[Change],
    rates: Sequence[float | None],
) -> RecordedWeights:
    parameters = members_of(trainer, blob)[member]
    weights = trainer.network.views_of(parameters)
    # A link that was cut just after epoch 0 was recorded still has its weight there.
    cut = [link for link in cut_at(changes, epoch, member) if weights[link[0]][link[1:]] == 0]
    return RecordedWeights(parameters, config_at(trainer.config, changes, epoch, rates, member), cut)


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

    The list has the new value of a setting, not the old one. The learning rate at the start is in the metrics: `rates`
    are those of epoch 0, one per member. The penalty's rate before its first change is not stored; other settings that
    can be changed live have no effect on a step.
    """
    trainings = [(change["epoch"], change["training"]) for change in changes if "training" in change]
    was: dict[str, Any] = {}
    for name in ("learning_rate", "regularizer"):
        listed = [(at, training[name]) for at, training in trainings if name in training]
        if listed:
            before = [value for at, value in listed if at < epoch]
            first = _first(config, *rates[member : member + 1]) if name == "learning_rate" else None
            was[name] = before[-1] if before else first
    if None in was.values():
        return None
    then = TrainingChange.model_validate(was).applied_to(config) if was else config
    return then.members[member] if then.sweep else then


def _first(config: RunConfig, rate: float | None = None) -> float | None:
    """The learning rate from which the schedule made that of epoch 0, where all rules give one factor."""
    schedule = config.training.schedule
    return rate and rate / schedules[schedule.name].factor(PORTABLE, 0, *schedule.parameters)

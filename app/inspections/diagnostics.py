"""The health of every layer over the whole training set: now, and at the recorded epochs so far."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from app.inspections.hindsight import config_at, cut_at
from app.protocol.encoding import finite
from engine.inspection.diagnostics import LayerHealth, RecordedWeights, diagnose, diagnose_recorded
from engine.training.trainer import Trainer

Answer = dict[str, Any]


def read_diagnostics(trainer: Trainer, member: int) -> Answer:
    """Figures, ailing units and histograms of every layer, under the present weights."""
    return _place(trainer, member) | {"layers": [_now(layer) for layer in diagnose(trainer, member)]}


def read_history(
    trainer: Trainer,
    member: int,
    recorded: Mapping[int, bytes],
    changes: Sequence[dict[str, Any]],
    rates: Sequence[float | None],
) -> Answer:
    """The figures at `recorded` epochs before the present place, in columns.

    `changes` are the run's live ones; `rates` are the members' learning rates at epoch 0.
    """
    here = trainer.epoch, trainer.batch
    then = {
        epoch: _recorded(trainer, member, epoch, blob, changes, rates)
        for epoch, blob in recorded.items()
        if (epoch, 0) < here
    }
    moments = list(diagnose_recorded(trainer, then, member))
    layers = [_columns([_figures(health[index]) for _, health in moments]) for index in range(len(trainer.network.W))]
    return _place(trainer, member) | {"epochs": [epoch for epoch, _ in moments], "layers": layers}


def _recorded(
    trainer: Trainer,
    member: int,
    epoch: int,
    blob: bytes,
    changes: Sequence[dict[str, Any]],
    rates: Sequence[float | None],
) -> RecordedWeights:
    parameters = np.frombuffer(blob, np.float32).reshape(trainer.member_count, -1)[member]
    weights = trainer.network.views_of(parameters)
    # What was cut just after epoch 0 was recorded has its weight there still.
    cut = [link for link in cut_at(changes, epoch, member) if weights[link[0]][link[1:]] == 0]
    return RecordedWeights(parameters, config_at(trainer.config, changes, epoch, rates, member), cut)


FIGURES = ("gradient_norm", "weight_norm", "update_ratio", "dead_fraction", "saturated_fraction")


def _columns(rows: Sequence[Answer]) -> Answer:
    return {name: [row[name] for row in rows] for name in FIGURES}


def _figures(layer: LayerHealth) -> Answer:
    units = max(layer.units, 1)
    return {
        "gradient_norm": _number(layer.gradient_norm),
        "weight_norm": _number(layer.weight_norm),
        "update_ratio": None if layer.update_ratio is None else _number(layer.update_ratio),
        "dead_fraction": len(layer.dead) / units,
        "saturated_fraction": len(layer.saturated) / units,
    }


def _now(layer: LayerHealth) -> Answer:
    assert layer.histograms is not None
    return _figures(layer) | {
        "activation": layer.activation,
        "units": layer.units,
        "dead": layer.dead,
        "saturated": layer.saturated,
        "histograms": {
            name: {"edges": finite(each["edges"]), "counts": each["counts"].tolist()}
            for name, each in asdict(layer.histograms).items()
        },
    }


def _place(trainer: Trainer, member: int) -> Answer:
    return {"epoch": trainer.epoch, "batch": trainer.batch, "member": member}


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None

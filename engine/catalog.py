"""The catalog: everything that can be chosen, read off the registries; formulas are TeX."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.config import AUTO, RunConfig
from engine.data.datasets import datasets, generate
from engine.data.features import features
from engine.data.sets import RealSet, sets
from engine.data.sets.thumbnails import thumbnail
from engine.export import formats
from engine.inspection.curves import curve
from engine.inspection.maps import VIEW, grid_inputs
from engine.nn.activations import Activation, activations
from engine.nn.initializers import initializers
from engine.nn.losses import TASKS, automatic_loss, automatic_output, losses, outputs, pairs
from engine.nn.registry import Parameter, Registry
from engine.nn.regularizers import regularizers
from engine.numbers.rules import PORTABLE
from engine.training.optimizers import optimizers
from engine.training.schedules import schedules

THUMBNAIL_POINTS = 90
MAP_RESOLUTION = 25


def _parameter(p: Parameter) -> dict[str, Any]:
    return {
        "name": p.name,
        "title": p.title,
        "default": p.default,
        "minimum": p.minimum if p.above is None else p.above,
        "maximum": p.maximum if p.below is None else p.below,
    }


def _entries(registry: Registry[Any], *fields: str) -> list[dict[str, Any]]:
    return [
        {
            **{field: getattr(entry, field) for field in ("name", "title", *fields)},
            "parameters": [_parameter(p) for p in getattr(entry, "parameters", ())],
        }
        for entry in registry.values()
    ]


def _activation(entry: Activation) -> dict[str, Any]:
    """One activation with its curve, its parameters at their defaults."""
    return {
        "name": entry.name,
        "title": entry.title,
        "formula": entry.formula,
        "derivative_formula": entry.derivative_formula,
        "note": entry.note,
        "parameters": [_parameter(p) for p in entry.parameters],
        "learned": [_parameter(p) for p in entry.learned],
        "bounds": entry.bounds,
        "curve": curve(entry, [p.default for p in (*entry.parameters, *entry.learned)]),
    }


def _datasets() -> list[dict[str, Any]]:
    rows = []
    for entry in datasets.values():
        variant = entry.variants[0] if entry.variants else ""
        points, targets = generate(entry, THUMBNAIL_POINTS, 0.0, 0, classes=entry.classes, variant=variant)
        rows.append(
            {
                "name": entry.name,
                "title": entry.title,
                "note": entry.note,
                "task": entry.task,
                "inputs": entry.inputs,
                "classes": entry.classes if entry.task == "classification" else None,
                "many_classes": entry.many_classes,
                "variants": list(entry.variants),
                "suggests": entry.suggests,
                "written": entry.written or None,
                "thumbnail": {"inputs": points.round(2).tolist(), "targets": targets.round(3).tolist()},
            }
        )
    return [*rows, *map(_real_set, sets.values())]


def _real_set(entry: RealSet) -> dict[str, Any]:
    """A row as those of generated points, and where the data comes from; its thumbnail is in [-6, 6]."""
    points, targets = thumbnail(entry)
    return {
        "name": entry.name,
        "title": entry.title,
        "note": entry.note,
        "task": entry.task,
        "inputs": entry.raw,
        "encoded_inputs": entry.encoded,
        "classes": entry.classes or None,
        "many_classes": False,
        "variants": [],
        "suggests": entry.suggests,
        "thumbnail": {"inputs": points.round(1).tolist(), "targets": targets.round(2).tolist()},
        "rows": entry.rows,
        "target": entry.target,
        "source": entry.source,
        "licence": entry.licence,
        "units": entry.units,
        "axes": list(entry.axes),
        "picture": entry.picture,
    }


def _features() -> list[dict[str, Any]]:
    points = grid_inputs(RunConfig(), MAP_RESOLUTION, np.zeros(2))
    rows = []
    for entry in features.values():
        values = entry.of(PORTABLE, points.T)
        low, high = float(values.min()), float(values.max())
        levels = np.rint((values - low) / (high - low) * 255).astype(int)
        rows.append(
            {
                "name": entry.name,
                "title": entry.title,
                "formula": entry.formula,
                "inputs": entry.inputs,
                "map": levels.reshape(MAP_RESOLUTION, MAP_RESOLUTION).tolist(),
                "low": low,
                "high": high,
            }
        )
    return rows


def _exports() -> list[dict[str, Any]]:
    """The export formats; ``inline``: whether one text file can hold the whole."""
    return [
        {field: getattr(entry, field) for field in ("name", "title", "note", "filename", "media_type")}
        | {"inline": entry.inline is not None}
        for entry in formats.values()
    ]


def catalog() -> dict[str, Any]:
    """Every registry as plain values: names, titles, formulas (TeX), parameters with defaults and ranges."""
    return {
        "datasets": _datasets(),
        "features": _features(),
        "activations": [_activation(entry) for entry in activations.values()],
        "outputs": _entries(outputs, "formula", "bounds"),
        "losses": _entries(losses, "formula"),
        "combinations": [
            {"task": task, "output": pair.output, "loss": pair.loss, "delta_formula": pair.delta_formula}
            for task in TASKS
            for pair in pairs.values()
            if task in pair.tasks
        ],
        "automatic": {
            task: {"output": automatic_output(task, 2), "loss": automatic_loss(task, automatic_output(task, 2))}
            for task in TASKS
        }
        | {"classification of more than 2": {"output": automatic_output("classification", 3), "loss": "cross_entropy"}},
        "initializers": _entries(initializers, "formula", "note"),
        "optimizers": _entries(optimizers, "formula", "note", "learning_rate"),
        "schedules": _entries(schedules, "formula"),
        "regularizers": _entries(regularizers, "formula", "note"),
        "exports": _exports(),
        "sweepable": [".".join(path) for path in RunConfig().sweepable],
        "defaults": RunConfig().model_dump(mode="json"),
        "view": list(VIEW),
        "auto": AUTO,
    }

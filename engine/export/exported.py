"""What every export format is made of: one member's network at one moment, and the facts that explain it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from engine.config.columns import NUMBER
from engine.export.modules import module_of, output_module
from engine.kernel import NUMPY
from engine.nn.model import Model
from engine.nn.registry import Array
from engine.training.trainer import Trainer

SAMPLE = 16
"""Points whose predictions a file holds, so that its reader can compare its own."""


@dataclass(frozen=True, eq=False)
class Exported:
    """One member's network after ``epoch`` whole epochs and ``batch`` mini-batches.

    ``points`` (N, c) are raw inputs of the sample: the first points of the run. ``rules`` and ``arithmetic`` are the
    names of those that the run has.
    """

    model: Model
    member: int
    epoch: int
    batch: int
    rules: str
    arithmetic: str
    points: Array

    @classmethod
    def of(cls, trainer: Trainer, member: int = 0, parameters: Array | None = None, epoch: int = 0) -> Exported:
        """A member as it is now, or with ``parameters`` (P,) that were recorded after ``epoch``.

        InvalidArgument for a member that does not exist.
        """
        place = (trainer.epoch, trainer.batch) if parameters is None else (epoch, 0)
        model = trainer.model(member, parameters)
        points = trainer.data().inputs[:SAMPLE]
        return cls(model, member, *place, trainer.rules.name, trainer.arithmetic, points)

    @cached_property
    def in_float64(self) -> Model:
        """The same weights, evaluated in float64 by NumPy."""
        m = self.model
        return Model(m.config, m.network.w.astype(np.float64), m.cut, m.means, m.rules, NUMPY, m.preprocessing)

    @property
    def modules(self) -> list[str]:
        """The modules of ``torch.nn.Sequential`` that the network is, in order: linear layers and activations."""
        config, found = self.model.config, []
        sizes, bias = config.sizes, "" if config.network.bias else ", bias=False"
        activations = [*(module_of(layer.activation) for layer in config.network.hidden), output_module(config.output)]
        for n_in, n_out, activation in zip(sizes[:-1], sizes[1:], activations, strict=True):
            found += [f"Linear({n_in}, {n_out}{bias})", activation]
        return found

    @property
    def tensors(self) -> dict[str, Array]:
        """Weights (n_out, n_in), biases (n_out,) and learned slopes (1,) by the names of a PyTorch state dict.

        The number in a name is the module's place in ``modules``: activations count, dropout does not.
        """
        found = {}
        for index, layer in enumerate(self.model.layers()):
            found[f"{2 * index}.weight"] = layer.W
            if layer.b is not None:
                found[f"{2 * index}.bias"] = layer.b
            learned = self.model.network.learned[index]
            if learned is not None:
                found[f"{2 * index + 1}.weight"] = learned.reshape(-1)
        return found

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Everything but the config that gives the weights their meaning, as plain JSON values."""
        config = self.model.config
        return {
            "format": "descent-1",
            "member": self.member,
            "epoch": self.epoch,
            "batch": self.batch,
            "seed": config.seed,
            "rules": self.rules,
            "arithmetic": self.arithmetic,
            "task": config.task,
            "modules": self.modules,
            "features": [feature.name for feature in config.feature_list],
            **self._columns(),
            "codes": [config.pair.low, config.pair.high],
            "scaling": self._scaling(),
            "sample": self._sample(),
            "digest": self._digest(),
        }

    @property
    def facts_as_json(self) -> str:
        """The config and ``facts`` as text, the same each time."""
        facts = json.dumps(self.facts, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return f'{{"config":{self.model.config.as_json},{facts[1:]}'

    def _columns(self) -> dict[str, Any]:
        """A table's columns and the network inputs that they become; null without a table."""
        columns = self.model.config.columns
        if columns is None:
            return dict.fromkeys(("columns", "inputs", "targets", "classes"))
        return {
            "columns": [column.model_dump(include={"name", "kind", "values"}) for column in columns.inputs],
            "inputs": columns.features,
            "targets": columns.targets,
            "classes": columns.classes,
        }

    def _scaling(self) -> dict[str, Any] | None:
        """The fields of ``Preprocessing``; null stands for NaN."""
        own = self.model.preprocessing
        if own is None:
            return None
        names = ("fill", "source", "value", "offset", "scale", "target_offset", "target_scale")
        return {name: None if (array := getattr(own, name)) is None else _numbers(array) for name in names}

    def _sample(self) -> dict[str, Any]:
        """Inputs as ``predict`` takes them, outputs of the float64 evaluation, and the labels that these give."""
        outputs = self.in_float64.predict(self.points)
        labels = self.model.named(self.model.labels(outputs))
        return {"inputs": self._cells(), "outputs": outputs.tolist(), "labels": labels}

    def _cells(self) -> list[list[Any]]:
        columns = self.model.config.columns
        rows = [_numbers(row) for row in self.points]
        if columns is None:
            return rows
        return [
            [
                cell if cell is None or column.kind == NUMBER else column.values[int(cell)]
                for cell, column in zip(row, columns.inputs, strict=True)
            ]
            for row in rows
        ]

    def _digest(self) -> str:
        """SHA-256 of the sample's outputs as the run computes them: little-endian, one row after another."""
        outputs = self.model.predict(self.points)
        return hashlib.sha256(outputs.astype(outputs.dtype.newbyteorder("<")).tobytes()).hexdigest()


def _numbers(values: Array) -> list[Any]:
    """A list of numbers, None where one is not finite."""
    return [number if np.isfinite(number) else None for number in values.tolist()]

"""Loss, accuracy and fit over the whole training, validation and test set, dropout off, the penalty apart."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from engine.data.points import Data
from engine.data.split import TEST, TRAIN, VALIDATION
from engine.nn.losses import CLASSIFICATION, MULTILABEL, REGRESSION
from engine.nn.network import Network, Pass
from engine.nn.registry import Array
from engine.training.fit import Fit

Column = tuple[float | None, ...]

MEASURED = TRAIN, TEST, VALIDATION
"""The sets that are measured, in the order of the kernel's."""


@dataclass(frozen=True)
class Metrics:
    """One epoch's figures, one value per member; None where a number is not finite or the task has no such figure.

    Of a regression: ``r2`` is 1 - sum (p - t)^2 / sum (t - mean t)^2 over a set, ``error`` the root of the mean squared
    error in the unit of the targets.
    """

    epoch: int
    train_loss: Column
    test_loss: Column
    train_accuracy: Column
    test_accuracy: Column
    penalty: Column
    learning_rate: Column
    validation_loss: Column
    validation_accuracy: Column
    train_r2: Column
    test_r2: Column
    train_error: Column
    test_error: Column

    @classmethod
    def of(cls, epoch: int, row: Array) -> Metrics:
        """From (members, figures) numbers, not a number for None."""
        whole: list[bool] = np.logical_and.reduce(np.isfinite(row), axis=0).tolist()
        return cls(
            epoch, *(tuple(each) if ok else column(each) for each, ok in zip(row.T.tolist(), whole, strict=True))
        )

    @classmethod
    def restored(cls, stored: dict[str, Any]) -> Metrics:
        """From the fields of a checkpoint, which may have been written before there were as many: those are None."""
        none = [None] * len(stored["train_loss"])
        return cls(stored["epoch"], *(tuple(stored.get(name, none)) for name in FIGURES))

    def row(self) -> list[list[float]]:
        """Its numbers as (members, figures), not a number for None."""
        columns = (getattr(self, each.name) for each in fields(self)[1:])
        return [[math.nan if x is None else x for x in member] for member in zip(*columns, strict=True)]


FIGURES = tuple(field.name for field in fields(Metrics) if field.name != "epoch")
"""The names of an epoch's figures, in the order in which they are stored and sent."""
PLACE = {name: place for place, name in enumerate(FIGURES)}


def column(values: Any) -> Column:
    """Numbers or arrays as a tuple of floats, a value that is not finite as None."""
    return tuple(v if math.isfinite(v) else None for v in np.asarray(values).reshape(-1).tolist())


def figures(losses: Array, accuracies: Array | None, fit: Fit | None, penalty: Any, rates: Any) -> Array:
    """An epoch's figures (..., figures) from the losses and accuracies (..., 3) of the sets that are measured."""
    found = np.full((*losses.shape[:-1], len(FIGURES)), math.nan)
    for index, name in enumerate(MEASURED):
        found[..., PLACE[f"{name}_loss"]] = losses[..., index]
        if accuracies is not None:
            found[..., PLACE[f"{name}_accuracy"]] = accuracies[..., index]
    if fit is not None:
        for name, loss in ((TRAIN, losses[..., 0]), (TEST, losses[..., 1])):
            found[..., PLACE[f"{name}_r2"]], found[..., PLACE[f"{name}_error"]] = fit.of(name, loss)
    found[..., PLACE["penalty"]], found[..., PLACE["learning_rate"]] = penalty, rates
    found[~np.isfinite(found)] = math.nan
    return found


class Evaluation:
    """All points through the network at once, with buffers of its own.

    ``x`` (n + 1, N) and ``t`` (K, N) are the inputs and targets of all points of ``data``; ``labels`` (N,) class
    indices or (K, N) labels as booleans, None for a regression.
    """

    def __init__(self, network: Network, x: Array, t: Array, labels: Array | None, data: Data) -> None:
        self.network, self.x, self.t, self.labels, self.task = network, x, t, labels, data.task
        self.train = data.train
        self.sets = [data.sets[name] for name in MEASURED]
        self.fit = Fit.of_targets(network.pair, t, data) if data.task == REGRESSION else None
        points, outputs = x.shape[1], network.sizes[-1]
        self.buffers = Pass(network, points)
        self._losses = np.zeros((*network.lead, points), network.dtype)
        self.answers = outputs if data.task == MULTILABEL else 1
        shape = (*network.lead, outputs, points) if data.task == MULTILABEL else (*network.lead, points)
        self._correct = np.zeros(shape, bool)
        self._predicted = np.zeros(shape, np.intp)
        if labels is not None and outputs == 1:
            self.labels = labels.astype(bool)  # compared with booleans, which takes half the time

    @property
    def counts(self) -> list[int]:
        """How many answers each measured set has: one a point, or one a label."""
        return [(part.stop - part.start) * self.answers for part in self.sets]

    def measure(self) -> tuple[Array, Array | None]:
        """Losses and accuracies (members, 3) of the sets, not a number for an empty one; no accuracies of numbers."""
        network, p = self.network, self.buffers
        network.predict(p, self.x)
        network.pair.example_losses(p.Z_out, p.P, self.t, p.s_out, p.row, self._losses)
        losses = self._means(self._losses, [part.stop - part.start for part in self.sets])
        if self.task == REGRESSION:
            return losses, None
        self._mark_correct()
        return losses, self._means(self._correct, self.counts)

    def _mark_correct(self) -> None:
        """Which points are right: the larger class, or for one output the side of the middle (z = 0)."""
        z, labels = self.buffers.Z_out, self.labels
        assert labels is not None  # a task that is no regression has them
        if self.task == MULTILABEL:
            np.greater_equal(z, 0.0, self._correct)
        elif z.shape[-2] == 1:
            np.greater_equal(z[..., 0, :], 0.0, self._correct)
        else:
            np.argmax(z, axis=-2, out=self._predicted)
            np.equal(self._predicted, labels, self._correct)
            return
        np.equal(self._correct, labels, self._correct)

    def _means(self, values: Array, counts: list[int]) -> Array:
        """The mean over each set (members, 3), by its count."""
        found = np.full((max(1, math.prod(self.network.lead)), len(self.sets)), math.nan)
        for index, (part, count) in enumerate(zip(self.sets, counts, strict=True)):
            if count:
                found[:, index] = self._sums(values[..., part]) / count
        return found

    def _sums(self, values: Array) -> Any:
        """Sums for each member: losses (..., points), or answers that are right (..., points) or (..., K, points)."""
        if values.dtype != bool:
            return np.add.reduce(values, axis=-1)
        if not self.network.lead:
            return np.count_nonzero(values)
        return np.add.reduce(values, axis=tuple(range(1, values.ndim)), dtype=np.intp)


def labels_of(task: str, targets: Array) -> Array | None:
    """What ``Evaluation`` compares with, from ``Data.targets``: indices (N,), booleans (K, N), or None."""
    if task == CLASSIFICATION:
        return targets
    return targets.T.astype(bool) if task == MULTILABEL else None

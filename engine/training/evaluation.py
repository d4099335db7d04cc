"""Loss and accuracy over the whole training set and the whole test set, dropout off, the penalty apart."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from engine.nn.losses import CLASSIFICATION, MULTILABEL, REGRESSION
from engine.nn.network import Network, Pass
from engine.nn.registry import Array

Column = tuple[float | None, ...]


@dataclass(frozen=True)
class Metrics:
    """One epoch's figures, one value per member; None where a number is not finite or the task has no such figure."""

    epoch: int
    train_loss: Column
    test_loss: Column
    train_accuracy: Column
    test_accuracy: Column
    penalty: Column
    learning_rate: Column

    @classmethod
    def of(cls, epoch: int, row: Array) -> Metrics:
        """From (members, 6) numbers, not a number for None."""
        return cls(epoch, *map(column, row.T))

    def row(self) -> list[list[float]]:
        """Its numbers as (members, 6), not a number for None."""
        columns = (getattr(self, each.name) for each in fields(self)[1:])
        return [[math.nan if x is None else x for x in member] for member in zip(*columns, strict=True)]


FIGURES = tuple(field.name for field in fields(Metrics) if field.name != "epoch")
"""The names of an epoch's figures, in the order in which they are stored and sent."""


def column(values: Any) -> Column:
    """Numbers or arrays as a tuple of floats, a value that is not finite as None."""
    return tuple(v if math.isfinite(v) else None for v in np.asarray(values).reshape(-1).tolist())


class Evaluation:
    """All points through the network at once, with buffers of its own.

    ``x`` (n + 1, N) has the ``train`` training points first; ``t`` (K, N) the targets; ``labels`` (N,) class indices or
    (K, N) labels as booleans, None for a regression.
    """

    def __init__(self, network: Network, x: Array, t: Array, labels: Array | None, train: int, task: str) -> None:
        self.network, self.x, self.t, self.labels, self.train, self.task = network, x, t, labels, train, task
        points, outputs = x.shape[1], network.sizes[-1]
        self.buffers = Pass(network, points)
        self._losses = np.zeros((*network.lead, points), network.dtype)
        answers = outputs if task == MULTILABEL else 1
        shape = (*network.lead, outputs, points) if task == MULTILABEL else (*network.lead, points)
        self._correct = np.zeros(shape, bool)
        self._predicted = np.zeros(shape, np.intp)
        if labels is not None and outputs == 1:
            self.labels = labels.astype(bool)  # compared with booleans, which takes half the time
        self._loss_parts = [(self._losses[..., :train], train), (self._losses[..., train:], points - train)]
        self._correct_parts = [
            (self._correct[..., :train], train * answers),
            (self._correct[..., train:], (points - train) * answers),
        ]

    def measure(self) -> tuple[Column, Column, Column, Column]:
        """train_loss, test_loss, train_accuracy, test_accuracy."""
        network, p = self.network, self.buffers
        network.predict(p, self.x)
        network.pair.example_losses(p.Z_out, p.P, self.t, p.s_out, p.row, self._losses)
        train, test = self._means(self._loss_parts)
        if self.task == REGRESSION:
            none: Column = (None,) * len(train)
            return train, test, none, none
        self._mark_correct()
        return train, test, *self._means(self._correct_parts)

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

    def _means(self, parts: list[tuple[Array, int]]) -> tuple[Column, Column]:
        """The mean of the training and of the test part, each with its count; None where there is nothing to count."""
        nothing: Column = (None,) * max(1, math.prod(self.network.lead))
        train, test = (column(self._sums(values) / count) if count else nothing for values, count in parts)
        return train, test

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

"""Training in NumPy, mini-batch by mini-batch: the readable definition, in float32 or float64."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.kernel import NUMPY
from engine.nn.network import Pass
from engine.nn.registry import Array
from engine.training.batches import Batch
from engine.training.divergence import describe_divergence, divergence_threshold
from engine.training.evaluation import FIGURES, Metrics, figures
from engine.training.parts import Parts


class NumpyTraining:
    """See ``parts.Method``."""

    arithmetic = NUMPY

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._limit = divergence_threshold(parts.network.dtype)
        self._next = 0
        self._begin_epoch()

    def _begin_epoch(self) -> None:
        self._parts.update_rule.schedule(self._parts.epoch)
        self._parts.batches.shuffle()
        self.resume()

    def resume(self) -> None:
        self._parts.batches.split(self._parts.config.training.batch_size)
        self._next = 0

    def settle(self) -> None:
        """It owns the batches: nothing to copy."""

    def train(self, batches: int, epochs: int) -> Array:
        parts = self._parts
        rows: list[list[list[float]]] = []
        with np.errstate(all="ignore"):  # a number that is not finite is found by the check in _train_batch
            while batches > 0 and len(rows) < epochs and parts.early_stopping.all is None:
                left = parts.batches.batches[self._next : self._next + batches]
                if not all(map(self._train_batch, left)):
                    break
                batches -= len(left)
                if self._next < len(parts.batches.batches):
                    break
                parts.epoch, parts.batch = parts.epoch + 1, 0
                metrics = self.measured()
                rows.append(metrics.row())
                parts.early_stopping.update(parts.config, metrics)
                self._begin_epoch()
        return np.array(rows).reshape(len(rows), len(parts.update_rule.members), len(FIGURES))

    def measured(self) -> Metrics:
        parts = self._parts
        with np.errstate(all="ignore"):
            losses, accuracies = parts.evaluation.measure()
            penalty, rates = np.ravel(parts.update_rule.penalty()), np.array(parts.update_rule.learning_rates)
            row = figures(losses, accuracies, parts.evaluation.fit, penalty, rates)
        return Metrics.of(parts.epoch, row)

    def _train_batch(self, batch: Batch) -> bool:
        """One step; False when it would have diverged and no member is left to train."""
        x, x_T, t, scale, buffers = batch
        parts, network = self._parts, self._parts.network
        if buffers.dropouts:
            parts.batches.draw_dropout(buffers)
        network.forward(buffers, x)
        network.backward(buffers, x_T, t, scale)
        if not parts.update_rule.is_finite_below(self._limit) and not self._diverge(buffers):
            return False
        frozen = parts.early_stopping.frozen
        if frozen:
            network.g[frozen] = 0.0
        parts.update_rule.step(frozen)
        self._next += 1
        parts.batch += 1
        parts.batches.offset += buffers.width
        return True

    def _diverge(self, buffers: Pass) -> bool:
        """Freeze the members whose numbers are out of range, before they reach the weights; False if none is left."""
        parts, network = self._parts, self._parts.network
        for index, fine in enumerate(parts.update_rule.members_finite_below(self._limit)):
            if not fine and parts.early_stopping.halted[index] is None:
                at: Any = index if network.lead else ...
                where = describe_divergence(network, buffers, at)
                network.g[at] = 0.0  # figures that are not finite are not shown
                rate = parts.update_rule.learning_rates[index]
                parts.early_stopping.diverge(index, parts.epoch, parts.batch, where, rate)
        return parts.early_stopping.all is None

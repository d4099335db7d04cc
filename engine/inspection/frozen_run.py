"""A float64 copy of one member and its points, to be examined without touching the run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.config import RunConfig
from engine.nn.arithmetic import Arithmetic, PassValues
from engine.nn.model import encode_targets, network_of
from engine.nn.network import Network
from engine.nn.registry import Array
from engine.nn.regularizers import Regularizer, regularizers
from engine.numbers import sums
from engine.numbers.rules import Rules
from engine.training.trainer import Trainer
from engine.training.update_rule import UpdateRule


@dataclass(frozen=True)
class FrozenRun:
    """One member's present weights in float64 with all its points: training points first.

    ``x`` (n + 1, N) network inputs, ``t`` (K, N) targets, ``train`` of them training points; ``cut`` (P,) is 0 where a
    link is cut, or None; ``rate`` (P,) is the penalty's rate on each parameter.
    """

    config: RunConfig
    rules: Rules
    arithmetic: Arithmetic
    network: Network
    x: Array
    t: Array
    train: int
    cut: Array | None
    regularizer: Regularizer
    rate: Array

    @classmethod
    def of(cls, trainer: Trainer, member: int = 0) -> FrozenRun:
        """Copy a member of a run; ValueError if there is no such member."""
        model = trainer.model(member)
        network = network_of(model.config, dtype=np.float64)
        np.copyto(network.w, model.network.w)
        data = trainer.data()
        chosen = model.config.training.regularizer
        return cls(
            model.config,
            model.rules,
            model.arithmetic,
            network,
            model.features(data.inputs, np.float64),
            encode_targets(model.config, data.targets, data.preprocessing),
            data.train,
            None if model.cut is None else model.cut.astype(np.float64),
            regularizers[chosen.name],
            chosen.rate * network.is_weight,
        )

    def examples(self, points: slice) -> tuple[Array, Array]:
        """Inputs (n + 1, m) and targets (K, m) of some points."""
        return self.x[:, points], self.t[:, points]

    def passed(self, x: Array, t: Array, masks: Sequence[Array] = ()) -> PassValues:
        """One forward and one backward pass; ``network.g`` has the gradient of the mean loss, 0 at cuts.

        ``masks`` are those of dropout, one for each layer that has it; without them nothing is dropped.
        """
        values = self.arithmetic.passes(self.network, x, t, masks).values()
        self.network.g[...] = values.gradient if self.cut is None else values.gradient * self.cut
        return values

    def losses(self, weights: Array, x: Array, t: Array, masks: Sequence[Array] = ()) -> Array:
        """The mean loss (n,) of some examples at each of ``weights`` (n, P), at most ``STACK``."""
        return self.arithmetic.passes(self.network, x, t, masks).losses(weights)[0]

    def update(self, trainer: Trainer, member: int = 0) -> Array:
        """The change of the parameters (P,) by the run's next step with ``network.g`` as its gradient."""
        update_rule = UpdateRule(self.network, [self.config], self.rules, sums.dot)
        running = trainer.update_rule
        for slot, of_run in zip(update_rule.slots, running.slots, strict=True):
            slot[...] = of_run[member] if trainer.network.lead else of_run
        update_rule.powers = [float(np.ravel(power)[member]) for power in running.powers]
        return self._change(update_rule, trainer.epoch)

    def update_without_memory(self, epoch: int) -> Array | None:
        """The same after ``epoch`` whole epochs, None where the optimizer then remembered earlier gradients."""
        update_rule = UpdateRule(self.network, [self.config], self.rules, sums.dot)
        return None if update_rule.slots and epoch else self._change(update_rule, epoch)

    def _change(self, update_rule: UpdateRule, epoch: int) -> Array:
        update_rule.cut = self.cut
        update_rule.schedule(epoch)
        before, gradient = self.network.w.copy(), self.network.g.copy()
        update_rule.step()
        change = self.network.w - before
        self.network.w[...], self.network.g[...] = before, gradient
        return change

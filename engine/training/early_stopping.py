"""When training ends: limits, stop rules and divergence, for every member of a run."""

from __future__ import annotations

import math
from typing import Any

from engine.config import RunConfig
from engine.data.points import Data
from engine.training.evaluation import Metrics

FINISHED, DIVERGED = "finished", "diverged"
MONITORED = {
    "validation_loss": "the validation loss",
    "test_loss": "the test loss",
    "train_loss": "the training loss (there are no test points)",
}
MIN_IMPROVEMENT = 1e-4
"""The least fall of the monitored loss that counts as an improvement, for ``stop.patience``."""


def monitored(data: Data) -> str:
    """The metric for ``stop.patience``: of the first set that there is of validation, test and training."""
    if data.validation:
        return "validation_loss"
    return "test_loss" if data.train < len(data.inputs) else "train_loss"


class EarlyStopping:
    """Which of ``count`` members have ended, and why. ``halted`` and ``details`` hold None for those that go on.

    ``best`` is each member's lowest monitored loss, ``waited`` the epochs since.
    """

    def __init__(self, count: int, monitored: str) -> None:
        """``monitored``: the metric for ``stop.patience``, see ``monitored``."""
        self.monitored = monitored
        self.halted: list[str | None] = [None] * count
        self.details: list[str | None] = [None] * count
        self.frozen: list[int] = []
        self.best = [math.inf] * count
        self.waited = [0] * count

    @property
    def all(self) -> str | None:
        """None while any member goes on; "finished" if any finished, else "diverged"."""
        if None in self.halted:
            return None
        return FINISHED if FINISHED in self.halted else DIVERGED

    def halt(self, member: int, why: str, detail: str) -> None:
        """End a member: "finished" or "diverged", with the reason in words."""
        self.halted[member], self.details[member] = why, detail
        self.frozen.append(member)

    def diverge(self, member: int, epoch: int, batch: int, where: str, rate: float) -> None:
        """End a member before a step that its numbers do not allow, in the epoch after ``epoch`` whole ones."""
        self.halt(
            member,
            DIVERGED,
            f"in epoch {epoch + 1}, mini-batch {batch + 1}, {where}. The weights are those before "
            f"that step: lower the learning rate ({rate:.4g}) and reset, or edit them",
        )

    def resume(self, member: int) -> None:
        """Let a member go on."""
        if self.halted[member] is not None:
            self.halted[member] = self.details[member] = None
            self.frozen.remove(member)

    def update(self, config: RunConfig, metrics: Metrics) -> None:
        """After an epoch: count the epochs without improvement, and end the members that are done."""
        for member, halted in enumerate(self.halted):
            if halted is None:
                self._watch(member, metrics)
        self._apply_rules(config, metrics)

    def reapply(self, config: RunConfig, metrics: Metrics) -> None:
        """Apply changed limits: members that had finished continue unless a rule still ends them."""
        for member, halted in enumerate(self.halted):
            if halted == FINISHED:
                self.resume(member)
        if metrics.epoch > 0:
            self._apply_rules(config, metrics)

    def _watch(self, member: int, metrics: Metrics) -> None:
        """Count the epochs since the monitored loss improved; one that is not finite is no improvement."""
        loss: float | None = getattr(metrics, self.monitored)[member]
        if loss is not None and loss < self.best[member] - MIN_IMPROVEMENT:
            self.best[member], self.waited[member] = loss, 0
        else:
            self.waited[member] += 1

    def _apply_rules(self, config: RunConfig, metrics: Metrics) -> None:
        stop, limit = config.training.stop, config.training.max_epochs
        for member, halted in enumerate(self.halted):
            loss = metrics.train_loss[member]
            if halted is not None:
                continue
            if loss is None:
                self.lose(member, metrics.epoch)
            elif stop.train_loss is not None and loss <= stop.train_loss:
                self.reach(member, config, loss)
            elif stop.patience is not None and self.waited[member] >= stop.patience:
                self.lose_patience(member, config)
            elif limit is not None and metrics.epoch >= limit:
                self.reach_limit(member, limit)

    def lose(self, member: int, epoch: int) -> None:
        """End a member whose training loss is not finite after ``epoch``."""
        where = f"after epoch {epoch} the training loss L of the output layer is not finite"
        self.halt(member, DIVERGED, f"{where}: lower the learning rate and reset, or edit the weights")

    def reach(self, member: int, config: RunConfig, loss: float) -> None:
        """End a member at the training loss of ``stop.train_loss``."""
        why = f"is at most {config.training.stop.train_loss:.4g}, where it was to stop"
        self.halt(member, FINISHED, f"the training loss, {loss:.4g}, {why}")

    def reach_limit(self, member: int, limit: int) -> None:
        """End a member at ``max_epochs``."""
        self.halt(member, FINISHED, f"it has reached epoch {limit}, where it was to stop")

    def lose_patience(self, member: int, config: RunConfig) -> None:
        """End a member that has not improved for ``stop.patience`` epochs."""
        name, patience = MONITORED[self.monitored], config.training.stop.patience
        self.halt(member, FINISHED, f"{name} has not improved by {MIN_IMPROVEMENT:.4f} for {patience} epochs")

    def state(self) -> dict[str, Any]:
        """Plain values from which ``restore`` continues."""
        return {
            "halted": list(self.halted),
            "details": list(self.details),
            "frozen": list(self.frozen),
            "best": [None if math.isinf(best) else best for best in self.best],
            "waited": list(self.waited),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue from a ``state``."""
        self.halted, self.details = list(state["halted"]), list(state["details"])
        self.frozen = list(state["frozen"])
        self.best = [math.inf if best is None else best for best in state["best"]]
        self.waited = list(state["waited"])

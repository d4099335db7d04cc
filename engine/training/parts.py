"""The parts of a run while it trains, and the interface of the two methods to train it: NumPy and compiled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from engine.config import RunConfig
from engine.nn.network import Network
from engine.nn.registry import Array
from engine.training.batches import Batches
from engine.training.early_stopping import EarlyStopping
from engine.training.evaluation import Evaluation, Metrics
from engine.training.update_rule import UpdateRule


@dataclass(eq=False, slots=True)
class Parts:
    """A run's parts, shared by the trainer and its method; ``epoch`` and ``batch`` are where it stands."""

    config: RunConfig
    network: Network
    evaluation: Evaluation
    batches: Batches
    update_rule: UpdateRule
    early_stopping: EarlyStopping
    epoch: int = 0
    batch: int = 0


class Method(Protocol):
    """A method to train the given parts."""

    arithmetic: str

    def train(self, batches: int, epochs: int) -> Array:
        """At most so many mini-batches and completed epochs, until every member has halted; moves ``epoch``, ``batch``.

        Returns each completed epoch's figures, (epochs, members, figures) float64 in the order of ``Metrics``, not a
        number for none.
        """
        ...

    def measured(self) -> Metrics:
        """The metrics of the present weights."""
        ...

    def resume(self) -> None:
        """To be called after weights, rules, batches, stop rules or the position were changed from outside."""
        ...

    def settle(self) -> None:
        """To be called before ``batches`` are read: brings their order and streams up to date."""
        ...

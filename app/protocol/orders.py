"""The orders of the server to its workers, each about one run, executed in sequence. Workers answer with reports.

Orders and reports are pickled through the pipe of `app.workers.pool`; both ends are of one version.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from app.protocol.compact import Compact
from engine.inspection.slices import FIRST_TWO, Slice
from engine.numbers.rules import PORTABLE


class State(StrEnum):
    """What a run is doing."""

    PAUSED = "paused"
    RUNNING = "running"
    FINISHED = "finished"
    DIVERGED = "diverged"
    RECOVERING = "recovering"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a step ends: (epoch, batch). Ticket 0: no request waits for it."""

    ticket: int
    epoch: int
    batch: int


@dataclass(frozen=True, slots=True)
class View(Compact):
    """What a frame shows, and whether as JSON text or as arrays; viewers with equal views share one frame. No members:
    all of them."""

    resolution: int
    unit_resolution: int
    include: tuple[str, ...]
    members: tuple[int, ...] | None
    text: bool = False
    plane: Slice = FIRST_TWO


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The complete state of a run at one (epoch, batch): training continues from it bit for bit. `settings` are the
    fields of the
    config that can change, `training` and `seed`; `changes` holds how many changes of the previous checkpoint still
    apply, and the new ones. Both are None if they are
    as in the previous checkpoint. `steps` are the idempotency keys of the latest steps with the request of each."""

    epoch: int
    batch: int
    playing: bool
    goals: tuple[Goal, ...]
    series: int
    trainer: bytes
    settings: dict[str, Any] | None
    changes: tuple[int, list[dict[str, Any]]] | None
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An order that is answered. The sender fills in the run and a ticket, which the answer repeats."""

    run: str = ""
    ticket: int = 0


@dataclass(frozen=True, slots=True)
class SentTable:
    """A table that a run names, in its stored form; None where the worker has it, from the order of another run."""

    id: str
    content: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load(Request):
    """Load a run with this config, in JSON, whose numbers are drawn by these rules; a new one where there is no
    checkpoint. Epochs up to `recorded` are replayed at full speed. The run may reach `max_epochs` epochs and list
    `max_changes` changes. `table` is the one that the config names."""

    config: str
    rules: str = PORTABLE.name
    max_epochs: int
    max_changes: int
    checkpoint: Checkpoint | None = None
    recorded: int = 0
    table: SentTable | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Request):
    """Change a run, between two mini-batches. Its checkpoint is reported before its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTraining(Command):
    """Change settings of the training, the state, or both at once; None: as it is."""

    training: dict[str, Any] | None = None
    state: State | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeStep(Command):
    """Train so many epochs or mini-batches, or to an epoch, then pause. Answered when the step is over.

    A step with the `key` of one that was taken, or is under way, is not taken again.
    """

    epochs: int | None = None
    batches: int | None = None
    to_epoch: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset(Command):
    """Back to epoch 0, paused, with the same initial weights or those of another seed."""

    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditWeights(Command):
    """Edit weights, cut and restore links: the fields of a `WeightChange`."""

    change: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspect(Request):
    """Compute an inspection, by its name in the registry."""

    inspection: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRangeTest(Request):
    """Compute the learning-rate range test of a config, in JSON, with the table that it names, in its stored form. It
    belongs to no run."""

    config: str
    rules: str
    table: bytes | None = None


@dataclass(frozen=True, slots=True)
class Unload:
    """Forget a run."""

    run: str


@dataclass(frozen=True, slots=True)
class ForgetTable:
    """Forget a table: no run that is loaded names it."""

    table: str


@dataclass(frozen=True, slots=True)
class MakeFrame(Compact):
    """Report one frame, with the number `seq`, as soon as the run is at a version past `after`."""

    run: str
    seq: int
    view: View
    after: int


@dataclass(frozen=True, slots=True)
class WithdrawFrame:
    """The frame of this view is not needed any more."""

    run: str
    view: View


@dataclass(frozen=True, slots=True)
class Suspend:
    """Suspend the training of a run, or resume it. Its state does not change."""

    run: str
    on: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """Report every run as it is, and end."""


Order = Request | Unload | ForgetTable | Suspend | MakeFrame | WithdrawFrame | Stop


class Trainers(Protocol):
    """The workers, by place. They take orders; their reports are passed to a callback."""

    def assign(self) -> int:
        """The place with the fewest runs that train."""

    def working(self, place: int, run: str, on: bool) -> None:
        """Notes whether a run that is at a place trains."""

    def crowded(self, place: int, run: str) -> bool:
        """Whether a run that is about to train at a place should move to another."""

    def send(self, place: int, order: Order) -> None:
        """Sends an order; never blocks."""

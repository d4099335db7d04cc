"""The one interface between the server and what trains: orders go out, reports come back, in order, each about one run.

Local processes speak it over a pipe (`pool`, `worker`); whatever carries these values both ways may join them.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Protocol

from app.errors import DomainError
from app.protocol.encoding import Array
from engine.inspection.slices import FIRST_TWO, Slice


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
    """Where a step ends: (epoch, batch). Ticket 0 when nobody waits for it any more."""

    ticket: int
    epoch: int
    batch: int


@dataclass(frozen=True, slots=True)
class View:
    """What a frame shows, and whether as JSON text or as arrays; runs have one frame a distinct view, however many look
    at it. No members: all of them."""

    resolution: int
    unit_resolution: int
    include: tuple[str, ...]
    members: tuple[int, ...] | None
    text: bool = False
    plane: Slice = FIRST_TWO


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A run at one (epoch, batch), complete: from it, training goes on bit for bit. `settings` are the fields of the
    config that can change, `training` and `seed`; `changes` says how many of the changes before still stand, and lists
    those that follow them. Both are None where they are as in the checkpoint before. `steps` are the idempotency keys
    of the latest steps with what each asked."""

    epoch: int
    batch: int
    playing: bool
    goals: tuple[Goal, ...]
    series: int
    trainer: bytes
    settings: dict[str, Any] | None
    changes: tuple[int, list[dict[str, Any]]] | None
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Load:
    """Order: load a run with this config, in JSON; a new one where there is no checkpoint. Epochs up to `recorded` are
    replayed at full speed. The run may reach `max_epochs` epochs and list `max_changes` changes."""

    run: str
    ticket: int
    config: str
    max_epochs: int
    max_changes: int
    checkpoint: Checkpoint | None = None
    recorded: int = 0


@dataclass(frozen=True, slots=True)
class Unload:
    """Order: let go of a run."""

    run: str


@dataclass(frozen=True, slots=True)
class Command:
    """Order: change a run, between two mini-batches. Its checkpoint is reported before its answer."""

    run: str
    ticket: int
    action: Literal["set", "step", "reset", "edit"]
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Query:
    """Order: an inspection of a run, by its name in the registry."""

    run: str
    ticket: int
    action: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RangeTest:
    """Order: the learning-rate range test of a config, in JSON; its answer is that of no run."""

    ticket: int
    config: str
    run: str = ""


@dataclass(frozen=True, slots=True)
class FrameOrder:
    """Order: one frame, as soon as the run is at a version past `after`."""

    run: str
    view: View
    after: int


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Order: nobody waits for the frame of this view any more."""

    run: str
    view: View


@dataclass(frozen=True, slots=True)
class Hold:
    """Order: a run trains no further, or goes on. Its state does not change."""

    run: str
    on: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """Order: report every run as it is, and end."""


Order = Stop | Load | Unload | Hold | Command | Query | FrameOrder | Withdraw | RangeTest


@dataclass(frozen=True, slots=True)
class Progress:
    """Report: epochs from `first` on (6 float64 a member, not a number for none), weights kept at some of them,
    and where the run is now, with the row of its newest measurement: an edit measures between epochs."""

    run: str
    series: int
    first: int
    rows: bytes
    latest: bytes
    weights: tuple[tuple[int, bytes], ...]
    epoch: int
    batch: int
    state: State
    detail: str | None
    member_count: int
    checkpoint: Checkpoint | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Report: what an order came to: a value, for a question its answer in JSON, or an error for the client."""

    run: str
    ticket: int
    value: Any = None
    error: DomainError | None = None


@dataclass(frozen=True, slots=True)
class FrameReport:
    """Report: one frame of a view; its arrays as JSON text, `{"name":[...],...}`, where the view asks for that."""

    run: str
    view: View
    version: int
    epoch: int
    batch: int
    members: tuple[int, ...]
    arrays: dict[str, Array]
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Report: a run could not go on; its worker has let go of it."""

    run: str
    detail: str


Report = Progress | Answer | FrameReport | Failure


class Trainers(Protocol):
    """Whatever trains, in one or more places: it takes orders for a place, and calls back with reports."""

    def assign(self) -> int:
        """The place with the least to do."""

    def working(self, place: int, run: str, on: bool) -> None:
        """Says whether a run that is at a place trains."""

    def crowded(self, place: int, run: str) -> bool:
        """Whether a run that is about to train at a place had better do so at another."""

    def send(self, place: int, order: Order) -> None:
        """Hands an order over; never blocks."""

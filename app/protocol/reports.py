"""What workers report to the server: progress of a run, answers to requests, frames, failures."""

from dataclasses import dataclass
from typing import Any

from app.errors import DomainError
from app.protocol.compact import Compact
from app.protocol.orders import Checkpoint, State


@dataclass(frozen=True, slots=True)
class Progress(Compact):
    """Epochs from `first` on (6 float64 a member, NaN where there is no value), weights recorded at some of them, the
    present place, the row of the newest measurement (an edit measures between epochs), and which arithmetic trains."""

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
    arithmetic: str
    checkpoint: Checkpoint | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The end of a request: for an inspection its answer in JSON, or an error for the client."""

    run: str
    ticket: int
    value: Any = None
    error: DomainError | None = None


@dataclass(frozen=True, slots=True)
class FrameReport(Compact):
    """The frame that was ordered with this `seq`, as the stream sends it, or why it could not be made. The run was at
    `version`."""

    run: str
    seq: int
    version: int
    payload: str | bytes = b""
    error: DomainError | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A run could not go on; its worker has forgotten it."""

    run: str
    detail: str


Report = Progress | Answer | FrameReport | Failure

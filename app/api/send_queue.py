"""The messages that are still to be sent to one viewer; the size is bounded, however slow the viewer is.

It holds the number of the next epoch to send, the newest state, the newest frame, and a few errors.
"""

import asyncio
import time
from collections import deque
from typing import Any

from app.errors import DomainError
from app.inspections.slices import slice_of
from app.protocol import encoding
from app.protocol.messages import ErrorMessage, MetricsMessage, StateMessage, Subprotocol, ViewMessage
from app.protocol.orders import View
from app.runs.description import describe
from app.runs.frames import Frame
from app.runs.session import Session
from app.web.problems import document_of
from engine.training.evaluation import FIGURES

MAX_ERRORS = 32

# A frame that could not be made is ordered again after this time; its error is sent once per view.
RETRY_SECONDS = 1.0

# Maximum epochs in one message, and numbers in all: encoding blocks the event loop.
MAX_ROWS = 2_000
MAX_NUMBERS = 48_000

# Tensors are passed on as they are stored: they may be this many times as long.
TENSORS_FACTOR = 10

# Frames of a run whose pace is at most this many epochs a frame are ordered before they are due.
MAX_LEAD = 1.05

Payload = str | bytes


class SendQueue:
    """Decides what goes out next: errors, then epochs, then the state, then a frame."""

    def __init__(self, session: Session, subprotocol: Subprotocol, event: asyncio.Event) -> None:
        self._session = session
        self._event = event
        self._packed = subprotocol is Subprotocol.SAFETENSORS
        self._tensors = False
        self._errors: deque[ErrorMessage] = deque(maxlen=MAX_ERRORS)
        self._series = session.series
        self._version = session.version
        self._gap: tuple[int, int] | None = None
        self._next_epoch = 0
        self._view: View | None = None
        self._frame: Frame | None = None
        self._wanted = False
        self._frame_failed = False
        self._seen = 0
        self._period = 0.1
        self._window = 2
        self._acknowledged: int | None = None
        self._under_way: deque[int] = deque()
        self._frame_at = 0.0

    def close(self) -> None:
        if self._view:
            self._session.frames.close(self._view, self._take)

    @property
    def has_view(self) -> bool:
        """Whether there is a view."""
        return self._view is not None

    @property
    def _max_epochs(self) -> int:
        """Maximum number of epochs in one message."""
        rows = min(MAX_ROWS, max(1, MAX_NUMBERS // (len(FIGURES) * self._session.member_count)))
        return rows * TENSORS_FACTOR if self._tensors else rows

    # ---- from the viewer

    def set_view(self, message: ViewMessage) -> None:
        """Sets the view that frames show from now on. InvalidArgument for inputs that the run does not have."""
        members = None if message.members == "all" else tuple(sorted(set(message.members)))
        view = View(
            message.resolution,
            message.unit_resolution,
            tuple(sorted(set(message.include))),
            members,
            not self._packed,
            slice_of(self._session.config, message.axes, message.hold),
        )
        self._tensors = message.metrics == "tensors"
        self._period = 1 / message.fps
        self._window = message.window
        if view != self._view:
            self.close()
            self._session.frames.open(view)
            self._view, self._frame, self._wanted, self._seen = view, None, False, 0
            self._frame_failed = False
            self._frame_at = 0.0
        self._frame_at = min(self._frame_at, time.monotonic() + self._period)
        self._event.set()

    def acknowledge(self, seq: int) -> None:
        self._acknowledged = seq
        while self._under_way and self._under_way[0] <= seq:
            self._under_way.popleft()
        self._want_frame()
        if not self._wanted:
            self._event.set()

    def add_error(self, error: DomainError) -> None:
        """Adds an error message."""
        document: Any = document_of(error)
        self._errors.append(document | {"type": "error"})
        self._event.set()

    # ---- to the viewer

    def start(self, since: int) -> tuple[int, int]:
        """The epochs that hello carries, the newest at most; what lies between `since` and them follows as metrics."""
        last = self._session.recorder.history.last
        first = max(since, last + 1 - self._max_epochs)
        if since < first:
            self._gap = (since, first - 1)
        self._next_epoch = max(last + 1, since)
        return first, last

    async def next_payload(self) -> Payload | None:
        """The next message to send, None when there is nothing now."""
        session = self._session
        if self._errors:
            return self.encode(self._errors.popleft())
        if self._series != session.series:
            return self._restart()
        if metrics := await self._metrics():
            return metrics
        if self._version != session.version:
            self._version = session.version
            return self.encode(state_message(session))
        return self._next_frame()

    def _restart(self) -> Payload | None:
        """After a reset, the state is sent first: in a new series epochs begin at 0. It waits until it is stored."""
        if self._version == self._session.version:
            return None
        self._series, self._version = self._session.series, self._session.version
        self._gap, self._next_epoch = None, 0
        return self.encode(state_message(self._session))

    async def _metrics(self) -> Payload | None:
        first, until = self._gap or (self._next_epoch, self._session.recorder.history.last)
        if first > until:
            return None
        rows = await self._session.recorder.rows(first, until, self._max_epochs)
        if not len(rows):
            return None
        if self._gap:
            self._gap = (rows.to + 1, until) if rows.to < until else None
        else:
            self._next_epoch = rows.to + 1
        message: MetricsMessage = {"type": "metrics", "from": first, "to": rows.to, "stride": rows.stride}
        if self._tensors:
            message["columns"] = FIGURES
            return encoding.pack(message, {"epoch": rows.epochs.astype(float), "values": rows.values()})
        columns = rows.columns()
        message["epoch"], message["members"] = columns["epoch"], columns["members"]
        return self.encode(message)

    def _next_frame(self) -> Payload | None:
        if self._frame is None:
            self._want_frame()
        if self._frame is None:
            return None
        frame, self._frame = self._frame, None
        self._seen = frame.seq
        now = time.monotonic()
        late = self._frame_at < now - self._period
        self._frame_at = (now if late else self._frame_at) + self._period
        if self._acknowledged is not None:
            self._under_way.append(frame.seq)
        return frame.payload

    def _want_frame(self) -> None:
        """Orders a frame if the viewer could show one now."""
        full = self._acknowledged is not None and len(self._under_way) >= self._window
        due = self._frame is None and time.monotonic() >= self._order_at
        if self._view and not self._wanted and not full and due:
            self._wanted = True
            self._session.frames.want(self._view, self._seen, self._take)

    @property
    def _lead(self) -> float:
        """How long before it is due a frame is ordered: a period where the run's pace keeps it until then, so that it
        comes with its epoch. On average there are no more than `fps` either way."""
        pace = self._session.config.training.pace
        return self._period if pace and pace * self._period <= MAX_LEAD else 0

    @property
    def _order_at(self) -> float:
        return self._frame_at - self._lead

    def _take(self, frame: Frame) -> None:
        self._wanted = False
        if frame.error is None:
            self._frame = frame
        else:
            self._frame_at = time.monotonic() + max(self._period, RETRY_SECONDS) + self._lead
            if not self._frame_failed:
                self._frame_failed = True
                self.add_error(frame.error)
        self._event.set()

    def seconds_to_next_frame(self) -> float | None:
        """Seconds until a frame is due, None when only an event can bring something to send."""
        if self._view is None or self._wanted:
            return None
        if self._acknowledged is not None and len(self._under_way) >= self._window:
            return None
        return max(0.0, self._order_at - time.monotonic())

    def encode(self, message: Any) -> Payload:
        return self.encode_text(encoding.json_text(message, {}))

    def encode_text(self, text: str) -> Payload:
        """A message that is JSON already."""
        return encoding.pack_text(text, {}) if self._packed else text


def state_message(session: Session) -> StateMessage:
    run = describe(session)
    return {
        "type": "state",
        "name": run["name"],
        "notes": run["notes"],
        "pinned": run["pinned"],
        "replaced_by": run["replaced_by"],
        "state": run["state"],
        "detail": run["detail"],
        "epoch": run["epoch"],
        "batch": run["batch"],
        "metrics": run["metrics"],
        "recorded_epochs": run["recorded_epochs"],
        "changes": run["changes"],
        "changes_count": run["changes_count"],
        "series": run["series"],
        "training": session.config.training.model_dump(mode="json"),
        "seed": session.config.seed,
    }

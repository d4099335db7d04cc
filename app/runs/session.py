"""One run as the server knows it: its state, the commands that change it, and what its worker says of it."""

import asyncio
import logging
import time
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal

from app.errors import Problem
from app.inspections.sizes import Shape
from app.protocol.metrics import latest
from app.protocol.orders import Answer, Failure, FrameReport, Load, Progress, Report, Snapshot, State, Trainers
from app.protocol.run_text import RunText
from app.runs.checkpoints import renewed, snapshot_of
from app.runs.frames import Frames
from app.runs.listeners import Listeners
from app.runs.quarantine import MAX_DEATHS, Deaths, Suspects
from app.runs.recorder import Ledger
from app.runs.worker_connection import Link
from app.settings import Settings
from app.storage.database import Store
from app.storage.labels import Label
from app.storage.rows import RunRecord
from engine.config import RunConfig

log = logging.getLogger(__name__)

TRAINING = (State.RUNNING, State.RECOVERING)
ENDED = (State.FINISHED, State.DIVERGED, State.FAILED)

# The Run and the messages of its stream carry so many changes; all are at an address of their own.
NEWEST_CHANGES = 50

# While the store fails, a run trains on until so much of it waits in memory to be stored.
MAX_UNSAVED_BYTES = 1_000_000


class Session:
    """A run. What a worker reports is taken in at once; a command is answered when its snapshot is committed."""

    def __init__(
        self, record: RunRecord, trainers: Trainers, store: Store, suspects: Suspects, settings: Settings
    ) -> None:
        self._record = record
        self.id = record.id
        self.owner = record.owner
        self.created_at = record.created_at
        self.config = record.config
        self.changes = record.changes
        self.state = State(record.state)
        self.detail = record.detail
        self.member_count = record.member_count
        self.epoch = record.epoch
        self.batch = record.batch
        self.series = record.series
        self.label = Label()
        self.replaced_by: str | None = None
        self.ledger = Ledger(record, store, self._hold_or_go_on)
        self.link = Link(self.id, trainers, self._load, self._not_loaded)
        self.frames = Frames(self.id, self.link.frame, self.link.withdraw)
        self.listeners = Listeners()
        self.face = 0
        self.viewers = 0
        self.used = time.monotonic()
        self.deleted = False
        self.closing: str | None = None
        self._text = RunText()
        self._store = store
        self._settings = settings
        self._snapshot: Snapshot | None = None
        self._latest: bytes | None = None
        self._held: str | None = None
        self._suspects = suspects
        self._deaths = Deaths()
        self._died_at = (-1, -1, -1)

    @classmethod
    async def restored(
        cls, record: RunRecord, trainers: Trainers, store: Store, suspects: Suspects, settings: Settings
    ) -> "Session":
        """A run as the store has it; one that was training goes on."""
        session = cls(record, trainers, store, suspects, settings)
        await session.ledger.restore()
        session.label, session.replaced_by = await store.said_of(record.number, record.id)
        session._snapshot = snapshot_of(record)
        if session.state in TRAINING:
            session.state = State.RECOVERING
            session.connect_at(None)
        return session

    # ---- what it is

    def describe(self) -> dict[str, Any]:
        """The Run of the API."""
        return {
            "id": self.id,
            **asdict(self.label),
            "replaced_by": self.replaced_by,
            "state": self.state,
            "epoch": self.epoch,
            "batch": self.batch,
            "config": self.config,
            "member_count": self.member_count,
            "metrics": latest(self._latest or self.ledger.history.newest),
            "recorded_epochs": self.ledger.kept,
            "changes": self.changes[-NEWEST_CHANGES:],
            "changes_count": len(self.changes),
            "created_at": datetime.fromtimestamp(self.created_at, UTC).isoformat().replace("+00:00", "Z"),
            "detail": self._held or self.detail,
            "series": self.series,
        }

    def text(self, **more: Any) -> str:
        """The Run, and what the caller is told beside, as JSON."""
        return self._text.of(self.describe() | more)

    @cached_property
    def shape(self) -> Shape:
        """The sizes of its network and data."""
        return Shape.of(RunConfig.model_validate(self.config))

    async def ended(self, seconds: float) -> None:
        """Returns when the run cannot train any more, or the seconds are over."""
        with self.listeners.listen() as event:
            try:
                async with asyncio.timeout(seconds):
                    while self.state not in ENDED and not self.closing:
                        event.clear()
                        await event.wait()
            except TimeoutError:
                return

    @property
    def number(self) -> int:
        """Runs are numbered in the order in which they were made."""
        return self._record.number

    @property
    def in_use(self) -> bool:
        """Whether it trains, or somebody watches."""
        return self.viewers > 0 or self.state in TRAINING

    def tell(self, *, label: Label, replaced_by: str | None) -> None:
        """Takes on what its owner says of it, and tells the viewers. Who calls this writes the store."""
        self.label, self.replaced_by = label, replaced_by
        self._turn_face()

    # ---- commands and questions

    async def create(self) -> None:
        """Builds the run in a worker; returns when it is stored."""
        await self.link.connect()

    async def command(self, action: Literal["set", "step", "reset", "edit"], **arguments: Any) -> None:
        """Changes the run; returns when the change is committed, a step once it has been taken."""
        self._use()
        if self.state is State.FAILED:
            self._resume(action, arguments)
        if self.state not in TRAINING and action in ("set", "step") and self.link.crowded:
            self.connect_at(None)  # at rest, its newest snapshot is all there is of it
        await self.link.command(action, arguments)

    async def query(self, action: str, **arguments: Any) -> bytes:
        """What its worker answers to a question or a study, in JSON; 429 where too many wait for theirs."""
        self._use()
        answer: bytes = await self.link.query(action, arguments)
        return answer

    def _use(self) -> None:
        if self.deleted:
            raise Problem(404, "The run was deleted.")
        self.used = time.monotonic()

    def idle_since(self, moment: float) -> bool:
        """Whether nobody has asked for it since, nobody watches, and everything of it is stored."""
        busy = self.viewers or self.link.waiting or self.state in TRAINING
        return self.used < moment and not busy and not self.deleted and self.ledger.settled

    def delete(self) -> asyncio.Future[None]:
        """Ends the run for good."""
        self.deleted = True
        self._suspects.drop(self)
        self.link.disconnect()
        self.link.fail(Problem(404, "The run was deleted."))
        self.close("the run was deleted")
        return self.ledger.delete()

    def close(self, reason: str) -> None:
        """Tells every viewer, and whoever waits for the end, that there is nothing more to come."""
        self.closing = reason
        self.listeners.wake()

    # ---- its worker

    def _load(self, ticket: int) -> Load:
        recorded = 0 if self.state is State.FAILED else max(0, self.ledger.history.last)
        limits = self._settings.max_epochs, self._settings.max_changes
        return Load(self.id, ticket, self.config, *limits, self._snapshot, recorded)

    def _resume(self, action: str, arguments: dict[str, Any]) -> None:
        """From failed: made running or paused, it comes back to where it was; a reset begins without that."""
        if action != "reset" and arguments.get("state") is None:
            raise Problem(409, "A run that failed is resumed first: make it running or paused, or reset it.")
        self._deaths = Deaths()
        self.link.disconnect()
        if action != "reset":
            self.state, self.detail = State.RECOVERING, None
            self.connect_at(None)

    def _not_loaded(self, error: BaseException) -> None:
        if self._snapshot and not self.deleted:  # without one it is being made: who makes it hears of it
            self.fail(f"It could not be brought back: {error}")

    @property
    def cleared(self) -> bool:
        """Whether, alone in a worker, it got past the place where the last one died, or has done all it was asked."""
        if self.state is State.RECOVERING or self.link.asked or self.frames.waiting:
            return False
        return self.state not in TRAINING or (self.series, self.epoch, self.batch) > self._died_at

    def connect_at(self, place: int | None) -> None:
        """Goes on from its newest snapshot at a place; None: the one with the least to do."""
        self.link.disconnect()
        self.link.connect(place)
        self.link.working(self.state in TRAINING)
        self.frames.repeat()

    def lost_worker(self, alone: bool) -> None:
        """Its worker died, in which it was `alone` or not. A run that was doing something goes on from its snapshot in
        another, unless it is the one that workers die of. One at rest is no suspect: it is brought back when needed."""
        self.link.lost()
        self._held = None
        if self.state not in TRAINING and not self.link.waiting and not self.frames.waiting:
            self.frames.repeat()
            return
        snapshot = self._snapshot
        self._deaths.note(
            (snapshot.series, snapshot.epoch, snapshot.batch) if snapshot else (0, 0, 0), alone, time.monotonic()
        )
        self._died_at = (self.series, self.epoch, self.batch)
        if self._deaths.proven:
            self.fail(f"Its worker died {MAX_DEATHS} times while this run was alone in it.")
            return
        if self.state in TRAINING:
            self.state = State.RECOVERING
            self._turn_face()
        if self._deaths.suspicious:
            self.link.park()
            self._suspects.add(self)
        else:
            self.connect_at(None)

    def fail(self, detail: str) -> None:
        """Ends the run as failed. Its worker lets go of it; its owner may resume it from its newest snapshot."""
        log.error("The run %s failed: %s", self.id, detail)
        self._suspects.drop(self)
        self.link.disconnect()
        self.state, self.detail = State.FAILED, detail
        self.link.fail(Problem(500, detail))
        if self._snapshot:
            self._snapshot = replace(self._snapshot, playing=False, goals=())
            self._save(soon=True)
        self._turn_face()

    def handle(self, report: Report) -> None:
        """Takes in what the worker says."""
        if self.deleted:
            return
        match report:
            case Progress():
                self._progress(report)
            case Answer():
                self.link.answered(report, self.ledger.saved)
            case FrameReport():
                self.frames.handle(report)
            case Failure():
                self.fail(report.detail)

    def _progress(self, report: Progress) -> None:
        before = self._look()
        anew = report.series != self.series
        if anew:
            self.series = report.series
            self.ledger.begin_anew()
        self.ledger.add(report.first, report.rows, report.kept)
        self.epoch, self.batch, self._latest = report.epoch, report.batch, report.latest
        self.member_count = report.member_count
        if self.state is not State.FAILED or anew:
            self.state, self.detail = report.state, report.detail
        changed = self._look() != before
        if report.snapshot:
            changed = self._take(report.snapshot) or changed
            self._save(soon=changed or self.link.waiting)
        if changed:
            self.link.working(self.state in TRAINING)
            if self.ledger.saved is None or self.ledger.saved.done():
                self._turn_face()
            else:
                self.ledger.saved.add_done_callback(lambda _: self._turn_face())
        self.listeners.wake()

    def _hold_or_go_on(self) -> None:
        """Without a store to write to, what is learnt must not fill the memory: then the run waits."""
        full = self._store.failure is not None and self.ledger.unsaved_bytes > MAX_UNSAVED_BYTES
        if full != bool(self._held) and self.state in (TRAINING if full else State):
            self._held = f"It waits until it can be stored. {self._store.failure}" if full else None
            self.link.hold(full)
            self._turn_face()

    def _look(self) -> tuple[object, ...]:
        """What viewers are told when it changes; of a running run the place is told by its metrics and frames."""
        place = None if self.state in TRAINING else (self.epoch, self.batch)
        return self.state, self.detail, self.series, place

    def _turn_face(self) -> None:
        self.face += 1
        self.listeners.wake()

    def _take(self, snapshot: Snapshot) -> bool:
        """Takes a snapshot on. Returns whether the config or the changes are others now."""
        before = self.config, self.changes
        self.config = snapshot.config or self.config
        if snapshot.changes is not None:
            standing, following = snapshot.changes
            self.changes = [*self.changes[:standing], *following]
        self._snapshot = replace(snapshot, config=self.config, changes=(0, self.changes))
        return before[0] is not self.config or before[1] is not self.changes

    def _save(self, soon: bool) -> None:
        """Stores the run as it is in its snapshot, with the metrics and weights that are not stored yet."""
        assert self._snapshot is not None
        record = renewed(self._record, self._snapshot, self.state, self.detail, self.member_count)
        self.ledger.save(record, soon)

"""One run as the server knows it: its state, the commands that change it, and what its worker says of it."""

import asyncio
import json
import logging
import time
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from app.errors import Conflict, Failed, NotFound
from app.inspections.sizes import Shape
from app.protocol.encoding import joined
from app.protocol.metrics import latest
from app.protocol.orders import Checkpoint, Command, Load, Reset, SetTraining, State, TakeStep, Trainers
from app.protocol.reports import Answer, Failure, FrameReport, Progress, Report
from app.runs.checkpoints import checkpoint_of, updated_record
from app.runs.derived import derived_of
from app.runs.frames import Frames
from app.runs.listeners import Listeners
from app.runs.quarantine import MAX_DEATHS, Quarantine, WorkerDeaths
from app.runs.recorder import Recorder
from app.runs.worker_connection import WorkerConnection
from app.settings import Settings
from app.storage.database import Database
from app.storage.labels import Label
from app.storage.rows import RunRecord

log = logging.getLogger(__name__)

TRAINING = (State.RUNNING, State.RECOVERING)
ENDED = (State.FINISHED, State.DIVERGED, State.FAILED)

# The Run and the messages of its stream carry so many changes; all are at an address of their own.
NEWEST_CHANGES = 50

# While the database fails, a run trains on until so much of it waits in memory to be stored.
MAX_UNSAVED_BYTES = 1_000_000


class Session:
    """A run. What a worker reports is taken in at once; a command is answered when its checkpoint is committed."""

    def __init__(
        self, record: RunRecord, trainers: Trainers, database: Database, quarantine: Quarantine, settings: Settings
    ) -> None:
        self._record = record
        self.id = record.id
        self.owner = record.owner
        self.created_at = record.created_at
        self.config = record.config
        self.rules = record.rules
        self.arithmetic = record.arithmetic
        self.changes = record.changes
        self.state = State(record.state)
        self.detail = record.detail
        self.member_count = record.member_count
        self.epoch = record.epoch
        self.batch = record.batch
        self.series = record.series
        self.label = Label()
        self.replaced_by: str | None = None
        self.recorder = Recorder(record, database, self._apply_backpressure)
        self.connection = WorkerConnection(self.id, trainers, self._load, self._not_loaded)
        self.frames = Frames(self.id, self.connection.frame, self.connection.withdraw)
        self.listeners = Listeners()
        self.version = 0
        self.viewers = 0
        self.used = time.monotonic()
        self.deleted = False
        self.closing: str | None = None
        self._database = database
        self._settings = settings
        self._checkpoint: Checkpoint | None = None
        self._latest: bytes | None = None
        self._waiting_for_storage: str | None = None
        self._quarantine = quarantine
        self._deaths = WorkerDeaths()
        self._died_at = (-1, -1, -1)

    @classmethod
    async def restored(
        cls, record: RunRecord, trainers: Trainers, database: Database, quarantine: Quarantine, settings: Settings
    ) -> "Session":
        """A run as the database has it; one that was training goes on."""
        session = cls(record, trainers, database, quarantine, settings)
        await session.recorder.restore()
        session.label, session.replaced_by = await database.label_and_successor(record.number, record.id)
        session._checkpoint = checkpoint_of(record)
        if session.state in TRAINING:
            session.state = State.RECOVERING
            session.connect_at(None)
        return session

    # ---- what it is

    def describe(self) -> dict[str, Any]:
        """The Run of the API without its config."""
        return {
            "id": self.id,
            **asdict(self.label),
            "replaced_by": self.replaced_by,
            "state": self.state,
            "epoch": self.epoch,
            "batch": self.batch,
            "derived": self.derived,
            "rules": self.rules,
            "arithmetic": self.arithmetic,
            "member_count": self.member_count,
            "metrics": latest(self._latest or self.recorder.history.newest),
            "recorded_epochs": self.recorder.recorded_epochs,
            "changes": self.changes[-NEWEST_CHANGES:],
            "changes_count": len(self.changes),
            "created_at": datetime.fromtimestamp(self.created_at, UTC).isoformat().replace("+00:00", "Z"),
            "detail": self._waiting_for_storage or self.detail,
            "series": self.series,
        }

    def text(self, **more: Any) -> str:
        """The Run as JSON, with the fields that only this caller gets."""
        others = json.dumps(self.describe() | more, separators=(",", ":"), allow_nan=False)
        return joined(others, f'{{"config":{self.config.as_json}}}')

    @cached_property
    def derived(self) -> dict[str, Any]:
        """What follows from the config; no live change alters it."""
        return derived_of(self.config)

    @cached_property
    def shape(self) -> Shape:
        """The sizes of its network and data."""
        return Shape.of(self.config)

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

    def set_label(self, *, label: Label, replaced_by: str | None) -> None:
        """Takes on what its owner says of it, and tells the viewers. Who calls this writes the database."""
        self.label, self.replaced_by = label, replaced_by
        self._publish()

    # ---- commands and questions

    async def create(self) -> None:
        """Builds the run in a worker; returns when it is stored."""
        await self.connection.connect()

    async def command(self, command: Command) -> None:
        """Changes the run; returns when the change is committed, a step once it has been taken."""
        self._use()
        if self.state is State.FAILED:
            self._resume(command)
        if self.state not in TRAINING and isinstance(command, SetTraining | TakeStep) and self.connection.crowded:
            self.connect_at(None)  # at rest, its newest checkpoint is all there is of it
        await self.connection.command(command)

    async def query(self, inspection: str, **arguments: Any) -> bytes:
        """The answer of an inspection in JSON, from its worker; LimitReached where too many wait for theirs."""
        self._use()
        answer: bytes = await self.connection.query(inspection, arguments)
        return answer

    def _use(self) -> None:
        if self.deleted:
            raise NotFound("The run was deleted.")
        self.used = time.monotonic()

    def idle_since(self, moment: float) -> bool:
        """Whether nobody has asked for it since, nobody watches, and everything of it is stored."""
        busy = self.viewers or self.connection.waiting or self.state in TRAINING
        return self.used < moment and not busy and not self.deleted and self.recorder.settled

    def delete(self) -> asyncio.Future[None]:
        """Ends the run for good."""
        self.deleted = True
        self._quarantine.remove(self)
        self.connection.disconnect()
        self.connection.fail(NotFound("The run was deleted."))
        self.close("the run was deleted")
        return self.recorder.delete()

    def close(self, reason: str) -> None:
        """Tells every viewer, and whoever waits for the end, that there is nothing more to come."""
        self.closing = reason
        self.listeners.wake()

    # ---- its worker

    def _load(self, ticket: int) -> Load:
        recorded = 0 if self.state is State.FAILED else max(0, self.recorder.history.last)
        return Load(
            run=self.id,
            ticket=ticket,
            config=self.config.as_json,
            rules=self.rules,
            max_epochs=self._settings.max_epochs,
            max_changes=self._settings.max_changes,
            checkpoint=self._checkpoint,
            recorded=recorded,
        )

    def _resume(self, command: Command) -> None:
        """From failed: made running or paused, it comes back to where it was; a reset begins without that."""
        resumed = isinstance(command, SetTraining) and command.state is not None
        if not resumed and not isinstance(command, Reset):
            raise Conflict("A run that failed is resumed first: make it running or paused, or reset it.")
        self._deaths = WorkerDeaths()
        self.connection.disconnect()
        if resumed:
            self.state, self.detail = State.RECOVERING, None
            self.connect_at(None)

    def _not_loaded(self, error: BaseException) -> None:
        if self._checkpoint and not self.deleted:  # without one it is being made: who makes it hears of it
            self.fail(f"It could not be brought back: {error}")

    @property
    def cleared(self) -> bool:
        """Whether, alone in a worker, it got past the place where the last one died, or has done all it was asked."""
        if self.state is State.RECOVERING or self.connection.has_queries or self.frames.waiting:
            return False
        return self.state not in TRAINING or (self.series, self.epoch, self.batch) > self._died_at

    def connect_at(self, place: int | None) -> None:
        """Goes on from its newest checkpoint at a place; None: the one with the least to do."""
        self.connection.disconnect()
        self.connection.connect(place)
        self.connection.working(self.state in TRAINING)
        self.frames.repeat()

    def lost_worker(self, alone: bool) -> None:
        """Handles the death of its worker; `alone`: no other run was in it. An active run resumes from its checkpoint
        in another worker, unless it is the one that kills them. A run at rest is loaded again when it is needed."""
        self.connection.lost()
        self._waiting_for_storage = None
        if self.state not in TRAINING and not self.connection.waiting and not self.frames.waiting:
            self.frames.repeat()
            return
        checkpoint = self._checkpoint
        self._deaths.record(
            (checkpoint.series, checkpoint.epoch, checkpoint.batch) if checkpoint else (0, 0, 0),
            alone,
            time.monotonic(),
        )
        self._died_at = (self.series, self.epoch, self.batch)
        if self._deaths.proven:
            self.fail(f"Its worker died {MAX_DEATHS} times while this run was alone in it.")
            return
        if self.state in TRAINING:
            self.state = State.RECOVERING
            self._publish()
        if self._deaths.suspicious:
            self.connection.park()
            self._quarantine.add(self)
        else:
            self.connect_at(None)

    def fail(self, detail: str) -> None:
        """Ends the run as failed. Its worker lets go of it; its owner may resume it from its newest checkpoint."""
        log.error("The run %s failed: %s", self.id, detail)
        self._quarantine.remove(self)
        self.connection.disconnect()
        self.state, self.detail = State.FAILED, detail
        self.connection.fail(Failed(detail))
        if self._checkpoint:
            self._checkpoint = replace(self._checkpoint, playing=False, goals=())
            self._save(soon=True)
        self._publish()

    def handle(self, report: Report) -> None:
        """Takes in what the worker says."""
        if self.deleted:
            return
        match report:
            case Progress():
                self._progress(report)
            case Answer():
                self.connection.answered(report, self.recorder.saved)
            case FrameReport():
                self.frames.handle(report)
            case Failure():
                self.fail(report.detail)

    def _progress(self, report: Progress) -> None:
        before = self._visible_state()
        was_reset = report.series != self.series
        if was_reset:
            self.series = report.series
            self.recorder.reset()
        self.recorder.add(report.first, report.rows, report.weights)
        self.epoch, self.batch, self._latest = report.epoch, report.batch, report.latest
        self.member_count, self.arithmetic = report.member_count, report.arithmetic
        if self.state is not State.FAILED or was_reset:
            self.state, self.detail = report.state, report.detail
        changed = self._visible_state() != before
        if report.checkpoint:
            changed = self._apply_checkpoint(report.checkpoint) or changed
            self._save(soon=changed or self.connection.waiting)
        if changed:
            self.connection.working(self.state in TRAINING)
            if self.recorder.saved is None or self.recorder.saved.done():
                self._publish()
            else:
                self.recorder.saved.add_done_callback(lambda _: self._publish())
        self.listeners.wake()

    def _apply_backpressure(self) -> None:
        """Without a database to write to, what is learnt must not fill the memory: then the run waits."""
        full = self._database.failure is not None and self.recorder.unsaved_bytes > MAX_UNSAVED_BYTES
        if full != bool(self._waiting_for_storage) and self.state in (TRAINING if full else State):
            self._waiting_for_storage = f"It waits until it can be stored. {self._database.failure}" if full else None
            self.connection.hold(full)
            self._publish()

    def _visible_state(self) -> tuple[object, ...]:
        """What viewers get a state message for. While a run trains, metrics and frames carry its place."""
        place = None if self.state in TRAINING else (self.epoch, self.batch)
        return self.state, self.detail, self.series, place

    def _publish(self) -> None:
        self.version += 1
        self.listeners.wake()

    def _apply_checkpoint(self, checkpoint: Checkpoint) -> bool:
        """Takes a checkpoint on. Returns whether the config or the changes are others now."""
        before = self.config, self.changes
        if checkpoint.settings is not None:
            self.config = self.config.replaced(**checkpoint.settings)
        if checkpoint.changes is not None:
            standing, following = checkpoint.changes
            self.changes = [*self.changes[:standing], *following]
        self._checkpoint = replace(checkpoint, settings=None, changes=(0, self.changes))
        return before[0] is not self.config or before[1] is not self.changes

    def _save(self, soon: bool) -> None:
        """Stores the run as it is in its checkpoint, with the metrics and weights that are not stored yet."""
        assert self._checkpoint is not None
        record = updated_record(
            replace(self._record, config=self.config, arithmetic=self.arithmetic, member_count=self.member_count),
            self._checkpoint,
            self.state,
            self.detail,
        )
        self.recorder.save(record, soon)

"""One run in the server: its state, the commands that change it, and the reports of its worker."""

import asyncio
import logging
import time
from functools import cached_property
from typing import Any

from app.errors import Conflict, Failed, NotFound
from app.inspections.sizes import Shape
from app.protocol.orders import Command, Load, Reset, SetTraining, State, TakeStep, Trainers
from app.protocol.reports import Answer, Failure, FrameReport, Progress, Report
from app.runs.checkpoints import Checkpoints
from app.runs.crash_recovery import MAX_DEATHS, Quarantine, WorkerDeaths
from app.runs.frames import Frames
from app.runs.listeners import Listeners
from app.runs.recorder import Recorder
from app.runs.storage_backlog import StorageBacklog
from app.runs.tables import StoredTable
from app.runs.worker_connection import WorkerConnection
from app.settings import Settings
from app.storage.database import Database
from app.storage.labels import Label
from app.storage.rows import RunRecord
from engine.config import RunConfig

log = logging.getLogger(__name__)

TRAINING = (State.RUNNING, State.RECOVERING)
ENDED = (State.FINISHED, State.DIVERGED, State.FAILED)


class Session:
    """A run. Reports of its worker apply at once; a command is answered when its checkpoint is committed.

    `number` follows the order in which runs were made, `version` counts the states that viewers get a message for,
    `measured` is the newest row of metrics, `table` the one that its config names, set before it is loaded.
    """

    def __init__(
        self, record: RunRecord, trainers: Trainers, database: Database, quarantine: Quarantine, settings: Settings
    ) -> None:
        self.id = record.id
        self.number = record.number
        self.owner = record.owner
        self.created_at = record.created_at
        self.state = State(record.state)
        self.member_count = record.member_count
        self.rules, self.arithmetic = record.rules, record.arithmetic
        self.series, self.epoch, self.batch = record.series, record.epoch, record.batch
        self.table: StoredTable | None = None
        self.label = Label()
        self.replaced_by: str | None = None
        self.recorder = Recorder(record, database, settings.max_metrics_rows, self._on_write_done)
        self.connection = WorkerConnection(self.id, trainers, self._load, self._not_loaded)
        self.frames = Frames(self.id, self.connection.frame, self.connection.withdraw)
        self.listeners = Listeners()
        self.version = 0
        self.viewers = 0
        self.used = time.monotonic()
        self.deleted = False
        self.closing: str | None = None
        self._checkpoints = Checkpoints(record)
        self._storage_backlog = StorageBacklog(database, self.connection.hold, self._publish)
        self._database, self._settings = database, settings
        self._detail = record.detail
        self.measured: bytes | None = None
        self._quarantine = quarantine
        self._deaths = WorkerDeaths()

    async def restore(self) -> None:
        """Reads what the database has of it; a run that was training continues."""
        await self.recorder.restore()
        self.label, self.replaced_by = await self._database.label_and_successor(self.number, self.id)
        self._checkpoints.restore()
        if self.state in TRAINING:
            self.state = State.RECOVERING
            self.connect_at(None)

    # ---- state

    @property
    def config(self) -> RunConfig:
        """The present config, live changes included."""
        return self._checkpoints.config

    @property
    def changes(self) -> list[dict[str, Any]]:
        """The live changes, oldest first."""
        return self._checkpoints.changes

    @property
    def detail(self) -> str | None:
        """Why it ended or waits, in words."""
        return self._storage_backlog.reason or self._detail

    @cached_property
    def shape(self) -> Shape:
        """The sizes of its network and data, which no live change alters."""
        return Shape.of(self.config)

    @property
    def in_use(self) -> bool:
        """Whether it trains or is watched."""
        return self.viewers > 0 or self.state in TRAINING

    @property
    def _position(self) -> tuple[int, int, int]:
        return self.series, self.epoch, self.batch

    def idle_since(self, moment: float) -> bool:
        """Whether there was no request since then, there is no viewer, and everything of it is stored."""
        busy = self.in_use or self.connection.waiting or self.deleted
        return self.used < moment and not busy and self.recorder.settled

    async def wait_for_end(self, seconds: float) -> None:
        """Returns when the run cannot train any more, or after so many seconds."""
        await self.listeners.wait_until(lambda: self.state in ENDED or self.closing is not None, seconds)

    # ---- commands and inspections

    async def create(self) -> None:
        """Builds the run in a worker; returns when it is stored."""
        await self.connection.connect()

    async def command(self, command: Command) -> None:
        """Changes the run; returns when the change is committed, a step once it has been taken."""
        self._use()
        if self.state is State.FAILED:
            self._resume(command)
        if self.state not in TRAINING and isinstance(command, SetTraining | TakeStep) and self.connection.crowded:
            self.connect_at(None)  # a run at rest equals its newest checkpoint: moving it loses nothing
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

    def set_label(self, *, label: Label, replaced_by: str | None) -> None:
        """Shows viewers what the owner wrote; the caller stores it."""
        self.label, self.replaced_by = label, replaced_by
        self._publish()

    def delete(self) -> asyncio.Future[None]:
        """Deletes the run; the future is done when that is committed."""
        self.deleted, self.table = True, None
        self._quarantine.remove(self)
        self.connection.disconnect()
        self.connection.fail(NotFound("The run was deleted."))
        self.close("the run was deleted")
        return self.recorder.delete()

    def close(self, reason: str) -> None:
        """Ends its streams, and the waits for its end."""
        self.closing = reason
        self.listeners.wake()

    # ---- its worker

    def connect_at(self, place: int | None) -> None:
        """Resumes from the newest checkpoint at a place; None: the one with the least to do."""
        self.connection.disconnect()
        self.connection.connect(place)
        self.connection.working(self.state in TRAINING)
        self.frames.repeat()

    def _load(self, ticket: int) -> Load:
        recorded = 0 if self.state is State.FAILED else max(0, self.recorder.history.last)
        return Load(
            run=self.id,
            ticket=ticket,
            config=self.config.stored,
            rules=self.rules,
            max_epochs=self._settings.max_epochs,
            max_changes=self._settings.max_changes,
            checkpoint=self._checkpoints.newest,
            recorded=recorded,
            table=self.table.sent if self.table else None,
        )

    def _not_loaded(self, error: BaseException) -> None:
        if self._checkpoints.newest and not self.deleted:  # without a checkpoint, `create` raises the error
            self.fail(f"It could not be loaded: {error}")

    def _resume(self, command: Command) -> None:
        """A failed run is replayed to its last epoch when it is made running or paused; a reset does not need that."""
        resumed = isinstance(command, SetTraining) and command.state is not None
        if not resumed and not isinstance(command, Reset):
            raise Conflict("This run failed: make it running or paused first, or reset it.")
        self._deaths = WorkerDeaths()
        self.connection.disconnect()
        if resumed:
            self.state, self._detail = State.RECOVERING, None
            self.connect_at(None)

    def lost_worker(self, alone: bool) -> None:
        """Handles the death of its worker; `alone`: no other run was in it.

        A run that trains resumes from its checkpoint in another worker, or alone in one if it may be what kills them.
        A run at rest is loaded again when it is needed.
        """
        self.connection.lost()
        self._storage_backlog.forget()
        if self.state not in TRAINING and not self.connection.waiting and not self.frames.waiting:
            self.frames.repeat()
            return
        self._deaths.record(self._checkpoints.position, self._position, alone, time.monotonic())
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

    @property
    def cleared(self) -> bool:
        """Whether it has passed the position at which its last worker died, or has nothing left to do."""
        if self.state is State.RECOVERING or self.connection.has_queries or self.frames.waiting:
            return False
        return self.state not in TRAINING or self._deaths.passed(self._position)

    def fail(self, detail: str) -> None:
        """Ends the run as failed and unloads it; its owner may resume it from its newest checkpoint."""
        log.error("The run %s failed: %s", self.id, detail)
        self._quarantine.remove(self)
        self.connection.disconnect()
        self.state, self._detail = State.FAILED, detail
        self.connection.fail(Failed(detail))
        if self._checkpoints.newest:
            self._checkpoints.pause()
            self._save(soon=True)
        self._publish()

    # ---- reports

    def handle(self, report: Report) -> None:
        """Applies a report of its worker."""
        if self.deleted:
            return
        match report:
            case Progress():
                self._apply(report)
            case Answer():
                self.connection.answered(report, self.recorder.saved)
            case FrameReport():
                self.frames.handle(report)
            case Failure():
                self.fail(report.detail)

    def _apply(self, report: Progress) -> None:
        before = self._visible_state()
        was_reset = report.series != self.series
        if was_reset:
            self.series = report.series
            self.recorder.reset()
        self.recorder.add(report.first, report.rows, report.weights)
        self.epoch, self.batch, self.measured = report.epoch, report.batch, report.latest
        self.member_count, self.arithmetic = report.member_count, report.arithmetic
        if self.state is not State.FAILED or was_reset:
            self.state, self._detail = report.state, report.detail
        changed = self._visible_state() != before
        if report.checkpoint:
            changed = self._checkpoints.apply(report.checkpoint) or changed
            self._save(soon=changed or self.connection.waiting)
        if changed:
            self.connection.working(self.state in TRAINING)
            self.recorder.when_saved(self._publish)
        self.listeners.wake()

    def _visible_state(self) -> tuple[object, ...]:
        """What viewers get a state message for. While a run trains, metrics and frames carry its position."""
        place = None if self.state in TRAINING else (self.epoch, self.batch)
        return self.state, self._detail, self.series, place

    def _publish(self) -> None:
        self.version += 1
        self.listeners.wake()

    def _save(self, soon: bool) -> None:
        """Stores the newest checkpoint, with the metrics and weights that are not stored yet."""
        record = self._checkpoints.record(self.state, self._detail, self.member_count, self.arithmetic)
        self.recorder.save(record, soon)

    def _on_write_done(self) -> None:
        self._storage_backlog.update(self.recorder.unsaved_bytes, self.state in TRAINING)

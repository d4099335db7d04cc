"""A run in the memory of a worker: its trainer, what it was told to do, and what it has to report."""

from __future__ import annotations

import math
from array import array
from collections import deque
from typing import Any

from app.errors import Conflict, ErrorItem, rejected
from app.protocol import encoding, recorded_weights
from app.protocol.changes import Change, merged, place_of, standing_cuts
from app.protocol.metrics import COLUMNS
from app.protocol.orders import Checkpoint, Command, FrameReport, Goal, Load, Progress, State, View
from app.workers.pending_steps import Steps
from engine.config import RunConfig, TrainingChange, WeightChange
from engine.inspection import probe
from engine.pieces import Pieces
from engine.training.evaluation import Metrics
from engine.training.trainer import Trainer


def row_bytes(metrics: Metrics) -> bytes:
    """One epoch as (members, 6) float64."""
    members = zip(*(getattr(metrics, name) for name in COLUMNS), strict=True)
    return array("d", [math.nan if x is None else x for member in members for x in member]).tobytes()


class LiveRun:
    """Trains in short slices; knows nothing of other runs, of pipes or of the clock."""

    def __init__(self, order: Load) -> None:
        self.id = order.run
        self.trainer = Trainer(RunConfig.model_validate_json(order.config))
        self.max_epochs = order.max_epochs
        self.max_changes = order.max_changes
        self.replay_to = order.recorded
        self.deferred: deque[Command] = deque()
        self.held = False
        self.training = False
        self.version = 0
        self.views: dict[View, int] = {}
        self._rested = (-1, b"")
        self._seconds_per_batch = 1e-3
        self._weights_size = self.trainer.parameters.nbytes
        if saved := order.checkpoint:
            meta, arrays = encoding.unpack(saved.trainer)
            meta["config"] = self.trainer.config
            self.trainer.restore({"arrays": arrays, "meta": meta})
            self.playing, self.steps, self.series = saved.playing, Steps(saved.goals, saved.steps), saved.series
            self.changes = list(saved.changes[1]) if saved.changes else []
            self._changes_told: int | None = None
            self._restart_rows(self.trainer.epoch + 1)
        else:
            self.playing, self.steps, self.series = False, Steps(), 0
            self.changes = []
            self._changes_told = 0
            self._restart_rows(0)
            self._record()
        self._config_told = self.trainer.config
        self.decide()

    # ---- what it is doing

    @property
    def replaying(self) -> bool:
        return self.trainer.epoch < self.replay_to and self.halted is None

    @property
    def halted(self) -> State | None:
        """Why it cannot train, if so."""
        if self.trainer.halted:
            return State(self.trainer.halted)
        unlimited = self.trainer.config.training.max_epochs is None
        return State.FINISHED if unlimited and self.trainer.epoch >= self.max_epochs else None

    @property
    def state(self) -> State:
        if self.halted:
            return self.halted
        if self.replaying:
            return State.RECOVERING
        return State.RUNNING if self.playing or self.steps else State.PAUSED

    @property
    def detail(self) -> str | None:
        if self.trainer.detail or not self.halted:
            return self.trainer.detail
        return f"reached this server's limit of {self.max_epochs:,} epochs (DESCENT_MAX_EPOCHS)"

    def decide(self) -> None:
        """Whether it trains, and at most so many epochs a second: steps and replays go as fast as they can.

        To be called after whatever may change that; the worker looks at the two far more often than they change.
        """
        self.training = self.state in (State.RUNNING, State.RECOVERING) and not self.held
        self.pace = None if self.steps or self.replaying else self.trainer.config.training.pace

    # ---- training

    def train(self, seconds: float) -> tuple[int, bool]:
        """Trains for about so long, and not past an epoch's end. Returns mini-batches done, whether an epoch was."""
        trainer = self.trainer
        batches = max(1, int(seconds / self._seconds_per_batch))
        if self.steps and trainer.epoch == self.steps.goals[0].epoch:
            batches = min(batches, self.steps.goals[0].batch - trainer.batch)
        before = trainer.batch
        completed = trainer.advance(batches)
        self.version += 1
        done = trainer.batches_per_epoch - before if completed else trainer.batch - before
        if completed:
            self._record()
        if completed or not done:
            self.decide()
        return done, completed

    def took(self, batches: int, seconds: float) -> None:
        """Learns how long a mini-batch takes, for the length of the next slice."""
        if batches > 0:
            self._seconds_per_batch += 0.2 * (max(seconds / batches, 1e-7) - self._seconds_per_batch)

    def reached(self) -> list[Goal]:
        """Takes away the goals that are behind it, or out of reach."""
        done = self.steps.reached(self.position, self.halted is not None)
        if done:
            self.decide()
        return done

    @property
    def position(self) -> tuple[int, int]:
        return self.trainer.epoch, self.trainer.batch

    def _restart_rows(self, first: int) -> None:
        self._first = first
        self._rows = bytearray()
        self._kept: list[tuple[int, bytes]] = []

    def _record(self) -> None:
        epoch = self.trainer.epoch
        self._rows += row_bytes(self.trainer.metrics)
        if epoch % recorded_weights.stride(epoch, self._weights_size) == 0:
            self._kept.append((epoch, self.trainer.parameters.tobytes()))

    # ---- commands

    def set(self, training: dict[str, Any] | None, state: State | None) -> list[int]:
        """Changes the training and the state. Returns the tickets of the steps that this ended."""
        if training is not None:
            note = self._check_room({"training": training})
            self.trainer.change(TrainingChange.model_validate(training))
            self._note(note)
            self.decide()
        if state is None:
            return []
        if self.halted or state not in (State.PAUSED, State.RUNNING):
            if state == self.state:
                return []
            raise Conflict(f"A run that is {self.state} cannot be made {state}; {self._way_out()}.")
        self.playing = state == State.RUNNING
        return self._dropped_steps()

    def _way_out(self) -> str:
        match self.halted:
            case State.FINISHED:
                return "raise training.max_epochs or loosen training.stop, or reset it"
            case State.DIVERGED:
                return "reset it, or edit the weights that are not finite"
            case _:
                return "use paused or running"

    def step(
        self, ticket: int, epochs: int | None, batches: int | None, to_epoch: int | None, key: str | None = None
    ) -> None:
        """Sets a goal: epochs to complete, mini-batches to train, or an epoch to reach; then it is paused.

        A step whose key is known was taken, or is on its way: this one only waits for it.
        """
        asked = f"{epochs} {batches} {to_epoch}"
        if self.steps.repeated(key, asked):
            last = self.steps.goals[-1] if self.steps else None
            self.steps.add(Goal(ticket, last.epoch, last.batch) if last else Goal(ticket, *self.position), None, asked)
            return
        end = self.steps.end_of(self.position, self.trainer.batches_per_epoch, epochs, batches, to_epoch)
        if self.halted and end > self.position:
            raise Conflict(f"A run that is {self.halted} cannot take a step; {self._way_out()}.")
        self.playing = False
        self.steps.add(Goal(ticket, *end), key, asked)
        self.decide()

    def reset(self, seed: int | None) -> list[int]:
        """Back to epoch 0 with the current settings and cuts, paused; a new series of metrics begins."""
        self.trainer.reset(seed)
        self.version += 1
        self.playing = False
        self.series += 1
        self.replay_to = 0
        self.changes = standing_cuts(self.changes)
        self._changes_told = 0
        self._restart_rows(0)
        self._record()
        return self._dropped_steps()

    def edit(self, change: dict[str, Any]) -> list[int]:
        """Edits weights, cuts and restores links. A halted run that this brings back is paused."""
        note = self._check_room(change)
        self.playing = self.playing and not self.halted
        self.trainer.edit(WeightChange.model_validate(change))
        self.version += 1
        self._note(note)
        self.decide()
        return []

    def _dropped_steps(self) -> list[int]:
        tickets = self.steps.drop()
        self.decide()
        return tickets

    def _check_room(self, change: dict[str, Any]) -> Change:
        """The change with its place; InvalidArgument where the list of them is full."""
        note = {"epoch": self.trainer.epoch, "batch": self.trainer.batch, **change}
        if len(self.changes) >= self.max_changes and place_of(self.changes, note) is None:
            message = (
                f"this run lists {len(self.changes):,} live changes, as many as this server keeps of one "
                "(DESCENT_MAX_CHANGES); reset it, or begin a new run with these settings"
            )
            raise rejected([ErrorItem(loc=["body"], message=message)])
        return note

    def _note(self, change: Change) -> None:
        """Lists a change, merged with one before it where no batch was trained in between."""
        index = place_of(self.changes, change)
        if index is None:
            index = len(self.changes)
            self.changes.append(change)
        else:
            self.changes[index] = merged(self.changes[index], change)
        self._changes_told = index if self._changes_told is None else min(index, self._changes_told)

    # ---- reports

    @property
    def unreported(self) -> bool:
        return bool(self._rows)

    def progress(self, complete: bool) -> Progress:
        """What happened since the last report, with a checkpoint when `complete`."""
        report = Progress(
            run=self.id,
            series=self.series,
            first=self._first,
            rows=bytes(self._rows),
            latest=self._latest(),
            weights=tuple(self._kept),
            epoch=self.trainer.epoch,
            batch=self.trainer.batch,
            state=self.state,
            detail=self.detail,
            member_count=self.trainer.member_count,
            checkpoint=self._checkpoint() if complete else None,
        )
        self._restart_rows(self.trainer.epoch + 1)
        return report

    def _latest(self) -> bytes:
        """The newest epoch's row; at rest within an epoch, that of the present weights."""
        if self.training or not self.trainer.batch:
            return row_bytes(self.trainer.metrics)
        if self._rested[0] != self.version:
            self._rested = (self.version, row_bytes(self.trainer.measured()))
        return self._rested[1]

    def _checkpoint(self) -> Checkpoint:
        state = self.trainer.state()
        state["meta"].pop("config")  # told apart, and only when it is another
        config, first = self.trainer.config, self._changes_told
        told, self._config_told, self._changes_told = self._config_told, config, None
        return Checkpoint(
            epoch=self.trainer.epoch,
            batch=self.trainer.batch,
            playing=self.playing,
            goals=tuple(self.steps.goals),
            series=self.series,
            trainer=encoding.pack(state["meta"], state["arrays"]),
            settings=None if told is config else config.model_dump(mode="json", include={"training", "seed"}),
            changes=None if first is None else (first, self.changes[first:]),
            steps=self.steps.known,
        )

    def take_due_views(self) -> list[View]:
        """Takes away the views whose frame is wanted and would show something new."""
        due = [view for view, after in self.views.items() if after < self.version]
        for view in due:
            del self.views[view]
        return due

    def frame(self, view: View) -> Pieces[FrameReport]:
        """The frame of a view, made in pieces, as the run is at the first."""
        members = range(self.trainer.member_count)
        shown = [m for m in (members if view.members is None else view.members) if m in members]
        version, (epoch, batch) = self.version, self.position
        arrays = yield from probe.frame_pieces(
            self.trainer, shown, view.resolution, view.unit_resolution, set(view.include), plane=view.plane
        )
        text = None
        if view.text:
            text = yield from encoding.json_text_pieces({}, arrays)
            arrays = {}
        return FrameReport(self.id, view, version, epoch, batch, tuple(shown), arrays, text)

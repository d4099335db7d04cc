"""A run in the memory of a worker: its trainer, the steps and views it was asked for, and its reports."""

from collections import deque

from app.protocol import encoding
from app.protocol.orders import Checkpoint, Command, Goal, Load, MakeFrame, State, View
from app.protocol.reports import FrameReport, Progress
from app.workers.call_size import CallSize
from app.workers.change_list import ChangeList
from app.workers.epoch_buffer import EpochBuffer, row_bytes
from app.workers.pending_steps import Steps
from engine.config import RunConfig
from engine.data.tables import Table
from engine.inspection import maps
from engine.pieces import Pieces
from engine.training.trainer import Trainer


class LiveRun:
    """Trains in short slices; independent of other runs, of pipes and of the clock. `app.workers.commands` change it.

    `training` says whether it trains, `pace` at how many epochs a second at most. `version` counts changes of weights.
    """

    def __init__(self, order: Load, table: Table | None = None) -> None:
        self.id = order.run
        self.trainer = Trainer(RunConfig.from_stored(order.config), rules=order.rules, table=table)
        self.replay_to = order.recorded
        self.deferred: deque[Command] = deque()
        self.suspended = False
        self.version = 0
        self.frame_failed = False
        self.wanted_frames: dict[View, MakeFrame] = {}
        self._max_epochs = order.max_epochs
        self._measured_at_rest = (-1, b"")
        self.call_size = CallSize()
        self._weights_size = self.trainer.parameters.nbytes
        self._sent_config = self.trainer.config
        if saved := order.checkpoint:
            meta, arrays = encoding.unpack(saved.trainer)
            meta["config"] = self.trainer.config
            self.trainer.restore({"arrays": arrays, "meta": meta})
            self.playing, self.steps, self.series = saved.playing, Steps(saved.goals, saved.steps), saved.series
            listed = list(saved.changes[1]) if saved.changes else []
            self.changes = ChangeList(listed, order.max_changes, reported=True)
            self._epochs = EpochBuffer(self.trainer.epoch + 1, self._weights_size)
        else:
            self.playing, self.steps, self.series = False, Steps(), 0
            self.changes = ChangeList([], order.max_changes, reported=False)
            self._record_first_epoch()
        self.refresh_schedule()

    def _record_first_epoch(self) -> None:
        self._epochs = EpochBuffer(0, self._weights_size)
        self._epochs.add(self.trainer, row_bytes(self.trainer.metrics))

    # ---- what it is doing

    @property
    def replaying(self) -> bool:
        return self.trainer.epoch < self.replay_to and self.halted is None

    @property
    def halted(self) -> State | None:
        """The state in which it cannot train, if it is in one."""
        if self.trainer.halted:
            return State(self.trainer.halted)
        unlimited = self.trainer.config.training.max_epochs is None
        return State.FINISHED if unlimited and self.trainer.epoch >= self._max_epochs else None

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
        return f"reached this server's limit of {self._max_epochs:,} epochs (DESCENT_MAX_EPOCHS)"

    @property
    def position(self) -> tuple[int, int]:
        return self.trainer.epoch, self.trainer.batch

    def refresh_schedule(self) -> None:
        """Computes `training` and `pace`; steps and replays have no pace.

        To be called after every change that they depend on: the worker reads them far more often than they change.
        """
        self.training = self.state in (State.RUNNING, State.RECOVERING) and not self.suspended
        self.pace = None if self.steps or self.replaying else self.trainer.config.training.pace

    # ---- training

    def train(self, share: float) -> tuple[float, int]:
        """Trains for about this share of a slice, at most to the next epoch after which something else has to be done.

        Returns the multiply-adds done and the number of epochs completed.
        """
        trainer, cost = self.trainer, self.trainer.work_per_batch
        batches = self.call_size.batches(share, cost)
        if self.steps and trainer.epoch == self.steps.goals[0].epoch:
            batches = min(batches, self.steps.goals[0].batch - trainer.batch)
        epoch, batch = self.position
        rows = trainer.train(batches, self._until())
        self.version += 1
        done = (trainer.epoch - epoch) * trainer.batches_per_epoch + trainer.batch - batch
        if len(rows):
            self._epochs.add(trainer, rows.tobytes())
        if len(rows) or not done or self.halted:  # it may diverge within an epoch
            self.refresh_schedule()
        return done * cost, len(rows)

    def _until(self) -> int:
        """The epoch at which training must pause: its weights are recorded, or a goal, a limit or the time of a paced
        run is reached."""
        epoch = self.trainer.epoch
        ends = [self._epochs.next_kept(epoch)]
        if self.pace:
            return epoch + 1
        if self.steps:
            ends.append(self.steps.goals[0].epoch)
        if self.replaying:
            ends.append(self.replay_to)
        if self.trainer.config.training.max_epochs is None:
            ends.append(self._max_epochs)
        return max(epoch + 1, min(ends))

    def take_reached_goals(self) -> list[Goal]:
        """Removes the goals that are reached, or that a halted run cannot reach."""
        done = self.steps.reached(self.position, self.halted is not None)
        if done:
            self.refresh_schedule()
        return done

    def restart_series(self) -> None:
        """After the trainer was reset: paused at epoch 0, in a new series of metrics. The caller ends the steps."""
        self.version += 1
        self.playing = False
        self.series += 1
        self.replay_to = 0
        self.changes.reset()
        self._record_first_epoch()

    # ---- reports

    @property
    def has_unreported_epochs(self) -> bool:
        return bool(self._epochs)

    def progress(self, complete: bool) -> Progress:
        """What happened since the last report, with a checkpoint when `complete`."""
        first, rows, weights = self._epochs.take(self.trainer.epoch + 1)
        return Progress(
            run=self.id,
            series=self.series,
            first=first,
            rows=rows,
            latest=self._latest(),
            weights=weights,
            epoch=self.trainer.epoch,
            batch=self.trainer.batch,
            state=self.state,
            detail=self.detail,
            member_count=self.trainer.member_count,
            arithmetic=self.trainer.arithmetic,
            checkpoint=self._checkpoint() if complete else None,
        )

    def _latest(self) -> bytes:
        """The newest epoch's row; at rest within an epoch, that of the present weights."""
        if self.training or not self.trainer.batch:
            return row_bytes(self.trainer.metrics)
        if self._measured_at_rest[0] != self.version:
            self._measured_at_rest = (self.version, row_bytes(self.trainer.measured()))
        return self._measured_at_rest[1]

    def _checkpoint(self) -> Checkpoint:
        state = self.trainer.state()
        state["meta"].pop("config")  # it is a field of its own, sent only when it has changed
        config = self.trainer.config
        same, self._sent_config = config is self._sent_config, config
        return Checkpoint(
            epoch=self.trainer.epoch,
            batch=self.trainer.batch,
            playing=self.playing,
            goals=tuple(self.steps.goals),
            series=self.series,
            trainer=encoding.pack(state["meta"], state["arrays"]),
            settings=None if same else config.model_dump(mode="json", include={"training", "seed"}),
            changes=self.changes.take_unreported(),
            steps=self.steps.known,
        )

    # ---- frames

    def take_due_frames(self) -> list[MakeFrame]:
        """Removes and returns the orders of frames that would show something new."""
        due = [order for order in self.wanted_frames.values() if order.after < self.version]
        for order in due:
            del self.wanted_frames[order.view]
        return due

    def frame(self, order: MakeFrame) -> Pieces[FrameReport]:
        """The frame as the stream sends it, computed in pieces from the weights at the first of them."""
        view = order.view
        members = range(self.trainer.member_count)
        shown = [m for m in (members if view.members is None else view.members) if m in members]
        version, (epoch, batch) = self.version, self.position
        arrays = yield from maps.frame_pieces(
            self.trainer, shown, view.resolution, view.unit_resolution, set(view.include), plane=view.plane
        )
        message = {"type": "frame", "seq": order.seq, "epoch": epoch, "batch": batch, "members": shown}
        payload: str | bytes
        if view.text:
            payload = yield from encoding.json_text_pieces(message, arrays)
        else:
            payload = encoding.pack(message, arrays)
        return FrameReport(self.id, order.seq, version, payload)

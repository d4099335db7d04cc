"""What a run is resumed from: its newest checkpoint, complete with config and changes, and the record stored of it."""

from dataclasses import replace

from app.protocol.orders import Checkpoint, Goal, State
from app.storage.rows import RunRecord


class Checkpoints:
    """The newest checkpoint of a run, None until the run is stored; its config and its changes."""

    def __init__(self, record: RunRecord) -> None:
        self.newest: Checkpoint | None = None
        self.config = record.config
        self.changes = record.changes
        self._record = record

    def restore(self) -> None:
        """Resumes from the record. No client waits any more for the steps that had begun."""
        record = self._record
        self.newest = Checkpoint(
            epoch=record.epoch,
            batch=record.batch,
            playing=record.playing,
            goals=tuple(Goal(0, *position) for position in record.goals),
            steps=tuple((key, asked) for key, asked in record.steps),
            series=record.series,
            trainer=record.trainer,
            settings=None,
            changes=(0, record.changes),
        )

    @property
    def position(self) -> tuple[int, int, int]:
        """(series, epoch, batch) of the newest checkpoint."""
        newest = self.newest
        return (newest.series, newest.epoch, newest.batch) if newest else (0, 0, 0)

    def apply(self, checkpoint: Checkpoint) -> bool:
        """Replaces the newest checkpoint. Returns whether config or changes are different now."""
        before = self.config, self.changes
        if checkpoint.settings is not None:
            self.config = self.config.replaced(**checkpoint.settings)
        if checkpoint.changes is not None:
            kept, following = checkpoint.changes
            self.changes = [*self.changes[:kept], *following]
        self.newest = replace(checkpoint, settings=None, changes=(0, self.changes))
        return before[0] is not self.config or before[1] is not self.changes

    def pause(self) -> None:
        """A run that is resumed from the newest checkpoint is then paused, with no step under way."""
        if self.newest:
            self.newest = replace(self.newest, playing=False, goals=())

    def record(self, state: State, detail: str | None, member_count: int, arithmetic: str) -> RunRecord:
        """What is stored of the run: its newest checkpoint with its present state."""
        assert self.newest is not None
        return replace(
            self._record,
            config=self.config,
            changes=self.changes,
            state=state,
            detail=detail,
            member_count=member_count,
            arithmetic=arithmetic,
            epoch=self.newest.epoch,
            batch=self.newest.batch,
            playing=self.newest.playing,
            goals=[(goal.epoch, goal.batch) for goal in self.newest.goals],
            steps=list(self.newest.steps),
            series=self.newest.series,
            trainer=self.newest.trainer,
        )

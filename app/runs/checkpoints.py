"""A run as it is stored and as it travels between server and worker: the one from the other."""

from dataclasses import replace

from app.protocol.orders import Checkpoint, Goal, State
from app.storage.rows import RunRecord


def checkpoint_of(record: RunRecord) -> Checkpoint:
    """What a worker goes on from. Nobody waits any more for the steps that had begun."""
    return Checkpoint(
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


def updated_record(record: RunRecord, checkpoint: Checkpoint, state: State, detail: str | None) -> RunRecord:
    """The run's record with its present state and all that a checkpoint, complete with changes, says of it."""
    assert checkpoint.changes is not None
    return replace(
        record,
        changes=checkpoint.changes[1],
        state=state,
        detail=detail,
        epoch=checkpoint.epoch,
        batch=checkpoint.batch,
        playing=checkpoint.playing,
        goals=[(goal.epoch, goal.batch) for goal in checkpoint.goals],
        steps=list(checkpoint.steps),
        series=checkpoint.series,
        trainer=checkpoint.trainer,
    )

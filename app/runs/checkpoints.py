"""A run as it is stored and as it travels between server and worker: the one from the other."""

from dataclasses import replace

from app.protocol.orders import Goal, Snapshot, State
from app.storage.rows import RunRecord


def snapshot_of(record: RunRecord) -> Snapshot:
    """What a worker goes on from. Nobody waits any more for the steps that had begun."""
    return Snapshot(
        epoch=record.epoch,
        batch=record.batch,
        playing=record.playing,
        goals=tuple(Goal(0, *position) for position in record.goals),
        steps=tuple((key, asked) for key, asked in record.steps),
        series=record.series,
        trainer=record.trainer,
        config=record.config,
        changes=(0, record.changes),
    )


def renewed(record: RunRecord, snapshot: Snapshot, state: State, detail: str | None, member_count: int) -> RunRecord:
    """The run's record with all that a snapshot, complete with config and changes, says of it."""
    assert snapshot.config is not None
    assert snapshot.changes is not None
    return replace(
        record,
        config=snapshot.config,
        changes=snapshot.changes[1],
        state=state,
        detail=detail,
        member_count=member_count,
        epoch=snapshot.epoch,
        batch=snapshot.batch,
        playing=snapshot.playing,
        goals=[(goal.epoch, goal.batch) for goal in snapshot.goals],
        steps=list(snapshot.steps),
        series=snapshot.series,
        trainer=snapshot.trainer,
    )

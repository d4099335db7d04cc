"""Rows of the database and writes to them: owners, keys, runs, their checkpoints, metrics and recorded weights."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json

from app.protocol.metrics import compact, recast
from app.protocol.thinning import Block, Thinning
from engine.config import RunConfig

KEY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as it is stored."""

    number: int
    id: str
    owner: bytes
    created_at: float
    member_count: int
    config: RunConfig
    rules: str
    arithmetic: str
    changes: list[dict[str, Any]]
    state: str
    detail: str | None
    epoch: int
    batch: int
    playing: bool
    goals: list[tuple[int, int]]
    steps: list[tuple[str, str]]
    series: int
    trainer: bytes


# Columns that seldom change are in another table than those that every checkpoint writes; each change has a row.
_NAMES = RunRecord.__slots__
RUN_COLUMNS = _NAMES[: _NAMES.index("changes")]
CHECKPOINT_COLUMNS = _NAMES[_NAMES.index("state") :]
COLUMNS = RUN_COLUMNS + CHECKPOINT_COLUMNS
JSON_COLUMNS = ("goals", "steps")

Write = Callable[[sqlite3.Connection], object]


def parse_record(row: tuple[Any, ...], changes: list[str]) -> RunRecord:
    """A row of all columns and the run's changes, as they are stored; ValueError or TypeError if they are not so."""
    values = dict(zip(COLUMNS, row, strict=True))
    values["config"] = RunConfig.from_stored(values["config"])
    for name in JSON_COLUMNS:
        values[name] = json.loads(values[name])
    values["playing"] = bool(values["playing"])
    return RunRecord(**values, changes=[json.loads(change) for change in changes])


def _column(record: RunRecord, name: str) -> Any:
    if name == "config":
        return record.config.stored
    value = getattr(record, name)
    return _text(value) if name in JSON_COLUMNS else value


def _text(value: Any) -> str:
    return to_json(value).decode()  # in a quarter of the time of json.dumps; it blocks the event loop


def _standing(old: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]]) -> int:
    """How many changes at the beginning are the same ones."""
    if old is new:
        return len(new)
    return next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a is not b), min(len(old), len(new)))


def save(
    record: RunRecord,
    stored: RunRecord | None,
    blocks: Sequence[Block],
    thinning: Thinning | None,
    weights: Mapping[int, bytes],
    distance: int,
) -> Write:
    """Writes a run at a checkpoint, with the metrics and the weights recorded since `stored`, and thins its metrics.

    A new series replaces the metrics of the old one; recorded weights that are not `distance` epochs apart are deleted.
    """
    run = record.number
    was_reset = stored is not None and stored.series != record.series
    same = stored is not None and stored.config is record.config and stored.arithmetic == record.arithmetic
    about = None if same else [_column(record, name) for name in RUN_COLUMNS]
    standing = _standing(stored.changes, record.changes) if stored else 0
    appended = [(run, position, _text(record.changes[position])) for position in range(standing, len(record.changes))]
    fewer = stored is not None and len(stored.changes) > standing
    checkpoint = [run, *(_column(record, name) for name in CHECKPOINT_COLUMNS)]

    def write(connection: sqlite3.Connection) -> None:
        if was_reset:
            _forget(connection, run, "metrics", "kept")
        if about:
            connection.execute(f"INSERT OR REPLACE INTO runs VALUES ({_marks(about)})", about)
            if table := record.config.dataset.table:
                connection.execute("INSERT OR REPLACE INTO run_tables VALUES (?, ?)", (run, table))
        if fewer:
            connection.execute("DELETE FROM changes WHERE run = ? AND position >= ?", (run, standing))
        if appended:
            connection.executemany("INSERT OR REPLACE INTO changes VALUES (?, ?, ?)", appended)
        connection.execute(f"INSERT OR REPLACE INTO snapshots VALUES ({_marks(checkpoint)})", checkpoint)
        _add_blocks(connection, run, blocks)
        if thinning:
            _thin(connection, run, thinning)
        if weights:
            pairs = ((run, epoch, data) for epoch, data in weights.items())
            connection.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", pairs)
            connection.execute("DELETE FROM kept WHERE run = ? AND epoch % ? != 0", (run, distance))

    return write


def _add_blocks(connection: sqlite3.Connection, run: int, blocks: Iterable[Block]) -> None:
    for block in blocks:
        rows, columns = compact(block.rows)
        values = (run, block.first, rows, ",".join(columns), block.stride)
        connection.execute("INSERT OR REPLACE INTO metrics VALUES (?, ?, ?, ?, ?)", values)


def _thin(connection: sqlite3.Connection, run: int, thinning: Thinning) -> None:
    """Rewrites the blocks with older epochs that are closer together than `thinning` says."""
    due = "FROM metrics WHERE run = ? AND stride < ? AND first <= ?"
    which = (run, thinning.stride, thinning.until)
    found = connection.execute(f"SELECT first, stride, rows, columns {due} ORDER BY first", which).fetchall()
    connection.execute(f"DELETE {due}", which)
    blocks = (Block(first, stride, recast(rows, columns.split(","))) for first, stride, rows, columns in found)
    _add_blocks(connection, run, thinning.apply(blocks))


def _marks(values: list[Any]) -> str:
    return ", ".join("?" * len(values))


def _forget(connection: sqlite3.Connection, run: int, *tables: str) -> None:
    for table in tables:
        connection.execute(f"DELETE FROM {table} WHERE run = ?", (run,))


def delete(number: int) -> Write:
    def write(connection: sqlite3.Connection) -> None:
        used = "UPDATE tables SET used_at = ? WHERE id = (SELECT table_id FROM run_tables WHERE run = ?)"
        connection.execute(used, (time.time(), number))
        connection.execute("DELETE FROM runs WHERE number = ?", (number,))
        _forget(connection, number, "snapshots", "changes", "metrics", "kept", "labels", "run_tables")

    return write


def add_key(owner: bytes, key: str, asked: bytes, run_id: str) -> Write:
    """Stores which run an idempotency key made; deletes keys older than a day."""

    def write(connection: sqlite3.Connection) -> None:
        now = time.time()
        connection.execute("DELETE FROM keys WHERE created_at < ?", (now - KEY_SECONDS,))
        connection.execute("INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?, ?)", (owner, key, asked, run_id, now))

    return write

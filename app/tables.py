"""The tables of the store, and the writes to them: owners, keys, runs, their snapshots, metrics and kept weights."""

import json
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# Raised with every change of the schema: a database of another version is left alone.
VERSION = 2
KEY_SECONDS = 24 * 3600

# What of a run seldom changes stands apart from what every checkpoint writes. Metrics are stored as they come, in
# blocks of epochs: (members, 6) float64 each.
SCHEMA = """
CREATE TABLE owners (token BLOB PRIMARY KEY, created_at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE keys (
    owner BLOB, key TEXT, asked BLOB NOT NULL, run TEXT NOT NULL, created_at REAL NOT NULL, PRIMARY KEY (owner, key)
) WITHOUT ROWID;
CREATE TABLE runs (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, owner BLOB NOT NULL, created_at REAL NOT NULL,
    member_count INTEGER NOT NULL, config TEXT NOT NULL, changes TEXT NOT NULL
);
CREATE INDEX runs_by_owner ON runs (owner, number);
CREATE TABLE snapshots (
    run INTEGER PRIMARY KEY, state TEXT NOT NULL, detail TEXT, epoch INTEGER NOT NULL, batch INTEGER NOT NULL,
    playing INTEGER NOT NULL, goals TEXT NOT NULL, steps TEXT NOT NULL, series INTEGER NOT NULL, trainer BLOB NOT NULL
);
CREATE TABLE metrics (run INTEGER, first INTEGER, rows BLOB NOT NULL, PRIMARY KEY (run, first));
CREATE TABLE kept (run INTEGER, epoch INTEGER, weights BLOB NOT NULL, PRIMARY KEY (run, epoch));
"""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as it is stored."""

    number: int
    id: str
    owner: bytes
    created_at: float
    member_count: int
    config: dict[str, Any]
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


COLUMNS = RunRecord.__slots__
RUN_COLUMNS = COLUMNS[: COLUMNS.index("state")]
SNAPSHOT_COLUMNS = COLUMNS[COLUMNS.index("state") :]
JSON_COLUMNS = ("config", "changes", "goals", "steps")

Write = Callable[[sqlite3.Connection], object]


def record_of(row: tuple[Any, ...]) -> RunRecord:
    """A row of all columns."""
    values = dict(zip(COLUMNS, row, strict=True))
    for name in JSON_COLUMNS:
        values[name] = json.loads(values[name])
    values["playing"] = bool(values["playing"])
    return RunRecord(**values)


def _column(record: RunRecord, name: str) -> Any:
    value = getattr(record, name)
    return json.dumps(value, separators=(",", ":")) if name in JSON_COLUMNS else value


def save(
    record: RunRecord, stored: RunRecord | None, first: int, rows: bytes, weights: Mapping[int, bytes], distance: int
) -> Write:
    """A run at a snapshot, with the epochs from `first` on and the weights kept since the snapshot that is `stored`.

    A new series replaces the metrics of the old; kept weights that are not `distance` apart go.
    """
    run = record.number
    anew = stored is not None and stored.series != record.series
    same = stored is not None and stored.config is record.config and stored.changes is record.changes
    about = None if same else [_column(record, name) for name in RUN_COLUMNS]
    snapshot = [run, *(_column(record, name) for name in SNAPSHOT_COLUMNS)]

    def write(connection: sqlite3.Connection) -> None:
        if anew:
            _forget(connection, run, "metrics", "kept")
        if about:
            connection.execute(f"INSERT OR REPLACE INTO runs VALUES ({_marks(about)})", about)
        connection.execute(f"INSERT OR REPLACE INTO snapshots VALUES ({_marks(snapshot)})", snapshot)
        if rows:
            connection.execute("INSERT OR REPLACE INTO metrics VALUES (?, ?, ?)", (run, first, rows))
        if weights:
            pairs = ((run, epoch, data) for epoch, data in weights.items())
            connection.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", pairs)
            connection.execute("DELETE FROM kept WHERE run = ? AND epoch % ? != 0", (run, distance))

    return write


def _marks(values: list[Any]) -> str:
    return ", ".join("?" * len(values))


def _forget(connection: sqlite3.Connection, run: int, *tables: str) -> None:
    for table in tables:
        connection.execute(f"DELETE FROM {table} WHERE run = ?", (run,))


def delete(number: int) -> Write:
    def write(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM runs WHERE number = ?", (number,))
        _forget(connection, number, "snapshots", "metrics", "kept")

    return write


def add_owner(token: bytes) -> Write:
    return lambda connection: connection.execute("INSERT INTO owners VALUES (?, ?)", (token, time.time()))


def add_key(owner: bytes, key: str, asked: bytes, run_id: str) -> Write:
    """Notes which run an idempotency key made; keys of more than a day ago are forgotten."""

    def write(connection: sqlite3.Connection) -> None:
        now = time.time()
        connection.execute("DELETE FROM keys WHERE created_at < ?", (now - KEY_SECONDS,))
        connection.execute("INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?, ?)", (owner, key, asked, run_id, now))

    return write

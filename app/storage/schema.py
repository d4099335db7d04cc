"""The schema of the database as ordered migrations, each from one version to the next.

A new database takes all of them too, so that it equals a migrated one.
"""

import json
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

# The first version that is still read, and the steps from it on. A step, once released, is never changed.
FIRST = 2


class SchemaError(Exception):
    """The database has an unknown version; it was not changed."""


def _version_2(connection: sqlite3.Connection) -> None:
    """Owners, keys, runs with their newest checkpoint, metrics in blocks of epochs, kept weights."""
    _carry_out(
        connection,
        """
        CREATE TABLE owners (token BLOB PRIMARY KEY, created_at REAL NOT NULL) WITHOUT ROWID;
        CREATE TABLE keys (
            owner BLOB, key TEXT, asked BLOB NOT NULL, run TEXT NOT NULL, created_at REAL NOT NULL,
            PRIMARY KEY (owner, key)
        ) WITHOUT ROWID;
        CREATE TABLE runs (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, owner BLOB NOT NULL, created_at REAL NOT NULL,
            member_count INTEGER NOT NULL, config TEXT NOT NULL, changes TEXT NOT NULL
        );
        CREATE INDEX runs_by_owner ON runs (owner, number);
        CREATE TABLE snapshots (
            run INTEGER PRIMARY KEY, state TEXT NOT NULL, detail TEXT, epoch INTEGER NOT NULL, batch INTEGER NOT NULL,
            playing INTEGER NOT NULL, goals TEXT NOT NULL, steps TEXT NOT NULL, series INTEGER NOT NULL,
            trainer BLOB NOT NULL
        );
        CREATE TABLE metrics (run INTEGER, first INTEGER, rows BLOB NOT NULL, PRIMARY KEY (run, first));
        CREATE TABLE kept (run INTEGER, epoch INTEGER, weights BLOB NOT NULL, PRIMARY KEY (run, epoch))
        """,
    )


def _version_3(connection: sqlite3.Connection) -> None:
    """An id of the server and the secret with which it signs owner tokens; each change of a run in a row of its own;
    blocks of metrics name their columns."""
    changes = connection.execute("SELECT number, changes FROM runs").fetchall()
    _carry_out(
        connection,
        """
        CREATE TABLE server (id TEXT NOT NULL, secret BLOB NOT NULL);
        CREATE TABLE changes (
            run INTEGER, position INTEGER, change TEXT NOT NULL, PRIMARY KEY (run, position)
        ) WITHOUT ROWID;
        ALTER TABLE runs RENAME TO old_runs;
        CREATE TABLE runs (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, owner BLOB NOT NULL, created_at REAL NOT NULL,
            member_count INTEGER NOT NULL, config TEXT NOT NULL
        );
        INSERT INTO runs SELECT number, id, owner, created_at, member_count, config FROM old_runs;
        DROP TABLE old_runs;
        CREATE INDEX runs_by_owner ON runs (owner, number);
        ALTER TABLE metrics ADD COLUMN columns TEXT NOT NULL
            DEFAULT 'train_loss,test_loss,train_accuracy,test_accuracy,penalty,learning_rate'
        """,
    )
    connection.execute("INSERT INTO server VALUES (?, ?)", (secrets.token_hex(4), secrets.token_bytes(32)))
    for run, listed in changes:
        rows = ((run, position, json.dumps(change)) for position, change in enumerate(json.loads(listed)))
        connection.executemany("INSERT INTO changes VALUES (?, ?, ?)", rows)


def _version_4(connection: sqlite3.Connection) -> None:
    """Labels that owners give their runs; which run replaced another, deleted ones included."""
    _carry_out(
        connection,
        """
        CREATE TABLE labels (run INTEGER PRIMARY KEY, name TEXT NOT NULL, notes TEXT NOT NULL, pinned INTEGER NOT NULL);
        CREATE TABLE successors (run TEXT PRIMARY KEY, successor TEXT NOT NULL);
        CREATE INDEX successors_by_successor ON successors (successor)
        """,
    )


def _version_5(connection: sqlite3.Connection) -> None:
    """The rules that draw a run's numbers, and the arithmetic that trains it: before, there was one of each."""
    _carry_out(
        connection,
        """
        ALTER TABLE runs ADD COLUMN rules TEXT NOT NULL DEFAULT 'numpy-1';
        ALTER TABLE runs ADD COLUMN arithmetic TEXT NOT NULL DEFAULT 'numpy'
        """,
    )


def _version_6(connection: sqlite3.Connection) -> None:
    """Tables that people uploaded, who did, and which runs name them."""
    _carry_out(
        connection,
        """
        CREATE TABLE tables (
            id TEXT PRIMARY KEY, used_at REAL NOT NULL, size INTEGER NOT NULL, document TEXT NOT NULL
        );
        CREATE TABLE table_parts (
            table_id TEXT, part INTEGER, content BLOB NOT NULL, PRIMARY KEY (table_id, part)
        );
        CREATE TABLE table_owners (
            owner BLOB, table_id TEXT, name TEXT NOT NULL, PRIMARY KEY (owner, table_id)
        ) WITHOUT ROWID;
        CREATE INDEX table_owners_by_table ON table_owners (table_id);
        CREATE TABLE run_tables (run INTEGER PRIMARY KEY, table_id TEXT NOT NULL);
        CREATE INDEX run_tables_by_table ON run_tables (table_id)
        """,
    )


def _version_7(connection: sqlite3.Connection) -> None:
    """A block of metrics says how many epochs its rows are apart: before, it held every one."""
    _carry_out(connection, "ALTER TABLE metrics ADD COLUMN stride INTEGER NOT NULL DEFAULT 1")


def _carry_out(connection: sqlite3.Connection, script: str) -> None:
    """Statements within the open transaction: `executescript` would commit it."""
    for statement in script.split(";"):
        connection.execute(statement)


STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _version_2,
    _version_3,
    _version_4,
    _version_5,
    _version_6,
    _version_7,
)
VERSION = FIRST + len(STEPS) - 1


def bring_up_to_date(connection: sqlite3.Connection, path: Path) -> Path | None:
    """Migrates the database at `path` to the newest version in one transaction. One that is not empty is copied first,
    to a file beside it, which is returned. SchemaError, with nothing changed, for an unknown version."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == VERSION:
        return None
    if version and not FIRST <= version < VERSION:
        age = "newer" if version > VERSION else "older"
        raise SchemaError(
            f"it was written by another version of Descent, {age} than this one can read (schema {version}, here "
            f"{FIRST} to {VERSION}), and was left as it is"
        )
    copy = _copied(connection, path, version) if version else None
    connection.execute("BEGIN EXCLUSIVE")
    try:
        for step in STEPS[version - FIRST + 1 if version else 0 :]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return copy


def _copied(connection: sqlite3.Connection, path: Path, version: int) -> Path:
    """Copies the database to a file beside it that is named after its version; never overwrites an earlier copy."""
    names = (f"{path.stem}.version-{version}{again}{path.suffix}" for again in ["", *(f"-{n}" for n in range(2, 100))])
    copy = next(candidate for name in names if not (candidate := path.with_name(name)).exists())
    partial = copy.with_name(f"{copy.name}.partial")
    partial.unlink(missing_ok=True)
    with closing(sqlite3.connect(partial)) as target:
        connection.backup(target)
    partial.replace(copy)
    return copy

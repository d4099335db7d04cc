"""Tables in the database: stored once for all who uploaded the same, kept as long as a run names them."""

import json
import sqlite3
import time
from collections.abc import Collection
from dataclasses import dataclass

from app.storage.rows import Write

# So long a table is kept that no run names.
UNUSED_SECONDS = 24 * 3600

# A table is stored and deleted in parts, a transaction each: what runs write waits for one part, not for all.
PART_BYTES = 500_000

_NAMED = "EXISTS (SELECT 1 FROM run_tables WHERE table_id = tables.id)"


@dataclass(frozen=True, slots=True)
class Usage:
    """What the limits are about: the tables of an owner, the bytes of all, and whether a table is stored already, for
    the owner and at all."""

    of_owner: int
    bytes: int
    owned: bool
    stored: bool


def usage(connection: sqlite3.Connection, owner: bytes, table: str) -> Usage:
    of_owner, owned = connection.execute(
        "SELECT COUNT(*), COALESCE(SUM(table_id = ?), 0) FROM table_owners WHERE owner = ?", (table, owner)
    ).fetchone()
    size, stored = connection.execute(
        "SELECT COALESCE(SUM(size), 0), COALESCE(SUM(id = ?), 0) FROM tables", (table,)
    ).fetchone()
    return Usage(of_owner, size, bool(owned), bool(stored))


def save_part(table: str, part: int, content: bytes) -> Write:
    """Stores a part of the stored form of a table."""
    row = (table, part, content)
    return lambda connection: connection.execute("INSERT INTO table_parts VALUES (?, ?, ?)", row)


def save_table(table: str, document: str, size: int, owner: bytes, name: str) -> Write:
    """Stores a table whose parts are stored, and under which name an owner uploaded it."""

    def write(connection: sqlite3.Connection) -> None:
        now = time.time()
        connection.execute(
            "INSERT INTO tables VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET used_at = excluded.used_at",
            (table, now, size, document),
        )
        connection.execute("INSERT OR REPLACE INTO table_owners VALUES (?, ?, ?)", (owner, table, name))

    return write


def document_of(connection: sqlite3.Connection, table: str, owner: bytes | None) -> tuple[str, str | None] | None:
    """The document of a table, and the name that this owner gave it, None where the owner did not upload it."""
    sql = "SELECT document, name FROM tables LEFT JOIN table_owners ON table_id = id AND owner IS ? WHERE id = ?"
    found: tuple[str, str | None] | None = connection.execute(sql, (owner, table)).fetchone()
    return found


def content_of(connection: sqlite3.Connection, table: str) -> bytes | None:
    """The stored form of a table."""
    if connection.execute("SELECT 1 FROM tables WHERE id = ?", (table,)).fetchone() is None:
        return None
    sql = "SELECT content FROM table_parts WHERE table_id = ? ORDER BY part"
    return b"".join(part for (part,) in connection.execute(sql, (table,)))


def own_runs(connection: sqlite3.Connection, table: str, owner: bytes) -> int:
    """How many runs of this owner name the table."""
    sql = "SELECT COUNT(*) FROM run_tables JOIN runs ON number = run WHERE table_id = ? AND owner = ?"
    return int(connection.execute(sql, (table, owner)).fetchone()[0])


def unused(connection: sqlite3.Connection, before: float, owner: bytes | None = None) -> list[tuple[str, int]]:
    """The tables that no run names and that were last used before a moment, with their sizes, oldest first; with an
    owner, only those of the owner."""
    own = "AND id IN (SELECT table_id FROM table_owners WHERE owner = ?)" if owner is not None else ""
    sql = f"SELECT id, size FROM tables WHERE used_at < ? AND NOT {_NAMED} {own} ORDER BY used_at"
    return connection.execute(sql, (before, *([owner] if owner is not None else []))).fetchall()


def disown(table: str, owner: bytes) -> Write:
    """The table is not this owner's any more."""
    sql = "DELETE FROM table_owners WHERE owner = ? AND table_id = ?"
    return lambda connection: connection.execute(sql, (owner, table))


def delete_unnamed(tables: Collection[str], only_unowned: bool = False) -> Write:
    """Deletes those that no run names; where asked for, only those that no owner has either. Their parts remain, as
    `leftovers`."""
    alone = "AND NOT EXISTS (SELECT 1 FROM table_owners WHERE table_id = tables.id)" if only_unowned else ""

    def write(connection: sqlite3.Connection) -> None:
        listed = (json.dumps([*tables]),)
        connection.execute(
            f"DELETE FROM tables WHERE id IN (SELECT value FROM json_each(?)) AND NOT {_NAMED} {alone}", listed
        )
        connection.execute("DELETE FROM table_owners WHERE table_id NOT IN (SELECT id FROM tables)")

    return write


def leftovers(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    """The parts of tables that were deleted, or not stored to their end."""
    sql = "SELECT table_id, part FROM table_parts WHERE table_id NOT IN (SELECT id FROM tables)"
    return connection.execute(sql).fetchall()


def delete_part(table: str, part: int) -> Write:
    sql = "DELETE FROM table_parts WHERE table_id = ? AND part = ?"
    return lambda connection: connection.execute(sql, (table, part))

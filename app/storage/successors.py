"""Which run replaced another, so that a link to the old run leads to the new one.

Every chain of successors ends at a run that exists: a run that becomes a successor loses its own, so there is no cycle;
entries that led to a deleted run lead to its successor, or are removed. A deleted run's successor remains stored.
"""

import sqlite3

from app.storage.rows import Write

# Deleted runs that lead to the same run; the oldest are forgotten.
MAX_DELETED = 500


def successor_of(connection: sqlite3.Connection, run_id: str) -> str | None:
    """The id of the run that replaced this one."""
    row = connection.execute("SELECT successor FROM successors WHERE run = ?", (run_id,)).fetchone()
    return row[0] if row else None


def save_successor(run_id: str, successor: str | None) -> Write:
    """Stores the successor of a run; None removes it."""

    def write(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM successors WHERE run IN (?, ?)", (run_id, successor))
        if successor is not None:
            connection.execute("INSERT INTO successors VALUES (?, ?)", (run_id, successor))

    return write


def bypass(run_id: str) -> Write:
    """For a run that will be deleted: what led to it leads to its successor."""

    def write(connection: sqlite3.Connection) -> None:
        successor = successor_of(connection, run_id)
        if successor is None:
            connection.execute("DELETE FROM successors WHERE successor = ?", (run_id,))
            return
        connection.execute("UPDATE successors SET successor = ? WHERE successor = ?", (successor, run_id))
        connection.execute(
            "DELETE FROM successors WHERE rowid IN (SELECT rowid FROM successors WHERE successor = ? AND run NOT IN "
            "(SELECT id FROM runs) ORDER BY rowid DESC LIMIT -1 OFFSET ?)",
            (successor, MAX_DELETED),
        )

    return write

"""An owner's label of a run: its name, its notes, and whether it is pinned."""

import sqlite3
from dataclasses import astuple, dataclass

from app.storage.rows import Write


@dataclass(frozen=True, slots=True)
class Label:
    """Empty until the owner writes something."""

    name: str = ""
    notes: str = ""
    pinned: bool = False


def label_of(connection: sqlite3.Connection, number: int) -> Label:
    """The label of a run, by its number."""
    row = connection.execute("SELECT name, notes, pinned FROM labels WHERE run = ?", (number,)).fetchone()
    return Label(row[0], row[1], bool(row[2])) if row else Label()


def save_label(number: int, label: Label) -> Write:
    values = (number, *astuple(label))
    return lambda connection: connection.execute("INSERT OR REPLACE INTO labels VALUES (?, ?, ?, ?)", values)

"""People's own tables: bytes in, a Table out, with every assumption in words. No file is opened here.

``read_table`` recognises the format and the dialect, gives each column a kind and a role, and guesses the target. What
it cannot read for certain it refuses with UnreadableTable, whose message says what to change. A Table is immutable;
its ``id`` is the hash of bytes and dialect, ``to_bytes`` and ``from_bytes`` are its stored form.
"""

from engine.data.tables.column import KINDS, ROLES, Cell, Column
from engine.data.tables.errors import UnreadableTable
from engine.data.tables.reading import read_table
from engine.data.tables.roles import task_of
from engine.data.tables.table import Dialect, Table

__all__ = ["KINDS", "ROLES", "Cell", "Column", "Dialect", "Table", "UnreadableTable", "read_table", "task_of"]

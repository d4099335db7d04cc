"""What a table may hold at most: reading takes memory in proportion to cells, whatever the file's size."""

from __future__ import annotations

from engine.data.tables.errors import UnreadableTable

MAX_COLUMNS = 2_000
MAX_CELLS = 10_000_000
MAX_UNPACKED = 64_000_000


def check_size(rows: int, columns: int) -> None:
    """UnreadableTable with the numbers that fit where a table has too many columns or cells."""
    if columns > MAX_COLUMNS:
        raise UnreadableTable(f"the table has {columns:,} columns: give at most {MAX_COLUMNS:,}")
    if rows * columns > MAX_CELLS:
        fit = MAX_CELLS // columns
        raise UnreadableTable(f"the table has {rows:,} rows of {columns:,} columns: give at most {fit:,} such rows")

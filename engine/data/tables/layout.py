"""Rows of texts to the columns of a table: what surrounds it is cut away, its header found and taken for names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.data.tables import overrides
from engine.data.tables.errors import UnreadableTable
from engine.data.tables.grid import Grid
from engine.data.tables.header import take_header
from engine.data.tables.limits import check_size
from engine.data.tables.surroundings import Row, trim
from engine.data.tables.table import Dialect


def grid_of(
    rows: list[Row], stated: Mapping[str, str], dialect: Dialect, notes: Sequence[str], lines: Sequence[int] = ()
) -> Grid:
    """The table among these rows, whose cells are stripped; the dialect gets what is found of header and lines above.

    ``lines``: the number of the line in which each row ends; without them, rows are counted.
    """
    if not any(map(any, rows)):
        raise UnreadableTable("the file has no rows: give at least two")
    check_size(1, max(map(len, rows)))
    numbers = lines or range(1, len(rows) + 1)
    trimmed = trim(rows, numbers, overrides.skipped_lines_of(stated) is None)
    names = take_header(trimmed, overrides.header_of(stated))
    notes = [*notes, *trimmed.notes]
    if trimmed.above:
        skipped = numbers[len(trimmed.above) - 1]
        dialect = replace(dialect, skipped_lines=skipped)
        first = " ".join(filter(None, trimmed.above[0]))[:60]
        notes.append(f"Skipped above the table: {skipped} line{'s' if skipped > 1 else ''}, {first!r}.")
    if names is None:
        notes.append("No header was found: columns are numbered.")
    columns = [list(column) for column in zip(*trimmed.rows, strict=True)]
    dialect = replace(dialect, header=names is not None)
    names = names or [""] * len(columns)
    # Separators at both ends of every line make columns with neither a name nor a cell.
    for end in (-1, 0):
        while len(columns) > 1 and not names[end] and not any(columns[end]):
            del columns[end], names[end]
    return Grid(dialect=dialect, names=names, columns=columns, notes=notes)

"""Bytes to a table: the format is recognised, its cells are read, and each column gets its kind and its role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from engine.data.tables.column import NUMBER, OMITTED, Column
from engine.data.tables.column_texts import ColumnTexts
from engine.data.tables.errors import UnreadableTable
from engine.data.tables.formats import check_parts, format_of, unpacked
from engine.data.tables.grid import Declared, Grid
from engine.data.tables.kinds import recognise
from engine.data.tables.limits import check_size
from engine.data.tables.roles import task_of, with_roles
from engine.data.tables.table import PARTS, PREVIEW_ROWS, Table, table_id
from engine.errors import shown
from engine.nn.losses import CLASSIFICATION


def read_table(content: bytes, *, overrides: Mapping[str, str] | None = None) -> Table:
    """The table that these bytes hold; ``overrides``: parts of the dialect by name, as strings.

    UnreadableTable (an InvalidArgument) says what to change.
    """
    overrides = dict(overrides or {})
    for part in overrides:
        if part not in PARTS:
            raise UnreadableTable(f"{shown(part)} is no part of a dialect: choose one of {', '.join(PARTS)}", part)
    if not content.strip():
        raise UnreadableTable("the file is empty: give at least two rows")
    file = unpacked(content)
    found = format_of(file, overrides)
    check_parts(found, overrides)
    return _table(content, found.read(file, overrides))


def _table(content: bytes, grid: Grid) -> Table:
    columns = grid.columns
    if not columns or len(columns[0]) < 2:
        count = len(columns[0]) if columns else 0
        raise UnreadableTable(f"{count} rows were found below the header: give at least two, one example a line")
    check_size(len(columns[0]), len(columns))
    first_rows = tuple(zip(*(column[:PREVIEW_ROWS] for column in columns), strict=True))
    read, notes, thousands = [], list(grid.notes), ""
    for index, (label, texts) in enumerate(zip(_unique(grid.names, notes), columns, strict=True)):
        column, note, mark = _column(
            label, grid.names[index] != "" or not grid.dialect.header, texts, grid, grid.declared.get(index)
        )
        thousands = thousands or mark
        read.append(column)
        if note:
            notes.append(f"Column {label!r}: {note}.")
    read, reasons = with_roles(read, grid.target)
    target = next((column for column in read if column.role == "target"), None)
    dialect = replace(grid.dialect, thousands=thousands)
    return Table(
        id=table_id(content, dialect),
        columns=tuple(read),
        dialect=dialect,
        notes=(*notes, *reasons),
        first_rows=first_rows,
        task=task_of(target) if target is not None else CLASSIFICATION,
    )


def _column(name: str, named: bool, texts: list[str], grid: Grid, declared: Declared | None) -> tuple[Column, str, str]:
    """A column, what was assumed of it, and the thousands mark that it has."""
    cells = ColumnTexts.of(texts, name=name, named=named, dialect=grid.dialect)
    found = recognise(cells, declared)
    missing = len(texts) - len(cells.present)
    numbers = codes = None
    if found.kind == NUMBER:
        numbers = np.full(len(texts), np.nan)
        numbers[cells.filled] = found.numbers
    else:
        index = {value: code for code, value in enumerate(found.values)}
        codes = np.full(len(texts), -1, np.int32)
        codes[cells.filled] = np.fromiter(map(index.__getitem__, cells.present), np.int32, len(cells.present))
    said = [found.note] if found.note else []
    if written := cells.written_missing:
        marks = ", ".join(repr(mark) for mark, _ in written.most_common(3))
        said.append(f"{written.total()} of {len(texts)} cells are missing, written as {marks}")
    column = Column(
        name=name, kind=found.kind, role=OMITTED, missing=missing, numbers=numbers, codes=codes, values=found.values
    )
    return column, "; ".join(said), found.thousands


def _unique(names: list[str], notes: list[str]) -> list[str]:
    """The names, each different: one that is missing or taken already gets a number."""
    taken: dict[str, int] = {}
    unique = []
    for index, name in enumerate(names):
        label = name or f"column {index + 1}"
        wanted, count = label, 2
        while label in taken:
            label, count = f"{wanted} ({count})", count + 1
        taken[label] = index
        if name and label != name:
            notes.append(f"Two columns are named {name!r}: column {index + 1} is called {label!r} here.")
        unique.append(label)
    return unique

"""Which rows of a file are its table: titles, comments, header, units and footers around it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median_high

from engine.data.tables.cells import is_missing, is_number_like, is_word
from engine.data.tables.dates import is_date
from engine.data.tables.errors import UnreadableTable
from engine.data.tables.grid import Grid
from engine.data.tables.table import Dialect

Row = list[str]
BODY = 200
MAX_UNEVEN = 0.1
MAX_FOOTERS = 20
RULE = re.compile(r":?[-=_]{2,}:?|:?-:?")
COMMENTS = ("#", "%", "//")


@dataclass(kw_only=True)
class Layout:
    """The rows of the table and the names of its columns, None without a header. ``skipped`` rows stand above."""

    rows: list[Row]
    names: list[str] | None = None
    skipped: int = 0
    notes: list[str] = field(default_factory=list)


def lay_out(rows: list[Row], header: bool | None) -> Layout:
    """The table among these rows, of cells stripped of spaces. ``header``: whether there is one, None to find out."""
    width = _width(rows)
    layout = Layout(rows=[row if len(row) <= width or any(row[width:]) else row[:width] for row in rows])
    _cut_above(layout, width)
    _cut_below(layout, width)
    _even_out(layout, width)
    if not layout.rows:
        return layout
    if layout.names is None:
        _take_header(layout, header)
    return layout


def _width(rows: Sequence[Row]) -> int:
    widths = Counter(map(len, rows))
    return max(widths, key=lambda width: (widths[width] * (width > 1), width))


def _cut_above(layout: Layout, width: int) -> None:
    """Titles and comments above the table; R writes a header without a name for the row names, one cell short."""
    rows = layout.rows
    fullness = median_high(sum(map(bool, row)) for row in rows[:BODY] if len(row) == width)
    first = next(
        (i for i, row in enumerate(rows) if len(row) == width and not _is_title(rows, i, fullness)),
        len(rows),
    )
    if first and _is_short_header(rows, first, width):
        layout.names = ["", *rows[first - 1]] if _is_row_names(rows, first) else [*rows[first - 1], ""]
        first, layout.rows = first - 1, rows[first:]
    else:
        layout.rows = rows[first:]
    layout.skipped = first
    if first:
        shown = " ".join(filter(None, rows[0]))[:60]
        layout.notes.append(f"Skipped above the table: {_count(first, 'line')}, {shown!r}.")


def _is_title(rows: Sequence[Row], index: int, fullness: int) -> bool:
    """A title fills few cells of its row, a comment starts with its mark; scikit-learn states rows and columns."""
    row = rows[index]
    filled = sum(map(bool, row))
    if filled <= fullness / 2 or (filled < fullness and row[0].startswith(COMMENTS) and len(row[0]) > 1):
        return True
    return index == 0 and row[:2] == [str(len(rows) - 1), str(len(row) - 1)]


def _is_short_header(rows: Sequence[Row], first: int, width: int) -> bool:
    above = rows[first - 1]
    return len(above) == width - 1 > 0 and all(map(is_word, above)) and len(set(above)) == len(above)


def _is_row_names(rows: Sequence[Row], first: int) -> bool:
    return any(row[-1] for row in rows[first : first + BODY])


def _cut_below(layout: Layout, width: int) -> None:
    rows = layout.rows
    last = next((i for i in range(len(rows) - 1, -1, -1) if len(rows[i]) == width), len(rows) - 1) + 1
    below = rows[last:]
    if below and len(below) <= min(MAX_FOOTERS, last) and is_word(below[0][0]):
        shown = " ".join(filter(None, below[0]))[:60]
        layout.notes.append(f"Skipped below the table: {_count(len(below), 'line')}, {shown!r}.")
        layout.rows = rows[:last]


def _even_out(layout: Layout, width: int) -> None:
    """Every row gets the width of most: short ones miss cells; longer ones cannot be read without a guess."""
    uneven = [i for i, row in enumerate(layout.rows) if len(row) != width]
    short = 0
    comments = []
    for i in uneven:
        row = layout.rows[i]
        number = layout.skipped + i + 1
        if row[0].startswith(COMMENTS) or all(map(RULE.fullmatch, row)):
            comments.append(i)
        elif len(row) > width and any(row[width:]):
            raise UnreadableTable(
                f"row {number} has {len(row)} cells and most rows have {width}: "
                "put quotes around cells that hold the separator, or choose another delimiter"
            )
        else:
            short += len(row) < width
            layout.rows[i] = row[:width] + [""] * (width - len(row))
    if short > max(1, MAX_UNEVEN * len(layout.rows)):
        raise UnreadableTable(
            f"{short} of {len(layout.rows)} rows have fewer than {width} cells: choose another delimiter, "
            "or give every row the same number of cells"
        )
    if short:
        layout.notes.append(f"{_count(short, 'row')} with fewer than {width} cells: the rest count as missing.")
    if comments:
        layout.notes.append(f"{_count(len(comments), 'comment line')} within the table left out.")
        gone = set(comments)
        layout.rows = [row for i, row in enumerate(layout.rows) if i not in gone]


def _take_header(layout: Layout, header: bool | None) -> None:
    top = layout.rows[0]
    body = layout.rows[1:BODY]
    if header if header is not None else _is_header(top, body):
        layout.names = [top[0].lstrip("#% ") or top[0], *top[1:]]
        layout.rows = layout.rows[1:]
        if all(map(is_number_like, filter(None, top))):
            layout.notes.append("The first row is read as names, though they are numbers.")
        _drop_units(layout)


def _is_header(top: Row, body: Sequence[Row]) -> bool:
    """Whether the first row names columns: words over numbers, or words that never occur below."""
    if not body:
        return False
    names = numbers = 0
    for cell, column in zip(top, zip(*body, strict=True), strict=True):
        if _is_typed(column):
            names += is_word(cell)
            numbers += not is_word(cell) and not is_missing(cell)
    if names or numbers:
        return names > numbers or (not names and _is_numbered(top, body))
    words = [cell for cell in top if cell]
    if len(set(words)) < len(words) or not all(map(is_word, words)) or len(words) < len(top) - 1:
        return False
    return not any(cell in column for cell, column in zip(top, zip(*body, strict=True), strict=True) if cell)


def _is_typed(column: Sequence[str]) -> bool:
    present = [cell for cell in column if not is_missing(cell)]
    typed = sum(is_number_like(cell) or is_date(cell) for cell in present)
    return typed > 0.8 * len(present)


def _is_numbered(top: Row, body: Sequence[Row]) -> bool:
    """Names that are numbers: years, or 0, 1, 2, ... as pandas writes them, over numbers that are no such row."""
    columns = list(zip(*body, strict=True))
    numbered = [i for i, cell in enumerate(top) if is_number_like(cell)]
    beside = [i for i, cell in enumerate(top) if not is_number_like(cell)]
    if len(numbered) < 2 or any(top[i] in columns[i] for i in beside if top[i]):
        return False
    step = _step([top[i] for i in numbered])
    if step <= 0 or _step([body[0][i] for i in numbered]):
        return False
    first, last = int(top[numbered[0]]), int(top[numbered[-1]])
    years = first >= 1800 and last <= 2100 and (len(numbered) > 2 or bool(beside))
    return years or (step == 1 and (first == 0 or (first == 1 and len(numbered) > 4)) and len(top) > 2)


def _step(cells: Sequence[str]) -> int:
    """The difference from each whole number to the next where it is always the same, else 0."""
    if not all(cell.isascii() and cell.isdigit() and len(cell) < 6 for cell in cells):
        return 0
    steps = {int(b) - int(a) for a, b in pairwise(cells)}
    return steps.pop() if len(steps) == 1 else 0


def _drop_units(layout: Layout) -> None:
    """A row of units under the header, and a rule of dashes."""
    while len(layout.rows) > 1 and all(RULE.fullmatch(cell) for cell in layout.rows[0] if cell) and any(layout.rows[0]):
        layout.rows = layout.rows[1:]
    if len(layout.rows) < 3:
        return
    first, body = layout.rows[0], layout.rows[1:BODY]
    typed = [cell for cell, column in zip(first, zip(*body, strict=True), strict=True) if _is_typed(column)]
    if any(map(is_word, typed)) and not any(map(is_number_like, first)) and all(is_word(c) or not c for c in typed):
        layout.notes.append(f"The line under the header is skipped: {' '.join(filter(None, first))[:60]!r}.")
        layout.rows = layout.rows[1:]


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def grid_of(rows: list[Row], header: bool | None, dialect: Dialect, notes: Sequence[str]) -> Grid:
    """The table among these rows as a grid; the dialect gets what was found of header and lines above it."""
    if not any(map(any, rows)):
        raise UnreadableTable("the file has no rows: give at least two")
    layout = lay_out(rows, header)
    columns = [list(column) for column in zip(*layout.rows, strict=True)]
    names = layout.names or [""] * len(columns)
    # Separators at both ends of every line make columns with neither a name nor a cell.
    for end in (-1, 0):
        while len(columns) > 1 and not names[end] and not any(columns[end]):
            del columns[end], names[end]
    numbered = [] if layout.names else ["No header was found: columns are numbered."]
    dialect = replace(dialect, header=layout.names is not None, skipped_lines=dialect.skipped_lines + layout.skipped)
    return Grid(dialect=dialect, names=names, columns=columns, notes=[*notes, *layout.notes, *numbered])

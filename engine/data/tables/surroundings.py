"""What stands around a table in its file: titles and comments above, footers below, rows of other widths within."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median_high

from engine.data.tables.cells import is_number_like, is_word
from engine.data.tables.errors import UnreadableTable

Row = list[str]
LOOK = 200
LOOK_AHEAD = 5
MAX_UNEVEN = 0.1
MAX_FOOTERS = 20
RULE = re.compile(r":?[-=_]{2,}:?|:?-:?")
COMMENTS = ("#", "%", "//")


@dataclass(kw_only=True)
class Trimmed:
    """Rows of one width, with the number of the line in which each ends, and the rows that stood above them."""

    rows: list[Row]
    lines: Sequence[int]
    above: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def drop(self, gone: Iterable[int]) -> None:
        """Leaves out the rows of these indices."""
        gone = set(gone)
        keep = [i for i in range(len(self.rows)) if i not in gone]
        self.rows = [self.rows[i] for i in keep]
        self.lines = [self.lines[i] for i in keep]


def trim(rows: list[Row], lines: Sequence[int], skip: bool = True) -> Trimmed:
    """The rows of the table, without what surrounds it. ``skip``: whether rows above may be left out."""
    widths = Counter(map(len, rows))
    width = max(widths, key=lambda width: (widths[width] * (width > 1), width))
    # Separators at the end of a line are no cells.
    rows = [row if len(row) <= width or any(row[width:]) else row[:width] for row in rows]
    trimmed = Trimmed(rows=rows, lines=lines)
    fullness = median_high(sum(map(bool, row)) for row in rows if len(row) == width)
    _cut_above(trimmed, width, fullness, skip)
    _cut_below(trimmed, width, fullness)
    _even_out(trimmed, width)
    return trimmed


def _cut_above(trimmed: Trimmed, width: int, fullness: int, skip: bool) -> None:
    rows = trimmed.rows
    if skip:
        first = next((i for i in range(len(rows)) if _begins(rows, i, width, fullness)), 0)
    else:
        first = next((i for i, row in enumerate(rows) if not _holds_names(row, width)), 0)
    trimmed.above, trimmed.rows, trimmed.lines = rows[:first], rows[first:], trimmed.lines[first:]
    for row in trimmed.above:
        if len(row) > 1 and all(map(is_number_like, row)) and len(row) != 2:
            message = f"a row above the table has {len(row)} cells ({_text(row)!r}) and most rows have {width}"
            raise UnreadableTable(f"{message}: give every row the same number of cells, or state skipped_lines")


def _begins(rows: Sequence[Row], index: int, width: int, fullness: int) -> bool:
    """Whether the table may begin here: with a row that is no title, and most of the next have its width."""
    if len(rows[index]) != width or _is_title(rows, index, fullness):
        return False
    ahead = rows[index : index + LOOK_AHEAD]
    return sum(len(row) == width for row in ahead) >= 0.6 * len(ahead)


def _holds_names(row: Row, width: int) -> bool:
    """Whether this is a comment, or a header without a name for the row names."""
    return len(row) != width and (row[0].startswith(COMMENTS) or (len(row) == width - 1 and all(map(is_word, row))))


def _is_title(rows: Sequence[Row], index: int, fullness: int) -> bool:
    """A title fills few cells of its row, a comment starts with its mark; scikit-learn states rows and columns."""
    row = rows[index]
    filled = sum(map(bool, row))
    comment = row[0].startswith(COMMENTS) and len(row[0]) > 1
    if filled < fullness and (comment or filled < fullness / 2 or (filled == 1 and row[0])):
        return True
    below = len(rows) - 1
    return index == 0 and row[:2] in ([str(below), str(len(row) - 1)], [str(below - 1), str(len(row) - 1)])


def _cut_below(trimmed: Trimmed, width: int, fullness: int) -> None:
    """Footers are words after the last row of the table: in rows of another width, or in the first cell alone."""
    rows = trimmed.rows
    last = len(rows)
    while last and last > len(rows) - MAX_FOOTERS and _is_footer(rows[last - 1], width, fullness):
        last -= 1
    if last < len(rows) and last:
        count = _count(len(rows) - last, "line")
        trimmed.notes.append(f"Skipped below the table: {count}, {_text(rows[last])!r}.")
        trimmed.rows, trimmed.lines = rows[:last], trimmed.lines[:last]


def _is_footer(row: Row, width: int, fullness: int) -> bool:
    if len(row) == width and not (fullness > 2 and is_word(row[0]) and not any(row[1:])):
        return False
    return is_word(row[0]) and sum(map(is_number_like, row)) < 2


def _even_out(trimmed: Trimmed, width: int) -> None:
    """Every row gets the width of most: short ones miss cells; longer ones cannot be read without a guess."""
    short, comments = 0, []
    for i, row in enumerate(trimmed.rows):
        if len(row) == width:
            continue
        if row[0].startswith(COMMENTS) or all(map(RULE.fullmatch, row)):
            comments.append(i)
        elif len(row) > width:
            raise UnreadableTable(
                f"line {trimmed.lines[i]} has {len(row)} cells and most lines have {width}: "
                "put quotes around cells that hold the separator, or choose another delimiter"
            )
        else:
            short += 1
            trimmed.rows[i] = row + [""] * (width - len(row))
    if short > max(1, MAX_UNEVEN * len(trimmed.rows)):
        raise UnreadableTable(
            f"{short} of {len(trimmed.rows)} lines have fewer than {width} cells: choose another delimiter, "
            "or give every line the same number of cells"
        )
    if short:
        trimmed.notes.append(f"Cells at the end of {_count(short, 'line')} are not there: they count as missing.")
    if comments:
        trimmed.drop(comments)
        trimmed.notes.append(f"Left out within the table: {_count(len(comments), 'comment')}.")


def _text(row: Row) -> str:
    return " ".join(filter(None, row))[:60]


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"

"""Whether the first row of a table names its columns, and what else stands between the names and the cells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, takewhile

from engine.data.tables.cells import is_missing, is_number_like, is_word
from engine.data.tables.dates import is_date
from engine.data.tables.errors import UnreadableTable
from engine.data.tables.surroundings import LOOK, RULE, Row, Trimmed


def take_header(trimmed: Trimmed, stated: bool | None) -> list[str] | None:
    """Takes header and units off the rows; the names, or None without a header. ``stated``: what a person says."""
    if stated is False or not trimmed.rows:
        return None
    names = _shorter_header(trimmed)
    if names is None and _is_header(trimmed.rows[0], trimmed.rows[1:LOOK]):
        names = _first_row(trimmed)
    names = names or _commented_header(trimmed)
    if names is None and stated:
        names = _first_row(trimmed)
    if names is not None:
        _drop_units(trimmed)
    return names


def _first_row(trimmed: Trimmed) -> list[str]:
    top = trimmed.rows[0]
    trimmed.drop([0])
    if all(map(is_number_like, filter(None, top))):
        trimmed.notes.append("The first row is read as names, though they are numbers.")
    return [top[0].lstrip("#% ") or top[0], *top[1:]]


def _shorter_header(trimmed: Trimmed) -> list[str] | None:
    """R writes no name above the row names; others end every line but the header with a separator."""
    if not trimmed.above or not trimmed.rows:
        return None
    above, width = trimmed.above[-1], len(trimmed.rows[0])
    if not all(map(is_word, above)) or len(set(above)) < len(above) or above[0].startswith(("#", "%", "/")):
        return None
    if _is_header(trimmed.rows[0], trimmed.rows[1:LOOK]):
        return None
    if len(above) == width - 1 > 0:
        trimmed.above.pop()
        return ["", *above] if any(row[-1] for row in trimmed.rows[:LOOK]) else [*above, ""]
    if len(above) > width:
        raise UnreadableTable(
            f"the header names {len(above)} columns and most lines have {width} cells: "
            "give every line as many, or choose another delimiter"
        )
    return None


def _commented_header(trimmed: Trimmed) -> list[str] | None:
    """NumPy writes the names into a comment."""
    if not trimmed.above or not trimmed.rows:
        return None
    above = trimmed.above[-1]
    names = [cell for cell in (above[0].lstrip("#% "), *above[1:]) if cell]
    fits = above[0].startswith(("#", "%")) and len(names) == len(trimmed.rows[0]) == len(set(names))
    if not fits or not all(map(is_word, names)):
        return None
    trimmed.above.pop()
    return names


def _is_header(top: Row, body: Sequence[Row]) -> bool:
    """Whether the first row names columns: words over numbers, or words that never occur below."""
    if not body:
        return False
    columns = list(zip(*body, strict=True))
    names = numbers = 0
    for cell, column in zip(top, columns, strict=True):
        if _is_typed(column):
            names += is_word(cell)
            numbers += not is_word(cell) and not is_missing(cell)
    if names or numbers:
        return names > numbers or (not names and _is_numbered(top, body))
    words = [cell for cell in top if cell]
    if len(set(words)) < len(words) or not all(map(is_word, words)) or len(words) < len(top) - 1:
        return False
    return not any(cell in column for cell, column in zip(top, columns, strict=True) if cell)


def _is_typed(column: Sequence[str]) -> bool:
    present = [cell for cell in column if not is_missing(cell)]
    return sum(is_number_like(cell) or is_date(cell) for cell in present) > 0.8 * len(present)


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


def _drop_units(trimmed: Trimmed) -> None:
    """A rule of dashes under the header, and a line of units: words over numbers again."""
    rules = list(takewhile(lambda row: all(map(RULE.fullmatch, filter(None, row))), trimmed.rows))
    trimmed.drop(range(len(rules)))
    if len(trimmed.rows) < 3:
        return
    first, body = trimmed.rows[0], trimmed.rows[1:LOOK]
    typed = [cell for cell, column in zip(first, zip(*body, strict=True), strict=True) if _is_typed(column)]
    words = sum(map(is_word, typed))
    if words and words + typed.count("") == len(typed) and not any(map(is_number_like, first)):
        trimmed.notes.append(f"The line under the header is skipped: {' '.join(filter(None, first))[:60]!r}.")
        trimmed.drop([0])

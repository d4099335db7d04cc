"""The kind of a column, told from the texts of its cells: each recogniser takes them or leaves them to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.data.tables.cells import is_number_like
from engine.data.tables.column import BINARY, CATEGORY, DATE, ID, NUMBER, TEXT
from engine.data.tables.dates import are_dates
from engine.data.tables.grid import Declared
from engine.data.tables.missing import MISSING, MISSING_AMONG_NUMBERS
from engine.data.tables.names import counts_rows, is_id_name
from engine.data.tables.numbers import numbers_of, thousands_of
from engine.data.tables.table import Dialect
from engine.nn.registry import Array

PAIRS = (("0", "1"), ("no", "yes"), ("n", "y"), ("false", "true"), ("f", "t"), ("off", "on"))
PAIR_OF = {frozenset(pair): pair for pair in PAIRS}
PREFIXES, SUFFIXES = ("$", "€", "£", "¥"), ("%", "€")
EXACT = 2.0**53
FEW_VALUES = 20
LONG_TEXT = 20


@dataclass(frozen=True, kw_only=True)
class Cells:
    """The cells of a column that are not missing: their texts, the different ones sorted, and what is known beside."""

    name: str
    named: bool
    present: list[str]
    values: tuple[str, ...]
    dialect: Dialect


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """A kind with ``numbers`` (N present cells,), or with the ``values`` in their order; ``note``: what was assumed."""

    kind: str
    numbers: Array | None = None
    values: tuple[str, ...] = ()
    note: str = ""
    thousands: str = ""


def _counter(cells: Cells) -> Recognised | None:
    """A column that is named like a row number, or has no name beside columns that have, and counts by one."""
    if not counts_rows(cells.name, cells.named) or len(cells.present) < 2:
        return None
    numbers = numbers_of(cells.present, cells.dialect.decimal)
    if numbers is None or not bool((np.diff(numbers) == 1).all()):
        return None
    return Recognised(kind=ID, values=cells.values, note="it counts the rows")


def _binary(cells: Cells) -> Recognised | None:
    if len(cells.values) != 2:
        return None
    pair = PAIR_OF.get(frozenset(map(str.lower, cells.values)))
    if pair is None:
        return None
    return Recognised(kind=BINARY, values=tuple(sorted(cells.values, key=lambda value: pair.index(value.lower()))))


def _number(cells: Cells) -> Recognised | None:
    decimal = cells.dialect.decimal
    numbers = numbers_of(cells.present, decimal)
    if numbers is not None:
        return _number_or_code(cells, numbers)
    bare, affix = _without_affix(cells.present)
    mark = cells.dialect.thousands or thousands_of(bare, decimal) or ""
    numbers = numbers_of(bare, decimal, mark)
    if numbers is None:
        return None
    said = [f"{mark!r} is read as a thousands mark"] if mark else []
    said += [f"the sign {affix} is left out"] if affix else []
    return Recognised(kind=NUMBER, numbers=numbers, note=" and ".join(said), thousands=mark)


def _number_or_code(cells: Cells, numbers: Array) -> Recognised:
    """Whole numbers that lose something as numbers are codes: leading zeros, or more digits than a double holds."""
    digits = all(map(str.isdigit, cells.values))
    if digits and any(value[0] == "0" and len(value) > 1 for value in cells.values) and _one_length(cells.values):
        kind = CATEGORY if len(cells.values) <= FEW_VALUES else ID
        note = "its leading zeros make it a code, not a number"
        return Recognised(kind=kind, values=cells.values, note=note)
    if np.abs(numbers).max(initial=0) > EXACT and not any(set(value) & set(".,eE") for value in cells.values):
        note = "its numbers have more digits than a number can hold, so it is read as an id"
        return Recognised(kind=ID, values=cells.values, note=note)
    repeats_little = len(cells.values) == len(cells.present) or len(cells.values) > FEW_VALUES
    if is_id_name(cells.name) and repeats_little and bool((numbers == np.floor(numbers)).all()):
        return Recognised(kind=ID, values=cells.values)
    return Recognised(kind=NUMBER, numbers=numbers)


def _date(cells: Cells) -> Recognised | None:
    return Recognised(kind=DATE, values=cells.values) if are_dates(cells.values) else None


def _words(cells: Cells) -> Recognised:
    """A category repeats its values; free text has spaces or is long; what never repeats names the rows."""
    rows, different = len(cells.present), len(cells.values)
    spaced = sum(" " in value for value in cells.values)
    length = sum(map(len, cells.values)) / max(1, different)
    if different > rows / 2 and (spaced > different / 2 or length > LONG_TEXT):
        return Recognised(kind=TEXT, values=cells.values)
    unique = different == rows and rows > 1
    if unique and (rows > FEW_VALUES or not cells.named or is_id_name(cells.name)):
        return Recognised(kind=ID, values=cells.values)
    if different > max(FEW_VALUES, rows / 2):
        return Recognised(kind=TEXT, values=cells.values)
    return Recognised(kind=CATEGORY, values=cells.values)


# In this order; the last takes whatever is left.
RECOGNISERS: tuple[Callable[[Cells], Recognised | None], ...] = (_counter, _binary, _number, _date, _words)


def missing_in(texts: list[str]) -> frozenset[str]:
    """The texts of this column that count as missing: more of them do where the rest are numbers."""
    different = set(texts)
    further = {text for text in different if text.lower() in MISSING_AMONG_NUMBERS}
    if further and (rest := different - MISSING - further) and all(map(is_number_like, rest)):
        return MISSING | further
    return MISSING


def recognise(cells: Cells, declared: Declared | None) -> Recognised:
    """The kind of these cells: as the file declares it, or else of the first recogniser that takes them."""
    if declared is not None and declared.kind != NUMBER:
        return Recognised(kind=declared.kind, values=declared.values or cells.values)
    for recogniser in RECOGNISERS:
        if (found := recogniser(cells)) is not None:
            return found
    raise AssertionError("the last recogniser takes everything")


def _one_length(values: tuple[str, ...]) -> bool:
    return len(set(map(len, values))) == 1


def _without_affix(cells: list[str]) -> tuple[list[str], str]:
    """The cells without the currency or percent sign that each of them has, and that sign."""
    first = cells[0] if cells else ""
    for sign in PREFIXES:
        if first.startswith(sign) and all(cell.startswith(sign) for cell in cells):
            return [cell[1:].lstrip() for cell in cells], sign
    for sign in SUFFIXES:
        if first.endswith(sign) and all(cell.endswith(sign) for cell in cells):
            return [cell[:-1].rstrip() for cell in cells], sign
    return cells, ""

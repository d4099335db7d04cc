"""The kind of a column, by the texts of its cells: each recogniser takes them or leaves them to the next."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.data.tables.cells import is_number_like
from engine.data.tables.column import BINARY, CATEGORY, DATE, ID, NUMBER, TEXT
from engine.data.tables.column_texts import ColumnTexts
from engine.data.tables.dates import are_compact_dates, are_dates
from engine.data.tables.grid import Declared
from engine.data.tables.names import counts_rows, is_id_name, names_rows
from engine.data.tables.numbers import numbers_of, thousands_of
from engine.data.tables.overrides import NO_MARK
from engine.errors import shown
from engine.nn.registry import Array

PAIRS = (("0", "1"), ("no", "yes"), ("n", "y"), ("false", "true"), ("f", "t"), ("off", "on"))
PAIR_OF = {frozenset(pair): pair for pair in PAIRS}
PREFIXES, SUFFIXES = ("$", "€", "£", "¥"), ("%", "€")
EXACT = 2.0**53
THREE_DECIMALS = re.compile(r"(?:[+-]?[1-9][0-9]{0,2}+\.[0-9]{3}\n?)*+")
WHOLE = re.compile(r"(?:[0-9]++\n?)*+")
LEADING_ZERO = re.compile(r"(?:\A|\n)0[0-9]")
FEW_VALUES = 20
FEW_ROWS = 4
MANY_VALUES = 1_000
LONG_TEXT = 20


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """A kind with ``numbers`` (N present cells,), or with the ``values`` in their order; ``note``: what was assumed."""

    kind: str
    numbers: Array | None = None
    values: tuple[str, ...] = ()
    note: str = ""
    thousands: str = ""


def _counter(cells: ColumnTexts) -> Recognised | None:
    """A column that is named like a row number, or has no name beside columns that have, and counts by one."""
    numbers = cells.numbers
    if numbers is None or len(numbers) < 2 or not counts_rows(cells.name, cells.named):
        return None
    if not bool((np.diff(numbers) == 1).all()):
        return None
    return Recognised(kind=ID, values=cells.values, note="it counts the rows")


def _binary(cells: ColumnTexts) -> Recognised | None:
    numbers = cells.numbers
    if numbers is not None and not ((numbers == 0) | (numbers == 1)).all():
        return None
    if len(cells.values) != 2:
        return None
    pair = PAIR_OF.get(frozenset(map(str.lower, cells.values)))
    if pair is None:
        return None
    return Recognised(kind=BINARY, values=tuple(sorted(cells.values, key=lambda value: pair.index(value.lower()))))


def _code(cells: ColumnTexts) -> Recognised | None:
    """Whole numbers that lose something as numbers: leading zeros, or more digits than a double holds; dates, ids."""
    numbers = cells.numbers
    if numbers is None or not len(numbers) or not bool((numbers == np.floor(numbers)).all()):
        return None
    text = "\n".join(cells.present)
    if WHOLE.fullmatch(text):
        length = len(cells.present[0])
        if LEADING_ZERO.search(text) and all(len(cell) == length for cell in cells.present):
            kind = CATEGORY if cells.different <= FEW_VALUES else ID
            return Recognised(kind=kind, values=cells.values, note="its leading zeros make it a code, not a number")
        if length == 8 and cells.different > 1 and are_compact_dates(cells.values):
            return Recognised(kind=DATE, values=cells.values, note="its numbers are read as dates, year, month and day")
        if np.abs(numbers).max() >= EXACT:
            note = "its numbers have more digits than a number can hold exactly, so it is read as an id"
            return Recognised(kind=ID, values=cells.values, note=note)
    many = cells.different == len(numbers) or cells.different > FEW_VALUES
    if is_id_name(cells.name) and (many or cells.name.lower() == "id"):
        return Recognised(kind=ID, values=cells.values)
    return None


def _number(cells: ColumnTexts) -> Recognised | None:
    if cells.numbers is not None:
        note = ""
        # Where commas separate no cells, 327.000 may be meant as 327 thousand.
        if cells.dialect.delimiter == ";" and cells.present and THREE_DECIMALS.fullmatch("\n".join(cells.present)):
            note = f"{cells.present[0]} is read as {cells.numbers[0]:g}, with a decimal point"
        return Recognised(kind=NUMBER, numbers=cells.numbers, note=note)
    bare, sign = _without_sign(cells.present)
    mark = cells.dialect.thousands or thousands_of(bare, cells.dialect.decimal) or ""
    mark = "" if mark == NO_MARK else mark
    numbers = numbers_of(bare, cells.dialect.decimal, mark)
    if numbers is None:
        return None
    said = [f"{mark!r} is read as a thousands mark"] if mark else []
    said += [f"the sign {sign} is left out"] if sign else []
    return Recognised(kind=NUMBER, numbers=numbers, note=" and ".join(said), thousands=mark)


def _date(cells: ColumnTexts) -> Recognised | None:
    return Recognised(kind=DATE, values=cells.values) if are_dates(cells.values) else None


def _words(cells: ColumnTexts) -> Recognised:
    """A category repeats its values; free text has spaces or is long; what never repeats names the rows."""
    rows, different = len(cells.present), len(cells.values)
    note = _almost_numbers(cells)
    spaced = sum(" " in value for value in cells.values)
    length = sum(map(len, cells.values)) / max(1, different)
    if different > rows / 2 and (spaced > different / 2 or length > LONG_TEXT):
        return Recognised(kind=TEXT, values=cells.values, note=note)
    if cells.name.lower() == "id" and different > 2:
        return Recognised(kind=ID, values=cells.values, note=note)
    unique = different == rows and rows > 1
    if unique and (rows > FEW_ROWS or not cells.named or is_id_name(cells.name) or names_rows(cells.name)):
        return Recognised(kind=ID, values=cells.values, note=note)
    if different > max(FEW_VALUES, rows / 2):
        return Recognised(kind=TEXT, values=cells.values, note=note)
    return Recognised(kind=CATEGORY, values=cells.values, note=note)


def _almost_numbers(cells: ColumnTexts) -> str:
    """What to say of a column whose cells are numbers but for a few."""
    some = cells.values[:MANY_VALUES]
    wrong = [value for value in some if not is_number_like(value)]
    if not cells.present or len(wrong) == len(some) or len(wrong) > len(some) / 2:
        return ""
    listed = ", ".join(map(shown, (wrong or some)[:3]))
    return f"most of its cells look like numbers, but not all ({listed}), so it is not read as one"


# In this order; the last takes whatever is left.
RECOGNISERS: tuple[Callable[[ColumnTexts], Recognised | None], ...] = (_counter, _binary, _code, _number, _date, _words)


def recognise(cells: ColumnTexts, declared: Declared | None) -> Recognised:
    """The kind of these cells: as the file declares it, or else of the first recogniser that takes them."""
    if declared is not None and declared.kind != NUMBER:
        return Recognised(kind=declared.kind, values=declared.values or cells.values)
    if not cells.present:
        return Recognised(kind=NUMBER, numbers=np.zeros(0))
    for recogniser in RECOGNISERS:
        if (found := recogniser(cells)) is not None:
            return found
    raise AssertionError("the last recogniser takes everything")


def _without_sign(cells: list[str]) -> tuple[list[str], str]:
    """The cells without the currency or percent sign that each of them has, and that sign."""
    first = cells[0].lstrip("-") if cells else ""
    for sign in PREFIXES:
        if first.startswith(sign) and all(cell.lstrip("-").startswith(sign) for cell in cells):
            return [cell.replace(sign, "", 1).strip() for cell in cells], sign
    for sign in SUFFIXES:
        if first.endswith(sign) and all(cell.endswith(sign) for cell in cells):
            return [cell[:-1].rstrip() for cell in cells], sign
    return cells, ""

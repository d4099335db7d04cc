"""Which mark separates cells, and which one the decimals of numbers."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Protocol

from engine.data.tables.cells import is_missing, is_number_like
from engine.data.tables.dates import is_date
from engine.data.tables.overrides import WHITESPACE

# In the order that decides between equal scores.
CANDIDATES = (";", "\t", "|", WHITESPACE, ",")
SAMPLE_LINES = 200
CHUNK = 200
SAMPLE_CHARACTERS = 100_000
OTHERS = {mark: re.compile(f"[{''.join(set(';,|') - {mark})}\t]") for mark in CANDIDATES}
SPACED_DIGITS = re.compile(r"\d\s+[\d.]", re.ASCII)
# Numbers with one mark before their last digits; certain ones cannot be groups of three digits.
COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:[. \u00a0\u202f'\u2019]\d{3})*|\d*),\d+(?:[eE][+-]?\d+)?", re.ASCII)
POINT = re.compile(r"[+-]?(?:\d{1,3}(?:[, \u00a0\u202f'\u2019]\d{3})*|\d*)\.\d+(?:[eE][+-]?\d+)?", re.ASCII)
GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}((?:\1\d{3})+)?", re.ASCII)
POINTS_BETWEEN_GROUPS = re.compile(r"\d\.\d{3}\.\d{3}", re.ASCII)


class Reader(Protocol):
    """What csv.reader gives: rows, and the number of the line that was read last."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...


def reader_of(lines: Iterable[str], delimiter: str, *, quote: str = '"', strict: bool = True) -> Reader:
    """The rows of these lines (each with its line end), as RFC 4180 says; csv.Error where a quote never closes."""
    if delimiter == WHITESPACE:
        lines, delimiter = (line.replace("\t", " ").rstrip(" \n") + "\n" for line in lines), " "
    return csv.reader(lines, delimiter=delimiter, quotechar=quote, skipinitialspace=True, strict=strict)


def quote_of(lines: Sequence[str], delimiter: str) -> str:
    """The quote: single ones where they enclose whole cells, and no line of the first has another use for them."""
    sample = lines[:SAMPLE_LINES]
    if any('"' in line for line in sample) or sum("'" in line for line in sample) == 0:
        return '"'
    try:
        rows = list(reader_of(sample, delimiter, quote="'"))
    except csv.Error:
        return '"'
    return '"' if any("'" in cell.strip("'") for row in rows for cell in row) else "'"


def delimiter_of(lines: Sequence[str]) -> str:
    """The mark that makes rows of one width and cells that are numbers, dates or plain words; "" where none does."""
    sample: list[str] = []
    characters = 0
    for line in lines:
        if line.isspace():
            continue
        sample.append(line)
        characters += len(line)
        if characters > SAMPLE_CHARACTERS or len(sample) == SAMPLE_LINES:
            break
    scores = {mark: _score(sample, mark) for mark in CANDIDATES}
    best = max(CANDIDATES, key=lambda mark: scores[mark])
    return best if scores[best] > 0 else ""


def _score(lines: Sequence[str], delimiter: str) -> float:
    """Between 0 and 1: the share of rows of one width, times how clean their cells are."""
    try:
        rows = [row for row in reader_of(lines, delimiter, strict=False) if row]
    except csv.Error:
        return 0.0
    widths = Counter(map(len, rows))
    width = max((width for width in widths if width > 1), key=lambda width: (widths[width], width), default=0)
    if not width:
        return 0.0
    cells = Counter(cell.strip() for row in rows if len(row) == width for cell in row)
    clean = sum(_cleanness(cell, delimiter) * count for cell, count in cells.items())
    return widths[width] / len(rows) * clean / cells.total()


def _cleanness(cell: str, delimiter: str) -> float:
    if is_missing(cell) or is_number_like(cell) or is_date(cell):
        return 1.0
    if OTHERS[delimiter].search(cell):
        return 0.3
    return 0.5 if SPACED_DIGITS.search(cell) else 0.9


def may_have_decimal_commas(text: str, delimiter: str) -> bool:
    """Whether it is worth a look at every cell: most files have no comma but the separator."""
    commas = "," in text and (delimiter != "," or '"' in text or "'" in text)
    return commas or POINTS_BETWEEN_GROUPS.search(text[:SAMPLE_CHARACTERS]) is not None


def decimal_of(columns: Sequence[Sequence[str]], delimiter: str) -> str:
    """The decimal mark of these cells. What may be groups of three digits decides only where nothing else does."""
    unsure = 0
    for start in range(0, len(columns[0]), CHUNK):
        commas, points, grouped = _decimals(chain.from_iterable(column[start : start + CHUNK] for column in columns))
        if commas or points:
            return "," if commas > points else "."
        unsure += grouped
    return "," if unsure and delimiter == ";" else "."


def _decimals(cells: Iterable[str]) -> tuple[int, int, int]:
    """How many cells have a decimal comma, how many a point, and how many a comma before one group of three digits."""
    commas = points = grouped = 0
    for cell in cells:
        if "," not in cell and "." not in cell:
            continue
        if (groups := GROUPS.fullmatch(cell)) is None:
            commas += COMMA.fullmatch(cell) is not None
            points += POINT.fullmatch(cell) is not None
        elif groups[2] is None:
            grouped += groups[1] == ","
        else:
            # A mark that stands twice separates thousands, so the other one is the decimal mark.
            commas += groups[1] == "."
            points += groups[1] == ","
    return commas, points, grouped

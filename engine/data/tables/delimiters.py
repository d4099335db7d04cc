"""Which mark separates cells, and which one the decimals of numbers."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from engine.data.tables.cells import is_missing, is_number_like
from engine.data.tables.dates import is_date
from engine.data.tables.overrides import WHITESPACE

# In the order that decides between equal scores.
CANDIDATES = (";", "\t", "|", WHITESPACE, ",")
SAMPLE_LINES = 200
SAMPLE_CHARACTERS = 100_000
OTHERS = {mark: re.compile(f"[{''.join(set(';,|') - {mark})}\t]") for mark in CANDIDATES}
SPACED_DIGITS = re.compile(r"\d\s+[\d.]", re.ASCII)
# Numbers with one mark before their last digits; certain ones cannot be groups of three digits.
COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:[.\s']\d{3})*|\d*),\d+(?:[eE][+-]?\d+)?", re.ASCII)
POINT = re.compile(r"[+-]?(?:\d{1,3}(?:[,\s']\d{3})*|\d*)\.\d+(?:[eE][+-]?\d+)?", re.ASCII)
GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*", re.ASCII)


def rows_of(lines: Iterable[str], delimiter: str, *, quote: str = '"', strict: bool = True) -> Iterator[list[str]]:
    """The rows of these lines (each with its line end), as RFC 4180 says; csv.Error where a quote never closes."""
    if delimiter == WHITESPACE:
        lines, delimiter = (line.replace("\t", " ").rstrip(" \n") + "\n" for line in lines), " "
    return csv.reader(lines, delimiter=delimiter, quotechar=quote, skipinitialspace=True, strict=strict)


def delimiter_of(lines: Sequence[str]) -> str:
    """The mark that makes rows of one width and cells that are numbers, dates or plain words; "" where none does."""
    sample, characters = [], 0
    for line in lines[:SAMPLE_LINES]:
        sample.append(line)
        characters += len(line)
        if characters > SAMPLE_CHARACTERS:
            break
    scores = {mark: _score(sample, mark) for mark in CANDIDATES}
    best = max(CANDIDATES, key=lambda mark: scores[mark])
    return best if scores[best] > 0 else ""


def _score(lines: Sequence[str], delimiter: str) -> float:
    """Between 0 and 1: the share of rows of one width, times how clean their cells are."""
    try:
        rows = [row for row in rows_of(lines, delimiter, strict=False) if row]
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


def decimal_of(columns: Sequence[Sequence[str]], delimiter: str) -> str:
    """The decimal mark of these cells. What may be groups of three digits decides only where nothing else does."""
    commas = points = unsure = 0
    for column in columns:
        for cell in column:
            if "," in cell and COMMA.fullmatch(cell):
                if GROUPS.fullmatch(cell):
                    unsure += 1
                else:
                    commas += 1
            elif "." in cell and POINT.fullmatch(cell) and not GROUPS.fullmatch(cell):
                points += 1
    if commas or points:
        return "," if commas > points else "."
    return "," if unsure and delimiter == ";" else "."

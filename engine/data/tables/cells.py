"""What single cells look like: enough to tell separators, headers and decimal marks apart."""

from __future__ import annotations

import re

from engine.data.tables.dates import is_date
from engine.data.tables.missing import MISSING

LONGEST_NUMBER = 40
NUMBER_LIKE = re.compile(
    r"[+\-\u2212]?[$€£]?\s?(?:\d[\d.,'\u2019\u00a0\u202f]*|[.,]\d+)(?:[eE][+-]?\d+)?\s?[%€]?", re.ASCII
)


def is_number_like(cell: str) -> bool:
    """Whether this may be a number in some notation."""
    return len(cell) <= LONGEST_NUMBER and NUMBER_LIKE.fullmatch(cell) is not None


def is_missing(cell: str) -> bool:
    """Whether this counts as a missing cell in every column."""
    return cell in MISSING


def is_word(cell: str) -> bool:
    """Whether this is neither missing, nor a number, nor a date: a header's cell is."""
    return not (is_missing(cell) or is_number_like(cell) or is_date(cell))

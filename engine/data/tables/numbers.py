"""Whole columns of cell texts as numbers, strictly: digits, one decimal mark, an exponent, and nothing else."""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from engine.nn.registry import Array

# float() takes more (1_000, inf, nan, digits of other scripts): those characters are no part of a number here.
PLAIN = re.compile(r"[0-9.eE+\-\n]*+")
THOUSANDS = (",", ".", " ", "'")
# Other signs for the same: a minus, spaces that do not break, an apostrophe.
VARIANTS = str.maketrans({"\u2212": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2019": "'"})


def numbers_of(cells: list[str], decimal: str = ".", thousands: str = "") -> Array | None:
    """The cells as float64 (N,), or None where one of them is no finite number in this notation. Linear in size."""
    plain = text = "\n".join(cells)
    if not text.isascii():
        plain = plain.translate(VARIANTS)
    if thousands:
        if not _grouped(decimal, thousands).fullmatch(plain):
            return None
        plain = plain.replace(thousands, "")
    if decimal != ".":
        if "." in plain:
            return None
        plain = plain.replace(decimal, ".")
    # float() would take a line end around a number.
    if not PLAIN.fullmatch(plain) or plain.count("\n") != len(cells) - 1:
        return None
    parts = cells if plain is text else plain.split("\n")
    try:
        numbers = np.fromiter(map(float, parts), np.float64, len(parts))
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() else None


def thousands_of(cells: list[str], decimal: str = ".") -> str | None:
    """The mark between groups of three digits that makes all of these cells numbers, or None."""
    text = "\n".join(cells).translate(VARIANTS)
    for mark in THOUSANDS:
        if mark != decimal and mark in text and _grouped(decimal, mark).fullmatch(text):
            return mark
    return None


@cache
def _grouped(decimal: str, thousands: str) -> re.Pattern[str]:
    """Matches lines of numbers of which some may be grouped. Possessive throughout: never looks back."""
    point, mark = re.escape(decimal), re.escape(thousands)
    number = rf"[+-]?+(?:[1-9][0-9]{{0,2}}+(?:{mark}[0-9]{{3}})++(?![0-9])|[0-9]*+)(?:{point}[0-9]*+)?+"
    return re.compile(rf"(?:{number}(?:\n|\Z))*+")

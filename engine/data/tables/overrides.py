"""Parts of a dialect that a person states, as the strings of a query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from engine.data.tables.errors import UnreadableTable
from engine.errors import shown

WHITESPACE = "whitespace"
NO_MARK = "none"
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "space": WHITESPACE}
DECIMALS = {"point": ".", "comma": ",", ".": ".", ",": ","}
MARKS = {"none": NO_MARK, "comma": ",", "point": ".", "space": " ", "apostrophe": "'"}
T = TypeVar("T")
TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def delimiter_of(overrides: Mapping[str, str]) -> str | None:
    """The delimiter that is stated: one character, a name of one, or "whitespace"; None where none is."""
    stated = overrides.get("delimiter")
    if stated is None:
        return None
    mark = DELIMITERS.get(stated.lower(), stated)
    if mark != WHITESPACE and (len(mark) != 1 or mark in '\r\n"\0' or mark.isalnum()):
        raise UnreadableTable(
            f"{shown(stated)} is no delimiter: give one mark, or {', '.join(DELIMITERS)}", "delimiter"
        )
    return WHITESPACE if mark == " " else mark


def decimal_of(overrides: Mapping[str, str]) -> str | None:
    """The decimal mark that is stated, or None."""
    return _one_of(overrides, "decimal", DECIMALS)


def thousands_of(overrides: Mapping[str, str]) -> str | None:
    """The thousands mark that is stated, NO_MARK where there is to be none, or None."""
    stated = overrides.get("thousands")
    if not stated:
        return None
    mark = stated if stated in MARKS.values() else _one_of(overrides, "thousands", MARKS)
    if mark == decimal_of(overrides):
        raise UnreadableTable(f"{mark!r} is stated as the decimal mark too: choose another", "thousands")
    return mark


def header_of(overrides: Mapping[str, str]) -> bool | None:
    """Whether there is a header, or None where nothing is stated."""
    return _one_of(overrides, "header", TRUTH)


def skipped_lines_of(overrides: Mapping[str, str]) -> int | None:
    """How many lines to skip above the header, or None."""
    stated = overrides.get("skipped_lines")
    if stated is None:
        return None
    if not (stated.isascii() and stated.isdigit() and len(stated) < 7):
        raise UnreadableTable(f"{shown(stated)} is no number of lines: give a whole number", "skipped_lines")
    return int(stated)


def _one_of(overrides: Mapping[str, str], part: str, choices: Mapping[str, T]) -> T | None:
    stated = overrides.get(part)
    if stated is None:
        return None
    if stated.lower() not in choices:
        raise UnreadableTable(f"{shown(stated)} is no {part}: choose one of {', '.join(choices)}", part)
    return choices[stated.lower()]

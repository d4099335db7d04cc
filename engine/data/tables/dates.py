"""Columns of dates and times, by the forms in which they are usually written."""

from __future__ import annotations

import re
from collections.abc import Sequence

MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?"
DAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s)?"
CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?\s?(?:[ap]\.?m\.?)?\s?(?:z|utc|gmt)?(?:[+-]\d{1,2}(?::?\d{2})?)?"
FORMS = (
    rf"\d{{4}}-\d{{1,2}}-\d{{1,2}}(?:[t\s]{CLOCK})?",  # 2024-01-31T12:00:00Z
    rf"\d{{4}}([/.])\d{{1,2}}\1\d{{1,2}}(?:\s{CLOCK})?",  # 2024/01/31 5:30 pm GMT+1
    r"\d{4}[-/](?:0[1-9]|1[0-2])",  # 2024-01
    rf"\d{{1,2}}([-/.])\d{{1,2}}\1(?:\d{{4}}|\d{{2}})(?:,?\s{CLOCK})?",  # 31.01.2024, 1/31/24 5:30 PM
    r"\d{4}(?:[-\s:]?[qm]|:)\d{1,2}",  # 2024Q1, 2024:1
    rf"{DAY}{MONTH}[-\s]\d{{1,2}},?[-\s]\d{{4}}(?:,?\s{CLOCK})?",  # Jan 31, 2024
    rf"{DAY}\d{{1,2}}\.?[-\s]{MONTH}[-\s](?:\d{{4}}|\d{{2}})(?:,?\s{CLOCK})?",  # 31 Jan 2024
    rf"{MONTH}[-\s]\d{{4}}",  # January 2024
    CLOCK,  # 17:30
)
PATTERNS = tuple(re.compile(form, re.IGNORECASE | re.ASCII) for form in FORMS)
LONGEST = 50
COMPACT = re.compile(r"(?:1[5-9]|20|21)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", re.ASCII)


def are_dates(values: Sequence[str]) -> bool:
    """Whether these different texts are all dates or times of one form."""
    if not values or max(map(len, values)) > LONGEST or not any(digit in values[0] for digit in "0123456789"):
        return False
    return any(all(map(pattern.fullmatch, values)) for pattern in PATTERNS if pattern.fullmatch(values[0]))


def is_date(cell: str) -> bool:
    """Whether this text is a date or time."""
    return are_dates((cell,))


def are_compact_dates(values: Sequence[str]) -> bool:
    """Whether these are all dates such as 20240131."""
    return all(map(COMPACT.fullmatch, values))

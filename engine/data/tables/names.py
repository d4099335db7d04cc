"""What the name of a column says about its role."""

from __future__ import annotations

import re

# A name that ends in one of these is an id's: id, ID, PassengerId, customer_id, row names.
ID_NAME = re.compile(r"(?:.*[\W_])?(?:id|ids|uuid|guid|identifier|row[._ ]?names?)|.*[a-z]I[dD]|.*[A-Z]ID", re.S)
# Those of columns that count the rows from one on.
COUNTER = re.compile(
    r"(?:unnamed[:_ ]*\d+|index|idx|no\.?|nr\.?|#|row|rows|obs\.?|observation|case|sample|number|num|key|record|"
    r"instant|entry|serial|"
    r"s\.?no\.?|sl\.? ?no\.?|\.\.\.1)",
    re.IGNORECASE,
)
NAMES_ROWS = re.compile(
    r"(?:.*[\W_])?(?:names?|titles?|urls?|e-?mails?|address|comments?|description|texts?|notes?)", re.IGNORECASE | re.S
)
# Earlier ones are the more certain.
TARGET_NAMES = tuple(
    """target targets label labels class classes output outcome response species diagnosis survived quality
    kind category variety result churn""".split()
)


def is_id_name(name: str) -> bool:
    """Whether a column of this name identifies rows or what they are about."""
    return ID_NAME.fullmatch(name[:100]) is not None or name.lower() in ("id", "rownames")


def names_rows(name: str) -> bool:
    """Whether a column of this name holds a name or a text of each row."""
    return NAMES_ROWS.fullmatch(name[:100]) is not None


def counts_rows(name: str, named: bool) -> bool:
    """Whether a column of this name is one that may just count the rows."""
    return not named or COUNTER.fullmatch(name[:100]) is not None or is_id_name(name)


def target_rank(name: str) -> int | None:
    """How surely a column of this name is the target, 0 the surest; None where the name says nothing."""
    plain = name.strip().lower().rstrip(":")
    return TARGET_NAMES.index(plain) if plain in TARGET_NAMES else None

"""An owner's runs as a list: filtered, sorted, in pages."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from app.errors import ErrorItem, rejected
from app.protocol.orders import State

Sort = Literal["newest", "oldest", "name", "epochs"]


@dataclass(frozen=True, slots=True)
class Line:
    """The fields of a run by which a list filters and sorts."""

    number: int
    id: str
    state: str
    epoch: int
    name: str
    notes: str
    pinned: bool
    dataset: str


def lines_of(connection: sqlite3.Connection, owner: bytes) -> list[Line]:
    """All runs of an owner as they are stored, the oldest first."""
    rows = connection.execute(
        "SELECT number, id, state, epoch, COALESCE(name, ''), COALESCE(notes, ''), COALESCE(pinned, 0), "
        "CASE WHEN json_valid(config) THEN json_extract(config, '$.dataset.name') ELSE '' END FROM runs "
        "JOIN snapshots ON snapshots.run = number LEFT JOIN labels ON labels.run = number "
        "WHERE owner = ? ORDER BY number",
        (owner,),
    )
    return [Line(*row) for row in rows]


# The sort key of each order; equal runs are sorted newest first.
_KEYS: dict[Sort, Callable[[Line], tuple[Any, ...]]] = {
    "newest": lambda line: (-line.number,),
    "oldest": lambda line: (line.number,),
    "name": lambda line: (not line.name, line.name.casefold(), -line.number),
    "epochs": lambda line: (-line.epoch, -line.number),
}


@dataclass(frozen=True, slots=True)
class Listing:
    """What a caller asks for. `q` is searched in name, notes and the data set's name, ignoring case."""

    state: State | None = None
    q: str = ""
    sort: Sort = "newest"
    cursor: int | None = None
    limit: int = 20

    def page(self, lines: Sequence[Line]) -> tuple[list[Line], str | None]:
        """One page of those that fit, and the cursor of the next: the number of the last run on this one."""
        key = _KEYS[self.sort]
        fitting = sorted((line for line in lines if self._fits(line)), key=key)
        if self.cursor is not None:
            last = self._last(lines, self.cursor)
            fitting = [line for line in fitting if key(line) > key(last)]
        page = fitting[: self.limit]
        return page, str(page[-1].number) if len(fitting) > self.limit else None

    def _fits(self, line: Line) -> bool:
        text = f"{line.name}\n{line.notes}\n{line.dataset}".casefold()
        return (self.state is None or line.state == self.state) and self.q.casefold() in text

    def _last(self, lines: Sequence[Line], number: int) -> Line:
        """The run of a cursor. Orders by number continue even if that run was deleted."""
        found = next((line for line in lines if line.number == number), None)
        if found:
            return found
        if self.sort in ("newest", "oldest"):
            return replace(_NOWHERE, number=number)
        message = "the last run of the previous page was deleted; start again without a cursor"
        raise rejected([ErrorItem(loc=["query", "cursor"], message=message)])


_NOWHERE = Line(0, "", "", 0, "", "", False, "")

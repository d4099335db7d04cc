"""The live changes of one run, as its worker lists them: merged where no batch was trained in between."""

from app.errors import ErrorItem, rejected
from app.protocol.changes import Change, merged, place_of, standing_cuts


class ChangeList:
    """At most `limit` changes, and which of them the last checkpoint did not hold."""

    def __init__(self, changes: list[Change], limit: int, reported: bool) -> None:
        self._changes = changes
        self._limit = limit
        self._unreported_from = None if reported else 0

    def check_room(self, change: Change) -> None:
        """InvalidArgument where this change would make the list too long."""
        if len(self._changes) >= self._limit and place_of(self._changes, change) is None:
            message = (
                f"this run has {len(self._changes):,} live changes, the most that this server keeps of a run "
                "(DESCENT_MAX_CHANGES); reset it, or begin a new run with these settings"
            )
            raise rejected([ErrorItem(loc=["body"], message=message)])

    def add(self, change: Change) -> None:
        """Lists a change that was made."""
        index = place_of(self._changes, change)
        if index is None:
            index = len(self._changes)
            self._changes.append(change)
        else:
            self._changes[index] = merged(self._changes[index], change)
        self._unreported_from = index if self._unreported_from is None else min(index, self._unreported_from)

    def reset(self) -> None:
        """Back to epoch 0: only the links that are cut are left."""
        self._changes = standing_cuts(self._changes)
        self._unreported_from = 0

    def take_unreported(self) -> tuple[int, list[Change]] | None:
        """How many changes of the previous call still apply, and the new ones; None where nothing changed."""
        first, self._unreported_from = self._unreported_from, None
        return None if first is None else (first, self._changes[first:])

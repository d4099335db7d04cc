"""The errors of the domain: requests that cannot be fulfilled. Each message says what to change.

They are independent of HTTP (`app.web.problems` maps them to it) and are pickled through the pipes of workers.
"""

import copyreg
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel


class DomainError(Exception):
    """A request that cannot be fulfilled. `detail` says why and what to change."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    def __reduce__(self) -> tuple[Any, ...]:
        return copyreg.__newobj__, (type(self), self.detail), self.__dict__  # type: ignore[attr-defined]


class NotFound(DomainError):
    """The requested object does not exist."""


class Replaced(NotFound):
    """The run was deleted; the run `replaced_by` replaced it."""

    def __init__(self, detail: str, replaced_by: str) -> None:
        super().__init__(detail)
        self.replaced_by = replaced_by


class Conflict(DomainError):
    """The state of the run does not allow it."""


class Forbidden(DomainError):
    """The object belongs to another owner."""


class LimitReached(DomainError):
    """A limit is reached. The request can be repeated after `retry_after` seconds."""

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """It cannot be done now; `retry_after`: seconds until it may be possible, None if unknown."""

    def __init__(self, detail: str, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class StorageError(Unavailable):
    """The database cannot be used."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, retry_after=5)


class Failed(DomainError):
    """The server failed."""


class ErrorItem(BaseModel):
    """One rejected part of a request: its path and what to change."""

    loc: list[str | int]
    message: str


class InvalidArgument(DomainError):
    """Invalid arguments. `items` name them; None where the whole request is invalid."""

    def __init__(self, detail: str, items: list[ErrorItem] | None = None) -> None:
        super().__init__(detail)
        self.items = items


def rejected(items: Sequence[ErrorItem]) -> InvalidArgument:
    """The error for invalid arguments, all items in one sentence."""
    faults = "; ".join(": ".join(filter(None, [".".join(map(str, e.loc)), e.message])) for e in items[:5])
    more = f" (and {len(items) - 5} more)" if len(items) > 5 else ""
    return InvalidArgument(f"{faults}{more}", list(items[:100]))


def over_limit(loc: list[str | int], what: str, asked: int, name: str, limit: int, hint: str = "") -> InvalidArgument:
    """A request past a limit; names the limit, the setting that moves it, and what to ask for instead."""
    remedy = hint or f"ask for at most {limit:,}"
    message = f"{asked:,} {what} exceed this server's limit of {limit:,} (DESCENT_{name.upper()}); {remedy}"
    return rejected([ErrorItem(loc=loc, message=message)])


def run_not_found(run_id: str, replaced_by: str | None = None) -> NotFound:
    """There is no such run; `replaced_by` is the successor of a deleted one."""
    if replaced_by:
        detail = f"The run {run_id[:40]!r} was deleted; the run {replaced_by!r} replaced it."
        return Replaced(detail, replaced_by)
    return NotFound(f"There is no run {run_id[:40]!r}: it was deleted, or the id is misspelt.")


# The parts of a request.
PLACES = ("body", "query", "path", "header")


def located(error: DomainError, place: Callable[[str], str]) -> DomainError:
    """The same error with the part of the request added to each item's path: the code that raises the error has the
    field's name only. An item without a field is about the whole request."""
    if not isinstance(error, InvalidArgument) or error.items is None:
        return error
    return rejected([ErrorItem(loc=_located(item.loc, place), message=item.message) for item in error.items])


def _located(loc: list[str | int], place: Callable[[str], str]) -> list[str | int]:
    field = str(next(iter(loc), ""))
    return loc if field in PLACES else [place(field), *loc]

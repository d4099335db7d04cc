"""The errors of the domain: what is asked for and cannot be done. Each message says what to change.

They know nothing of HTTP (`app.web.problems` maps them to it), and workers send them through pipes.
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
    """What is asked for does not exist."""


class Replaced(NotFound):
    """The run was deleted; its owner went on with the run `replaced_by`."""

    def __init__(self, detail: str, replaced_by: str) -> None:
        super().__init__(detail)
        self.replaced_by = replaced_by


class Conflict(DomainError):
    """The state of the run does not allow it."""


class Forbidden(DomainError):
    """Another owner's."""


class LimitReached(DomainError):
    """As many exist, or wait, as may. It can be asked again after `retry_after` seconds."""

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """It cannot be done now; `retry_after`: seconds until it may be, None if that is not known."""

    def __init__(self, detail: str, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class StorageError(Unavailable):
    """The database cannot be used."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, retry_after=5)


class Failed(DomainError):
    """The server could not do what it should have been able to do."""


class ErrorItem(BaseModel):
    """One rejected part of a body: where it stands and what to change."""

    loc: list[str | int]
    message: str


class InvalidArgument(DomainError):
    """Arguments that do not fit. `items` name them, None where the whole request is at fault."""

    def __init__(self, detail: str, items: list[ErrorItem] | None = None) -> None:
        super().__init__(detail)
        self.items = items


def rejected(items: Sequence[ErrorItem]) -> InvalidArgument:
    """Arguments that do not fit, all their faults in one sentence."""
    faults = "; ".join(": ".join(filter(None, [".".join(map(str, e.loc)), e.message])) for e in items[:5])
    more = f" (and {len(items) - 5} more)" if len(items) > 5 else ""
    return InvalidArgument(f"{faults}{more}", list(items[:100]))


def over_limit(loc: list[str | int], what: str, asked: int, name: str, limit: int, hint: str = "") -> InvalidArgument:
    """A request past a limit; names the limit, the setting that moves it, and what to ask for instead."""
    remedy = hint or f"ask for at most {limit:,}"
    message = f"{asked:,} {what} are past this server's limit of {limit:,} (DESCENT_{name.upper()}); {remedy}"
    return rejected([ErrorItem(loc=loc, message=message)])


def run_not_found(run_id: str, replaced_by: str | None = None) -> NotFound:
    """There is no such run; `replaced_by` is the successor of a deleted one."""
    if replaced_by:
        detail = f"The run {run_id[:40]!r} was deleted; its owner went on with the run {replaced_by!r}."
        return Replaced(detail, replaced_by)
    return NotFound(f"There is no run {run_id[:40]!r}; it was deleted, or the id is mistyped.")


# Where in a request a field may stand.
PLACES = ("body", "query", "path", "header")


def located(error: DomainError, place: Callable[[str], str]) -> DomainError:
    """The same error with each item at the place in the request where its field stands: what finds a fault knows the
    field's name alone. An item without a field is about the whole."""
    if not isinstance(error, InvalidArgument) or error.items is None:
        return error
    return rejected([ErrorItem(loc=_located(item.loc, place), message=item.message) for item in error.items])


def _located(loc: list[str | int], place: Callable[[str], str]) -> list[str | int]:
    field = str(next(iter(loc), ""))
    return loc if field in PLACES else [place(field), *loc]

"""Errors as problem documents (RFC 9457): what went wrong, and in words what to change."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel


class ErrorItem(BaseModel):
    """One rejected part of a body: where it stands and what to change."""

    loc: list[str | int]
    message: str


class ProblemDocument(BaseModel):
    """An error, as `application/problem+json` carries it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[ErrorItem] | None = None
    replaced_by: str | None = None


class Problem(Exception):
    """An error to be told to the client. `detail` says what to change."""

    def __init__(
        self,
        status: int,
        detail: str,
        errors: list[ErrorItem] | None = None,
        headers: Mapping[str, str] | None = None,
        replaced_by: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})
        self.replaced_by = replaced_by

    def __reduce__(self) -> tuple[type["Problem"], tuple[object, ...]]:
        return Problem, (self.status, self.detail, self.errors, self.headers, self.replaced_by)

    def document(self) -> dict[str, Any]:
        title = HTTPStatus(self.status).phrase
        document = ProblemDocument(
            title=title, status=self.status, detail=self.detail, errors=self.errors, replaced_by=self.replaced_by
        )
        return document.model_dump(exclude_none=True)


def not_found(run_id: str, replaced_by: str | None = None) -> Problem:
    """There is no such run; of one that had a successor, which that is."""
    if replaced_by:
        detail = f"The run {run_id[:40]!r} was deleted; its owner went on with the run {replaced_by!r}."
        return Problem(410, detail, replaced_by=replaced_by)
    return Problem(404, f"There is no run {run_id[:40]!r}; it was deleted, or the id is mistyped.")


def rejected(errors: list[ErrorItem]) -> Problem:
    """A body or query that does not fit, all its faults in one sentence."""
    words = "; ".join(": ".join(filter(None, [".".join(map(str, e.loc)), e.message])) for e in errors[:5])
    more = f" (and {len(errors) - 5} more)" if len(errors) > 5 else ""
    return Problem(422, f"{words}{more}", errors[:100])


def over_limit(loc: list[str | int], what: str, asked: int, name: str, limit: int, hint: str = "") -> Problem:
    """A request past a limit; names the limit, the setting that moves it, and what to ask for instead."""
    remedy = hint or f"ask for at most {limit:,}"
    message = f"{asked:,} {what} are past this server's limit of {limit:,} (DESCENT_{name.upper()}); {remedy}"
    return rejected([ErrorItem(loc=loc, message=message)])


# Where in a REST request a field may stand.
PLACES = ("body", "query", "path", "header")


def located(problem: Problem, place: Callable[[str], str]) -> Problem:
    """The same problem with each error at the place in the request where its field stands: what finds a fault deep
    inside knows the field's name alone. An error without a field is about the whole."""
    if problem.errors is None:
        return problem
    moved = [ErrorItem(loc=_located(item.loc, place), message=item.message) for item in problem.errors]
    return Problem(problem.status, rejected(moved).detail, moved, problem.headers)


def _located(loc: list[str | int], place: Callable[[str], str]) -> list[str | int]:
    field = str(next(iter(loc), ""))
    return loc if field in PLACES else [place(field), *loc]

"""Errors as problem documents (RFC 9457): the status, headers and document of each."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel

from app import errors
from app.errors import DomainError, ErrorItem

STATUS: dict[type[DomainError], int] = {
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Replaced: 410,
    errors.InvalidArgument: 422,
    errors.LimitReached: 429,
    errors.Failed: 500,
    errors.Unavailable: 503,
}

REFERENCE = "#/components/schemas/ProblemDocument"


class ProblemDocument(BaseModel):
    """An error, as `application/problem+json` carries it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[ErrorItem] | None = None
    replaced_by: str | None = None


class Problem(DomainError):
    """An error of the exchange itself: a token, a header or a media type, with its HTTP status."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = dict(headers or {})


class ProblemResponse(JSONResponse):
    media_type = "application/problem+json"


def status_of(error: DomainError) -> int:
    """The HTTP status of an error: that of the nearest of its classes in the table."""
    if isinstance(error, Problem):
        return error.status
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def document_of(error: DomainError) -> dict[str, Any]:
    """The error as a ProblemDocument."""
    status = status_of(error)
    document = ProblemDocument(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=error.detail,
        errors=getattr(error, "items", None),
        replaced_by=getattr(error, "replaced_by", None),
    )
    return document.model_dump(exclude_none=True)


def problem_response(error: DomainError) -> JSONResponse:
    """The answer for an error."""
    headers = dict(getattr(error, "headers", {}))
    if (seconds := getattr(error, "retry_after", None)) is not None:
        headers["Retry-After"] = str(seconds)
    return ProblemResponse(document_of(error), status_of(error), headers)


def problem_documents(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For OpenAPI: the problems that an operation may answer with."""
    return {
        status: {"description": "Problem", "content": {"application/problem+json": {"schema": {"$ref": REFERENCE}}}}
        for status in statuses
    }

"""The answers to errors that routes raise."""

import logging
from itertools import chain, groupby

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from app.errors import DomainError, Failed, StorageError, located, rejected
from app.web.problems import Problem, problem_response
from app.web.validation_errors import items

log = logging.getLogger(__name__)


def add_error_handlers(app: FastAPI) -> None:
    """Answers every error with its problem document."""
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(Exception, _unexpected_error)


async def _domain_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)
    if isinstance(error, StorageError):
        log.error("%s", error)
    return problem_response(located(error, lambda field: _place_of(field, request)))


def _place_of(field: str, request: Request) -> str:
    """The part of the request that a field is in: the code that raises the error has the field's name only."""
    dependant = getattr(request.scope.get("route"), "dependant", None)
    queried = {parameter.alias for parameter in getattr(dependant, "query_params", ())}
    return "query" if field in queried else "body"


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    allowed = ""
    if error.status_code == 405:
        headers["Allow"] = allowed = ", ".join(_methods_of(request))
    details = {
        404: f"There is nothing at {request.url.path}; /docs lists what there is.",
        400: "The body is not JSON that can be read: it is nested too deeply, is not UTF-8, or holds a number of "
        "thousands of digits.",
        405: f"{request.url.path} does not take {request.method}; it takes {allowed}.",
    }
    detail = details.get(error.status_code, str(error.detail))
    return problem_response(Problem(error.status_code, detail, headers))


def _methods_of(request: Request) -> list[str]:
    """The methods that the address takes: several routes may share it."""
    return [
        method
        for method in ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in request.app.routes)
    ]


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    field = getattr(request.scope.get("route"), "body_field", None)
    model = getattr(getattr(field, "field_info", None), "annotation", None)
    by_place = groupby(error.errors(), lambda each: each["loc"][0])
    found = (items(errors, model if place == "body" else None, skip=1) for place, errors in by_place)
    return problem_response(rejected(list(chain.from_iterable(found))))


async def _unexpected_error(request: Request, error: Exception) -> JSONResponse:
    return problem_response(Failed("The server failed unexpectedly; its log has the details."))

"""Errors of a config that name the field they are about, as pydantic's own do."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError


def invalid(message: str, *loc: str | int) -> ValidationError:
    """An error at ``loc`` below the model or field whose validator raises it."""
    kind = PydanticCustomError("invalid", "{message}", {"message": message})
    return _error(InitErrorDetails(type=kind, loc=loc, input=None))


def moved(error: ValidationError, *loc: str | int) -> ValidationError:
    """The first fault of ``error``, at ``loc`` in place of its own."""
    first: ErrorDetails = error.errors(include_url=False)[0]
    context: dict[str, Any] = first.get("ctx", {})
    kind: Any = first["type"]
    try:
        return _error(InitErrorDetails(type=kind, loc=loc, input=first["input"], ctx=context))
    except KeyError:  # a type that is not pydantic's own
        return invalid(first["msg"], *loc)


def _error(details: InitErrorDetails) -> ValidationError:
    return ValidationError.from_exception_data("config", [details])

"""Routes of inspections, from their entries in the registry."""

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter

from app.inspections.registry import INSPECTIONS
from app.web.problems import problem_documents

Handler = TypeVar("Handler", bound=Callable[..., Any])


def inspection_route(router: APIRouter, method: str, path: str, name: str, *also: int) -> Callable[[Handler], Handler]:
    """A decorator: the function answers at this path with the inspection's operationId and response model. `also`:
    statuses of errors beside those that every inspection may have."""
    entry = INSPECTIONS[name]
    statuses = sorted({422, 429, 503, *also})
    return router.api_route(
        path,
        methods=[method],
        name=entry.operation,
        response_model=entry.response,
        responses=problem_documents(*statuses),
    )

"""Answers of the API: problems as application/problem+json."""

import asyncio
from typing import Any

from fastapi.responses import JSONResponse, Response

from app.errors import Problem
from app.protocol import encoding
from app.storage.database import StorageError


class ProblemResponse(JSONResponse):
    media_type = "application/problem+json"


def answered(answer: bytes) -> Response:
    """An answer that is JSON already: it is made where it is computed, beside training, and not here."""
    return Response(answer, media_type="application/json")


async def composed(value: Any) -> Response:
    """An answer that is long to write as JSON: others are served between its pieces."""
    parts = []
    for text in encoding.json_pieces(value):
        parts.append(text)
        await asyncio.sleep(0)
    return answered("".join(parts).encode())


def problem_response(problem: Problem) -> JSONResponse:
    return ProblemResponse(problem.document(), problem.status, problem.headers)


def as_problem(error: Problem | StorageError) -> Problem:
    """What to tell of an error that may pass."""
    return error if isinstance(error, Problem) else Problem(503, str(error), headers={"Retry-After": "5"})


def problem_documents(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For OpenAPI: the problems that an operation may answer with."""
    return {
        status: {"description": "Problem", "content": {"application/problem+json": {"schema": {"$ref": REFERENCE}}}}
        for status in statuses
    }


REFERENCE = "#/components/schemas/ProblemDocument"

"""Answers that are JSON already, or take long to encode."""

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi.responses import Response

from app.protocol import encoding


def answered(answer: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer that is JSON already."""
    return Response(answer, status, headers, media_type="application/json")


async def composed(value: Any) -> Response:
    """An answer that takes long to encode as JSON: other requests are served between its pieces."""
    parts = []
    for text in encoding.json_pieces(value):
        parts.append(text)
        await asyncio.sleep(0)
    return answered("".join(parts).encode())

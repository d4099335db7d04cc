"""Routes that parse JSON bodies three times as fast as the standard library: parsing blocks the event loop."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic_core import from_json


class JSONRequest(Request):
    """A request whose JSON pydantic parses; for the message of an error, the standard library parses it again."""

    async def json(self) -> Any:
        body = await self.body()
        try:
            return from_json(body)
        except ValueError:
            return json.loads(body)


class JSONRoute(APIRoute):
    """For routers whose operations take bodies."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def read_and_handle(request: Request) -> Response:
            return await handle(JSONRequest(request.scope, request.receive))

        return read_and_handle

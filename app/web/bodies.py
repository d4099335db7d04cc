"""The check of a body before routing: its size, before anything parses it, and its type."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import DomainError, InvalidArgument, LimitReached
from app.settings import Settings
from app.web.problems import Problem, problem_response

# Most lists and objects in one body: Python takes a microsecond to parse each.
MOST_PARTS = 100_000

# Addresses that take files of any type, and the setting that limits their bytes. Other bodies are JSON.
FILES = {"/api/v1/tables": "max_table_bytes"}

# How many of the largest files may be in memory at a time, and what a form adds to the bytes of one.
FILES_AT_ONCE = 8
FORM = "multipart/form-data"
FORM_BYTES = 10_000

# The rest of a refused body is discarded as it comes: closing the connection on the sender would lose the answer.
DISCARDED_BYTES = 256_000_000
DISCARDED_SECONDS = 30.0


class BodyGuard:
    """Refuses a body that is too large by its size, before anything parses it, and one that is not JSON by its type.
    A body that is cut off reaches no route."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._settings = settings
        self._most_parts = max(MOST_PARTS, 3 * settings.max_samples, 3 * settings.max_predictions)
        self._room = FILES_AT_ONCE * (settings.max_table_bytes + FORM_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        body = _Body(scope, receive)
        is_file = body.limit != "max_body_bytes"
        try:
            async for part in body.parts(getattr(self._settings, body.limit)):
                self._room -= len(part) if is_file else 0
                if self._room < 0:
                    raise LimitReached("Many files arrive at once; send this one again in some seconds.", 5)
            if not is_file:
                self._check_json(body)
        except _CutOff:
            return
        except DomainError as error:
            await body.refuse(error, send)
            return
        else:
            await self.app(scope, body.replay, send)
        finally:
            self._room += len(body.content) if is_file else 0

    def _check_json(self, body: "_Body") -> None:
        if body.content and body.kind != "application/json":
            detail = f"The body is {body.kind or 'of no stated type'}; send JSON with Content-Type: application/json."
            raise Problem(415, detail)
        if (parts := body.content.count(b"[") + body.content.count(b"{")) > self._most_parts:
            most = f"{self._most_parts:,}"
            detail = f"The body holds {parts:,} lists and objects, more than any request needs; send at most {most}."
            raise InvalidArgument(detail)


class _CutOff(Exception):
    """The client left before the body was complete."""


class _Body:
    """A body as it arrives: its media type, the setting that limits it, and what has come of it."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        headers = Headers(scope=scope)
        self.kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        self.limit = FILES.get(scope["path"].removeprefix(scope.get("root_path", "")), "max_body_bytes")
        self.content = bytearray()
        length = headers.get("content-length", "")
        self._announced = int(length[:20]) if length.isdecimal() else 0
        self._waits = headers.get("expect", "").lower() == "100-continue"  # the client sends it once it is asked for
        self._complete = False
        self._scope, self._receive = scope, receive

    async def parts(self, limit: int) -> AsyncIterator[bytes]:
        """The parts as they come, kept in `content`; a Problem as soon as it is known to be too large."""
        most = limit + (FORM_BYTES if self.kind == FORM and self.limit in FILES.values() else 0)
        if self._announced > most:
            raise _too_large(limit, self.limit)
        while not self._complete:
            part = await self._next()
            self.content += part
            yield part
            if len(self.content) > most:
                raise _too_large(limit, self.limit)

    async def _next(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise _CutOff
        self._waits, self._complete = False, not message.get("more_body", False)
        part: bytes = message.get("body", b"")
        return part

    async def refuse(self, error: DomainError, send: Send) -> None:
        """Sends the answer at once, and ends it when the client has sent the rest."""
        response = problem_response(error)
        await send({"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers})
        await send({"type": "http.response.body", "body": response.body, "more_body": True})
        with suppress(TimeoutError, _CutOff):
            async with asyncio.timeout(DISCARDED_SECONDS):
                left = 0 if self._waits else DISCARDED_BYTES
                while left > 0 and not self._complete:
                    left -= len(await self._next())
        await send({"type": "http.response.body", "body": b""})

    async def replay(self) -> Message:
        """Receives the body again, then what follows it."""
        if self._complete:
            self._complete = False
            return {"type": "http.request", "body": bytes(self.content), "more_body": False}
        return await self._receive()


def _too_large(limit: int, name: str) -> Problem:
    what = "body" if name == "max_body_bytes" else "file"
    detail = f"The {what} is larger than {limit:,} bytes, the limit here (DESCENT_{name.upper()}); send less."
    return Problem(413, detail, headers={"Connection": "close"})

"""Checks before routing: the host, and the size and type of the body; and headers of every answer."""

from collections.abc import Iterable
from html import escape

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import DomainError, InvalidArgument
from app.hosts import ALL, is_literal, is_name, name_of
from app.settings import Settings
from app.web.addresses import url_of
from app.web.problems import Problem, problem_response

# Most lists and objects in one body: Python takes a microsecond to parse each.
MOST_PARTS = 100_000

# Health probes may use any host name; their answer is public.
PROBES = ("/healthz", "/readyz")


def policy(scripts: str = "", ancestors: str = "'none'") -> str:
    """The content security policy: nothing from elsewhere, no inline script but those whose hashes are given."""
    allowed = f"'self' {scripts}".strip()
    return (
        f"default-src 'self'; script-src {allowed}; img-src 'self' data: blob:; "
        f"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
    )


class SecurityHeaders:
    """Adds security headers, unless an answer has its own."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        ancestors = "*" if settings.allow_embedding else "'none'"
        self._headers = {
            "Content-Security-Policy": policy(ancestors=ancestors),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        if not settings.allow_embedding:
            self._headers["X-Frame-Options"] = "DENY"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class HostGuard:
    """Accepts requests for its own host names and for IP addresses only (421 otherwise): protection against DNS
    rebinding. An IP address needs no list: it cannot be rebound."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._names = {"localhost", settings.host.lower(), *settings.allowed_hosts}
        self._probes = {settings.root_path + path for path in PROBES} | {*PROBES}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and not self._answers(scope):
            await _misdirected(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _answers(self, scope: Scope) -> bool:
        if scope["path"] in self._probes:
            return True
        hosts = Headers(scope=scope).getlist("host")
        name = name_of(hosts[0]) if len(hosts) == 1 else ""
        return name in self._names or is_literal(name) or (name != "" and ALL in self._names)


async def _misdirected(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with what to open and what to set: as a page to a browser, as a problem document to other clients."""
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    name = name_of(host)
    server, port = scope.get("server") or ("", None)
    ways = [f"open {url_of(server, port)} instead"] if port and is_literal(server) else []
    if is_name(name):
        ways.append(f"start the server with DESCENT_ALLOWED_HOSTS={name}")
    detail = f"This server does not answer for the host {host[:80]!r}."
    if ways:
        detail += f" To use it, {', or '.join(ways)}."
    if scope["type"] == "http" and "text/html" in headers.get("accept", ""):
        title = "Descent: another address is needed"
        text = (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
            f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
            f"<h1>{title}</h1><p>{escape(detail)}</p></html>"
        )
        await HTMLResponse(text, 421)(scope, receive, send)
    else:
        await _refuse(Problem(421, detail), scope, receive, send)


class BodyGuard:
    """Refuses a body that is too large by its size, before anything parses it, and one that is not JSON by its type."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._limit = settings.max_body_bytes
        self._most_parts = max(MOST_PARTS, 3 * settings.max_samples, 3 * settings.max_predictions)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > self._limit:
            await _refuse(self._too_large(), scope, receive, send)
            return
        try:
            body = await self._read(receive)
        except _TooLarge:
            await _refuse(self._too_large(), scope, receive, send)
            return
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if body and kind != "application/json":
            detail = f"The body is {kind or 'of no stated type'}; send JSON with Content-Type: application/json."
            await _refuse(Problem(415, detail), scope, receive, send)
            return
        if (parts := body.count(b"[") + body.count(b"{")) > self._most_parts:
            most = f"{self._most_parts:,}"
            detail = f"The body holds {parts:,} lists and objects, more than any request needs; send at most {most}."
            await _refuse(InvalidArgument(detail), scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)

    async def _read(self, receive: Receive) -> bytes:
        body, more = bytearray(), True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._limit:
                raise _TooLarge
        return bytes(body)

    def _too_large(self) -> Problem:
        detail = f"The body is larger than {self._limit:,} bytes, the limit here (DESCENT_MAX_BODY_BYTES); send less."
        return Problem(413, detail, headers={"Connection": "close"})


class _TooLarge(Exception):
    pass


def _replay(body: bytes, receive: Receive) -> Receive:
    """Receives the body again, then what follows it."""
    parts: Iterable[Message] = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def replay() -> Message:
        for part in parts:
            return part
        return await receive()

    return replay


async def _refuse(error: DomainError, scope: Scope, receive: Receive, send: Send) -> None:
    await problem_response(error)(scope, receive, send)

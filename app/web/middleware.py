"""The check of the host, before routing; and headers of every answer."""

from html import escape

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.hosts import ALL, is_literal, is_name, name_of
from app.settings import Settings
from app.web.addresses import url_of
from app.web.problems import Problem, problem_response

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
        await problem_response(Problem(421, detail))(scope, receive, send)

"""The path under which a reverse proxy serves this: DESCENT_ROOT_PATH, made fit at the start and kept to afterwards."""

import re
from urllib.parse import unquote

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

# The first parts of the server's own addresses: below such a path nobody could tell whether the proxy left it out.
OWN = ("api", "static", "static-offline-docs", "docs", "openapi.json", "healthz", "readyz")

_PATH = re.compile(r"(/[\w.~@+-]+)*")


def path_prefix(text: str) -> str:
    """`x` and `/x/` are `/x`. ValueError for an address, and for a path that cannot be told from the server's own."""
    if "://" in text:
        raise ValueError("is a whole address; give the path alone, such as /descent")
    path = f"/{unquote(text).strip('/')}".rstrip("/")
    if not _PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise ValueError("is not a path of letters, digits and . _ ~ @ + -; give one such as /descent")
    if path and path.split("/")[1] in OWN:
        raise ValueError("begins as one of the server's own paths; choose another, such as /descent")
    return path


class Prefix:
    """Lets a proxy leave the prefix out or pass it on: behind this, every path has it, as ASGI wants it."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if path == self._prefix:  # the page's relative addresses need the slash
            await RedirectResponse(f"{self._prefix}/")(scope, receive, send)
            return
        if not path.startswith(f"{self._prefix}/"):
            path = self._prefix + path
        await self.app({**scope, "path": path, "root_path": self._prefix}, receive, send)

"""The path under which a reverse proxy serves this: DESCENT_ROOT_PATH, normalized at the start."""

import re
from urllib.parse import unquote

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

# First parts of the server's own paths: with such a prefix, a stripped path cannot be told from a kept one.
OWN = ("api", "static", "static-offline-docs", "docs", "openapi.json", "healthz", "readyz")

_PATH = re.compile(r"(/[\w.~@+-]+)*")


def path_prefix(text: str) -> str:
    """`x` and `/x/` become `/x`. ValueError for an address, and for a prefix that looks like the server's own paths."""
    if "://" in text:
        raise ValueError("is a whole address; give the path alone, such as /descent")
    path = f"/{unquote(text).strip('/')}".rstrip("/")
    if not _PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise ValueError("is not a path of letters, digits and . _ ~ @ + -; give one such as /descent")
    if path and path.split("/")[1] in OWN:
        raise ValueError("begins as one of the server's own paths; choose another, such as /descent")
    return path


class Prefix:
    """Adds the prefix to paths from which a proxy stripped it, as ASGI requires."""

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

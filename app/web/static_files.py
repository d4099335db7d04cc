"""Static files as the browser gets them: scripts and styles without comments and spare white space, revalidated.

Modules import each other by relative name, so names carry no hash; every answer carries one as its ETag instead.
"""

import hashlib
import mimetypes
from collections.abc import Callable
from pathlib import Path

from rcssmin import cssmin
from rjsmin import jsmin
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

# Some Windows machines have other types in their registry, and a browser runs no script that is text/plain.
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

MINIFIERS: dict[str, Callable[[str], str]] = {".js": jsmin, ".css": cssmin}


class DeliveredFiles(StaticFiles):
    """A folder of static files; scripts and styles are made small once, and again when they change."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory)
        for ending, kind in TYPES.items():  # for every file that this process serves, those of /docs among them
            mimetypes.add_type(kind, ending)
        self._small: dict[str, tuple[float, bytes, str]] = {}

    async def get_response(self, path: str, scope: Scope) -> Response:
        full, stat = self.lookup_path(path)
        minify = MINIFIERS.get(Path(path).suffix)
        if minify is None or stat is None or scope["method"] not in ("GET", "HEAD"):
            response = await super().get_response(path, scope)
        else:
            body, etag = self._minified(full, stat.st_mtime, minify)
            unchanged = etag in Headers(scope=scope).get("if-none-match", "")
            kind = mimetypes.guess_type(path)[0] or "text/plain"
            response = Response(b"" if unchanged else body, 304 if unchanged else 200, {"ETag": etag}, kind)
        response.headers["Cache-Control"] = "no-cache"
        return response

    def _minified(self, full: str, changed: float, minify: Callable[[str], str]) -> tuple[bytes, str]:
        known = self._small.get(full)
        if known is None or known[0] != changed:
            body = minify(Path(full).read_text(encoding="utf-8")).encode()
            known = self._small[full] = changed, body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        return known[1], known[2]

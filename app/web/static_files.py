"""Static files: text is compressed once, and browsers revalidate every file.

Modules import each other by relative name, so file names carry no hash; every answer carries one as its ETag instead.
Answers of the API are never compressed: where a secret and text that a request chose are compressed together, the size
of the answer reveals the secret.
"""

import gzip
import hashlib
import mimetypes
from functools import lru_cache
from os import stat_result
from pathlib import Path
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

# The registry of some Windows machines has other types, and a browser runs no script of type text/plain.
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class _File(NamedTuple):
    modified: float
    plain: bytes
    etag: str


class CompressedFiles(StaticFiles):
    """A folder of static files; scripts, styles and drawings are compressed once, and again when they change."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory)
        for ending, kind in TYPES.items():  # for every file that this process serves, those of /docs among them
            mimetypes.add_type(kind, ending)
        self._files: dict[str, _File] = {}

    async def get_response(self, path: str, scope: Scope) -> Response:
        full, stat = self.lookup_path(path)
        kind = TYPES.get(Path(path).suffix)
        if kind is None or stat is None or scope["method"] not in ("GET", "HEAD"):
            response = await super().get_response(path, scope)
        else:
            file = self._files.get(full)
            if file is None or file.modified != stat.st_mtime:
                file = self._files[full] = await run_in_threadpool(self._read, full, stat)
            response = compressed_response(file.plain, kind, scope, file.etag)
        response.headers["Cache-Control"] = "no-cache"
        return response

    @staticmethod
    def _read(full: str, stat: stat_result) -> _File:
        plain = Path(full).read_bytes()
        compressed(plain)
        return _File(stat.st_mtime, plain, hashlib.sha256(plain).hexdigest()[:32])


def compressed_response(body: bytes, kind: str, scope: Scope, etag: str | None = None) -> Response:
    """The body with gzip where the client takes that, 304 without a body where it has this version already.

    Only for a body that holds no secret.
    """
    request = Headers(scope=scope)
    headers = {"Vary": "Accept-Encoding"}
    zipped = accepts_gzip(request.get("accept-encoding", ""))
    if etag:
        headers["ETag"] = f'"{etag}-gzip"' if zipped else f'"{etag}"'
        if _matches(request.get("if-none-match", ""), headers["ETag"]):
            return Response(None, 304, headers)
    content = compressed(body) if zipped else body
    if zipped:
        headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(content))
    return Response(b"" if scope["method"] == "HEAD" else content, headers=headers, media_type=kind)


@lru_cache(maxsize=512)
def compressed(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header allows gzip: by name, else by "*"; a quality of 0 forbids it."""
    allowed = {}
    for entry in header.lower().split(","):
        name, _, parameter = (part.strip() for part in entry.partition(";"))
        quality = parameter.removeprefix("q=") if parameter.startswith("q=") else "1"
        allowed[name] = quality.strip("0.") != ""
    return allowed.get("gzip", allowed.get("*", False))


def _matches(header: str, etag: str) -> bool:
    """Whether an If-None-Match header names this version; one that a proxy made weak is the same."""
    return header.strip() == "*" or etag in (each.strip().removeprefix("W/") for each in header.split(","))

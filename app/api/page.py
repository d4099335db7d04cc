"""The page: rendered whole by Jinja2, with its static files."""

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from jinja2 import Environment, FileSystemLoader, select_autoescape

from app.api.auth import COOKIE, cookie_name, known, new_owner, owner_cookie
from app.api.catalog import full_catalog
from app.api.dependencies import AllRuns
from app.web.static_files import CompressedFiles, compressed_response

router = APIRouter(include_in_schema=False)

# A year: so long an owner may stay away and still own the runs.
COOKIE_SECONDS = 365 * 24 * 3600


def _folder(name: str) -> Path:
    """Inside the installed package, else beside it in the checkout."""
    package = Path(__file__).parents[1]
    inside = package / name
    return inside if inside.is_dir() else package.parent / name


def static_files() -> CompressedFiles:
    return CompressedFiles(_folder("static"))


def _as_data(value: Any) -> str:
    """JSON that is safe inside a script element."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


_environment = Environment(loader=FileSystemLoader(_folder("templates")), autoescape=select_autoescape())
_environment.filters["as_data"] = _as_data


@router.api_route("/", methods=["GET", "HEAD"])
async def page(request: Request, runs: AllRuns) -> Response:
    """The playground. A visitor without an owner token gets one, as a cookie that no script can read."""
    catalog = full_catalog(runs.settings)
    config = catalog["defaults"]
    boot = {"catalog": catalog, "config": config}
    text = _environment.get_template("index.html").render(catalog=catalog, config=config, boot=boot)
    # The owner token travels in a header; the text holds no secret and nothing of the request, so it may be compressed.
    response = compressed_response(text.encode(), "text/html", request.scope)
    response.headers["Cache-Control"] = "no-store"
    name, token = cookie_name(runs.database), await owner_cookie(request, runs.database)
    ours = bool(token) and await known(runs.database, token)
    if not ours or name not in request.cookies:
        # Without a path it applies below the page's address, which behind a proxy only the browser knows.
        response.set_cookie(
            name,
            token if ours else new_owner(runs.database),
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
            path=None,
        )
        if ours:
            response.delete_cookie(COOKIE, path=request.scope["root_path"] or "/")
    return response

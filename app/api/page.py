"""The page: rendered whole by Jinja2, with its static files."""

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from jinja2 import Environment, FileSystemLoader, select_autoescape

from app.api.auth import give_owner_cookie
from app.api.catalog import full_catalog
from app.api.dependencies import AllRuns
from app.web.static_files import CompressedFiles, compressed_response

router = APIRouter(include_in_schema=False)


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
    await give_owner_cookie(request, response, runs.database)
    return response

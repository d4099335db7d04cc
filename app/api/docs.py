"""The API's own documentation: its OpenAPI document, and Swagger UI served offline at /docs."""

import base64
import hashlib
import re
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse

from app.api.auth import COOKIE, cookie_name
from app.web import openapi
from app.web.middleware import policy

router = APIRouter(include_in_schema=False)

FILES = "/static-offline-docs"


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """Swagger UI. Its inline script is allowed by its hash, on this page only. Its addresses are relative: a proxy may
    serve it under a path that this server does not know."""
    files = FILES.removeprefix("/")
    page = get_swagger_ui_html(
        openapi_url=request.app.openapi_url.removeprefix("/"),
        title="Descent: the API",
        swagger_js_url=f"{files}/swagger-ui-bundle.js",
        swagger_css_url=f"{files}/swagger-ui.css",
        swagger_favicon_url=f"{files}/favicon.png",
    )
    scripts = re.findall(rb"<script>(.*?)</script>", bytes(page.body), re.DOTALL)
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" for script in scripts]
    page.headers["Content-Security-Policy"] = policy(scripts=" ".join(hashes))
    return page


def describe(app: FastAPI) -> None:
    """Gives the application a complete OpenAPI document."""

    def made() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                servers=[{"url": "."}],  # beside this document, wherever a proxy serves it
            )
            runs = getattr(app.state, "runs", None)  # none before the server starts
            openapi.complete(document, cookie_name(runs.database) if runs else COOKIE)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = made  # type: ignore[method-assign]

"""The application: `create_app` puts the parts together, its lifespan starts and ends them."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import chain, groupby

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Match

from app.api import docs, page, stream
from app.api.routes import inspections, lessons, metrics, model, runs, server
from app.errors import Problem, located, rejected
from app.root_path import Prefix
from app.runs.registry import Runs
from app.settings import Settings
from app.storage.database import Database, StorageError
from app.web.error_handlers import as_problem, problem_response
from app.web.middleware import BodyGuard, HostGuard, SecurityHeaders
from app.web.validation_errors import items

log = logging.getLogger(__name__)


def create_app(settings: Settings | None = None, database: Database | None = None) -> FastAPI:
    """The server. Without settings, those of the environment; without an open database, it opens its own."""
    chosen = settings or Settings.from_environment()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opened = database or Database(chosen.data_dir)
        app.state.runs = Runs(chosen, opened)
        try:
            await app.state.runs.start()
            yield
        finally:
            await app.state.runs.close_streams()
            await app.state.runs.stop()
            await opened.close()

    app = FastAPIOffline(
        title="Descent",
        version="1",
        description="Neural networks that train while you watch: create runs, steer them, read and stream them.",
        docs_url=None,
        redoc_url=None,
        static_url=docs.FILES,
        generate_unique_id_function=lambda route: route.name,
        root_path_in_servers=False,  # the document names its server relative to itself
        lifespan=lifespan,
    )
    for router in (runs.router, metrics.router, model.router, inspections.run, inspections.anywhere, server.catalog):
        app.include_router(router, prefix="/api/v1")
    app.include_router(lessons.router, prefix="/api/v1")
    for router in (server.health, stream.router, docs.router, page.router):
        app.include_router(router)
    app.mount("/static", page.static_files(), name="static")

    docs.describe(app)

    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _rejected)
    app.add_exception_handler(StorageError, _problem)
    app.add_exception_handler(Exception, _unforeseen)

    app.add_middleware(BodyGuard, settings=chosen)
    if chosen.cors_origins:
        app.add_middleware(CORSMiddleware, allow_origins=chosen.cors_origins, allow_methods=["*"], allow_headers=["*"])
    app.add_middleware(HostGuard, settings=chosen)
    app.add_middleware(SecurityHeaders, settings=chosen)
    if chosen.root_path:
        app.add_middleware(Prefix, prefix=chosen.root_path)
    return app


async def _problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem | StorageError)
    if isinstance(error, StorageError):
        log.error("%s", error)
    return problem_response(located(as_problem(error), lambda field: _place_of(field, request)))


def _place_of(field: str, request: Request) -> str:
    """Where in the request a field stands: what finds its fault knows the name alone."""
    dependant = getattr(request.scope.get("route"), "dependant", None)
    queried = {parameter.alias for parameter in getattr(dependant, "query_params", ())}
    return "query" if field in queried else "body"


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    allowed = ""
    if error.status_code == 405:
        headers["Allow"] = allowed = ", ".join(_methods_of(request))
    details = {
        404: f"There is nothing at {request.url.path}; /docs lists what there is.",
        400: "The body is not JSON that can be read: it is nested too deeply, is not UTF-8, or holds a number of "
        "thousands of digits.",
        405: f"{request.url.path} does not take {request.method}; it takes {allowed}.",
    }
    detail = details.get(error.status_code, str(error.detail))
    return problem_response(Problem(error.status_code, detail, headers=headers))


def _methods_of(request: Request) -> list[str]:
    """What the address takes: several routes may share it."""
    return [
        method
        for method in ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in request.app.routes)
    ]


async def _rejected(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    field = getattr(request.scope.get("route"), "body_field", None)
    model = getattr(getattr(field, "field_info", None), "annotation", None)
    by_place = groupby(error.errors(), lambda each: each["loc"][0])
    told = (items(errors, model if place == "body" else None, skip=1) for place, errors in by_place)
    return problem_response(rejected(list(chain.from_iterable(told))))


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    return problem_response(Problem(500, "Something went wrong in the server; its log says what."))

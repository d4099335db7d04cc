"""The application: `create_app` puts the parts together, its lifespan starts and ends them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware

from app.api import docs, page, stream
from app.api.routes import catalog, export, health, inspections, lessons, metrics, model, runs, tables
from app.root_path import Prefix
from app.runs.registry import Runs
from app.settings import Settings
from app.storage.database import Database
from app.web.bodies import BodyGuard
from app.web.error_handlers import add_error_handlers
from app.web.middleware import HostGuard, SecurityHeaders


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
    for router in (runs.router, metrics.router, model.router, export.router, inspections.run, inspections.anywhere):
        app.include_router(router, prefix="/api/v1")
    for router in (tables.router, catalog.router, lessons.router):
        app.include_router(router, prefix="/api/v1")
    for router in (health.router, stream.router, docs.router, page.router):
        app.include_router(router)
    app.mount("/static", page.static_files(), name="static")

    docs.describe(app)
    add_error_handlers(app)

    app.add_middleware(BodyGuard, settings=chosen)
    if chosen.cors_origins:
        app.add_middleware(CORSMiddleware, allow_origins=chosen.cors_origins, allow_methods=["*"], allow_headers=["*"])
    app.add_middleware(HostGuard, settings=chosen)
    app.add_middleware(SecurityHeaders, settings=chosen)
    if chosen.root_path:
        app.add_middleware(Prefix, prefix=chosen.root_path)
    return app

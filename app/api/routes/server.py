"""The server itself: what can be chosen, and whether it is alive and ready."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from app.api.catalog import full_catalog
from app.api.dependencies import AllRuns

catalog = APIRouter(tags=["catalog"])
health = APIRouter(tags=["health"])


@catalog.get("/catalog")
async def read_catalog(runs: AllRuns) -> dict[str, Any]:
    """Everything that can be chosen, with formulas, defaults, ranges, valid combinations, and this server's limits."""
    return full_catalog(runs.settings)


@health.get("/healthz")
async def live() -> dict[str, str]:
    """The server answers."""
    return {"status": "ok"}


@health.get("/readyz", responses={503: {"description": "Not ready: a worker or the store is not."}})
async def ready(runs: AllRuns) -> JSONResponse:
    """Whether the workers and the store work."""
    workers, database = runs.pool.ready(), runs.database.failure
    ok = all(workers) and database is None
    document = {"status": "ok" if ok else "not ready", "workers": workers, "store": database or "ok"}
    return JSONResponse(document, 200 if ok else 503)

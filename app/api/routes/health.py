"""Whether the server is alive and ready: /healthz and /readyz."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from app.api.dependencies import AllRuns

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def live() -> dict[str, str]:
    """The server answers."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"description": "Not ready: a worker or the store is not."}})
async def ready(runs: AllRuns) -> JSONResponse:
    """Whether the workers and the store work."""
    workers, database = runs.pool.ready(), runs.database.failure
    ok = all(workers) and database is None
    document = {"status": "ok" if ok else "not ready", "workers": workers, "store": database or "ok"}
    return JSONResponse(document, 200 if ok else 503)

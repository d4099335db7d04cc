"""What can be chosen on this server."""

from typing import Any

from fastapi import APIRouter

from app.api.catalog import full_catalog
from app.api.dependencies import AllRuns

router = APIRouter(tags=["catalog"])


@router.get("/catalog")
async def read_catalog(runs: AllRuns) -> dict[str, Any]:
    """Everything that can be chosen, with formulas, defaults, ranges, valid combinations, and this server's limits."""
    return full_catalog(runs.settings)

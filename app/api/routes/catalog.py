"""What can be chosen on this server."""

from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from app.api.catalog import full_catalog
from app.api.dependencies import AllRuns
from app.errors import ErrorItem, rejected
from app.web.problems import problem_documents
from engine.config import RunConfig
from engine.data.formula import MAX_LENGTH, FormulaError, parse
from engine.inspection.maps import grid_inputs
from engine.numbers.rules import PORTABLE

router = APIRouter(tags=["catalog"])


@router.get("/catalog")
async def read_catalog(runs: AllRuns) -> dict[str, Any]:
    """Everything that can be chosen, with formulas, defaults, ranges, valid combinations, and this server's limits."""
    return full_catalog(runs.settings)


class FormulaMap(BaseModel):
    """A formula of x1 and x2 over the plane from -6 to 6."""

    comparison: bool = Field(description="Whether it is true or false; then values are 1 or 0.")
    values: list[list[float]] = Field(description="By x2, then x1, both ascending.")


@router.get("/formula", response_model=FormulaMap, responses=problem_documents(422))
async def read_formula(
    text: Annotated[str, Query(description="As the data set formula and own features take it.", max_length=MAX_LENGTH)],
    resolution: Annotated[int, Query(ge=2, le=50)] = 25,
) -> dict[str, Any]:
    """What a formula is before a run is made of it: its values, or where it cannot be read."""
    try:
        formula = parse(text)
        if formula.inputs > 2:
            raise FormulaError(f"uses x{formula.inputs}: a map has x1 and x2")
    except FormulaError as error:
        raise rejected([ErrorItem(loc=["text"], message=str(error))]) from None
    points = grid_inputs(RunConfig(), resolution, np.zeros(2))
    values = formula(PORTABLE, points.T).astype(float).reshape(resolution, resolution)
    return {"comparison": formula.comparison, "values": values.tolist()}

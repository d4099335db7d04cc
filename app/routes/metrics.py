"""Metrics: every epoch of a run, as JSON columns or as CSV."""

import csv
import io
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response

from app.bodies import Metrics
from app.dependencies import AnyRun
from app.history import COLUMNS
from app.responses import problem_documents

router = APIRouter(prefix="/runs/{run_id}/metrics", tags=["metrics"])

MAX_ROWS = 10_000

Epoch = Annotated[int | None, Query(ge=0, lt=1 << 62)]


@router.get(
    "",
    response_model=Metrics,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}, **problem_documents(404, 422, 503)},
)
async def read_metrics(
    session: AnyRun,
    since: Epoch = None,
    until: Epoch = None,
    limit: Annotated[int, Query(ge=1, le=MAX_ROWS)] = MAX_ROWS,
    accept: Annotated[str, Header()] = "*/*",
) -> Any:
    """Epochs `since` to `until`, both included; epoch 0 is before training. `next` is where to go on."""
    first, last = since or 0, session.ledger.history.last
    end = last if until is None else min(until, last)
    stop = min(end, first + limit - 1)
    rows = await session.ledger.rows(first, stop)
    values = rows.columns()
    if "text/csv" in accept:
        return Response(_csv(values), media_type="text/csv; charset=utf-8")
    return values | {"next": stop + 1 if len(rows) and stop < end else None}


def _csv(values: dict[str, Any]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["epoch", "member", *COLUMNS])
    for index, epoch in enumerate(values["epoch"]):
        for number, member in enumerate(values["members"]):
            writer.writerow([epoch, number, *(member[name][index] for name in COLUMNS)])
    return text.getvalue()

"""Metrics: the stored epochs of a run, as JSON columns or as CSV."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from app.api.dependencies import AllRuns, AnyRun
from app.api.schemas import Metrics
from app.errors import Conflict
from app.inspections.sizes import NUMBER
from app.runs.session import Session
from app.web.problems import problem_documents
from app.web.responses import composed
from engine.export import csv
from engine.training.evaluation import FIGURES

router = APIRouter(prefix="/runs/{run_id}/metrics", tags=["metrics"])

MAX_ROWS = 10_000

# Numbers in one part of a CSV answer.
AT_ONCE = 6_000

Epoch = Annotated[int | None, Query(ge=0, lt=1 << 62)]
LINK = {"Link": {"schema": {"type": "string"}, "description": 'The next part of CSV that `limit` cut, rel="next".'}}


@router.get(
    "",
    response_model=Metrics,
    responses={
        200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "headers": LINK},
        **problem_documents(404, 422, 503),
    },
)
async def read_metrics(
    runs: AllRuns,
    session: AnyRun,
    since: Epoch = None,
    until: Epoch = None,
    limit: Annotated[
        int | None,
        Query(
            ge=1,
            le=MAX_ROWS,
            description="Maximum number of rows, one an epoch. JSON has at most 10,000, fewer with many members.",
        ),
    ] = None,
    accept: Annotated[str, Header()] = "*/*",
) -> Any:
    """Epochs `since` to `until`, both included; epoch 0 is before training. `next` is the epoch to continue from.

    Of a long run, only multiples of `stride` are stored, and the newest epochs. CSV contains all of them, or `limit`
    and a Link header to the next part.
    """
    recorder, series = session.recorder, session.series
    first, last = since or 0, recorder.history.last
    end = last if until is None else min(until, last)
    if "text/csv" in accept:
        stop = end if limit is None else (await recorder.rows(first, end, limit)).to
        more = {"since": stop + 1, "limit": limit} | ({} if until is None else {"until": until})
        headers = {"Link": f'<?{urlencode(more)}>; rel="next"'} if stop < end else None
        return StreamingResponse(
            csv_of(session, series, first, stop), media_type="text/csv; charset=utf-8", headers=headers
        )
    room = max(1, runs.settings.max_answer_bytes // (NUMBER * (len(FIGURES) * session.member_count + 1)))
    rows = await recorder.rows(first, end, min(limit or MAX_ROWS, room))
    return await composed(rows.arrays() | {"next": rows.to + 1 if len(rows) and rows.to < end else None})


async def csv_of(session: Session, series: int, first: int, last: int) -> AsyncIterator[str]:
    """The header, then the epochs in short parts; Conflict if the run is reset meanwhile."""
    yield csv.HEADER
    step = max(1, AT_ONCE // (len(FIGURES) * session.member_count))
    while first <= last:
        rows = await session.recorder.rows(first, last, step)
        if session.series != series:
            raise Conflict("The run was reset while its metrics were read; read them again.")
        yield "".join(csv.lines(rows.epochs.tolist(), rows.values().tolist()))
        first = rows.to + 1

"""The files that a run leaves as."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response, StreamingResponse

from app.api.dependencies import AllRuns, AnyRun
from app.api.routes.metrics import csv_of
from app.api.routes.model import SAFETENSORS, Member, RecordedEpoch
from app.errors import ErrorItem, NotFound, rejected
from app.inspections import sizes
from app.web.problems import problem_documents
from engine.export import formats

router = APIRouter(prefix="/runs/{run_id}", tags=["export"])

NAMES = Path(
    alias="format", description=f"One of {formats.choices}.", json_schema_extra={"enum": [*formats]}, max_length=100
)
FILES = {
    SAFETENSORS: {"schema": {"type": "string", "format": "binary"}},
    "application/json": {"schema": {"type": "object"}},
    **{media: {} for entry in formats.values() if (media := entry.media_type) not in (SAFETENSORS, "application/json")},
}


@router.get(
    "/export/{format}",
    response_class=Response,
    responses={
        200: {"content": FILES, "description": "The file; `Content-Disposition` has its name."},
        **problem_documents(404, 409, 422, 429, 503),
    },
)
async def export_run(
    runs: AllRuns,
    session: AnyRun,
    name: Annotated[str, NAMES],
    member: Member = 0,
    epoch: RecordedEpoch = None,
    inline: Annotated[
        bool, Query(description="A program and its weights as one text file, of 200 kB at most.")
    ] = False,
) -> Response:
    """One member's network as a file, now or at a recorded epoch; `csv` has the metrics of all members and epochs.

    409 where the format cannot express the run; `detail` names the nearest that can.
    """
    if name not in formats:
        raise NotFound(f"There is no export format {name[:40]!r}; use one of {formats.choices}.")
    entry = formats[name]
    if inline and entry.inline is None:
        single = ", ".join(name for name, each in formats.items() if each.inline)
        message = f"{name} is one file already: leave this out, or choose {single}"
        raise rejected([ErrorItem(loc=["query", "inline"], message=message)])
    media = "text/x-python" if inline else entry.media_type
    filename = entry.inline_filename if inline else entry.filename
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    if entry.write is None:
        lines = csv_of(session, session.series, 0, session.recorder.history.last)
        return StreamingResponse(lines, media_type=media, headers=headers)
    size = 4 * session.shape.weights() + len(session.config.as_json)
    sizes.check_answer(size, runs.settings, ["path", "format"], "csv")
    recorded = await session.recorder.weights(epoch)
    file = await session.query("export", member=member, recorded=recorded, name=name, inline=inline)
    return Response(file, media_type=media, headers=headers)

"""Tables of people's own data: read from files, looked at, deleted."""

import json
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.auth import new_owner, token_hash
from app.api.dependencies import AllRuns, TheCaller, TheReader
from app.protocol.encoding import joined
from app.tables.document import CreatedTable, TableDocument, TableRows
from app.web.bodies import FORM
from app.web.forms import file_of
from app.web.problems import Problem, problem_documents
from app.web.responses import answered

router = APIRouter(prefix="/tables", tags=["tables"])

MAX_NAME = 200

TableId = Annotated[str, Path(description="The id of a table.", max_length=64)]
Overruled = Annotated[str | None, Field(max_length=20)]


class TableQuery(BaseModel):
    """The file's name, and parts of the dialect that are known better than they can be guessed."""

    name: str = Field("", max_length=MAX_NAME, description="The file's name, kept to be shown again.")
    format: Overruled = None
    delimiter: Annotated[Overruled, Field(description="What separates cells: `,`, `;`, `whitespace` ...")] = None
    decimal: Annotated[Overruled, Field(description="The decimal mark, `.` or `,`.")] = None
    thousands: Annotated[Overruled, Field(description="The mark between groups of three digits.")] = None
    header: Annotated[Overruled, Field(description="Whether the first row names the columns, true or false.")] = None
    encoding: Overruled = None
    skipped_lines: Annotated[Overruled, Field(description="Lines above the table.")] = None

    model_config = ConfigDict(extra="forbid")


# Any other type is taken too; makers of clients know these.
ANY = {"schema": {"type": "string", "format": "binary"}}
FILE = {
    "content": {
        "application/octet-stream": ANY,
        "application/json": {"schema": {}},
        FORM: {
            "schema": {"type": "object", "required": ["file"], "properties": {"file": ANY["schema"]}},
        },
    },
    "required": True,
}


@router.post(
    "",
    status_code=201,
    response_model=CreatedTable,
    responses={
        200: {"model": CreatedTable, "description": "Known: the same bytes were read the same way before."},
        **problem_documents(400, 401, 403, 413, 422, 429, 503),
    },
    openapi_extra={"requestBody": FILE},
)
async def create_table(
    runs: AllRuns, caller: TheCaller, request: Request, query: Annotated[TableQuery, Query()]
) -> Response:
    """Reads a file (CSV and its relatives, ARFF, LIBSVM, JSON and others) and answers what it was taken for.

    The body is the file itself, with a content type of its own, or a form with the field `file`.
    """
    body, named = await request.body(), ""
    if request.headers.get("content-type", "").lower().startswith(FORM):
        body, named = file_of(body, request.headers["content-type"], "file")
    if len(body) > (most := runs.settings.max_table_bytes):
        raise Problem(413, f"The file is larger than {most:,} bytes, the limit here (DESCENT_MAX_TABLE_BYTES).")
    token = None if caller.token else new_owner(runs.database)
    owner = caller.token or token_hash(token or "")
    name = query.name or named[-MAX_NAME:]
    overrides = query.model_dump(exclude={"name"}, exclude_none=True)
    table, document, is_new = await runs.tables.add(owner, name, body, overrides)
    about = {"name": name} | ({"owner_token": token} if token else {})
    location = f"{quote(request.scope['root_path'])}/api/v1/tables/{table}"
    text = joined(document, json.dumps(about))
    return answered(text.encode(), 201 if is_new else 200, {"Location": location})


@router.get("/{table_id}", response_model=TableDocument, responses=problem_documents(404, 422, 503))
async def read_table(runs: AllRuns, reader: TheReader, table_id: TableId) -> Response:
    """What was read; its name for who uploaded it."""
    document, name = await runs.tables.document(table_id, reader.token)
    return answered(joined(document, json.dumps({"name": name})).encode())


@router.get("/{table_id}/rows", response_model=TableRows, responses=problem_documents(404, 422, 503))
async def read_rows(
    runs: AllRuns,
    table_id: TableId,
    offset: Annotated[int, Query(ge=0, lt=1 << 31, description="The first row.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000, description="How many rows, or fewer if they are very long.")] = 100,
) -> Response:
    """Rows as they were read: numbers as numbers, null where a cell is missing."""
    return answered(await runs.tables.rows(table_id, offset, limit))


@router.delete("/{table_id}", status_code=204, responses=problem_documents(401, 403, 404, 409, 422, 503))
async def delete_table(runs: AllRuns, caller: TheCaller, table_id: TableId) -> None:
    """Takes the table from the caller; refused while runs of the caller name it. Others who uploaded the same file, and
    their runs, keep it."""
    if caller.token is None:
        raise Problem(401, "Only who uploaded a table deletes it: send Authorization: Bearer and the owner_token.")
    await runs.tables.delete(table_id, caller.token)

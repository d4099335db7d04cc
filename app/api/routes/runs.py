"""Runs: create, list, read, change, step, reset, delete."""

import json
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Header, Query, Request, Response

from app.api import operations
from app.api.auth import new_owner, token_hash
from app.api.dependencies import AllRuns, AnyRun, OwnRun, Role, TheCaller
from app.api.schemas import ChangeRun, Changes, CreatedRun, CreateRun, ResetRun, Run, RunPage, SeenRun, StepRun
from app.inspections.registry import OF_A_RUN
from app.protocol.orders import State
from app.runs.description import run_text
from app.storage.listing import Listing, Sort
from app.web.json_route import JSONRoute
from app.web.problems import Problem, problem_documents
from app.web.responses import answered

router = APIRouter(prefix="/runs", tags=["runs"], route_class=JSONRoute)

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="A request repeated with the same key has no further effect.",
    ),
]

# The operations on a created run, as links of the OpenAPI document.
LINKS = {
    operation: {"operationId": operation, "parameters": {"run_id": "$response.body#/id"}}
    for operation in (
        *("read_run", "read_changes", "change_run", "step_run", "reset_run", "delete_run", "read_metrics"),
        "edit_weights",
        *(entry.operation for entry in OF_A_RUN),
    )
}


@router.post(
    "",
    status_code=201,
    response_model=CreatedRun,
    responses={201: {"links": LINKS}, **problem_documents(400, 401, 403, 413, 415, 422, 429, 503)},
)
async def create_run(
    runs: AllRuns,
    caller: TheCaller,
    request: Request,
    body: CreateRun,
    key: IdempotencyKey = None,
    wait: Annotated[float, Query(ge=0, le=60, description="Seconds to wait for the run to end.")] = 0,
) -> Response:
    """A new run. Without cookie and bearer token, the answer carries the `owner_token` with which to change it."""
    if key and not caller.token:
        raise Problem(
            400,
            "An Idempotency-Key belongs to an owner: send Authorization: Bearer and an owner token with it. A run made "
            "without a key gives you one, its owner_token.",
        )
    token = None if caller.token else new_owner(runs.database)
    owner = caller.token or token_hash(token or "")
    session = await operations.create(runs, owner, body.config, State(body.state), key, body.keep, body.rules)
    if body.state == "running":
        await session.wait_for_end(wait)
    text = run_text(session, owner_token=token) if token else run_text(session)
    location = f"{quote(request.scope['root_path'])}/api/v1/runs/{session.id}"
    return answered(text.encode(), 201, {"Location": location})


@router.get("", response_model=RunPage, responses=problem_documents(401, 422, 503))
async def list_runs(
    runs: AllRuns,
    caller: TheCaller,
    state: State | None = None,
    q: Annotated[str, Query(max_length=200, description="Words of the name, the notes or the data set.")] = "",
    sort: Sort = "newest",
    cursor: Annotated[int | None, Query(ge=0, lt=1 << 62, description="`next_cursor` of the previous page.")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response:
    """The caller's own runs, newest first unless `sort` says otherwise."""
    if caller.token is None:
        raise Problem(401, "Runs are listed by owner: send Authorization: Bearer and an owner token.")
    listed, following = await runs.list(caller.token, Listing(state, q, sort, cursor, limit))
    return answered(f'{{"runs":[{",".join(listed)}],"next_cursor":{json.dumps(following)}}}'.encode())


@router.get("/{run_id}", response_model=SeenRun, responses=problem_documents(404, 422, 503))
async def read_run(session: AnyRun, role: Role) -> Response:
    """The run as it is now, and the caller's role."""
    return answered(run_text(session, role=role).encode())


@router.get("/{run_id}/changes", response_model=Changes, responses=problem_documents(404, 422, 503))
async def read_changes(
    session: AnyRun,
    since: Annotated[int, Query(ge=0, lt=1 << 62, description="How many of the oldest changes to skip.")] = 0,
) -> dict[str, Any]:
    """Every live change, oldest first. Made again at the same mini-batches, they reproduce the run."""
    return {"changes": session.changes[since:], "changes_count": len(session.changes)}


@router.patch(
    "/{run_id}",
    response_model=Run,
    responses=problem_documents(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
)
async def change_run(runs: AllRuns, session: OwnRun, body: ChangeRun) -> Response:
    """Plays, pauses, or changes the training; the model stays. Name, notes, pinned and replaced_by label the run.
    Answered once the change is stored."""
    given = body.model_fields_set
    successor = await operations.successor(runs, session, body.replaced_by) if body.replaced_by else None
    if given & {"state", "training"} or not given:
        await operations.change(runs, session, body.state, body.training)
    if label := body.model_dump(include={"name", "notes", "pinned"}, exclude_unset=True):
        await runs.write_label(session, **label)
    if "replaced_by" in given:
        await runs.set_successor(session, successor)
    return answered(run_text(session).encode())


@router.post(
    "/{run_id}/step",
    response_model=Run,
    responses=problem_documents(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
)
async def step_run(runs: AllRuns, session: OwnRun, body: StepRun, key: IdempotencyKey = None) -> Response:
    """Trains for epochs or mini-batches, then pauses; answered when that is done."""
    await operations.step(runs, session, body.epochs, body.batches, body.to_epoch, key)
    return answered(run_text(session).encode())


@router.post(
    "/{run_id}/reset",
    response_model=Run,
    responses=problem_documents(400, 401, 403, 404, 413, 415, 422, 503),
)
async def reset_run(session: OwnRun, body: ResetRun) -> Response:
    """Back to epoch 0, paused. Settings and cut links stay; edits of weights are lost."""
    await operations.reset(session, body.seed)
    return answered(run_text(session).encode())


@router.delete("/{run_id}", status_code=204, responses=problem_documents(401, 403, 404, 422, 503))
async def delete_run(runs: AllRuns, session: OwnRun) -> None:
    """Deletes the run and closes its streams."""
    await runs.delete(session)

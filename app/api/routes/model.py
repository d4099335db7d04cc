"""The model of a run: its data, weights, boundary and predictions."""

from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response

from app.api import operations
from app.api.dependencies import AllRuns, AnyRun, OwnRun
from app.api.inspection_route import inspection_route
from app.api.schemas import Predict
from app.errors import ErrorItem, over_limit, rejected
from app.inspections import sizes
from app.inspections.slices import AXES, HOLD, parsed
from app.inspections.weights import Weights
from app.protocol.messages import Part, ViewMessage
from app.web.json_route import JSONRoute
from app.web.problems import problem_documents
from app.web.responses import answered
from engine.config import WeightChange

router = APIRouter(prefix="/runs/{run_id}", tags=["model"], route_class=JSONRoute)

SAFETENSORS = "application/octet-stream"

FRAMES = "/frame?include=weights as safetensors, a sixth of that"

Member = Annotated[int, Query(ge=0)]
Resolution = Literal["10", "25", "50", "100", "200"]  # as text, as queries are
Axes = Annotated[str, Query(pattern=AXES, description="The two inputs that vary, across and up.")]
Hold = Annotated[
    str | None,
    Query(
        pattern=HOLD,
        max_length=10_000,
        description="Values of the inputs that do not vary: `2:0.5,3:-1`; by default their training means, "
        "of a category its most frequent value.",
    ),
]
RecordedEpoch = Annotated[
    int | None, Query(ge=0, lt=1 << 62, description="One of `recorded_epochs`; by default the present.")
]


@inspection_route(router, "GET", "/data", "data", 404)
async def read_data(
    runs: AllRuns,
    session: AnyRun,
    offset: Annotated[int, Query(ge=0, lt=1 << 31, description="The first example.")] = 0,
    limit: Annotated[int | None, Query(ge=1, lt=1 << 31, description="How many examples; by default all.")] = None,
) -> Any:
    """The examples as trained on."""
    shape = session.shape
    count = min(max(0, shape.samples - offset), limit or shape.samples)
    sizes.check_examples(shape.example(), count, runs.settings, ["limit"])
    return answered(await session.query("data", start=offset, count=count))


@inspection_route(router, "GET", "/weights", "weights", 404)
async def read_weights(runs: AllRuns, session: AnyRun, member: Member = 0, epoch: RecordedEpoch = None) -> Any:
    """The weights, layer by layer, now or at a recorded epoch."""
    sizes.check_answer(session.shape.weights_answer(), runs.settings, ["member"], FRAMES)
    return answered(await session.query("weights", member=member, recorded=await session.recorder.weights(epoch)))


@router.patch(
    "/weights",
    response_model=Weights,
    responses=problem_documents(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
)
async def edit_weights(session: OwnRun, body: WeightChange) -> Any:
    """Edits weights and biases, cuts links and restores them; answers with the weights as they then are."""
    await operations.edit(session, body)
    return answered(await session.query("weights", member=body.member, recorded=None))


@inspection_route(router, "GET", "/boundary", "boundary", 404)
async def read_boundary(
    runs: AllRuns,
    session: AnyRun,
    resolution: Annotated[int, Query(ge=2, le=200)] = 50,
    member: Member = 0,
    epoch: RecordedEpoch = None,
    axes: Axes = "0,1",
    hold: Hold = None,
) -> Any:
    """The network's output over the plane of two inputs: [-6, 6] x [-6, 6], of a table the ranges of two columns.

    `held` lists the values of the others.
    """
    plane = parsed(session.config, axes, hold)
    shape, room = session.shape, runs.settings.max_answer_bytes
    smaller = next((size for size in range(resolution, 1, -1) if shape.boundary_answer(size) <= room), None)
    instead = f"resolution {smaller} at most" if smaller else "predictions of single points"
    sizes.check_answer(shape.boundary_answer(resolution), runs.settings, ["resolution"], instead)
    recorded = await session.recorder.weights(epoch)
    return answered(
        await session.query("boundary", member=member, recorded=recorded, resolution=resolution, plane=plane)
    )


@router.get(
    "/frame",
    response_class=Response,
    responses={
        200: {"content": {"application/json": {"schema": {"type": "object"}}, SAFETENSORS: {}}},
        **problem_documents(404, 422, 429, 503),
    },
)
async def read_frame(
    runs: AllRuns,
    session: AnyRun,
    epoch: RecordedEpoch = None,
    member: Member = 0,
    resolution: Resolution = "50",
    unit_resolution: Resolution = "25",
    include: Annotated[
        str, Query(description="What the frame contains, separated by commas.", max_length=100)
    ] = "boundary,weights",
    axes: Axes = "0,1",
    hold: Hold = None,
    accept: Annotated[str, Header()] = "*/*",
) -> Response:
    """One frame as the stream sends it, now or of a recorded epoch; safetensors where `Accept` asks for it."""
    wanted = include.split(",")
    if unknown := [name for name in wanted if name not in get_args(Part)]:
        message = f"{unknown[0][:40]!r} is not a part of a frame; use {', '.join(get_args(Part))}"
        raise rejected([ErrorItem(loc=["include"], message=message)])
    plane = parsed(session.config, axes, hold)
    packed = SAFETENSORS in accept
    size = {"resolution": int(resolution), "unit_resolution": int(unit_resolution)}
    view = ViewMessage.model_validate({"include": wanted, **size})
    sizes.check_frame(view, session.shape, not packed, runs.settings, ["include"])
    recorded = await session.recorder.weights(epoch)
    frame = await session.query(
        "frame", member=member, recorded=recorded, include=wanted, packed=packed, plane=plane, **size
    )
    return Response(frame, media_type=SAFETENSORS if packed else "application/json")


@inspection_route(router, "POST", "/predict", "predict", 400, 404, 413, 415)
async def predict(runs: AllRuns, session: AnyRun, body: Predict) -> Any:
    """The predictions of the network for these inputs, now or at a recorded epoch."""
    if len(body.inputs) > (limit := runs.settings.max_predictions):
        raise over_limit(["inputs"], "examples", len(body.inputs), "max_predictions", limit)
    sizes.check_examples(session.shape.prediction(), len(body.inputs), runs.settings, ["inputs"])
    recorded = await session.recorder.weights(body.epoch)
    return answered(
        await session.query(
            "predict", member=body.member, recorded=recorded, inputs=body.inputs, threshold=body.threshold
        )
    )

"""Inspections of a run: trace, gradient check, diagnostics, landscape; and the learning-rate range test."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from app.api import size_limits
from app.api.dependencies import AllRuns, AnyRun
from app.api.inspection_route import inspection_route
from app.api.routes.model import Member
from app.api.schemas import RangeTestBody
from app.errors import ErrorItem, rejected
from app.inspections import sizes
from app.inspections.landscape import MAX_PATH, MIN_RESOLUTION
from app.runs.session import Session
from app.web.json_route import JSONRoute
from app.web.responses import answered

run = APIRouter(prefix="/runs/{run_id}", tags=["inside"])
anywhere = APIRouter(tags=["inside"], route_class=JSONRoute)


@inspection_route(run, "GET", "/trace", "trace", 404)
async def read_trace(
    runs: AllRuns,
    session: AnyRun,
    split: Literal["train", "validation", "test"] = "train",
    index: Annotated[int, Query(ge=0, lt=1 << 31, description="The first example, within its split.")] = 0,
    count: Annotated[int, Query(ge=1, le=256, description="How many examples, fewer where the split ends.")] = 1,
    batch: Annotated[
        Literal["next", "all"] | None,
        Query(
            description="In place of split, index and count: the mini-batch that the run takes next, with its dropout, "
            "or the whole training set."
        ),
    ] = None,
    shown: Annotated[
        int, Query(ge=1, le=256, description="How many examples the answer lists; the pass is over all of them.")
    ] = 256,
    layer: Annotated[
        int | None,
        Query(ge=0, description="Lists this layer only, counted from 0, hidden layers first. By default all."),
    ] = None,
    member: Member = 0,
) -> Any:
    """One forward and one backward pass with every matrix, in the notation of the articles, in double precision."""
    shape = session.shape
    examples = {"all": shape.train, "next": _batch_size(session)}.get(batch or "", count)
    sizes.check_trace(shape, examples, min(shown, examples), layer, runs.settings)
    arguments = {"split": split, "index": index, "count": count, "batch": batch, "shown": shown, "layer": layer}
    return answered(await session.query("trace", member=member, **arguments))


def _batch_size(session: Session) -> int:
    return min(session.config.training.batch_size or session.shape.train, session.shape.train)


@inspection_route(run, "GET", "/gradient-check", "gradient_check", 404)
async def check_gradient(runs: AllRuns, session: AnyRun, member: Member = 0) -> Any:
    """Every derivative of the backward pass against a finite difference of the loss, on the present weights."""
    size_limits.check_inspection("gradient_check", session.config, runs.settings)
    sizes.check_answer(session.shape.weights() * sizes.NUMBER, runs.settings, ["member"], "a smaller network")
    return answered(await session.query("gradient_check", member=member))


@inspection_route(run, "GET", "/diagnostics", "diagnostics", 404)
async def read_diagnostics(session: AnyRun, member: Member = 0) -> Any:
    """Gradient norm, weight norm, update ratio, dead and saturated units and histograms of every layer."""
    return answered(await session.query("diagnostics", member=member))


@inspection_route(run, "GET", "/diagnostics/history", "history", 404)
async def read_history(
    runs: AllRuns,
    session: AnyRun,
    points: Annotated[
        int, Query(ge=1, le=MAX_PATH, description="How many recorded epochs at most, evenly chosen.")
    ] = 60,
    member: Member = 0,
) -> Any:
    """The diagnostics of every layer at the recorded epochs so far, without the histograms."""
    config = session.config
    size_limits.check_inspection("history", config, runs.settings)
    recorded = await session.recorder.path(min(points, size_limits.passes_allowed(config, runs.settings) // 2))
    first = (await session.recorder.rows(0, 0)).columns()["members"]
    rates = [rates["learning_rate"][0] for rates in first]
    arguments = {"member": member, "recorded": recorded, "changes": session.changes, "rates": rates}
    return answered(await session.query("history", **arguments))


@inspection_route(run, "GET", "/activations", "activations", 404)
async def read_activations(session: AnyRun, member: Member = 0) -> Any:
    """The activation of every hidden layer as it is now: its parameters, its curve and the curve's slope."""
    return answered(await session.query("activations", member=member))


@inspection_route(run, "GET", "/landscape", "landscape", 404)
async def read_landscape(
    runs: AllRuns,
    session: AnyRun,
    resolution: Annotated[
        int | None,
        Query(
            ge=MIN_RESOLUTION,
            le=101,
            description="Odd: the present weights are in the middle. Without it 41, or less where the server's limits "
            "allow no more.",
        ),
    ] = None,
    directions: Literal["pca", "random"] = "pca",
    member: Member = 0,
) -> Any:
    """The measured training loss around the present weights, and the run's path there."""
    config = session.config
    size_limits.check_inspection("landscape", config, runs.settings)
    finest = size_limits.finest_landscape(config, MAX_PATH, runs.settings)
    asked = min(finest, 41) if resolution is None else resolution
    if asked > finest:
        message = f"is too fine for this run (DESCENT_MAX_STUDY); ask for at most {finest}"
        raise rejected([ErrorItem(loc=["resolution"], message=message)])
    if asked % 2 == 0:
        odd = asked + 1 if asked < finest else asked - 1
        message = f"{asked} is even: the present weights could not be in the middle; use {odd}"
        raise rejected([ErrorItem(loc=["resolution"], message=message)])
    recorded = await session.recorder.path(MAX_PATH)
    arguments = {"member": member, "resolution": asked, "directions": directions, "recorded": recorded}
    return answered(await session.query("landscape", **arguments))


@inspection_route(anywhere, "POST", "/lr-range-test", "range_test", 400, 413, 415)
async def test_learning_rates(runs: AllRuns, body: RangeTestBody) -> Any:
    """Raises the learning rate geometrically, a mini-batch each; suggests where the loss falls fastest."""
    config, table = await runs.tables.bound(size_limits.fitted(body.config, runs.settings))
    size_limits.check(config, runs.settings)
    size_limits.check_inspection("range_test", config, runs.settings)
    content = table.content if table else None
    return answered(await runs.range_tests.ask(config.stored, body.rules, content))

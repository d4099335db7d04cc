"""Every derivative of the backward pass against a finite difference of the loss, on the present weights."""

from typing import Any

from pydantic import BaseModel

from app.inspections.place import Place, place_of
from engine.inspection.gradient_check import LIMIT, gradient_check_pieces
from engine.pieces import Pieces
from engine.training.trainer import Trainer


class CheckedLayer(BaseModel):
    """`errors` in the shape of [W, b]: 0 for what was skipped, where `compared` is false."""

    layer: int
    max_relative_error: float
    checked: int
    skipped: int
    errors: list[list[float]]
    compared: list[list[bool]]


class GradientCheck(Place):
    """A relative error below `limit` everywhere is a right gradient; parameters at a kink are skipped."""

    max_relative_error: float
    limit: float
    checked: int
    skipped: int
    layers: list[CheckedLayer]


def gradient_check(trainer: Trainer, member: int) -> Pieces[dict[str, Any]]:
    """The fields of `GradientCheck`, computed in pieces."""
    result, network = yield from gradient_check_pieces(trainer, member)
    views = zip(network.views_of(result.errors), network.views_of(result.skipped), strict=True)
    layers = [
        {"layer": index, "errors": errors, "compared": ~skipped} | _summary(errors, skipped)
        for index, (errors, skipped) in enumerate(views)
    ]
    return place_of(trainer, member) | _summary(result.errors, result.skipped) | {"limit": LIMIT, "layers": layers}


def _summary(errors: Any, skipped: Any) -> dict[str, Any]:
    return {
        "max_relative_error": float(errors.max(initial=0.0)),
        "checked": int((~skipped).sum()),
        "skipped": int(skipped.sum()),
    }

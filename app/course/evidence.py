"""What a run shows of a lesson: which variant it is, when each piece of evidence is due, and the verdict in words."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from app.course import Lesson, Variant
from app.course.claims import Evidence
from app.course.quantities import METRICS
from engine.config import RunConfig

Change = Mapping[str, Any]


def variant_of(lesson: Lesson, config: RunConfig, changes: Sequence[Change]) -> Variant | None:
    """The variant that a run with this config and these live changes belongs to; None for none.

    Seed and pace may differ. The variant's own edit before the first step must be there, and no other change.
    """
    return next((each for each in variants_with(lesson, config) if _untouched(changes, each)), None)


def variants_with(lesson: Lesson, config: RunConfig) -> list[Variant]:
    """The variants whose settings the run has, whatever its live changes."""
    settings = _fixed(config)
    return [each for each in lesson.variants if _fixed(RunConfig.model_validate(each.config)) == settings]


def _fixed(config: RunConfig) -> dict[str, Any]:
    """The settings that a variant prescribes."""
    return config.model_dump(mode="json", exclude={"seed": True, "training": {"pace"}})


def _untouched(changes: Sequence[Change], variant: Variant) -> bool:
    made = [change for change in changes if _steers(change) or any(_links(change))]
    if variant.edit is None:
        return not made
    return (
        len(made) == 1
        and not _steers(made[0])
        and (made[0]["epoch"], made[0]["batch"]) == (0, 0)
        and _links(made[0]) == _links(variant.edit.model_dump(mode="json"))
    )


def _steers(change: Change) -> bool:
    """Whether a change concerns more than the pace."""
    return bool(change.get("training", {}).keys() - {"pace"})


def _links(change: Change) -> list[list[tuple[Any, ...]]]:
    names = ("layer", "row", "column", "bias", "value")
    return [
        sorted((tuple(link.get(name) for name in names) for link in change.get(part) or ()), key=repr)
        for part in ("edits", "cut", "restore")
    ]


def due(evidence: Evidence, lesson: Lesson, epoch: int, batch: int, ended: bool) -> int | None:
    """The epoch at which a run at this place must show it; None without one, or when it has passed."""
    at = lesson.epochs if evidence.epoch is None else evidence.epoch
    if ended and epoch <= at:
        return epoch
    if evidence.source == "metrics":
        return at if epoch >= at else None
    return at if (epoch, batch) == (at, 0) else None


def verdict(evidence: Evidence, value: float | None, known: bool) -> str:
    """What a run must show, and what it has: "test accuracy 0.62, needs at least 0.95". `known`: it has a value, or
    None where that is not a number."""
    quantity, threshold = evidence.quantity, evidence.threshold
    if quantity.kind == "diverged":
        return "diverged" if value else "the run must diverge"
    digits = 3
    while (
        value is not None and value != threshold and digits < 9 and _short(value, digits) == _short(threshold, digits)
    ):
        digits += 1
    has = "" if not known else "is not a number," if value is None else f"{_short(value, digits)},"
    needs = "asked:" if value is not None and evidence.shown_by(value) else "needs"
    name = name_of(quantity) + (":" if has and quantity.kind != "metric" else "")
    words = evidence.comparison.replace("_", " ")
    return " ".join(filter(None, [name, has, needs, words, _short(threshold, digits)]))


def name_of(quantity: Any) -> str:
    """A quantity in words."""
    match quantity.kind:
        case "metric":
            return METRICS[quantity.name]
        case "metric_error":
            return f"relative difference of the {METRICS[quantity.name]} from {_short(quantity.value, 6)}"
        case "rise":
            return f"{METRICS[quantity.name]} over its lowest so far"
        case "swing":
            return f"mean jump of the {METRICS[quantity.name]}, last {quantity.epochs} epochs"
        case "weight_error":
            values = ", ".join(_short(value, 3) for row in quantity.values for value in row)
            return f"largest relative difference of the weights from {values}"
        case "unit_spread":
            return f"largest difference between units of {_layer(quantity.layer)}"
        case "gradient_ratio":
            return f"gradient norm of {_layer(quantity.layer)} over that of {_layer(quantity.over)}"
        case "dead_share":
            return "share of hidden units that are dead"
        case "gradient_noise":
            return f"difference of {quantity.points} points' gradient from the whole set's, over its length"
        case "downhill":
            return "cosine between the next step and steepest descent"
        case "collapse_error":
            return "largest difference between the layers and their product"
        case _:
            return "divergence"


def _layer(index: int) -> str:
    return "the output layer" if index < 0 else f"layer {index + 1}"


def _short(value: float, digits: int) -> str:
    return f"{value:.{digits}g}" if math.isfinite(value) else str(value)

"""What a run shows of a lesson's claims."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pydantic import BaseModel, Field

from app.course import Lesson, lessons
from app.course.claims import Evidence
from app.course.evidence import due, variant_of, variants_with, verdict
from app.course.quantities import Trained
from app.inspections.place import Place, place_of
from app.protocol.changes import Change
from engine.training.trainer import Trainer


class ShownEvidence(BaseModel):
    """One piece of a claim's evidence, in the lesson's order."""

    variant: str | None
    due: int | None = Field(
        description="The epoch at which this run must show it. Null before that, when it has passed, or where the "
        "run is not of this variant."
    )
    value: float | None = Field(description="The quantity at that epoch; null where it is not due or not a number.")
    shown: bool
    verdict: str = Field(description="What is asked for and what the run has, in words.")


class ClaimEvidence(BaseModel):
    says: str
    evidence: list[ShownEvidence]


class RunEvidence(Place):
    """A lesson's claims as this run shows them.

    A run is of a variant if its config is equal except for seed and pace, and its only live change is the variant's
    own edit.
    """

    lesson: str
    matches: bool = Field(description="Whether the run is of one of the lesson's variants: `variant`.")
    variant: str | None
    settings_match: bool = Field(
        description="Whether its config is that of a variant: if so and `matches` is false, it was changed, or lacks "
        "the variant's own edit."
    )
    claims: list[ClaimEvidence]


@dataclass(frozen=True)
class _Recorded(Trained):
    """A member with its metrics in columns, epoch 0 first."""

    columns: Mapping[str, Sequence[float | None]] = field(default_factory=dict)

    def column(self, name: str) -> list[float]:
        return [math.nan if value is None else value for value in self.columns[name]]


def evidence(
    trainer: Trainer,
    member: int,
    lesson: str,
    columns: Mapping[str, Sequence[float | None]],
    changes: Sequence[Change],
) -> dict[str, Any]:
    """The fields of `RunEvidence`.

    `columns` are the member's recorded metrics, epoch 0 first; `changes` the run's live ones.
    """
    course = next(each for each in lessons() if each.slug == lesson)
    variant = variant_of(course, trainer.config, changes)
    claims = [
        {
            "says": claim.says,
            "evidence": [
                _shown(trainer, member, course, each, columns, variant is not None and variant.name == each.variant)
                for each in claim.evidence
            ],
        }
        for claim in course.claims
    ]
    return place_of(trainer, member) | {
        "lesson": lesson,
        "matches": variant is not None,
        "variant": variant and variant.name,
        "settings_match": bool(variants_with(course, trainer.config)),
        "claims": claims,
    }


def _shown(
    trainer: Trainer,
    member: int,
    lesson: Lesson,
    wanted: Evidence,
    columns: Mapping[str, Sequence[float | None]],
    matches: bool,
) -> dict[str, Any]:
    ended = trainer.halted is not None
    at = due(wanted, lesson, trainer.epoch, trainer.batch, ended) if matches else None
    if at is not None and len(columns["train_loss"]) + _stands_at(trainer, at) <= at:
        at = None  # A run that trains may have passed the epoch before its metrics are recorded.
    value = None if at is None else _measured(trainer, member, wanted, columns, at)
    return {
        "variant": wanted.variant,
        "due": at,
        "value": value,
        "shown": value is not None and wanted.shown_by(value),
        "verdict": verdict(wanted, value, known=at is not None),
    }


def _measured(
    trainer: Trainer, member: int, wanted: Evidence, columns: Mapping[str, Sequence[float | None]], at: int
) -> float | None:
    """The quantity at an epoch; None where it is not a number."""
    until = {name: list(values[: at + 1]) for name, values in columns.items()}
    if _stands_at(trainer, at):
        # An edit changes the present metrics, and not what was recorded before it.
        until = {name: [*values[:at], getattr(trainer.metrics, name)[member]] for name, values in until.items()}
    try:
        with np.errstate(all="ignore"):
            value = wanted.quantity.measure(_Recorded(trainer, member, (), until))
    except ZeroDivisionError:
        return None
    return value if math.isfinite(value) else None


def _stands_at(trainer: Trainer, epoch: int) -> bool:
    """Whether its present metrics are those of the epoch."""
    return (trainer.epoch, trainer.batch) == (epoch, 0)

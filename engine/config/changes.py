"""What may change while a run lives: training settings, weights, and cut links."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field, Strict, model_validator

from engine.config.choices import StrictModel
from engine.config.errors import invalid
from engine.config.run import BatchSize, Count, Rate, RunConfig, StopConfig
from engine.errors import InvalidArgument

# The largest 32-bit float.
LARGEST = float(np.finfo(np.float32).max)
# Edits, cuts and links to restore of one request.
MAX_EDITS = 20_000


class RegularizerChange(StrictModel):
    """A new rate for the penalty; its kind is part of the model."""

    rate: float = Field(ge=0, le=100)


class TrainingChange(StrictModel):
    """A live change: fields that are absent stay as they are, and so does the model."""

    learning_rate: Rate | None = None
    batch_size: BatchSize | None = None
    regularizer: RegularizerChange | None = None
    pace: float | None = Field(None, gt=0, le=100_000)
    max_epochs: Count | None = None
    stop: StopConfig | None = None

    @model_validator(mode="after")
    def _check(self) -> TrainingChange:
        for field in ("learning_rate", "regularizer", "stop"):
            if field in self.model_fields_set and getattr(self, field) is None:
                raise invalid("cannot be null: leave it out to keep it", field)
        return self

    def applied_to(self, config: RunConfig) -> RunConfig:
        """The config with this change; InvalidArgument if it touches what a sweep varies."""
        changes = self.model_dump(exclude_unset=True)
        if "regularizer" in changes:
            changes["regularizer"] = {**config.training.regularizer.model_dump(), **changes["regularizer"]}
        if "stop" in changes:
            changes["stop"] = {**config.training.stop.model_dump(), **changes["stop"]}
        if config.sweep is not None:
            swept = config.sweep.parameter.split(".")
            touched = swept[1] in changes if swept[0] == "training" else False
            if touched:
                raise InvalidArgument("is what this run sweeps: it cannot be changed live", "training", *swept[1:])
        return config.replaced(training={**config.training.model_dump(), **changes})


class LinkRef(StrictModel):
    """One link: into unit ``row`` of ``layer`` (0 is the first hidden one), from input ``column`` of that layer."""

    layer: int = Field(ge=0)
    row: int = Field(ge=0)
    column: int = Field(ge=0)


class WeightEdit(StrictModel):
    """A new value for the weight at ``row``, ``column``, or for the bias of unit ``bias``, of ``layer``."""

    layer: int = Field(ge=0)
    row: int | None = Field(None, ge=0)
    column: int | None = Field(None, ge=0)
    bias: int | None = Field(None, ge=0)
    value: float = Field(ge=-LARGEST, le=LARGEST)

    @model_validator(mode="after")
    def _check(self) -> WeightEdit:
        if (self.bias is None) == (self.row is None and self.column is None) or (self.row is None) != (
            self.column is None
        ):
            raise ValueError("name either row and column, or bias")
        return self


class WeightChange(StrictModel):
    """Edits of weights and biases, links to cut, and cut links to restore (at weight 0)."""

    member: int = Field(0, ge=0)
    edits: Annotated[tuple[WeightEdit, ...], Strict(False)] = Field((), max_length=MAX_EDITS, fail_fast=True)
    cut: Annotated[tuple[LinkRef, ...], Strict(False)] = Field((), max_length=MAX_EDITS, fail_fast=True)
    restore: Annotated[tuple[LinkRef, ...], Strict(False)] = Field((), max_length=MAX_EDITS, fail_fast=True)

"""DatasetConfig: which points a run learns from, a registered data set or the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    Strict,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from engine.config.choices import CUSTOM, DatasetName, StrictModel
from engine.config.errors import invalid
from engine.data.datasets import Dataset, datasets
from engine.errors import shown
from engine.nn.losses import CLASSIFICATION, MULTILABEL

SEED_LIMIT = 2**63
MAX_CLASSES = 10
# Squares of inputs are features and squares of targets are losses: both must fit a 32-bit float.
Value = Annotated[float, Field(ge=-1e15, le=1e15)]
Index = Annotated[int, Field(ge=-1_000_000_000_000_000, le=1_000_000_000_000_000)]
# The first wrong value ends the reading: a body may hold half a million.
Vector = Annotated[tuple[Value, ...], Strict(False), Field(fail_fast=True)]
Rows = Annotated[tuple[Vector, ...], Strict(False), Field(fail_fast=True)]
Targets = Annotated[tuple[Index | Value | Vector, ...], Strict(False), Field(fail_fast=True)]

CLASS_INDICES = (
    f"targets are class indices from 0, whole numbers from 0 to {MAX_CLASSES - 1}: number the classes 0, 1, 2, ..."
)


class DatasetConfig(StrictModel):
    """Which points, how noisy, and which share trains. ``inputs``, ``targets`` and ``task`` belong to "custom"."""

    name: DatasetName = "circle"
    samples: int = Field(500, ge=2)
    noise: float = Field(0.0, ge=0, le=0.5)
    label_noise: float = Field(0.0, ge=0, le=0.5)
    train_fraction: float = Field(0.5, gt=0, le=1)
    seed: int = Field(0, ge=0, lt=SEED_LIMIT)
    classes: int | None = Field(None, ge=2, le=MAX_CLASSES)
    variant: str | None = None
    task: Literal["classification", "regression", "multilabel"] | None = None
    inputs: Rows | None = None
    targets: Targets | None = None

    @field_validator("targets", mode="wrap")
    @classmethod
    def _of_the_task(cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        """Whole numbers written as 1.0 are class indices too; the error for a wrong target says what the task takes."""
        classification = info.data.get("task") in (None, CLASSIFICATION)
        try:
            targets: tuple[Any, ...] | None = handler(value)
        except ValidationError as error:
            found = error.errors(include_url=False)
            if {each["type"] for each in found} != {"int_type", "float_type", "tuple_type"}:
                raise
            message = CLASS_INDICES if classification else "must be a number, or a list of numbers"
            raise invalid(message, *found[0]["loc"][:1]) from None
        if targets is not None and classification and float in set(map(type, targets)):
            return tuple(int(t) if isinstance(t, float) and t.is_integer() else t for t in targets)
        return targets

    @model_validator(mode="after")
    def _check(self) -> DatasetConfig:
        if self.name == CUSTOM:
            _check_custom(self)
            return self
        entry = datasets[self.name]
        for field in ("inputs", "targets", "task"):
            if getattr(self, field) is not None:
                raise invalid(f'belongs to the data set "custom": leave it out for {self.name!r}', field)
        if self.classes is not None and not entry.many_classes:
            many = ", ".join(d.name for d in datasets.values() if d.many_classes)
            message = f"{self.name!r} has {entry.classes} classes: leave classes out, or choose one of {many}"
            raise invalid(message, "classes")
        if self.variant is not None and self.variant not in entry.variants:
            remedy = f"choose one of {', '.join(entry.variants)}" if entry.variants else "it has none, leave it out"
            raise invalid(f"{shown(self.variant)} is no variant of {self.name!r}: {remedy}", "variant")
        return self

    @cached_property
    def as_json(self) -> str:
        """The result of ``model_dump_json``, cached: a user's own data may be megabytes."""
        return self.model_dump_json()

    @cached_property
    def highest_target(self) -> int:
        """The highest class index of a classification of the user's own data."""
        return max(target for target in self.targets or () if isinstance(target, int))

    @property
    def entry(self) -> Dataset | None:
        """The registry entry, or None for custom data."""
        return None if self.name == CUSTOM else datasets[self.name]


def _check_custom(data: DatasetConfig) -> None:
    if data.inputs is None or data.targets is None:
        raise ValueError("custom data needs inputs (a list of rows) and targets (one a row)")
    if len(data.inputs) < 2 or len(data.inputs) != len(data.targets):
        raise ValueError(
            f"{len(data.inputs)} rows of inputs and {len(data.targets)} targets: give one each, at least 2"
        )
    width = len(data.inputs[0])
    if width == 0:
        raise invalid("has no numbers: give every row the same, at least 1", "inputs", 0)
    if (row := _first_of_another_length(data.inputs, width)) is not None:
        message = f"has {len(data.inputs[row])} numbers and the first row {width}: give every row the same"
        raise invalid(message, "inputs", row)
    _check_targets(data.targets, data.task or CLASSIFICATION)


def _check_targets(targets: Sequence[Any], task: str) -> None:
    vectors = [target for target in targets if isinstance(target, tuple)]
    if () in vectors:
        raise invalid("is an empty vector: give at least one number", "targets", targets.index(()))
    if 0 < len(vectors) < len(targets) or (vectors and _first_of_another_length(vectors, len(vectors[0])) is not None):
        message = "targets mix numbers and vectors, or vectors of different lengths: give them all one shape"
        raise invalid(message, "targets")
    if task == CLASSIFICATION and not set(range(MAX_CLASSES)).issuperset(targets):
        wrong = next(index for index, target in enumerate(targets) if target not in range(MAX_CLASSES))
        raise invalid(CLASS_INDICES, "targets", wrong)
    if task == MULTILABEL and not (vectors and {0, 1}.issuperset(chain.from_iterable(vectors))):
        raise invalid("targets of a multilabel task are vectors of 0 and 1", "targets")


def _first_of_another_length(rows: Sequence[tuple[float, ...]], length: int) -> int | None:
    lengths = list(map(len, rows))
    if lengths.count(length) == len(lengths):
        return None
    return next(index for index, each in enumerate(lengths) if each != length)

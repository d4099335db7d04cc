"""DatasetConfig: which points a run learns from, a registered data set or the user's own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict, model_validator

from engine.config.choices import CUSTOM, DatasetName, Model
from engine.datasets import Dataset, datasets
from engine.losses import CLASSIFICATION, MULTILABEL

SEED_LIMIT = 2**63
# Squares of inputs are features and squares of targets are losses: both must fit a 32-bit float.
Value = Annotated[float, Field(ge=-1e15, le=1e15)]
Index = Annotated[int, Field(ge=-1_000_000_000_000_000, le=1_000_000_000_000_000)]
Rows = Annotated[tuple[Annotated[tuple[Value, ...], Strict(False)], ...], Strict(False)]
Targets = Annotated[tuple[Index | Value | Annotated[tuple[Value, ...], Strict(False)], ...], Strict(False)]


class DatasetConfig(Model):
    """Which points, how noisy, and which share trains. ``inputs``, ``targets`` and ``task`` belong to "custom"."""

    name: DatasetName = "circle"
    samples: int = Field(500, ge=2)
    noise: float = Field(0.0, ge=0, le=0.5)
    label_noise: float = Field(0.0, ge=0, le=0.5)
    train_fraction: float = Field(0.5, gt=0, le=1)
    seed: int = Field(0, ge=0, lt=SEED_LIMIT)
    classes: int | None = Field(None, ge=2, le=10)
    variant: str | None = None
    task: Literal["classification", "regression", "multilabel"] | None = None
    inputs: Rows | None = None
    targets: Targets | None = None

    @model_validator(mode="after")
    def _check(self) -> DatasetConfig:
        if self.name == CUSTOM:
            _check_custom(self)
            return self
        entry = datasets[self.name]
        for field in ("inputs", "targets", "task"):
            if getattr(self, field) is not None:
                raise ValueError(f'{field} belongs to the data set "custom": leave it out for {self.name!r}')
        if self.classes is not None and not entry.many_classes:
            many = ", ".join(d.name for d in datasets.values() if d.many_classes)
            raise ValueError(f"{self.name!r} has {entry.classes} classes: leave classes out, or choose one of {many}")
        if self.variant is not None and self.variant not in entry.variants:
            remedy = f"choose one of {', '.join(entry.variants)}" if entry.variants else "it has none, leave it out"
            raise ValueError(f"variant of {self.name!r}: {remedy}")
        return self

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
    widths = {len(row) for row in data.inputs}
    if len(widths) > 1 or 0 in widths:
        raise ValueError(f"rows of inputs have {sorted(widths)} numbers: give every row the same, at least 1")
    task = data.task or CLASSIFICATION
    if () in data.targets:
        raise ValueError("a target is an empty vector: give at least one number")
    vectors = {len(t) if isinstance(t, tuple) else 0 for t in data.targets}
    if len(vectors) > 1:
        raise ValueError("targets mix numbers and vectors, or vectors of different lengths: give them all one shape")
    vector = vectors.pop() if data.targets else 0
    if task == CLASSIFICATION:
        if vector or not all(isinstance(t, int) and 0 <= t < 10 for t in data.targets):
            raise ValueError("targets of a classification are class indices: whole numbers from 0 to 9")
    elif task == MULTILABEL and not (
        vector and all(v in (0, 1) for t in data.targets if isinstance(t, tuple) for v in t)
    ):
        raise ValueError("targets of a multilabel task are vectors of 0 and 1")

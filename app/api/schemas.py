"""The bodies of requests and answers, as OpenAPI describes them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, create_model

from app.protocol.orders import State
from engine.config import RunConfig, TrainingChange
from engine.config.choices import StrictModel
from engine.training.evaluation import FIGURES

# JSON has no enumerations: a strict model must be allowed to take their names.
StateName = Annotated[State, Strict(False)]


class Body(StrictModel):
    """A request's body has these fields and no others; text and booleans do not count as numbers."""


Rules = Literal["portable-1", "numpy-1"]


class CreateRun(Body):
    """A new run. Every field of the config has a default: `{}` is a run."""

    config: RunConfig = RunConfig()
    state: Literal["paused", "running"] = "paused"
    rules: Rules = Field(
        "portable-1",
        description="The rules that draw its points, initial weights and order. For a copy, those of the original: "
        'runs of earlier versions have "numpy-1".',
    )
    keep: list[Annotated[str, Field(max_length=64)]] | None = Field(
        None,
        max_length=1_000,
        description="At the limit of runs, the oldest of yours that is neither listed here, named, pinned, watched nor "
        "training is deleted for the new one. Without this list nothing is, and the new one is refused (429).",
    )

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"config": {"training": {"max_epochs": 300, "pace": None}}, "state": "running"}]
        }
    )


class ChangeRun(Body):
    """What to change. Absent fields stay as they are, and so does the model."""

    state: StateName | None = None
    training: TrainingChange | None = None
    name: str = Field("", max_length=200, description="Empty for none.")
    notes: str = Field("", max_length=10_000)
    pinned: bool = Field(False, description="A pinned run is never deleted to make room.")
    replaced_by: str | None = Field(
        None,
        max_length=64,
        description="The run of the same owner that replaces this one; viewers are notified. The "
        "`replaced_by` of that run becomes null. Null: not replaced.",
    )

    model_config = ConfigDict(json_schema_extra={"examples": [{"training": {"learning_rate": 0.1}, "state": "paused"}]})


class StepRun(Body):
    """Exactly one of the three."""

    epochs: int | None = Field(None, ge=1, description="Complete this many epochs, the current one included.")
    batches: int | None = Field(None, ge=1, description="Train this many mini-batches.")
    to_epoch: int | None = Field(None, ge=0, description="Train until this many epochs are complete.")

    model_config = ConfigDict(json_schema_extra={"examples": [{"epochs": 1}]})


class ResetRun(Body):
    """Without a seed the run starts from exactly the same weights."""

    seed: int | None = Field(None, ge=0, lt=1 << 63)


Cell = float | str | bool | None
CellRow = Annotated[list[Cell], Field(fail_fast=True)]


class Predict(Body):
    """Raw inputs, one row per example: numbers in the order of the inputs. For a table also objects by column name, a
    category's value by its name, true for the second of two values, and null for a missing cell."""

    inputs: Annotated[list[CellRow | dict[str, Cell]], Field(fail_fast=True)]
    member: int = Field(0, ge=0)
    threshold: float = Field(0.5, ge=0, le=1, description="Minimum probability of a positive label.")
    epoch: int | None = Field(None, ge=0, lt=1 << 62, description="One of `recorded_epochs`; by default the present.")

    model_config = ConfigDict(json_schema_extra={"examples": [{"inputs": [[0, 0], [5, 0]]}]})


MemberMetrics = create_model(
    "MemberMetrics",
    __doc__="One member at one epoch; null for a number that does not exist or is not finite.",
    **dict.fromkeys(FIGURES, float | None),  # type: ignore[call-overload]
)


class Derived(BaseModel):
    """What follows from a config: each "auto" resolved, and the sizes of the network."""

    task: str
    inputs: int = Field(description="Raw inputs of a point.")
    classes: int = Field(description="Classes of a classification; for other tasks, numbers in a target.")
    features: list[str]
    output: str
    loss: str
    sizes: list[int] = Field(description="Units of each layer, features first and outputs last.")
    parameters: int = Field(description="Weights and biases of one member.")


class RunColumn(BaseModel):
    """An input of a run that is a column of its table."""

    name: str
    kind: Literal["number", "binary", "category"]
    low: float = Field(description="Where a map of it begins.")
    high: float = Field(description="Where it ends, in the column's unit; of a category, in places of `values`.")
    values: list[str] = Field(description="Of a category; its raw inputs are places in this list.")
    indicated: bool = Field(description="Whether a missing cell is an input of its own.")
    features: list[str] = Field(description="The names of the network inputs that it becomes.")


class Run(BaseModel):
    """A run."""

    id: str
    name: str
    notes: str
    pinned: bool
    replaced_by: str | None = Field(description="The run that replaced this one.")
    state: State
    epoch: int
    batch: int
    config: RunConfig
    derived: Derived
    columns: list[RunColumn] | None = Field(description="Of a table: the inputs in order, without constant ones.")
    classes: list[str] | None = Field(description="Of a table: the names of its classes.")
    targets: list[str] | None = Field(description="Of a table: the columns to predict.")
    notes_of_data: list[str] = Field(description="What was assumed or left out of a table, in sentences.")
    rules: Rules = Field(description="The rules that draw its points, initial weights and order.")
    arithmetic: Literal["portable-1", "numpy"] = Field(
        description="Compiled: equal numbers on every machine; NumPy: they depend on the machine."
    )
    member_count: int
    metrics: list[MemberMetrics] = Field(
        description="One per member: of the present weights while the run is at rest, else of the newest epoch."
    )
    recorded_epochs: list[int] = Field(description="The epochs whose weights are recorded.")
    changes: list[dict[str, Any]] = Field(
        description="The newest 50 live changes, each with the (epoch, batch) at which it was made."
    )
    changes_count: int = Field(description="Live changes in all; `/changes` lists every one.")
    created_at: datetime
    detail: str | None = Field(description="Why it ended, in words.")
    series: int = Field(description="How often it was reset; each reset begins a new series of metrics.")


class SeenRun(Run):
    """A run, and the role of the caller."""

    role: Literal["owner", "viewer"] = Field(description="An owner may change the run, a viewer may read it.")


class CreatedRun(Run):
    """A new run; the token only where the caller had none."""

    owner_token: str | None = Field(
        None, description="Store it: it is sent once, and only its holder can change the run."
    )


class Changes(BaseModel):
    """Live changes in their order, from the one asked for on. Changes with no batch trained in between are merged."""

    changes: list[dict[str, Any]]
    changes_count: int


class RunPage(BaseModel):
    """A page of runs."""

    runs: list[Run]
    next_cursor: str | None


MetricColumns = create_model(
    "MetricColumns",
    __doc__="One member's metrics, epoch by epoch.",
    **dict.fromkeys(FIGURES, list[float | None]),  # type: ignore[call-overload]
)


class Metrics(BaseModel):
    """Epochs as columns; `next` is the epoch to continue from."""

    epoch: list[int]
    members: list[MetricColumns]
    stride: int = Field(description="Of the older epochs, those stored are multiples of this; the newest all are.")
    next: int | None


class RangeTestBody(Body):
    """The config to find a learning rate for; its own rate, schedule and stop rules are ignored."""

    config: RunConfig = RunConfig()
    rules: Rules = Field("portable-1", description="What draws its points, initial weights and order, as of a new run.")

    model_config = ConfigDict(json_schema_extra={"examples": [{"config": {"dataset": {"name": "spiral"}}}]})

"""RunConfig: everything that defines a run, validated once, with messages that say what to change."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field, Strict, ValidationError, model_validator
from pydantic_core import from_json, to_json

from engine.config.choices import (
    AUTO,
    ActivationChoice,
    Choice,
    InitializerName,
    LossName,
    OptimizerChoice,
    OutputName,
    RegularizerName,
    ScheduleChoice,
    StrictModel,
)
from engine.config.columns import Columns
from engine.config.dataset import SEED_LIMIT, DatasetConfig
from engine.config.errors import invalid, moved
from engine.data.features import Feature, resolve
from engine.errors import InvalidArgument, shown
from engine.nn.losses import CLASSIFICATION, OutputLoss, automatic_loss, automatic_output, pair_of, pairs
from engine.nn.regularizers import regularizers

# Upper bounds of the server's settings, so that too long a list is refused before its elements are validated.
MAX_LAYERS = 1_000
MAX_MEMBERS = 1_000

# How the stored form of a config begins that is bound to the columns of its table.
_COLUMNS = '{"columns":'

Rate = Annotated[float, Field(gt=0, le=1000)]
BatchSize = Annotated[int, Field(ge=1)]
Count = Annotated[int, Field(ge=1)]


class LayerConfig(StrictModel):
    """One hidden layer."""

    units: int = Field(4, ge=1)
    activation: ActivationChoice = Field(default="tanh", validate_default=True)
    dropout: float = Field(0.0, ge=0, lt=1)


class NetworkConfig(StrictModel):
    """The layers after the features."""

    hidden: Annotated[tuple[LayerConfig, ...], Strict(False)] = Field(
        (LayerConfig(units=4), LayerConfig(units=2)), max_length=MAX_LAYERS, fail_fast=True
    )
    output: OutputName = AUTO
    bias: bool = True
    initializer: InitializerName = "glorot_uniform"


class RegularizerConfig(StrictModel):
    """A penalty on the weights and its rate."""

    name: RegularizerName = "none"
    rate: float = Field(0.0, ge=0, le=100)


class StopConfig(StrictModel):
    """When to stop: at a training loss, or after ``patience`` epochs without 1e-4 improvement of the validation loss,
    or of the test loss where there are no validation points."""

    train_loss: float | None = Field(None, ge=0)
    patience: Count | None = None


class TrainingConfig(StrictModel):
    """How the network learns. ``augmentation`` moves each training point by another U(+-it) in every epoch."""

    loss: LossName = AUTO
    optimizer: OptimizerChoice = Field(default={"name": "sgd"}, validate_default=True)
    learning_rate: Rate = 0.03
    schedule: ScheduleChoice = Field(default={"name": "constant"}, validate_default=True)
    batch_size: BatchSize | None = 10
    regularizer: RegularizerConfig = RegularizerConfig()
    clip_norm: float | None = Field(None, gt=0)
    augmentation: float = Field(0.0, ge=0, le=6)
    max_epochs: Count | None = None
    stop: StopConfig = StopConfig()
    pace: float | None = Field(30, gt=0, le=100_000)


class SweepConfig(StrictModel):
    """One member for each value of one parameter, trained in lockstep."""

    parameter: str
    values: Annotated[tuple[int | float, ...], Strict(False)] = Field(
        min_length=1, max_length=MAX_MEMBERS, fail_fast=True
    )


class RunConfig(StrictModel):
    """Everything that defines a run; every field has a default."""

    dataset: DatasetConfig = DatasetConfig()
    features: Literal["auto"] | Annotated[tuple[str, ...], Strict(False), Field(fail_fast=True)] = "auto"
    network: NetworkConfig = NetworkConfig()
    training: TrainingConfig = TrainingConfig()
    seed: int = Field(0, ge=0, lt=SEED_LIMIT)
    sweep: SweepConfig | None = None

    @model_validator(mode="after")
    def _check(self) -> RunConfig:
        if not self.dataset.is_bound:
            return self
        try:
            resolve(self.features, self.encoded_inputs)
        except (KeyError, ValueError) as error:
            raise invalid(str(error), "features") from None
        name = f"{self.output} with {self.loss}"
        if name not in pairs or self.task not in pairs[name].tasks:
            valid = ", ".join(p.name for p in pairs.values() if self.task in p.tasks)
            place = ("network", "output") if self.training.loss == AUTO else ("training", "loss")
            raise invalid(f"{name} does not fit {self.task}: choose one of {valid}", *place)
        if self.sweep is not None:
            self.members  # noqa: B018  each value is validated in its place
        return self

    def replaced(self, **fields: Any) -> RunConfig:
        """The config with other values for these fields, validated; those that stay are shared, not copied."""
        return RunConfig.model_validate(_fields(self) | fields)

    def bound(self, columns: Columns) -> RunConfig:
        """The config of a table with what it takes from it, which ``replaced`` keeps.

        InvalidArgument names what does not fit those columns.
        """
        try:
            return self.replaced(dataset=self.dataset.bound(columns))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise InvalidArgument(first["msg"], *first["loc"]) from None

    @property
    def columns(self) -> Columns | None:
        """What it takes from its table; None for another data set. InvalidArgument if it is not bound yet."""
        return self.dataset.columns

    @classmethod
    def from_stored(cls, text: str) -> RunConfig:
        """The config that ``stored`` wrote, bound as it was; also one that was stored before there were tables."""
        if not text.startswith(_COLUMNS):
            return cls.model_validate_json(text)
        tree = from_json(text)
        columns = Columns.model_validate(tree.pop("columns"))
        return cls.model_validate_json(to_json(tree)).bound(columns)

    @property
    def stored(self) -> str:
        """``as_json``, and before it the columns of a table, so that ``from_stored`` needs no table."""
        columns = self.columns if self.dataset.is_bound else None
        return self.as_json if columns is None else f"{_COLUMNS}{columns.model_dump_json()},{self.as_json[1:]}"

    @property
    def as_json(self) -> str:
        """The result of ``model_dump_json``; the JSON of the data set is cached."""
        others = self.model_dump_json(exclude={"dataset"})
        return f'{{"dataset":{self.dataset.as_json},{others[1:]}'

    @property
    def task(self) -> str:
        """classification, regression or multilabel."""
        if self.columns is not None:
            return self.columns.task
        return self.dataset.entry.task if self.dataset.entry else self.dataset.task or CLASSIFICATION

    @property
    def inputs(self) -> int:
        """Raw inputs a point has."""
        if self.columns is not None:
            return len(self.columns.inputs)
        return self.dataset.entry.inputs if self.dataset.entry else len((self.dataset.inputs or ((),))[0])

    @property
    def encoded_inputs(self) -> int:
        """The inputs that features are computed from: the raw ones, but one for each value of a table's category."""
        return len(self.columns.features) if self.columns is not None else self.inputs

    @cached_property
    def classes(self) -> int:
        """Classes of a classification; for other tasks, numbers in a target."""
        if self.columns is not None:
            return len(self.columns.classes or self.columns.targets)
        if self.dataset.entry is not None:
            return (self.dataset.classes or self.dataset.entry.classes) if self.task == CLASSIFICATION else 1
        targets = self.dataset.targets or ()
        if self.task == CLASSIFICATION:
            return max(2, 1 + self.dataset.highest_target)
        return len(targets[0]) if isinstance(targets[0], tuple) else 1

    @property
    def samples(self) -> int:
        """Points, training, validation and test together."""
        if self.columns is not None:
            return self.columns.rows
        return self.dataset.samples if self.dataset.inputs is None else len(self.dataset.inputs)

    @property
    def output(self) -> str:
        """The output activation, "auto" resolved."""
        chosen = self.network.output
        return automatic_output(self.task, self.classes) if chosen == AUTO else chosen

    @property
    def loss(self) -> str:
        """The loss, "auto" resolved."""
        return automatic_loss(self.task, self.output) if self.training.loss == AUTO else self.training.loss

    @property
    def pair(self) -> OutputLoss:
        """The output with its loss."""
        return pair_of(self.output, self.loss)

    @property
    def output_units(self) -> int:
        """Number of outputs: 1 for two classes (except with softmax) or one number, else one per class, label or
        number."""
        return 1 if self.task == CLASSIFICATION and self.classes == 2 and self.output != "softmax" else self.classes

    @property
    def feature_list(self) -> list[Feature]:
        """The features, "auto" resolved."""
        return resolve(self.features, self.encoded_inputs)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of every layer, features first and outputs last."""
        return (len(self.feature_list), *(layer.units for layer in self.network.hidden), self.output_units)

    @property
    def parameters(self) -> int:
        """Weights and biases of one member."""
        bias = int(self.network.bias)
        return sum((before + bias) * units for before, units in pairwise(self.sizes))

    @property
    def member_count(self) -> int:
        """How many networks train in lockstep."""
        return 1 if self.sweep is None else len(self.sweep.values)

    @property
    def members(self) -> tuple[RunConfig, ...]:
        """The config of each member as if it trained alone; ValueError names what cannot be swept or a bad value."""
        return self.swept or (self,)  # itself is not cached: comparing two configs would never end

    @cached_property
    def swept(self) -> tuple[RunConfig, ...]:
        """The members of a sweep; empty without one."""
        if self.sweep is None:
            return ()
        path = tuple(self.sweep.parameter.split("."))
        if path not in self.sweepable:
            choices = ", ".join(".".join(p) for p in self.sweepable)
            message = f"{shown(self.sweep.parameter)} cannot be swept: choose one of {choices}"
            raise invalid(message, "sweep", "parameter")
        return tuple(self._member(path, index, value) for index, value in enumerate(self.sweep.values))

    def _member(self, path: Sequence[str], index: int, value: float) -> RunConfig:
        try:
            return RunConfig.model_validate(_replaced(self, path, value) | {"sweep": None})
        except ValidationError as error:
            raise moved(error, "sweep", "values", index) from None

    @property
    def sweepable(self) -> tuple[tuple[str, ...], ...]:
        """Paths of the parameters that a sweep of this config may vary."""
        paths: list[tuple[str, ...]] = [("training", "learning_rate"), ("seed",)]
        if regularizers[self.training.regularizer.name].penalizes:
            paths.append(("training", "regularizer", "rate"))
        for part in ("optimizer", "schedule"):
            choice: Choice = getattr(self.training, part)
            paths += [("training", part, f) for f in type(choice).model_fields if f != "name"]
        return tuple(paths)


def _fields(model: StrictModel) -> dict[str, Any]:
    return {name: getattr(model, name) for name in type(model).model_fields}


def _replaced(model: StrictModel, path: Sequence[str], value: Any) -> dict[str, Any]:
    """The fields of ``model`` with ``value`` at ``path``; what is beside the path, valid already, is shared."""
    head, *rest = path
    fields = _fields(model)
    return fields | {head: _replaced(fields[head], rest, value) if rest else value}

"""DatasetConfig: which points a run learns from, a registered data set or the user's own."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import (
    Field,
    PrivateAttr,
    Strict,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from engine.config.choices import AUTO, CUSTOM, TABLE, DatasetName, StrictModel
from engine.config.columns import Columns
from engine.config.errors import invalid
from engine.data.datasets import Dataset, datasets
from engine.data.formula import FormulaError, parse
from engine.data.sets import RealSet, sets
from engine.data.tables.roles import MAX_CLASSES
from engine.errors import InvalidArgument, shown
from engine.nn.losses import CLASSIFICATION, MULTILABEL
from engine.numbers.rules import PORTABLE

SEED_LIMIT = 2**63
# Squares of inputs are features and squares of targets are losses: both must fit a 32-bit float.
Value = Annotated[float, Field(ge=-1e15, le=1e15)]
Index = Annotated[int, Field(ge=-1_000_000_000_000_000, le=1_000_000_000_000_000)]
# The first wrong value ends the reading: a body may hold half a million.
Vector = Annotated[tuple[Value, ...], Strict(False), Field(fail_fast=True)]
Rows = Annotated[tuple[Vector, ...], Strict(False), Field(fail_fast=True)]
Targets = Annotated[tuple[Index | Value | Vector, ...], Strict(False), Field(fail_fast=True)]
Name = Annotated[str, Field(max_length=1_000)]
Names = Annotated[tuple[Name, ...], Strict(False), Field(min_length=1, max_length=10_000, fail_fast=True)]
_ROWS: TypeAdapter[Rows] = TypeAdapter(Rows, config=StrictModel.model_config)
_NAMES: TypeAdapter[Names] = TypeAdapter(Names, config=StrictModel.model_config)

CLASS_INDICES = (
    f"targets are class indices from 0, whole numbers from 0 to {MAX_CLASSES - 1}: number the classes 0, 1, 2, ..."
)


# The fields of a table, with the defaults of those that need not be given.
OF_A_TABLE = ("table", "target", "missing", "scale", "split", "group")
DEFAULTS_OF_A_TABLE = {"task": AUTO, "missing": "drop", "scale": "standard", "split": "stratified"}


# A field that is not written where it is None, or a fraction of 0: configs stay as they were before it existed.
ABSENT: Any = {"exclude_if": operator.not_, "json_schema_extra": {"x-optional": True}}


class DatasetConfig(StrictModel):
    """Which points, how noisy, and which share trains and validates; the rest are test points.

    ``inputs``, ``targets`` and ``task`` belong to "custom". A "table" is named by its id, and its columns by their
    names: ``inputs`` and ``target``, by default those that the table suggests. It has to be bound to its ``columns``
    by ``engine.data.resolve`` before anything that depends on them is known. A real data set is a table that comes with
    the package: it takes the same fields, except ``table``.
    """

    name: DatasetName = "circle"
    samples: int = Field(500, ge=2)
    noise: float = Field(0.0, ge=0, le=0.5)
    label_noise: float = Field(0.0, ge=0, le=0.5)
    train_fraction: float = Field(0.5, gt=0, le=1)
    validation_fraction: float = Field(0.0, ge=0, lt=1, **ABSENT)
    seed: int = Field(0, ge=0, lt=SEED_LIMIT)
    classes: int | None = Field(None, ge=2, le=MAX_CLASSES)
    variant: str | None = None
    formula: str | None = Field(None, **ABSENT)
    task: Literal["classification", "regression", "multilabel", "auto"] | None = None
    inputs: Rows | Names | None = None
    targets: Targets | None = None
    table: str | None = Field(None, min_length=1, max_length=200, **ABSENT)
    target: Name | Names | None = Field(None, **ABSENT)
    missing: Literal["drop", "median", "category"] | None = Field(None, **ABSENT)
    scale: Literal["standard", "minmax", "none"] | None = Field(None, **ABSENT)
    split: Literal["stratified", "random", "ordered"] | None = Field(None, **ABSENT)
    group: Name | None = Field(None, **ABSENT)
    _columns: Columns | None = PrivateAttr(None)

    @model_validator(mode="before")
    @classmethod
    def _defaults_of_a_table(cls, value: Any) -> Any:
        name = value.get("name") if isinstance(value, dict) else None
        if not isinstance(name, str) or (name != TABLE and name not in sets):
            return value
        defaults = DEFAULTS_OF_A_TABLE | (sets[name].defaults if name in sets else {})
        return value | {field: default for field, default in defaults.items() if value.get(field) is None}

    @field_validator("inputs", mode="wrap")
    @classmethod
    def _rows_or_names(cls, value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        """Rows of numbers, or names of columns: a mistake is answered about the one that was meant."""
        if not isinstance(value, list | tuple) or not value:
            return handler(value)
        return (_NAMES if isinstance(value[0], str) else _ROWS).validate_python(value)

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
        if self.train_fraction + self.validation_fraction > 1 + 1e-9:
            message = f"and train_fraction, {self.train_fraction:g}, are more than 1 together: lower one of them"
            raise invalid(message, "validation_fraction")
        if self.formula is not None:
            _check_formula(self)
        for field in OF_A_TABLE:
            fits = self.name == TABLE or (self.has_columns and field != "table")
            if not fits and getattr(self, field) is not None:
                raise invalid(f'belongs to the data set "table": leave it out for {self.name!r}', field)
        if self.has_columns:
            _check_table(self)
        elif self.name == CUSTOM:
            _check_custom(self)
        else:
            _check_generated(self, datasets[self.name])
        return self

    @property
    def real(self) -> RealSet | None:
        """The real data set that it names, if it does."""
        return sets.get(self.name)

    @property
    def has_columns(self) -> bool:
        """Whether its points are rows of a table, someone's own or that of a real data set."""
        return self.name == TABLE or self.name in sets

    @property
    def columns(self) -> Columns | None:
        """What it takes from its table; None for another data set. InvalidArgument if it is not bound yet."""
        if self.has_columns and self._columns is None:
            raise InvalidArgument("the columns of a table are not known: use resolve(config, table)", "dataset")
        return self._columns

    @property
    def is_bound(self) -> bool:
        """Whether everything about it is known: false for a table without its columns."""
        return not self.has_columns or self._columns is not None

    def bound(self, columns: Columns) -> DatasetConfig:
        """The same data set, its columns known."""
        copy = self.model_copy()
        copy._columns = columns
        return copy

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
        """The registry entry, or None for data of one's own."""
        return datasets.get(self.name)


def _check_generated(data: DatasetConfig, entry: Dataset) -> None:
    for field in ("inputs", "targets", "task"):
        if getattr(data, field) is not None:
            raise invalid(f'belongs to the data set "custom": leave it out for {data.name!r}', field)
    if data.classes is not None and not entry.many_classes:
        many = ", ".join(d.name for d in datasets.values() if d.many_classes)
        message = f"{data.name!r} has {entry.classes} classes: leave classes out, or choose one of {many}"
        raise invalid(message, "classes")
    if data.variant is not None and data.variant not in entry.variants:
        remedy = f"choose one of {', '.join(entry.variants)}" if entry.variants else "it has none, leave it out"
        raise invalid(f"{shown(data.variant)} is no variant of {data.name!r}: {remedy}", "variant")


def _check_formula(data: DatasetConfig) -> None:
    if data.entry is None or not data.entry.written:
        raise invalid(f'belongs to the data set "formula": leave it out for {data.name!r}', "formula")
    try:
        formula = parse(data.formula or "")
    except FormulaError as error:
        raise invalid(str(error), "formula") from None
    if not formula.comparison:
        raise invalid(
            "is a number and has to divide the points: write y = ..., or an inequality with < or >", "formula"
        )
    if formula.inputs > data.entry.inputs:
        raise invalid(f"uses x{formula.inputs}, and a point has {data.entry.inputs} inputs: use x1 and x2", "formula")
    side = np.linspace(-6.0, 6.0, 49)
    is_so = formula(PORTABLE, np.stack([axis.ravel() for axis in np.meshgrid(side, side)]))
    if is_so.all() or not is_so.any():
        where = "everywhere" if is_so.all() else "nowhere"
        raise invalid(f"is true {where} from -6 to 6: choose one that divides the plane", "formula")


def _check_table(data: DatasetConfig) -> None:
    if data.name == TABLE and data.table is None:
        raise invalid("is the id of a table, which POST /tables or read_table answers: give one", "table")
    for field in ("targets", "classes", "variant"):
        if getattr(data, field) is not None:
            raise invalid(f"does not belong to the data set {data.name!r}: leave it out", field)
    inputs = data.inputs or ()
    if inputs and not isinstance(inputs[0], str):
        raise invalid("are the names of columns: the rows stand in the table", "inputs")
    for field in ("inputs", "target"):
        names: Sequence[Any] = getattr(data, field) or ()
        if isinstance(names, tuple) and len(set(names)) < len(names):
            raise invalid(f"name the column {shown(Counter(names).most_common(1)[0][0])} twice: once is enough", field)
    targets = (data.target,) if isinstance(data.target, str) else data.target or ()
    if both := min({*targets} & {*inputs}, default=None):
        raise invalid(f"name the column {shown(both)}, which is a target: leave it out of one of them", "inputs")


def _check_custom(data: DatasetConfig) -> None:
    if data.task == AUTO or (data.inputs and isinstance(data.inputs[0], str)):
        field, message = ("task", "cannot be auto") if data.task == AUTO else ("inputs", "are rows of numbers")
        raise invalid(f'{message} for the data set "custom": only a "table" has columns to judge by', field)
    if data.inputs is None or data.targets is None:
        raise ValueError("custom data needs inputs (a list of rows) and targets (one a row)")
    if len(data.inputs) < 2 or len(data.inputs) != len(data.targets):
        raise ValueError(
            f"{len(data.inputs)} rows of inputs and {len(data.targets)} targets: give one each, at least 2"
        )
    rows: Any = data.inputs
    width = len(rows[0])
    if width == 0:
        raise invalid("has no numbers: give every row the same, at least 1", "inputs", 0)
    if (row := _first_of_another_length(rows, width)) is not None:
        message = f"has {len(rows[row])} numbers and the first row {width}: give every row the same"
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

"""How a config names registry entries: a name alone, or with parameters. The error for an unknown name lists all."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    create_model,
    model_serializer,
    model_validator,
)

from engine.data.datasets import datasets
from engine.data.sets import sets
from engine.errors import shown
from engine.nn.activations import activations
from engine.nn.initializers import initializers
from engine.nn.losses import losses, outputs
from engine.nn.registry import Parameter, Registry
from engine.nn.regularizers import regularizers
from engine.training.optimizers import optimizers
from engine.training.schedules import schedules

CUSTOM = "custom"
TABLE = "table"
AUTO = "auto"

# How many unknown fields of one object are reported: a body may hold half a million.
MAX_UNKNOWN_FIELDS = 10


class StrictModel(BaseModel):
    """Frozen and strict: an unknown field is an error, and text is not taken for a number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _few_unknown_fields(cls, value: Any) -> Any:
        fields = cls.model_fields
        if not isinstance(value, dict) or len(value) <= len(fields) + MAX_UNKNOWN_FIELDS:
            return value
        unknown = islice((name for name in value if name not in fields), MAX_UNKNOWN_FIELDS)
        return {name: value[name] for name in (*filter(value.__contains__, fields), *unknown)}


class Choice(StrictModel):
    """A registry entry chosen by ``name``, with its parameters; a bare name takes every default."""

    name: str

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value

    @property
    def parameters(self) -> tuple[float, ...]:
        """The entry's parameters, in the order in which the registry declares them."""
        return tuple(getattr(self, field) for field in type(self).model_fields if field != "name")


class BareChoice(Choice):
    """A choice written as its bare name unless a parameter differs from its default."""

    @model_serializer(mode="wrap")
    def _bare(self, handler: Any) -> Any:
        fields = type(self).model_fields
        changed = [f for f in fields if f != "name" and getattr(self, f) != fields[f].default]
        return handler(self) if changed else self.name


def _parameter_field(parameter: Parameter) -> Any:
    return (
        float,
        Field(
            parameter.default,
            title=parameter.title,
            ge=parameter.minimum,
            le=parameter.maximum,
            gt=parameter.above,
            lt=parameter.below,
        ),
    )


def _choice_of(registry: Registry[Any], base: type[Choice]) -> Any:
    """One model per entry, distinguished by name; the error for an unknown name lists the valid ones."""
    create: Any = create_model  # its overloads do not accept fields made at run time
    models: dict[str, Any] = {
        entry.name: create(
            f"{registry.kind.title()}_{entry.name}",
            __base__=base,
            name=(Literal[entry.name], entry.name if base is BareChoice else ...),
            **{p.name: _parameter_field(p) for p in getattr(entry, "parameters", ())},
        )
        for entry in registry.values()
    }

    def tag(value: Any) -> str | None:
        name = value.get("name") if isinstance(value, dict) else getattr(value, "name", value)
        return name if isinstance(name, str) and name in models else None

    tagged: Any = None
    for name, model in models.items():
        member: Any = Annotated[model, Tag(name)]
        tagged = member if tagged is None else tagged | member
    one = Discriminator(
        tag,
        custom_error_type="unknown_name",
        custom_error_message=f"unknown {registry.kind}: choose one of {registry.choices}",
    )
    annotated = Annotated[tagged, one]
    if base is not BareChoice:
        return annotated
    with_parameters = [
        m.model_json_schema() | {"required": ["name"]} for m in models.values() if len(m.model_fields) > 1
    ]
    return Annotated[annotated, WithJsonSchema({"anyOf": [{"enum": list(models)}, *with_parameters]})]


def _name_of(registry: Registry[Any], *extra: str) -> Any:
    """A plain name of ``registry``, or one of ``extra``."""

    def check(value: str) -> str:
        if value not in extra and value not in registry:
            choices = ", ".join((*extra, *registry))
            raise ValueError(f"unknown {registry.kind} {shown(value)}: choose one of {choices}")
        return value

    return Annotated[str, AfterValidator(check), WithJsonSchema({"type": "string", "enum": [*extra, *registry]})]


if TYPE_CHECKING:
    ActivationChoice: TypeAlias = Choice
    OptimizerChoice: TypeAlias = Choice
    ScheduleChoice: TypeAlias = Choice
    RegularizerName: TypeAlias = str
    InitializerName: TypeAlias = str
    OutputName: TypeAlias = str
    LossName: TypeAlias = str
    DatasetName: TypeAlias = str
else:
    ActivationChoice = _choice_of(activations, BareChoice)
    OptimizerChoice = _choice_of(optimizers, Choice)
    ScheduleChoice = _choice_of(schedules, Choice)
    RegularizerName = _name_of(regularizers)
    InitializerName = _name_of(initializers)
    OutputName = _name_of(outputs, AUTO)
    LossName = _name_of(losses, AUTO)
    DatasetName = _name_of(datasets, *sets, TABLE, CUSTOM)

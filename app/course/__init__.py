"""The course: every lesson is one TOML file of this folder, read and checked once. docs/lessons.md: how to add one."""

import re
import tomllib
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    computed_field,
    field_serializer,
    model_validator,
)

from app.course.claims import Claim
from engine.config import RunConfig, WeightChange

Article = Literal["A1", "A2", "A3", "A4", "A5"]
Control = Literal[
    "Play", "+1 batch", "+1 epoch", "Reset", "Another seed", "Variant",
    "Data set", "Points", "Used for training", "Noise", "Flipped labels", "New points",
    "Inputs", "Hidden layers", "Units", "Activation", "Dropout", "Link", "Bias", "Initializer",
    "Learning rate", "Schedule", "Batch size", "Optimizer", "Regularizer", "Penalty strength", "Loss",
    "Threshold", "Test points", "Find a rate", "Log scale",
]  # fmt: skip
Panel = Literal[
    "Header", "Settings", "Data", "Network", "Output",
    "Curves", "Inside", "Step through", "Landscape", "Sweep", "Lessons", "Use this",
]  # fmt: skip

FORMULA = re.compile(r"\\\((.+?)\\\)")


class Part(BaseModel):
    """A part of a lesson has these fields and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(Part):
    """One thing to try: what to do, the control to do it with, and the panel to do or see it in."""

    do: str = Field(min_length=15, max_length=260)
    control: Control
    panel: Panel


class Variant(Part):
    """One run of the lesson: a partial RunConfig, merged with the lesson's, and edits to its weights before the first
    step.

    A lesson without variants has one, of which `name` and `title` are null.
    """

    name: str | None
    title: str | None
    config: dict[str, Any]
    edit: WeightChange | None = None

    @field_serializer("config")
    def _whole(self, config: dict[str, Any]) -> RunConfig:
        return RunConfig.model_validate(config)


class Lesson(Part):
    """A lesson. `config` of every variant ends its run at `epochs`, where claims without an epoch are due."""

    slug: str
    number: int
    title: str = Field(min_length=3, max_length=60)
    articles: list[Article] = Field(min_length=1, description="The source articles that teach it.")
    summary: str = Field(min_length=20, max_length=160)
    text: list[str] = Field(min_length=1, max_length=6, description=r"Paragraphs; TeX stands between \( and \).")
    erratum: str | None = Field(None, max_length=500, description="An error in an article, and its correction.")
    epochs: int = Field(ge=1, le=5000)
    columns: bool = Field(False, description="Step through opens with one column per example.")
    variants: list[Variant] = Field(min_length=1, max_length=5)
    steps: list[Step] = Field(min_length=2, max_length=4)
    claims: list[Claim] = Field(min_length=1, max_length=6)

    @computed_field(description="Each formula of the text and the erratum, typeset: MathML by its TeX.")  # type: ignore[prop-decorator]
    @cached_property
    def formulas(self) -> dict[str, str]:
        """MathML by TeX."""
        from latex2mathml.converter import convert  # worker processes read lessons too, and need no MathML

        return {tex: convert(tex) for words in (*self.text, self.erratum or "") for tex in FORMULA.findall(words)}

    @model_validator(mode="after")
    def _check(self) -> "Lesson":
        names = [variant.name for variant in self.variants]
        for claim in self.claims:
            for name in claim.variants:
                if name not in names:
                    valid = ", ".join(filter(None, names)) or "none: leave variant out"
                    raise ValueError(f"claim {claim.says!r} names the variant {name!r}; the lesson has {valid}")
            at = self.epochs if claim.epoch is None else claim.epoch
            if at > self.epochs:
                raise ValueError(f"claim {claim.says!r} is due at epoch {at}, after the lesson's last, {self.epochs}")
            if claim.quantity.source != "metrics" and at not in (0, self.epochs):
                raise ValueError(f"claim {claim.says!r} needs the run itself: make it due at epoch 0 or at the last")
        return self


@cache
def lessons() -> tuple[Lesson, ...]:
    """All lessons in order; ValueError names an invalid file and the reason."""
    sources = sorted((each for each in files(__name__).iterdir() if each.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(read(source.name, source.read_text(encoding="utf-8")) for source in sources)


def read(name: str, text: str) -> Lesson:
    """The lesson in a file named <number>-<slug>.toml."""
    try:
        tree = tomllib.loads(text)
        number, slug = name.removesuffix(".toml").split("-", 1)
        common = {"training": {"max_epochs": tree["epochs"]}}
        base, base_edit = merged(common, tree.pop("config", {})), tree.pop("edit", None)
        variants = [
            {
                "name": key,
                "title": value.pop("title"),
                "config": merged(base, value.pop("config", {})),
                "edit": value.pop("edit", base_edit),
                **value,
            }
            for key, value in tree.pop("variants", {}).items()
        ] or [{"name": None, "title": None, "config": base, "edit": base_edit}]
        for variant in variants:
            RunConfig.model_validate(variant["config"])
        paragraphs = [" ".join(part.split()) for part in tree.pop("text").strip().split("\n\n")]
        return Lesson.model_validate(
            {"number": int(number), "slug": slug, "text": paragraphs, "variants": variants, **tree}
        )
    except KeyError as error:
        raise ValueError(f"lesson {name}: {error.args[0]} is missing") from None
    except (ValidationError, tomllib.TOMLDecodeError, ValueError) as error:
        raise ValueError(f"lesson {name}: {error}") from error


def merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """A copy of ``under`` with the fields of ``over``: tables are merged, all else is replaced."""
    result = dict(under)
    for key, value in over.items():
        below = result.get(key)
        result[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result

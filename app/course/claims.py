"""Claims as data: a bound on one quantity of one variant, or a contrast between two variants.

A claim is tested over several seeds. A single run can show it too: `evidence` is what that run must show.
"""

import math
import operator
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, computed_field, model_validator

from app.course.quantities import AnyQuantity, Source

Comparison = Literal["at_least", "at_most"]
COMPARE = {"at_least": operator.ge, "at_most": operator.le}
Values = Mapping[str | None, Sequence[float]]
"""The claim's quantity in each of its variants, one value per seed."""


class Evidence(BaseModel):
    """What one run must show: its quantity is on this side of a threshold, at the epoch or, where null, at the end."""

    model_config = ConfigDict(frozen=True)

    variant: str | None
    epoch: int | None
    quantity: AnyQuantity
    source: Source
    comparison: Comparison
    threshold: float

    def shown_by(self, value: float) -> bool:
        """Whether a run with this value shows it; NaN shows nothing."""
        return bool(COMPARE[self.comparison](value, self.threshold))


@dataclass(frozen=True)
class Finding:
    """The result over the seeds: `value` is on the right side of `threshold` by `margin`, or `holds` is false."""

    values: tuple[float, ...]
    value: float
    comparison: Comparison
    threshold: float

    @property
    def holds(self) -> bool:
        return bool(COMPARE[self.comparison](self.value, self.threshold))

    @property
    def margin(self) -> float:
        """How far the value is past the threshold; negative where the claim fails."""
        return (self.value - self.threshold) * (1.0 if self.comparison == "at_least" else -1.0)


class Said(BaseModel):
    """The fields of every claim. `seeds`: it holds for the median of the seeds, or for every one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    says: str = Field(min_length=10, max_length=200, description="The claim in plain words.")
    quantity: AnyQuantity
    epoch: int | None = Field(None, ge=0, description="When it holds; null: at the lesson's last epoch.")
    seeds: Literal["median", "every"] = "median"

    def _found(self, values: Sequence[float], comparison: Comparison, threshold: float) -> Finding:
        if any(map(math.isnan, values)):
            value = math.nan
        elif self.seeds == "median":
            value = statistics.median(values)
        else:
            value = min(values) if comparison == "at_least" else max(values)
        return Finding(tuple(values), value, comparison, threshold)


class Bound(Said):
    """The quantity is at least, or at most, a given value."""

    kind: Literal["bound"]
    variant: str | None = None
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _check(self) -> "Bound":
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give one of at_least and at_most")
        return self

    @property
    def variants(self) -> tuple[str | None, ...]:
        """The variants that it compares."""
        return (self.variant,)

    @property
    def _side(self) -> tuple[Comparison, float]:
        if self.at_least is not None:
            return "at_least", self.at_least
        assert self.at_most is not None
        return "at_most", self.at_most

    @computed_field  # type: ignore[prop-decorator]
    @property
    def evidence(self) -> list[Evidence]:
        """What a visitor's run must show."""
        comparison, threshold = self._side
        return [_evidence(self, self.variant, comparison, threshold)]

    def judge(self, values: Values) -> Finding:
        """The verdict of the seeds."""
        return self._found(values[self.variant], *self._side)


class Contrast(Said):
    """The quantity is higher in one variant than in the other, `by` a difference or by a factor, `times`, seed by seed.

    `between` is the threshold for single runs: a run of the higher variant is above it, one of the lower below.
    """

    kind: Literal["contrast"]
    higher: str
    lower: str
    by: float | None = Field(None, gt=0)
    times: float | None = Field(None, gt=1)
    between: float

    @model_validator(mode="after")
    def _check(self) -> "Contrast":
        if (self.by is None) == (self.times is None):
            raise ValueError("give one of by and times")
        if self.higher == self.lower:
            raise ValueError("higher and lower are the same variant: a contrast needs two")
        return self

    @property
    def variants(self) -> tuple[str | None, ...]:
        """The variants that it compares."""
        return (self.higher, self.lower)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def evidence(self) -> list[Evidence]:
        """What the visitor's runs must show."""
        return [
            _evidence(self, self.higher, "at_least", self.between),
            _evidence(self, self.lower, "at_most", self.between),
        ]

    def judge(self, values: Values) -> Finding:
        """The verdict of the seeds on the difference or the ratio; a ratio to 0 is infinite."""
        pairs = list(zip(values[self.higher], values[self.lower], strict=True))
        if self.by is not None:
            return self._found([high - low for high, low in pairs], "at_least", self.by)
        assert self.times is not None
        return self._found([high / low if low else math.inf for high, low in pairs], "at_least", self.times)


def _evidence(claim: Said, variant: str | None, comparison: Comparison, threshold: float) -> Evidence:
    return Evidence(
        variant=variant,
        epoch=claim.epoch,
        quantity=claim.quantity,
        source=claim.quantity.source,
        comparison=comparison,
        threshold=threshold,
    )


Claim = Annotated[Bound | Contrast, Field(discriminator="kind")]

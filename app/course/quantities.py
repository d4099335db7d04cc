"""The quantities that a claim can be about: a closed set, each one number of one training run.

Each names its `source`, which names what it is computed from: the metrics of every epoch, the run's state, its
present weights, its diagnostics, a trace, or the collapsed network. docs/lessons.md defines each.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from engine.inspection.collapse import collapse
from engine.inspection.diagnostics import diagnose
from engine.inspection.trace import TracedPass, trace
from engine.training.early_stopping import DIVERGED
from engine.training.evaluation import FIGURES, Metrics
from engine.training.trainer import Trainer

Source = Literal["metrics", "state", "weights", "diagnostics", "trace", "collapsed"]
METRICS = {name: name.replace("train_", "training ").replace("_", " ") for name in FIGURES if name != "learning_rate"}
"""The metrics that a claim can be about, in words."""
if TYPE_CHECKING:
    MetricName = str
else:
    MetricName = Literal[tuple(METRICS)]
LayerIndex = Annotated[int, Field(ge=-16, lt=16, description="0 is the first hidden layer, -1 the output layer.")]


@dataclass(frozen=True)
class Trained:
    """One member of a run as it now is, and the metrics of every epoch so far, epoch 0 first."""

    trainer: Trainer
    member: int
    history: Sequence[Metrics]

    def column(self, name: str) -> list[float]:
        """One metric, epoch by epoch; NaN where there is no number."""
        values = [getattr(metrics, name)[self.member] for metrics in self.history]
        return [math.nan if value is None else value for value in values]


class Quantity(BaseModel, ABC):
    """One number of a run; NaN where the run has no such number. NaN satisfies no claim."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: ClassVar[Source]

    @abstractmethod
    def measure(self, run: Trained) -> float:
        """The number, as the run now is."""


class Metric(Quantity):
    """A metric as it is at the epoch."""

    source: ClassVar[Source] = "metrics"
    kind: Literal["metric"]
    name: MetricName

    def measure(self, run: Trained) -> float:
        return run.column(self.name)[-1]


class MetricError(Quantity):
    """The relative difference |metric - value| / |value| between a metric and a given value."""

    source: ClassVar[Source] = "metrics"
    kind: Literal["metric_error"]
    name: MetricName
    value: float

    def measure(self, run: Trained) -> float:
        return abs(run.column(self.name)[-1] - self.value) / abs(self.value)


class Rise(Quantity):
    """A metric over its own lowest value so far: 1 while it falls, more once it has risen again."""

    source: ClassVar[Source] = "metrics"
    kind: Literal["rise"]
    name: MetricName

    def measure(self, run: Trained) -> float:
        values = run.column(self.name)
        return values[-1] / min(values)


class Swing(Quantity):
    """How much a metric jumps from one epoch to the next: the mean over the last `epochs` epochs."""

    source: ClassVar[Source] = "metrics"
    kind: Literal["swing"]
    name: MetricName
    epochs: int = Field(ge=2, le=1000)

    def measure(self, run: Trained) -> float:
        return float(np.abs(np.diff(run.column(self.name)[-self.epochs - 1 :])).mean())


class Diverged(Quantity):
    """1 if the run diverged, 0 if it did not."""

    source: ClassVar[Source] = "state"
    kind: Literal["diverged"]

    def measure(self, run: Trained) -> float:
        return float(run.trainer.member_halted[run.member] == DIVERGED)


class WeightError(Quantity):
    """The largest relative difference |w - v| / |v| between a layer's weights W and given values."""

    source: ClassVar[Source] = "weights"
    kind: Literal["weight_error"]
    layer: LayerIndex = -1
    values: list[list[float]]

    def measure(self, run: Trained) -> float:
        W, values = run.trainer.model(run.member).layers()[self.layer].W, np.array(self.values)
        return float((np.abs(W - values) / np.abs(values)).max())


class UnitSpread(Quantity):
    """The largest difference between any two units of a layer, in any of their weights or in their biases."""

    source: ClassVar[Source] = "weights"
    kind: Literal["unit_spread"]
    layer: LayerIndex

    def measure(self, run: Trained) -> float:
        layer = run.trainer.model(run.member).layers()[self.layer]
        rows = layer.W if layer.b is None else np.column_stack((layer.W, layer.b))
        return float(np.ptp(rows, axis=0).max())


class GradientRatio(Quantity):
    """The gradient norm of one layer over that of another, over the whole training set."""

    source: ClassVar[Source] = "diagnostics"
    kind: Literal["gradient_ratio"]
    layer: LayerIndex
    over: LayerIndex

    def measure(self, run: Trained) -> float:
        layers = diagnose(run.trainer, run.member)
        return layers[self.layer].gradient_norm / layers[self.over].gradient_norm


class DeadShare(Quantity):
    """The share of the hidden units that are dead: 0 before the activation for every training point."""

    source: ClassVar[Source] = "diagnostics"
    kind: Literal["dead_share"]

    def measure(self, run: Trained) -> float:
        hidden = diagnose(run.trainer, run.member)[:-1]
        return sum(len(layer.dead) for layer in hidden) / sum(layer.units for layer in hidden)


class GradientNoise(Quantity):
    """How far a mini-batch's gradient is from the whole set's, over the length of the latter.

    |g_B - g| / |g| for the first `points` training points against all of them; dW and db of every layer.
    """

    source: ClassVar[Source] = "trace"
    kind: Literal["gradient_noise"]
    points: int = Field(ge=1, le=256)

    def measure(self, run: Trained) -> float:
        whole, part = (
            _flat(trace(run.trainer, slice(0, count), run.member), "dW", "db")
            for count in (run.trainer.data().train, self.points)
        )
        return float(np.linalg.norm(part - whole) / np.linalg.norm(whole))


class Downhill(Quantity):
    """The cosine between the next step and the negative gradient of the whole set: 1 is steepest descent."""

    source: ClassVar[Source] = "trace"
    kind: Literal["downhill"]

    def measure(self, run: Trained) -> float:
        traced = trace(run.trainer, slice(0, run.trainer.data().train), run.member)
        gradient, step = _flat(traced, "dW", "db"), _flat(traced, "update_W", "update_b")
        return float(-gradient @ step / (np.linalg.norm(gradient) * np.linalg.norm(step)))


class CollapseError(Quantity):
    """The largest difference, over all points, between a linear network's outputs and those of its layers' product."""

    source: ClassVar[Source] = "collapsed"
    kind: Literal["collapse_error"]

    def measure(self, run: Trained) -> float:
        return collapse(run.trainer.model(run.member), run.trainer.data().inputs).error


AnyQuantity = Annotated[
    Metric
    | MetricError
    | Rise
    | Swing
    | Diverged
    | WeightError
    | UnitSpread
    | GradientRatio
    | DeadShare
    | GradientNoise
    | Downhill
    | CollapseError,
    Field(discriminator="kind"),
]


def _flat(traced: TracedPass, *names: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """These matrices of every layer of a trace, one after the other; what a layer does not have is left out."""
    parts = [getattr(layer, name) for layer in traced.layers for name in names]
    return np.concatenate([np.ravel(part) for part in parts if part is not None])

"""All inspections: what can be asked about a run, one entry each. docs/adding-an-inspection.md: how to add one."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from app.inspections.activations import Activations, activations
from app.inspections.boundary import Boundary, boundary
from app.inspections.collapse import Collapsed, collapse
from app.inspections.data import Data, data
from app.inspections.diagnostics import Diagnostics, DiagnosticsHistory, diagnostics, history
from app.inspections.evidence import RunEvidence, evidence
from app.inspections.export import export
from app.inspections.frame import frame
from app.inspections.gradient_check import GradientCheck, gradient_check
from app.inspections.landscape import MAX_PATH, MIN_RESOLUTION, Landscape, landscape
from app.inspections.predict import Predictions, predict
from app.inspections.range_test import RangeTest, range_test
from app.inspections.sizes import Shape
from app.inspections.trace import Trace, trace
from app.inspections.weights import Weights, weights
from app.protocol.encoding import answer_pieces
from engine.config import RunConfig
from engine.inspection.gradient_check import PASSES
from engine.inspection.range_test import STEPS
from engine.pieces import Pieces
from engine.training.trainer import Trainer


@dataclass(frozen=True, slots=True)
class Inspection:
    """One question about a run.

    `function(trainer, **arguments)` computes the answer: the fields of `response`, as a mapping or a dataclass, with
    arrays as they are; bytes where `response` is None. It may be a generator of pieces.
    """

    name: str
    operation: str
    """The operationId of its address."""
    function: Callable[..., Any]
    response: type[BaseModel] | None
    background: bool = False
    """Computed in a thread, on a copy of the trainer; otherwise in pieces on the live one, between training slices."""
    title: str = ""
    """Its name in an error message about its cost."""
    passes: Callable[[RunConfig], int] | None = None
    """Its cost: passes over all training points, at least. None: too few to check."""
    places: int = 1
    """How many of the waiting questions it counts as: its arguments may be large."""

    def answer(self, trainer: Trainer | None, arguments: dict[str, Any]) -> Pieces[bytes]:
        """The answer as it is sent, in pieces. Without a trainer, it depends on the arguments alone."""
        made = self.function(**arguments) if trainer is None else self.function(trainer, **arguments)
        value = (yield from made) if isinstance(made, Generator) else made
        return value if isinstance(value, bytes) else (yield from answer_pieces(value))


# Recorded weights along a path may be as large as all recorded weights of the run.
_PATH_PLACES = 8

INSPECTIONS = {
    entry.name: entry
    for entry in (
        Inspection("data", "read_data", data, Data),
        Inspection("weights", "read_weights", weights, Weights),
        Inspection("boundary", "read_boundary", boundary, Boundary),
        Inspection("frame", "read_frame", frame, None),
        Inspection("export", "export_run", export, None),
        Inspection("predict", "predict", predict, Predictions),
        Inspection("activations", "read_activations", activations, Activations),
        Inspection("trace", "read_trace", trace, Trace, background=True),
        Inspection("diagnostics", "read_diagnostics", diagnostics, Diagnostics, background=True),
        Inspection("evidence", "read_evidence", evidence, RunEvidence, background=True),
        Inspection("collapsed", "read_collapsed", collapse, Collapsed, background=True),
        Inspection(
            "gradient_check",
            "check_gradient",
            gradient_check,
            GradientCheck,
            background=True,
            title="The gradient check",
            passes=lambda config: PASSES * Shape.of(config).weights(),
        ),
        Inspection(
            "history",
            "read_history",
            history,
            DiagnosticsHistory,
            background=True,
            title="The history",
            passes=lambda _: 2,
            places=_PATH_PLACES,
        ),
        Inspection(
            "landscape",
            "read_landscape",
            landscape,
            Landscape,
            background=True,
            title="The landscape",
            passes=lambda _: MIN_RESOLUTION**2 + MAX_PATH,
            places=_PATH_PLACES,
        ),
        Inspection(
            "range_test",
            "test_learning_rates",
            range_test,
            RangeTest,
            background=True,
            title="The learning-rate range test",
            passes=lambda _: 4 * STEPS,
        ),
    )
}

OF_A_RUN = tuple(entry for entry in INSPECTIONS.values() if entry.name != "range_test")

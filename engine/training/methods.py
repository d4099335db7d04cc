"""Chooses the method that trains a run: compiled where rules, network and machine allow it, else NumPy."""

from __future__ import annotations

from engine.kernel import NUMPY, load
from engine.numbers.rules import PORTABLE, Rules
from engine.training.compiled_training import CompiledTraining
from engine.training.kernel_rules import covers
from engine.training.numpy_training import NumpyTraining
from engine.training.parts import Method, Parts


def method_of(parts: Parts, rules: Rules, wanted: str | None = None) -> Method:
    """The method that trains these parts; ``wanted`` "numpy" takes NumPy in any case."""
    kernel = load() if wanted != NUMPY and rules is PORTABLE and covers(parts) else None
    return NumpyTraining(parts) if kernel is None else CompiledTraining(parts, kernel)

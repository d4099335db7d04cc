"""Rules: the streams, functions and sums that a run's starting numbers come from. A run keeps its rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.nn.registry import Array, Registry
from engine.numbers import functions, numpy_rules, sums
from engine.numbers.streams import PortableStream, Purpose, Stream


@dataclass(frozen=True, kw_only=True)
class Rules:
    """``stream(seed, purpose)`` begins a stream. ``sin``, ``cos`` and ``hypot`` work elementwise, in float64.

    ``power`` takes a whole exponent; ``mean`` (d,) is that of rows (N, d).
    """

    name: str
    title: str
    stream: Callable[[int, Purpose], Stream]
    sin: Callable[[Any], Array]
    cos: Callable[[Any], Array]
    hypot: Callable[[Array, Array], Array]
    power: Callable[[Any, int], Any]
    mean: Callable[[Array], Array]


rule_sets: Registry[Rules] = Registry("set of rules")

PORTABLE = rule_sets.add(
    Rules(
        name="portable-1",
        title="equal on every machine",
        stream=PortableStream,
        sin=functions.sin,
        cos=functions.cos,
        hypot=functions.hypot,
        power=functions.power,
        mean=sums.mean,
    )
)
NUMPY = rule_sets.add(
    Rules(
        name="numpy-1",
        title="NumPy's own, as runs were drawn before",
        stream=numpy_rules.NumpyStream,
        sin=np.sin,
        cos=np.cos,
        hypot=np.hypot,
        power=numpy_rules.power,
        mean=numpy_rules.mean,
    )
)

"""What an activation A = f(Z) is: one registry entry with its forward, its derivative and its formulas.

All functions are in place: they write into the given array and read only their arguments.
Shapes: ``z``, ``a``, ``d`` are any one shape; ``s`` is a pair of scratch arrays of that shape, overwritten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.nn.registry import Array, Parameter, Registry

Scratch = tuple[Array, Array]


@dataclass(frozen=True, kw_only=True)
class Activation:
    """One activation function.

    ``forward(z, a, s, *parameters)`` writes f(z) into ``a``; ``derivative(z, a, d, s, *parameters)`` writes f'(z)
    into ``d``, given a = f(z). ``parameters`` are fixed numbers; ``learned`` ones are trained, one a layer, and
    follow them as arrays that broadcast. ``learned_gradient(z, d_a, s, *parameters)`` leaves in ``s[0]`` the
    gradient of each element with respect to the learned parameter, to be summed by the caller.
    ``kinked``: f' or f'' jumps at z = 0, so finite differences across it fail. ``saturation``: the bounds outside
    which an output counts as saturated. ``bounds``: the least and greatest output, where there are both. ``dies``: f'
    is exactly 0 for all z <= 0.
    Formulas are TeX.
    """

    name: str
    title: str
    formula: str
    derivative_formula: str
    note: str
    forward: Callable[..., None]
    derivative: Callable[..., None]
    parameters: tuple[Parameter, ...] = ()
    learned: tuple[Parameter, ...] = ()
    learned_gradient: Callable[..., None] | None = None
    kinked: bool = False
    saturation: tuple[float, float] | None = None
    bounds: tuple[float, float] | None = None
    dies: bool = False


activations: Registry[Activation] = Registry("activation")

"""A network as the kernel sees it."""

from __future__ import annotations

from functools import lru_cache

from engine.kernel.bindings import ONE_RIGHT
from engine.kernel.layout import Layout
from engine.nn.network import Network


def layout_of(network: Network, answers: int = ONE_RIGHT) -> Layout:
    """The layout of a network's parameters; ``answers``: what counts as right, which only figures depend on."""
    return _layout(
        network.sizes,
        tuple(layer.activation.name for layer in network.hidden),
        tuple(layer.parameters[0] if layer.parameters else 0.0 for layer in network.hidden),
        tuple(1.0 - layer.dropout for layer in network.hidden),
        (network.pair.output, network.pair.loss),
        answers,
        network.bias,
    )


@lru_cache(maxsize=16)
def _layout(
    sizes: tuple[int, ...],
    activations: tuple[str, ...],
    fixed: tuple[float, ...],
    keep: tuple[float, ...],
    pair: tuple[str, str],
    answers: int,
    bias: bool,
) -> Layout:
    """Kept, since it takes milliseconds for a large network; nothing changes it."""
    return Layout(sizes, activations, *pair, fixed=fixed, keep=keep, answers=answers, bias=bias)

"""What can be chosen on this server: the engine's catalog with its formulas as MathML, the limits, the arithmetic."""

from functools import cache
from typing import Any

from latex2mathml.converter import convert

from app.api import size_limits
from app.settings import Settings
from engine import catalog, kernel
from engine.config import RunConfig


@cache
def _engine_catalog() -> dict[str, Any]:
    return {part: _typeset(value) for part, value in catalog().items()}


def _typeset(value: Any) -> Any:
    """The entries with their formulas converted from TeX to MathML."""
    if not isinstance(value, list):
        return value
    return [
        {name: convert(text) if name.endswith("formula") else text for name, text in entry.items()}
        if isinstance(entry, dict)
        else entry
        for entry in value
    ]


def full_catalog(settings: Settings) -> dict[str, Any]:
    """The catalog of this server, with the defaults lowered to its limits."""
    defaults = size_limits.fitted(RunConfig(), settings).model_dump(mode="json")
    arithmetic = kernel.status(settings.kernel)._asdict()
    return {**_engine_catalog(), "defaults": defaults, "limits": settings.limits(), "arithmetic": arithmetic}

"""Features as NumPy expressions of ``x`` (d, N), the rows of raw inputs."""

from __future__ import annotations

import re

from engine.data.features import features
from engine.data.formula import LARGEST, tokens

BOUNDED = f"def bounded(values): return np.clip(np.where(np.isnan(values), 0, values), -{LARGEST:g}, {LARGEST:g})"
"""What the engine does with the values of a formula that somebody wrote."""
ANGLES = {
    name: f"def {name}(x): return np.{name}(np.where(np.abs(x) <= 2.0**50, x, np.nan))" for name in ("sin", "cos")
}
"""A formula's sine and cosine: beyond 2^50 they have no value."""


def is_written(name: str) -> bool:
    """Whether a feature is a formula that somebody wrote: its expression needs ``BOUNDED`` and ``ANGLES``."""
    return name not in features and not name.removeprefix("x").isdecimal()


def expression(name: str) -> str:
    """A feature, by its name, as an expression."""
    written = is_written(name)
    # As a number of NumPy's, a division by 0 and a large power are infinite; Python's own raise errors.
    exact = written and ("/" in name or "^" in name)
    text = "".join(_translated(kind, token, exact) for kind, token in tokens(name))
    text = " ".join(text.split())
    return f"bounded({text})" if written else re.sub(r"\bsin\b", "np.sin", text)


def _translated(kind: str, text: str, exact: bool) -> str:
    if kind == "number" or text == "pi":
        number = "np.pi" if text == "pi" else repr(float(text)).removesuffix(".0")
        return f"np.float64({number})" if exact else number
    if kind == "name":
        return _NAMES.get(text) or f"x[{int(text[1:]) - 1}]"
    return {"^": "**"}.get(text, text) if text in "()^" else f" {text} "


_NAMES = {"x": "x[0]", "y": "x[1]", "sin": "sin", "cos": "cos", "exp": "np.exp", "abs": "np.abs", "sqrt": "np.sqrt"}

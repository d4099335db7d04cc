"""Features: the functions of the raw inputs that the network sees as its input layer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.data.formula import FormulaError, parse
from engine.errors import shown
from engine.nn.registry import Array, Registry, UnknownNameError
from engine.numbers.rules import Rules


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One input of the network. TeX.

    ``of(rules, x)`` maps raw inputs (d, N) to (N,); it needs at least ``inputs`` of them.
    """

    name: str
    title: str
    formula: str
    inputs: int
    of: Callable[[Rules, Array], Array]


features: Registry[Feature] = Registry("feature")


def _raw(i: int) -> Feature:
    name = f"x{i + 1}"
    return Feature(name=name, title=name, formula=f"x_{{{i + 1}}}", inputs=i + 1, of=lambda rules, x: x[i])


def _square(i: int) -> Feature:
    name = f"x{i + 1}^2"
    return Feature(name=name, title=name, formula=f"x_{{{i + 1}}}^2", inputs=i + 1, of=lambda rules, x: x[i] * x[i])


def _sine(i: int) -> Feature:
    name = f"sin(x{i + 1})"
    return Feature(
        name=name, title=name, formula=rf"\sin x_{{{i + 1}}}", inputs=i + 1, of=lambda rules, x: rules.sin(x[i])
    )


for _make in (_raw, _square):
    for _i in range(2):
        features.add(_make(_i))
features.add(Feature(name="x1*x2", title="x1 x2", formula=r"x_{1} x_{2}", inputs=2, of=lambda rules, x: x[0] * x[1]))
for _i in range(2):
    features.add(_sine(_i))


def find(name: str) -> Feature:
    """The feature of that name: a registered one, a further raw input (x3, x4, ...), or a formula of the inputs.

    KeyError lists the registered ones, and says why the name is no formula.
    """
    match = re.fullmatch(r"x([1-9]\d{0,5})", name)
    if match:
        return _raw(int(match[1]) - 1)
    if name in features:
        return features[name]
    if name.strip().isalnum():  # an input by another name would be there twice
        return features[name]
    try:
        formula = parse(name)
    except FormulaError as error:
        raise UnknownNameError(
            f"unknown feature {shown(name)}: choose one of {features.choices}; as a formula, it {error}"
        ) from None
    if formula.comparison or not formula.inputs:
        what = "is true or false: write a number" if formula.comparison else "uses no input: write one with x1 or x2"
        raise UnknownNameError(f"the feature {shown(name)} {what}")
    return Feature(name=name, title=name, formula=name, inputs=formula.inputs, of=formula)


def resolve(names: Sequence[str] | str, inputs: int) -> list[Feature]:
    """The chosen features for data with ``inputs`` raw inputs; "auto" is all of those.

    ValueError if one needs more inputs than there are, is named twice, or none is chosen.
    """
    if isinstance(names, str):
        return [_raw(i) for i in range(inputs)]
    if not names:
        raise ValueError('choose at least one feature, or "auto" for the raw inputs')
    if len(set(names)) < len(names):
        raise ValueError("a feature is listed twice: name each once")
    return [_fitting(name, inputs) for name in names]  # only the first error is reported, however long the list is


def _fitting(name: str, inputs: int) -> Feature:
    feature = find(name)
    if feature.inputs > inputs:
        raise ValueError(
            f"feature {feature.name!r} needs {feature.inputs} inputs and the data set has {inputs}: "
            f"choose from {', '.join(_available(inputs))}"
        )
    return feature


def _available(inputs: int) -> list[str]:
    more = [f"x{i}" for i in range(3, min(inputs, 8) + 1)]
    return [f.name for f in features.values() if f.inputs <= inputs] + more


def transform(rules: Rules, chosen: Sequence[Feature], x: Array, out: Array) -> None:
    """Write the features of raw inputs ``x`` (d, N) into the rows of ``out`` (at least len(chosen), N)."""
    for row, feature in enumerate(chosen):
        out[row] = feature.of(rules, x)

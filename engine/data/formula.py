"""Formulas that people write: read by the grammar below, never run as code, and computed by portable functions.

    formula    = expression [ ("<" | "<=" | ">" | ">=" | "=") expression ]
    expression = term { ("+" | "-") term }
    term       = factor { ("*" | "/") factor }
    factor     = ("+" | "-") factor | atom [ "^" whole number ]
    atom       = number | "pi" | input | function "(" expression ")" | "(" expression ")"
    function   = "sin" | "cos" | "exp" | "abs" | "sqrt"

Inputs are x1, x2, x3, ..., and x and y for the first two.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from engine.errors import shown
from engine.nn.registry import Array
from engine.numbers import functions
from engine.numbers.rules import Rules

MAX_LENGTH = 200
MAX_DEPTH = 30
MAX_EXPONENT = 20
# Squares of inputs and features must fit a 32-bit float.
LARGEST = 1e15

_TOKEN = re.compile(r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z]\w*)|(?P<sign><=|>=|\S))")
_INPUT = re.compile(r"x([1-9]\d{0,5})")
_NAMES = "x1, x2 (or x, y), pi, sin, cos, exp, abs, sqrt"
COMPARISONS = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    # The points above y = f(x).
    "=": np.greater,
}

Node = Callable[[Rules, Array], Array]


class FormulaError(ValueError):
    """A text that is no formula; the message says where and what is wrong."""


@dataclass(frozen=True)
class Formula:
    """A formula that was read. ``inputs`` is the highest input that it uses, 0 for none.

    ``comparison`` says whether it is true or false rather than a number.
    """

    text: str
    inputs: int
    comparison: bool
    _node: Node

    def __call__(self, rules: Rules, x: Array) -> Array:
        """Its values (N,) for inputs (d, N): bool of a comparison, false where a side has no value; else numbers from
        -1e15 to 1e15, 0 where there is none."""
        with np.errstate(all="ignore"):
            values = np.broadcast_to(self._node(rules, x), x.shape[1:])
        if self.comparison:
            return values
        return np.clip(np.where(np.isnan(values), 0.0, values), -LARGEST, LARGEST)


@lru_cache(1_000)
def parse(text: str) -> Formula:
    """The formula that a text writes; FormulaError says at which character it is none."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"has {len(text)} characters: write a formula of {MAX_LENGTH} at most")
    return _Reader(text).formula()


def tokens(text: str) -> list[tuple[str, str]]:
    """The kind (number, name or sign) and the text of each token of a formula."""
    return [(token.kind, token.text) for token in _Reader(text).tokens]


class _Token(NamedTuple):
    kind: str
    text: str
    place: int


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.tokens = [
            _Token(m.lastgroup or "", m[m.lastgroup or 0], m.start(m.lastgroup or 0)) for m in _TOKEN.finditer(text)
        ]
        self._next = 0
        self._depth = 0
        self._inputs = 0

    def formula(self) -> Formula:
        node, comparison = self._expression(), self._peek() in COMPARISONS
        if comparison:
            compare, left, right = COMPARISONS[self._take().text], node, self._expression()
            node = lambda rules, x: compare(left(rules, x), right(rules, x))  # noqa: E731
        if self._next < len(self.tokens):
            raise self._error("expected an operator, such as *", self.tokens[self._next])
        return Formula(self._text, self._inputs, comparison, node)

    def _expression(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FormulaError(f"is nested more than {MAX_DEPTH} deep: simplify it")
        node = self._chain(("+", "-"), lambda: self._chain(("*", "/"), self._factor))
        self._depth -= 1
        return node

    def _chain(self, signs: tuple[str, str], read: Callable[[], Node]) -> Node:
        nodes, applied = [read()], []
        while self._peek() in signs:
            applied.append(_OPERATIONS[self._take().text])
            nodes.append(read())

        def total(rules: Rules, x: Array) -> Array:
            value = nodes[0](rules, x)
            for operation, node in zip(applied, nodes[1:], strict=True):
                value = operation(value, node(rules, x))
            return value

        return total if applied else nodes[0]

    def _factor(self) -> Node:
        negative = False
        while self._peek() in ("+", "-"):
            negative ^= self._take().text == "-"
        base = self._atom()
        if self._peek() == "^":
            self._take()
            base = self._power(base)
        return (lambda rules, x: -base(rules, x)) if negative else base

    def _power(self, base: Node) -> Node:
        token = self._take()
        exponent = float(token.text) if token.kind == "number" else math.nan
        if exponent not in range(MAX_EXPONENT + 1):
            raise self._error(f"expected a whole number from 0 to {MAX_EXPONENT} after ^", token)
        return lambda rules, x: rules.power(base(rules, x), int(exponent))

    def _atom(self) -> Node:
        token = self._take()
        if token.kind == "number":
            return _constant(float(token.text))
        if token.text == "(":
            node = self._expression()
            self._close()
            return node
        if token.kind == "name":
            return self._named(token)
        raise self._error("expected a number, an input or a function", token)

    def _named(self, token: _Token) -> Node:
        if token.text in _FUNCTIONS:
            function = _FUNCTIONS[token.text]
            if self._take().text != "(":
                raise self._error(f"expected ( after {token.text}", self.tokens[self._next - 1])
            argument = self._expression()
            self._close()
            return lambda rules, x: function(rules, argument(rules, x))
        if token.text == "pi":
            return _constant(math.pi)
        match = _INPUT.fullmatch({"x": "x1", "y": "x2"}.get(token.text, token.text))
        if not match:
            raise self._error(f"unknown name: use {_NAMES}", token)
        index = int(match[1]) - 1
        self._inputs = max(self._inputs, index + 1)
        return lambda rules, x: x[index]

    def _close(self) -> None:
        token = self._take()
        if token.text != ")":
            raise self._error("expected )", token)

    def _peek(self) -> str:
        return self.tokens[self._next].text if self._next < len(self.tokens) else ""

    def _take(self) -> _Token:
        if self._next == len(self.tokens):
            raise FormulaError(f"ends too early, after {len(self._text)} characters: complete it")
        self._next += 1
        return self.tokens[self._next - 1]

    def _error(self, message: str, token: _Token) -> FormulaError:
        return FormulaError(f"at character {token.place + 1}, {shown(token.text)}: {message}")


def _constant(value: float) -> Node:
    return lambda rules, x: np.full(x.shape[1:], value)


def _angle(of: str) -> Callable[[Rules, Array], Array]:
    def function(rules: Rules, x: Array) -> Array:
        known = np.abs(x) <= functions.LARGEST_ANGLE
        return np.where(known, getattr(rules, of)(np.where(known, x, 0.0)), np.nan)

    return function


_OPERATIONS = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}
_FUNCTIONS: dict[str, Callable[[Rules, Array], Array]] = {
    "sin": _angle("sin"),
    "cos": _angle("cos"),
    "exp": lambda rules, x: functions.exp(x),
    "abs": lambda rules, x: np.abs(x),
    "sqrt": lambda rules, x: np.sqrt(x),
}

"""Learning-rate schedules: the factor on the learning rate as a function of the epochs done."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from engine.nn.registry import Parameter, Registry
from engine.numbers.rules import Rules


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """``factor(rules, epoch, *parameters)``: of the learning rate in the epoch after ``epoch`` whole ones. TeX."""

    name: str
    title: str
    formula: str
    factor: Callable[..., float]
    parameters: tuple[Parameter, ...] = ()


schedules: Registry[Schedule] = Registry("schedule")

_FACTOR = Parameter("factor", 0.5, "factor", above=0.0, maximum=1.0)


def _epochs(default: int, title: str) -> Parameter:
    return Parameter("epochs", default, title, minimum=1, maximum=1_000_000)


def _warm_up(rules: Rules, epoch: int, epochs: float, start: float) -> float:
    return start + (1.0 - start) * min(epoch / epochs, 1.0)


def _cosine(rules: Rules, epoch: int, epochs: float, final: float) -> float:
    return final + (1.0 - final) * (1.0 + float(rules.cos(math.pi * min(epoch / epochs, 1.0)))) / 2.0


schedules.add(Schedule(name="constant", title="constant", formula=r"\eta_t = \eta", factor=lambda rules, epoch: 1.0))
schedules.add(
    Schedule(
        name="step",
        title="step",
        formula=r"\eta_t = \eta\, \gamma^{\lfloor t / T \rfloor}",
        factor=lambda rules, epoch, epochs, factor: rules.power(factor, int(epoch // epochs)),
        parameters=(_epochs(100, "epochs between steps (T)"), _FACTOR),
    )
)
schedules.add(
    Schedule(
        name="exponential",
        title="exponential",
        formula=r"\eta_t = \eta\, \gamma^t",
        factor=lambda rules, epoch, factor: rules.power(factor, epoch),
        parameters=(Parameter("factor", 0.99, "factor each epoch", above=0.0, maximum=1.0),),
    )
)
schedules.add(
    Schedule(
        name="inverse_time",
        title="inverse time",
        formula=r"\eta_t = \eta / (1 + k t)",
        factor=lambda rules, epoch, decay: 1.0 / (1.0 + decay * epoch),
        parameters=(Parameter("decay", 0.01, "decay each epoch (k)", minimum=0.0, maximum=100.0),),
    )
)
schedules.add(
    Schedule(
        name="cosine",
        title="cosine",
        formula=r"\eta_t = \eta \left(f + (1 - f) \tfrac{1 + \cos(\pi t / T)}{2}\right)",
        factor=_cosine,
        parameters=(
            _epochs(300, "epochs to the end (T)"),
            Parameter("final", 0.0, "final factor (f)", minimum=0.0, maximum=1.0),
        ),
    )
)
schedules.add(
    Schedule(
        name="warm_up",
        title="warm-up",
        formula=r"\eta_t = \eta \left(s + (1 - s) \min(t / T, 1)\right)",
        factor=_warm_up,
        parameters=(
            _epochs(10, "epochs to the full rate (T)"),
            Parameter("start", 0.1, "first factor (s)", above=0.0, maximum=1.0),
        ),
    )
)

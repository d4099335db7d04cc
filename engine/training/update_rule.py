"""What a gradient does to the parameters in one step: clipping, penalty, optimizer, decay, cut links."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from operator import mul
from typing import Any

import numpy as np

from engine.config import RunConfig
from engine.nn.network import Network
from engine.nn.registry import Array, aligned
from engine.nn.regularizers import regularizers
from engine.numbers.rules import PORTABLE, Rules
from engine.training.optimizers import optimizers
from engine.training.schedules import schedules


def _optimizer_parameter(index: int, config: RunConfig) -> float:
    return config.training.optimizer.parameters[index]


class UpdateRule:
    """The optimizer's running state, and every number of a step, for one network or for members in lockstep.

    Numbers are Python floats for one network and float64 arrays (M, 1) for members, rounded to the network's dtype
    only where they meet an array: a member's arithmetic is that of the same run alone. ``dot`` sums products of arrays
    (P,), for the norm of a single network's gradient.
    """

    def __init__(
        self,
        network: Network,
        members: Sequence[RunConfig],
        rules: Rules = PORTABLE,
        dot: Callable[[Array, Array], Any] = np.dot,
    ) -> None:
        self.network, self.rules = network, rules
        training = members[0].training
        self.optimizer = optimizers[training.optimizer.name]
        self.regularizer = regularizers[training.regularizer.name]
        self.slots = [aligned(*network.w.shape, dtype=network.dtype) for _ in self.optimizer.slots]
        self.scratch = np.zeros_like(network.w)
        self.threshold = np.zeros_like(network.w)
        self.decay_factor = None if self.optimizer.decay is None else np.ones_like(network.w)
        self.cut: Array | None = None
        self.coefficients: tuple[Array, ...] = ()
        self._flat_w, self._flat_g = network.w.reshape(-1), network.g.reshape(-1)
        self._dot: Callable[[Array, Array], Any] = np.vecdot if network.lead else dot
        self.powers = [self._ones() for _ in self.optimizer.powers]
        self.configure(members)
        self.schedule(0)

    def configure(self, members: Sequence[RunConfig]) -> None:
        """Take on the members' rates and parameters; running state stays. ``schedule`` must follow."""
        self.members = tuple(members)
        self.clip_norm = members[0].training.clip_norm
        choice = members[0].training.optimizer
        count = len(choice.parameters)
        self._base_rates = np.array([config.training.learning_rate for config in members])
        # Most members share a schedule: its factor is computed once for all of them.
        found = [(config.training.schedule.name, config.training.schedule.parameters) for config in members]
        self._schedules = list(dict.fromkeys(found))
        self._schedule_of = [self._schedules.index(each) for each in found]
        self.parameters = [self._per_member(partial(_optimizer_parameter, i)) for i in range(count)]
        names = [p.name for p in self.optimizer.parameters]
        self._bases = [self.parameters[names.index(name)] for name in self.optimizer.powers]
        self.penalty_rate = self._per_member(lambda c: c.training.regularizer.rate)
        self.rate_vector = self._round(self.penalty_rate) * self.network.is_weight
        self.penalized = self.regularizer.penalizes and bool(np.any(self.rate_vector))

    def schedule(self, epoch: int) -> None:
        """Set the learning rate for the epoch that follows ``epoch`` whole ones."""

        self.learning_rates = tuple(self._rate(config, epoch) for config in self.members)
        self.rate = self._per_member(partial(self._rate, epoch=epoch))
        weights = self.network.is_weight
        if self.regularizer.proximal is not None:
            np.multiply(self._round(self.rate * self.penalty_rate), weights, self.threshold)
        decay = self.optimizer.decay
        if decay is not None and self.decay_factor is not None:
            np.multiply(self._round(decay(self.rate, *self.parameters)), weights, self.decay_factor)
            np.subtract(1.0, self.decay_factor, self.decay_factor)
        # A penalty or decay in proportion to a weight can make it grow without limit: check the weights as well.
        self.bounds_weights = decay is not None or (self.penalized and self.regularizer.proximal is None)
        if not self.powers:
            self._set_coefficients()

    def _rate(self, config: RunConfig, epoch: int) -> float:
        schedule = config.training.schedule
        return config.training.learning_rate * schedules[schedule.name].factor(self.rules, epoch, *schedule.parameters)

    def rates_from(self, epoch: int, count: int) -> Array:
        """The learning rates (count, members) in the epochs after ``epoch`` whole ones, after the next, and so on."""
        factors = np.empty((count, len(self._schedules)))
        for column, (name, parameters) in enumerate(self._schedules):
            factor = schedules[name].factor
            factors[:, column] = [factor(self.rules, epoch + k, *parameters) for k in range(count)]
        return self._base_rates * factors[:, self._schedule_of]

    def _set_coefficients(self) -> None:
        """Round the optimizer's numbers into arrays, which are faster in NumPy than scalars: of full length if
        constant."""
        numbers = self.optimizer.coefficients(self.rate, *self.parameters, *self.powers)
        if not self.coefficients:
            shape = (*self.network.lead, 1 if self.powers else self.network.w.shape[-1]) if self.network.lead else ()
            self.coefficients = tuple(np.empty(shape, self.network.dtype) for _ in numbers)
        for array, number in zip(self.coefficients, numbers, strict=False):
            array[()] = number

    def is_finite_below(self, limit: float) -> bool:
        """Whether the squared norm of the gradient (with ``bounds_weights``, plus the weights') is below ``limit``.

        Sets the gradient of cut links to 0. Sums over all members in one call; ``members_finite_below`` tells them
        apart. NaN and infinity are not below any limit.
        """
        if self.cut is not None:
            np.multiply(self.network.g, self.cut, self.network.g)
        squared_norm = self._flat_g.dot(self._flat_g)
        if self.bounds_weights:
            squared_norm += self._flat_w.dot(self._flat_w)
        return bool(squared_norm < limit)  # False for NaN too

    def members_finite_below(self, limit: float) -> Array:
        """The same for each member."""
        w, g = self.network.w, self.network.g
        squared_norms = self._dot(g, g) + self._dot(w, w) if self.bounds_weights else self._dot(g, g)
        return np.atleast_1d(squared_norms < limit)

    def step(self, frozen: Sequence[int] = ()) -> None:
        """One step from the gradient in ``network.g``; clips and penalizes it in place.

        Members that are ``frozen`` keep their weights and running state.
        """
        w, g, s = self.network.w, self.network.g, self.scratch
        held = [a[frozen] for a in (w, *self.slots, *self.powers)] if frozen else ()
        if self.clip_norm is not None:
            np.multiply(g, self._round(self._clip(self._dot(g, g))), g)
        if self.penalized and self.regularizer.proximal is None:
            self.regularizer.gradient(w, self.rate_vector, s)
            np.add(g, s, g)
        if self.decay_factor is not None:
            np.multiply(w, self.decay_factor, w)
        if self.powers:
            self.powers = list(map(mul, self.powers, self._bases))
            self._set_coefficients()
        self.optimizer.update(w, g, s, self.slots, *self.coefficients)
        if self.penalized and self.regularizer.proximal is not None:
            self.regularizer.proximal(w, self.threshold, s)
        if frozen:
            for array, rows in zip((w, *self.slots, *self.powers), held, strict=True):
                array[frozen] = rows

    def penalty(self) -> Array:
        """The penalty of the present weights, one value a member."""
        self.regularizer.terms(self.network.w, self.rate_vector, self.scratch)
        return np.add.reduce(self.scratch, axis=-1)  # type: ignore[no-any-return]

    def clear_state(self, index: Any, places: Sequence[int]) -> None:
        """Zero the running state of one member at some of its parameters, as after an edit or a cut."""
        for slot in self.slots:
            slot[index][places] = 0.0

    def _clip(self, squared_norm: Any) -> Any:
        if self.network.lead:
            norms = [math.sqrt(float(n)) for n in squared_norm]
            return np.array([[min(1.0, (self.clip_norm or 0.0) / (n + 1e-6))] for n in norms])
        return min(1.0, (self.clip_norm or 0.0) / (math.sqrt(float(squared_norm)) + 1e-6))

    def _per_member(self, of: Callable[[RunConfig], float]) -> Any:
        if not self.network.lead:
            return of(self.members[0])
        return np.array([[of(config)] for config in self.members], np.float64)

    def _ones(self) -> Any:
        return np.ones((*self.network.lead, 1)) if self.network.lead else 1.0

    def _round(self, number: Any) -> Any:
        return number.astype(self.network.dtype) if isinstance(number, np.ndarray) else self.network.dtype.type(number)

    def state(self) -> tuple[dict[str, Array], dict[str, Any]]:
        """Arrays and plain values from which ``restore`` continues bit for bit."""
        arrays = {f"slot.{name}": a.copy() for name, a in zip(self.optimizer.slots, self.slots, strict=True)}
        if self.cut is not None:
            arrays["cut"] = self.cut.copy()
        return arrays, {"powers": [np.ravel(power).tolist() for power in self.powers]}

    def restore(self, arrays: dict[str, Array], meta: dict[str, Any]) -> None:
        """Continue from a ``state``."""
        for name, slot in zip(self.optimizer.slots, self.slots, strict=True):
            np.copyto(slot, arrays[f"slot.{name}"])
        self.cut = arrays["cut"].copy() if "cut" in arrays else None
        lead = bool(self.network.lead)
        self.powers = [np.array(p)[:, None] if lead else p[0] for p in meta["powers"]]

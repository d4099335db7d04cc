"""Training in the compiled arithmetic: many epochs a call, with the same bits on every machine (docs/arithmetic.md).

The state of training exists twice, in the run's parts and in the kernel's structures: ``resume`` copies it to the
kernel, ``train`` copies everything but the order of the batches and the random streams back, ``settle`` those too. Only
a single network's weights, gradient and slots are one memory.
"""

from __future__ import annotations

from itertools import chain, pairwise
from typing import Any

import numpy as np

from engine.kernel import PORTABLE
from engine.kernel.bindings import GOES_ON, LANES, LOSS_NOT_FINITE, NOT_FINITE, REACHED, Kernel, in_blocks
from engine.nn.registry import Array
from engine.numbers.streams import Purpose
from engine.training.divergence import words_of
from engine.training.evaluation import Metrics, figures
from engine.training.kernel_call import ROW, KernelCall
from engine.training.kernel_rules import rule_of, stop_of, training_layout
from engine.training.parts import Parts


class CompiledTraining:
    """See ``parts.Method``."""

    arithmetic = PORTABLE

    def __init__(self, parts: Parts, kernel: Kernel) -> None:
        self._parts = parts
        layout, count = training_layout(parts), len(parts.update_rule.members)
        self._size = layout.parameters
        groups = -(-count // LANES)
        bounds = [count * group // groups for group in range(groups + 1)]
        self._spans = [slice(start, stop) for start, stop in pairwise(bounds)]
        if parts.network.lead:
            self._calls = [KernelCall(kernel, layout, span.stop - span.start) for span in self._spans]
        else:
            own = parts.network.w, parts.network.g, *parts.update_rule.slots
            self._calls = [KernelCall(kernel, layout, None, own)]
        self._take_sets()
        parts.update_rule.schedule(parts.epoch)
        parts.batches.shuffle()
        self.resume()

    def _take_sets(self) -> None:
        """The examples: rows to train on, and blocks of 16 lanes to measure."""
        evaluation, batches = self._parts.evaluation, self._parts.batches
        n = evaluation.train
        x, t = evaluation.x[:-1].T, evaluation.t.T
        moved = len(batches.streams) if batches.augmentation > 0 else 1
        self._x = np.ascontiguousarray(np.broadcast_to(x[:n], (moved, *x[:n].shape)))
        self._t = np.ascontiguousarray(t[:n])
        self._blocks = [(in_blocks(x[part]), in_blocks(t[part])) for part in evaluation.sets]
        sets = [
            (part.stop - part.start, *(block.ctypes.data for block in blocks))
            for part, blocks in zip(evaluation.sets, self._blocks, strict=True)
        ]
        self._counts = np.array(evaluation.counts, np.float64)
        self._orders = np.zeros((len(self._parts.update_rule.members), n), np.int32)
        for call, span in zip(self._calls, self._spans, strict=True):
            for lane, member in enumerate(range(span.start, span.stop)):
                own = self._x[member if moved > 1 else 0]
                call.train[lane] = (n, own.ctypes.data, self._t.ctypes.data)
                call.states[lane]["order"] = self._orders[member].ctypes.data
                for index, numbers in enumerate(sets):
                    call.sets[lane, index] = numbers

    # -- to the kernel ------------------------------------------------------------------------------------------------

    def resume(self) -> None:
        parts = self._parts
        batches, stopping = parts.batches, parts.early_stopping
        self._batch_size = min(parts.config.training.batch_size or batches.size, batches.size)
        shared = len(batches.streams) == 1
        streams = [[tuple(stream[p].state) for p in (Purpose.ORDER, Purpose.DROPOUT)] for stream in batches.streams]
        self._orders[...] = batches.order
        for call, span in zip(self._calls, self._spans, strict=True):
            for lane, member in enumerate(range(span.start, span.stop)):
                state = call.states[lane]
                call.rules[lane] = rule_of(parts, member)
                call.stops[lane] = stop_of(parts, member)
                state["shuffle"], state["dropout"] = streams[0 if shared else member]
                state["best"], state["waited"] = stopping.best[member], stopping.waited[member]
                state["end"]["why"] = GOES_ON if stopping.halted[member] is None else REACHED
            self._lay_in(call, span)
            call.aim(self._batch_size, parts.update_rule.cut is not None)
        if batches.augmentation > 0:
            self._move()
        batches.split(parts.config.training.batch_size)

    def _lay_in(self, call: KernelCall, span: slice) -> None:
        """Parameters, running state and cuts."""
        network, rule, size = self._parts.network, self._parts.update_rule, self._size
        for index, name in enumerate(("power1", "power2")[: len(rule.powers)]):
            call.states[name] = np.ravel(rule.powers[index])[span]
        if rule.cut is not None and not network.lead:
            call.free[:size] = rule.cut
        if network.lead:
            if rule.cut is not None:
                call.free[:size, : call.count] = rule.cut[span].T
            call.w[:size, : call.count] = network.w[span].T
            for array, slot in zip(call.slots, rule.slots, strict=False):
                array[:size, : call.count] = slot[span].T

    def _move(self) -> None:
        """Augmented inputs, which are drawn in the order of the epoch, at the places of their examples."""
        for rows, order, moved in zip(self._x, self._parts.batches.order, self._parts.batches.moved, strict=True):
            rows[order] = moved[:, :-1]

    # -- training -----------------------------------------------------------------------------------------------------

    def train(self, batches: int, epochs: int) -> Array:
        parts, rule = self._parts, self._parts.update_rule
        augmented = parts.batches.augmentation > 0
        most = 1 if augmented else epochs
        per_epoch = -(-parts.batches.size // self._batch_size)
        count = min(most, batches // per_epoch + 2)
        rates = rule.rates_from(parts.epoch, count + 1)  # the last is for the epoch after them
        start = parts.epoch, parts.batch, parts.batches.offset
        done = [
            call.run(batches, count, np.ascontiguousarray(rates[:count, span]), start)
            for call, span in zip(self._calls, self._spans, strict=True)
        ]
        furthest = max(range(len(done)), key=lambda group: done[group][0])
        parts.epoch, parts.batch, parts.batches.offset = self._calls[furthest].place
        completed = parts.epoch - start[0]
        figures = self._figures([rows for _, rows in done], completed, rates)
        self._take_out(figures, start[0])
        if completed:
            self._end_at_limit()
            if tuple(rates[completed].tolist()) != rule.learning_rates:
                rule.schedule(parts.epoch)
            if augmented:
                self.settle()
                parts.batches.augment()
                parts.batches.gather()
                self._move()
        return figures

    def measured(self) -> Metrics:
        rates = np.array([self._parts.update_rule.learning_rates])
        rows = np.concatenate([call.measure() for call in self._calls])[None]
        return Metrics.of(self._parts.epoch, self._columns(rows, rates)[0])

    def _columns(self, rows: Array, rates: Array) -> Array:
        """The kernel's rows (epochs, members) as (epochs, members, figures)."""
        fit = self._parts.evaluation.fit
        with np.errstate(invalid="ignore"):
            accuracies = rows["right"] / self._counts if fit is None else None
            return figures(rows["loss"], accuracies, fit, rows["penalty"], rates)

    def _figures(self, groups: list[Array], completed: int, rates: Array) -> Array:
        """All members' figures; those of a member that has ended are of the weights it kept."""
        count = len(self._parts.update_rule.members)
        rows = np.empty((completed, count), ROW)
        ends = np.concatenate([call.states["end"] for call in self._calls])
        for span, own in zip(self._spans, groups, strict=True):
            rows[: len(own), span] = own
        if ends["why"].any() and completed:
            first = self._parts.epoch - completed
            kept = np.concatenate([call.measure() for call in self._calls])
            for member in np.flatnonzero(ends["why"]):
                ended_before = self._parts.early_stopping.halted[member] is not None
                valid = 0 if ended_before else min(completed, int(ends["epoch"][member]) - first)
                rows[valid:, member] = kept[member]
        return self._columns(rows, rates[:completed])

    def _take_out(self, figures: Array, first: int) -> None:
        """Copy what the kernel changed to the run's parts, and halt the members that have ended."""
        network, rule, size = self._parts.network, self._parts.update_rule, self._size
        stopping = self._parts.early_stopping
        if network.lead:
            for call, span in zip(self._calls, self._spans, strict=True):
                network.w[span] = call.w[:size, : call.count].T
                network.g[span] = call.g[:size, : call.count].T
                for array, slot in zip(call.slots, rule.slots, strict=False):
                    slot[span] = array[:size, : call.count].T
        states = [call.states for call in self._calls]
        for index, name in enumerate(("power1", "power2")[: len(rule.powers)]):
            powers = np.concatenate([state[name] for state in states])
            rule.powers[index] = powers[:, None] if network.lead else float(powers[0])
        stopping.best = list(chain.from_iterable(state["best"].tolist() for state in states))
        stopping.waited = list(chain.from_iterable(state["waited"].tolist() for state in states))
        for member, end in enumerate(chain.from_iterable(state["end"] for state in states)):
            if end["why"] != GOES_ON and stopping.halted[member] is None:
                self._halt(member, end, figures, first)

    def _halt(self, member: int, end: Any, figures: Array, first: int) -> None:
        """End a member, with the kernel's reason in words."""
        stopping, config = self._parts.early_stopping, self._parts.config
        epoch = int(end["epoch"])
        if end["why"] == NOT_FINITE:
            where = words_of(self._parts.network, int(end["quantity"]), int(end["layer"]), float(end["size"]))
            rates = self._parts.update_rule.rates_from(epoch, 1)
            stopping.diverge(member, epoch, int(end["batch"]), where, rates[0, member])
        elif end["why"] == LOSS_NOT_FINITE:
            stopping.lose(member, epoch)
        elif end["why"] == REACHED:
            stopping.reach(member, config, figures[epoch - first - 1, member, 0])
        else:
            stopping.lose_patience(member, config)

    def _end_at_limit(self) -> None:
        """``max_epochs``, which is not a rule of the kernel: a call ends there at the latest."""
        stopping, limit = self._parts.early_stopping, self._parts.config.training.max_epochs
        if limit is None or self._parts.epoch < limit:
            return
        for call, span in zip(self._calls, self._spans, strict=True):
            for lane, member in enumerate(range(span.start, span.stop)):
                if stopping.halted[member] is None:
                    stopping.reach_limit(member, limit)
                    end = call.states[lane]["end"]
                    end["why"], end["epoch"], end["batch"] = REACHED, self._parts.epoch, 0

    def settle(self) -> None:
        """The order and streams of each seed, from a member that goes on where members share one."""
        batches = self._parts.batches
        states = list(chain.from_iterable(call.states for call in self._calls))
        if len(batches.streams) > 1:
            chosen = list(range(len(states)))
        else:
            chosen = [max(range(len(states)), key=lambda m: _reach(states[m]["end"]))]
        for stream, order, member in zip(batches.streams, batches.order, chosen, strict=True):
            state = states[member]
            order[:] = self._orders[member]
            stream[Purpose.ORDER].state = list(state["shuffle"].tolist())
            stream[Purpose.DROPOUT].state = list(state["dropout"].tolist())
        batches.gather()
        batches.split(self._parts.config.training.batch_size)


def _reach(end: Any) -> tuple[bool, int, int]:
    return end["why"] == GOES_ON, int(end["epoch"]), int(end["batch"])

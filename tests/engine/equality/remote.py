"""A kernel whose calls are carried out elsewhere: aarch64 under qemu-user, or WebAssembly in node.

What a call's arguments point to is written into the other machine's memory, and read back after the call.
"""

import ctypes
import subprocess
from pathlib import Path

import numpy as np

from engine.kernel.bindings import LANES, SIGNATURES, Row

HERE = Path(__file__).parent
WRITE, READ, CALL = range(3)
FUNCTIONS = [name for name, (result, *_) in SIGNATURES.items() if result is None]


class Machine:
    """A process that carries out calls; its pointers take ``pointer`` bytes."""

    def __init__(self, command, pointer):
        self.pointer, self.called = pointer, set()
        self._process = subprocess.Popen([*map(str, command)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        (self.base,) = np.frombuffer(self._process.stdout.read(8), np.int64).tolist()

    def _order(self, *numbers, data=b""):
        self._process.stdin.write(np.array(numbers, np.int64).tobytes() + data)

    def write(self, address, data):
        self._order(WRITE, address, len(data), data=data)

    def read(self, address, size):
        self._order(READ, address, size)
        self._process.stdin.flush()
        return self._process.stdout.read(size)

    def call(self, name, arguments):
        self.called.add(name)
        self._order(CALL, FUNCTIONS.index(name), 0, *arguments, *[0] * (8 - len(arguments)))

    def close(self):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(10)


def aarch64(emulator, program):
    return Machine([emulator, program], 8)


def wasm32(node, module, body="base"):
    """Arguments of 64 bits are BigInt in JavaScript: they are marked w."""
    kinds = {
        name: "".join("w" if kind is ctypes.c_int64 else "n" for kind in SIGNATURES[name][1:]) for name in FUNCTIONS
    }
    names = ",".join(f"{symbol(name, body)} {kinds[name]}" for name in FUNCTIONS)
    return Machine([node, HERE / "server.js", module, names], 4)


def symbol(name, body="base"):
    return name if name.endswith("64") else f"{name}_{body}"


def layout(kind, pointer, places={}):  # noqa: B006  kept between calls
    """The structure ``kind`` where pointers take ``pointer`` bytes, as a ctypes class."""
    if kind is ctypes.c_void_p or hasattr(kind, "contents"):
        return {4: ctypes.c_uint32, 8: ctypes.c_uint64}[pointer]
    if hasattr(kind, "_length_"):
        return layout(kind._type_, pointer) * kind._length_
    if not hasattr(kind, "_fields_"):
        return kind
    if (kind, pointer) not in places:
        fields = [(name, layout(of, pointer)) for name, of in kind._fields_]
        places[kind, pointer] = type(kind.__name__, (ctypes.Structure,), {"_fields_": fields})
    return places[kind, pointer]


class RemoteKernel:
    """See ``engine.kernel.bindings.Kernel``; sizes of buffers are asked of a kernel of this machine, ``own``."""

    def __init__(self, machine, own):
        self.body, self._machine, self._own = own.body, machine, own
        self.work_floats, self.group_floats, self.work64 = own.work_floats, own.group_floats, own.work64

    def __getattr__(self, name):
        sizes = getattr(self, f"_sizes_of_{name}")

        def call(*arguments):
            _Call(self._machine).carry_out(name, arguments, sizes(*arguments))

        return call

    # Of each function, the bytes that its arguments and their fields point to, by their addresses.

    def _sizes_of_train(self, run, limits, rows, done):
        return self._of_run(run) | _of_limits(limits, rows, 1)

    def _sizes_of_measure(self, run, rows):
        return self._of_run(run) | {rows: ctypes.sizeof(Row)}

    def _sizes_of_train_group(self, group, limits, rows, done):
        return self._of_group(group) | _of_limits(limits, rows, group.members)

    def _sizes_of_measure_group(self, group, rows):
        return self._of_group(group) | {rows: ctypes.sizeof(Row) * group.members}

    def _sizes_of_evaluate(self, net, w, points, first, units, work, values, by):
        span = 4 * ((units - 1) * by + _padded(points.count))
        floats = self._own.work_floats(net, 1)
        return _of_net(net) | _of_rows(net, points, 4) | {w: 4 * net.padded, work: 4 * floats, values: span}

    def _sizes_of_quantise(self, values, maps, count, by, found, ranges):
        return {values: 4 * ((maps - 1) * by + _padded(count)), found: maps * count, ranges: 8 * maps}

    def _sizes_of_forward64(self, net, w, batch, mask, work):
        doubles = self._own.work64(net, batch.count)
        common = {w: 8 * net.padded, mask: doubles // 6 * 8, work: 8 * doubles}
        return _of_net(net) | _of_rows(net, batch, 8) | common

    def _sizes_of_gradient64(self, net, w, batch, mask, work, g):
        return self._sizes_of_forward64(net, w, batch, mask, work) | {g: 8 * net.padded}

    def _sizes_of_losses64(self, net, w, vectors, batch, mask, work, loss, Z):
        of_units = self._own.work64(net, batch.count) // 6 * 8
        own = {w: 8 * net.padded * vectors, work: 8 * self._own.work64(net, 1), loss: 8 * vectors}
        return _of_net(net) | _of_rows(net, batch, 8) | own | {mask: of_units, Z: of_units * vectors}

    def _of_run(self, run):
        net = run.net.contents
        own = {run.work: 4 * self._own.work_floats(net, run.batch_size)}
        return own | _of_member(net, run.train, run.sets, run.rule, run.state, 1)

    def _of_group(self, group):
        net = group.net.contents
        found = {group.work: 4 * self._own.group_floats(net, group.batch_size)}
        for lane in range(group.members):
            parts = group.train[lane], group.sets[lane], group.rule[lane], group.state[lane]
            found |= _of_member(net, *parts, LANES)
        return found


def _padded(count):
    return -(-count // LANES) * LANES


def _outputs(net):
    return ctypes.cast(net.units, ctypes.POINTER(ctypes.c_int32))[net.layers - 1]


def _of_net(net):
    sizes = {"units": 4 * net.layers, "activation": 4 * net.layers, "parameter": 8 * net.layers}
    sizes |= {"learned": 4 * net.layers, "keep": 4 * net.layers, "row": 4 * net.padded, "column": 4 * net.padded}
    return {getattr(net, name): size for name, size in sizes.items()}


def _of_rows(net, rows, item):
    count = _padded(rows.count)
    return {rows.x: item * count * net.inputs, rows.t: item * count * _outputs(net)}


def _of_member(net, train, sets, rule, state, lanes):
    found = _of_net(net) | {train.x: 4 * train.count * net.inputs, train.t: 4 * train.count * _outputs(net)}
    for each in sets:
        found |= _of_rows(net, each, 4)
    size = 4 * net.padded * lanes
    found |= dict.fromkeys((rule.weight, rule.free, state.w, state.g, state.slot0, state.slot1), size)
    return found | {state.order: 4 * train.count}


def _of_limits(limits, rows, members):
    return {limits.rates: 8 * limits.epochs * members, rows: ctypes.sizeof(Row) * limits.epochs * members}


class _Call:
    """One call: where everything that it needs lies in the other machine."""

    def __init__(self, machine):
        self._machine, self._end = machine, machine.base
        self._there = {}

    def carry_out(self, name, arguments, sizes):
        sizes = {address: size for address, size in sizes.items() if address and size}
        for address, size in sizes.items():
            self._there[address] = self._put(ctypes.string_at(address, size))
        structures = []
        numbers = [
            self._argument(value, kind, structures) for value, kind in zip(arguments, SIGNATURES[name][1:], strict=True)
        ]
        self._machine.call(name, numbers)
        for address, size in sizes.items():
            ctypes.memmove(address, self._machine.read(self._there[address], size), size)
        for structure, place, copy in structures:
            found = type(copy).from_buffer_copy(self._machine.read(place, ctypes.sizeof(copy)))
            _copy_numbers(found, structure)

    def _put(self, data):
        place = self._end
        self._machine.write(place, data)
        self._end += -(-len(data) // 64) * 64 + 128  # room behind, as ``aligned`` leaves it
        return place

    def _argument(self, value, kind, structures):
        if isinstance(value, ctypes.Structure):
            copy = self._translated(value, structures)
            place = self._put(bytes(copy))
            structures.append((value, place, copy))
            return place
        return self._there[value] if kind is ctypes.c_void_p and value else value or 0

    def _translated(self, structure, structures):
        copy = layout(type(structure), self._machine.pointer)()
        for name, kind in structure._fields_:
            value = getattr(structure, name)
            if hasattr(kind, "contents"):
                setattr(copy, name, self._argument(value.contents, None, structures))
            elif kind is ctypes.c_void_p:
                setattr(copy, name, self._there.get(value, 0))
            elif isinstance(value, ctypes.Structure):
                setattr(copy, name, self._translated(value, structures))
            elif isinstance(value, ctypes.Array):
                self._translate_items(value, getattr(copy, name), structures)
            else:
                setattr(copy, name, value)
        return copy

    def _translate_items(self, values, copies, structures):
        for index, value in enumerate(values):
            if isinstance(value, ctypes.Structure):
                copies[index] = self._translated(value, structures)
            elif isinstance(value, ctypes.Array):
                self._translate_items(value, copies[index], structures)
            else:
                copies[index] = value


def _copy_numbers(source, target):
    """Everything of a structure but its pointers."""
    for name, kind in target._fields_:
        value = getattr(source, name)
        if kind is ctypes.c_void_p or hasattr(kind, "contents"):
            continue
        if isinstance(value, ctypes.Structure):
            _copy_numbers(value, getattr(target, name))
        elif isinstance(value, ctypes.Array):
            _copy_items(value, getattr(target, name))
        else:
            setattr(target, name, value)


def _copy_items(sources, targets):
    for index, source in enumerate(sources):
        if isinstance(source, ctypes.Structure):
            _copy_numbers(source, targets[index])
        elif isinstance(source, ctypes.Array):
            _copy_items(source, targets[index])
        else:
            targets[index] = source

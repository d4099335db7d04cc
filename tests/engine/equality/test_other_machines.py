"""The same runs with every call of the kernel carried out on aarch64, or as WebAssembly, where the tools are there.

With EQUALITY=long in the environment, 1,000 epochs in place of 12. Points, features, initial weights and what Python
adds to an explanation are computed by this machine's NumPy, of which only operations with one right result are asked.
"""

import contextlib
import os
import shutil

import pytest

from engine.kernel import bodies, library, load
from tests.engine.equality.digests import differences, digests
from tests.engine.equality.remote import FUNCTIONS, HERE, RemoteKernel, aarch64, symbol, wasm32
from tests.engine.kernel.test_portable import cross

pytestmark = pytest.mark.skipif(not bodies(), reason="there is no C compiler")


def same_bits(machine, monkeypatch):
    form = os.environ.get("EQUALITY", "short")
    with contextlib.closing(machine):
        remote = RemoteKernel(machine, load("base"))
        monkeypatch.setattr(library, "_chosen", lambda wanted: (remote, ""))
        assert differences(form, digests(form)) == []
    assert machine.called == {*FUNCTIONS} - {"draw_order"}, "Python draws the first order"


def test_runs_on_webassembly_give_the_stored_bits(tmp_path, monkeypatch):
    node = shutil.which("node") or pytest.skip("there is no node")
    module = tmp_path / "kernel.wasm"
    names = [f"-Wl,--export={symbol(name)}" for name in FUNCTIONS]
    link = "-Wl,--no-entry", "-Wl,-s", "-Wl,-z,stack-size=262144", *names, "-o", module
    cross("wasm32-freestanding", "-msimd128", "-mbulk-memory", "-O3", *link, drivers=())
    same_bits(wasm32(node, module), monkeypatch)


def test_runs_on_aarch64_give_the_stored_bits(tmp_path, monkeypatch):
    emulator = shutil.which("qemu-aarch64-static") or shutil.which("qemu-aarch64")
    if not emulator:
        pytest.skip("there is no qemu-user")
    program = tmp_path / "server"
    cross("aarch64-linux-none", "-static", "-ffreestanding", "-o", program, drivers=(HERE / "server.c",))
    same_bits(aarch64(emulator, program), monkeypatch)

"""Equal bits everywhere: each body here against stored hashes, and aarch64 and WebAssembly where the tools are there.

``portable.c`` trains a network for each entry of the catalog. RECORD_HASHES=1 overwrites the stored hashes after a
change that is meant to change numbers; ``arithmetic`` then needs a new name too.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import build_kernel
from engine.kernel import bodies, library

HERE = Path(__file__).parent
STORED = HERE / "portable.json"
DRIVER = HERE / "portable.c"
NODE = """
const bytes = require("fs").readFileSync(process.argv[1])
const { exports: kernel } = new WebAssembly.Instance(new WebAssembly.Module(bytes))
const memory = () => Buffer.from(kernel.memory.buffer)
for (let k = 0; k < kernel.configs(); k++) {
  const size = kernel.results(k), start = kernel.bytes(), name = kernel.name_of(k)
  const text = memory().subarray(name, memory().indexOf(0, name)).toString()
  console.log(text + "\\t" + memory().subarray(start, start + size).toString("hex"))
}
"""


def run(*command):
    """The output of a command; fails with its errors."""
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, timeout=550)
    assert done.returncode == 0, done.stderr
    return done.stdout


def check(lines):
    """Compare each configuration's bytes with the stored hash."""
    found = {}
    for line in lines.splitlines():
        name, data = line.split("\t")
        assert name not in found
        found[name] = hashlib.sha256(bytes.fromhex(data)).hexdigest()
    if os.environ.get("RECORD_HASHES"):
        STORED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(STORED.read_text(encoding="utf-8"))


@pytest.mark.skipif(not bodies() or not shutil.which("cc"), reason="there is no C compiler")
@pytest.mark.parametrize("body", bodies())
def test_each_body_gives_the_stored_bits(tmp_path, body):
    built = next(path for path in map(library.FOLDER.joinpath, library.NAMES) if path.exists())
    program = tmp_path / "portable"
    options = "-std=c11", "-O1", "-ffp-contract=off", "-DMAIN", f"-DBODY={body}", f"-I{library.FOLDER}"
    run("cc", *options, DRIVER, built, f"-Wl,-rpath,{library.FOLDER}", "-o", program)
    check(run(program))


def zig():
    """The command of the zig compiler; skips where there is none."""
    if path := shutil.which("zig"):
        return [path, "cc"]
    if importlib.util.find_spec("ziglang"):
        return [sys.executable, "-m", "ziglang", "cc"]
    pytest.skip("ziglang is not installed")
    return []


def cross(target, *options, width=4, drivers=(DRIVER,)):
    """Compile the kernel with ``drivers`` for another machine, without any library; ``width``: floats in a vector."""
    sources = sorted(library.FOLDER.glob("*.c"))
    own = "-target", target, "-g0", "-nostdlib", f"-DNATIVE={width}", "-DBODY=base", f"-I{library.FOLDER}"
    run(*zig(), *build_kernel.FLAGS, *own, *options, *sources, *drivers)


@pytest.mark.parametrize("width", [4, 8, 16])
def test_webassembly_gives_the_stored_bits(tmp_path, width):
    """Also with the vectors of AVX2 and AVX-512: their text runs here where the processor has neither."""
    node = shutil.which("node") or pytest.skip("there is no node")
    module = tmp_path / "kernel.wasm"
    names = [f"-Wl,--export={name}" for name in ("configs", "name_of", "results", "bytes")]
    link = "-Wl,--no-entry", "-Wl,-s", "-Wl,-z,stack-size=262144", *names, "-o", module
    vectors = "-msimd128", "-mbulk-memory", "-O3" if width == 4 else "-O1"
    cross("wasm32-freestanding", *vectors, *link, width=width)
    check(run(node, "-e", NODE, module))


def test_aarch64_gives_the_stored_bits(tmp_path):
    emulator = (
        shutil.which("qemu-aarch64-static") or shutil.which("qemu-aarch64") or pytest.skip("there is no qemu-user")
    )
    program = tmp_path / "portable"
    cross("aarch64-linux-none", "-static", "-ffreestanding", "-DMAIN", "-o", program)
    check(run(emulator, program))


@pytest.mark.parametrize("target", ["x86_64-windows-gnu", "x86_64-macos", "aarch64-macos"])
def test_it_compiles_for_other_systems(tmp_path, target):
    """Compiled file by file, not linked: a linker needs that system's libraries."""
    command = zig()
    for row in build_kernel.commands(command, target, tmp_path):
        if not row[-1].endswith(("-avx2.o", "-avx512.o")) or row[-1].endswith("maps-avx512.o"):
            run(*row)
    assert (tmp_path / "train_network-base.o").stat().st_size > 1000

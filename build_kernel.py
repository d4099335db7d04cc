"""Builds the compiled arithmetic of engine/kernel into one shared library beside its sources (docs/arithmetic.md).

`pip install` runs it by way of hatchling; `python build_kernel.py` builds in a checkout, and does nothing where neither
a source nor the compiler has changed. The compiler is $CC, else cc, gcc or clang, else the package ziglang. Without any
Descent trains in NumPy; with DESCENT_KERNEL=require that is an error, and with DESCENT_KERNEL=off nothing is built.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # in a checkout's environment, where hatchling is not needed
    BuildHookInterface = object  # type: ignore[assignment,misc]

FOLDER = Path(__file__).parent / "engine" / "kernel"
ONCE = ("double.c", "library.c")  # every other .c is compiled once a body

# After the user's CFLAGS, so that none of them can change a bit of a result.
FLAGS = (
    "-std=c11 -O3 -ffp-contract=off -fno-fast-math -fno-math-errno -fno-trapping-math -fno-lto "
    "-Wall -Wextra -Wno-psabi -Wno-unused-function"
).split()
X86 = ("x86_64", "amd64")
BODIES = {"base": ["-DNATIVE=4"]}
X86_BODIES = {
    "avx2": ["-DNATIVE=8", "-mavx2"],
    "avx512": "-DNATIVE=16 -mavx512f -mavx512dq -mavx512bw -mavx512vl -mprefer-vector-width=512".split(),
}
SUFFIXES = {"windows": ".dll", "macos": ".dylib", "win32": ".dll", "darwin": ".dylib"}
ZIG = [sys.executable, "-m", "ziglang", "cc"]
TIMEOUT = 600


class BuildError(Exception):
    """Nothing could be built; the message is the reason."""


def find_compiler(target: str | None = None) -> list[str] | None:
    """The command of a C compiler; only ziglang compiles for another machine."""
    if target is None:
        if given := os.environ.get("CC", "").strip():
            return shlex.split(given)
        for name in ("cc", "gcc", "clang"):
            if path := shutil.which(name):
                return [path]
    return ZIG if importlib.util.find_spec("ziglang") else None


def library_name(target: str | None = None) -> str:
    """The file's name on this machine, or on that of a target such as aarch64-linux-gnu."""
    system = target.split("-")[1] if target else sys.platform
    return "libkernel" + SUFFIXES.get(system, ".so")


def commands(compiler: list[str], target: str | None, objects: Path) -> list[list[str]]:
    """One command for each object file."""
    machine = target.split("-")[0] if target else platform.machine().lower()
    flags = [*shlex.split(os.environ.get("CFLAGS", "")), *FLAGS]
    if "windows" not in (target or "") and sys.platform != "win32":
        flags.append("-fPIC")
    bodies = BODIES | (X86_BODIES if machine in X86 else {})
    chosen = [*compiler, *(["-target", target] if target else []), *flags]
    rows = []
    for source in sorted(FOLDER.glob("*.c")):
        if source.name in ONCE:
            rows.append([*chosen, "-c", str(source), "-o", str(objects / f"{source.stem}.o")])
        else:
            rows += [
                [*chosen, f"-DBODY={name}", *own, "-c", str(source), "-o", str(objects / f"{source.stem}-{name}.o")]
                for name, own in bodies.items()
            ]
    return rows


def run(command: list[str]) -> None:
    """Run one command; BuildError with its errors if it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError(f"{shlex.join(command)}: {error}") from None
    if done.returncode:
        raise BuildError(f"{shlex.join(command)}\n{done.stderr.strip()}")
    if done.stderr.strip():
        print(done.stderr.strip(), file=sys.stderr)


def fingerprint(compiler: list[str], target: str | None) -> str:
    """Changes with the sources, the flags and the compiler."""
    version = subprocess.run([*compiler, "--version"], capture_output=True, timeout=TIMEOUT, check=False).stdout
    digest = hashlib.sha256(repr([commands(compiler, target, Path()), version]).encode())
    for source in sorted(FOLDER.glob("*.[ch]")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def build(folder: Path = FOLDER, target: str | None = None) -> Path | None:
    """Build the library into ``folder`` unless it is up to date; its path, or None where there is no compiler."""
    compiler = find_compiler(target)
    if compiler is None:
        return None
    library, stamp = folder / library_name(target), folder / "libkernel.stamp"
    try:
        key = fingerprint(compiler, target)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError(f"{compiler[0]}: {error}") from None
    if library.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == key:
        return library
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".build-") as made:
        objects = Path(made)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(run, commands(compiler, target, objects)))
        linked = objects / library.name
        link = [*compiler, *(["-target", target] if target else []), "-shared"]
        run([*link, *map(str, sorted(objects.glob("*.o"))), "-o", str(linked)])
        linked.replace(library)  # at once: a server that has loaded the old one keeps it
    stamp.write_text(key, encoding="utf-8")
    return library


def wanted() -> str:
    """DESCENT_KERNEL: off, empty, or anything else, which requires the library."""
    return os.environ.get("DESCENT_KERNEL", "").strip().lower()


def build_as_wanted() -> Path | None:
    """Build as DESCENT_KERNEL asks; without a library, print the reason, or exit where one is required."""
    if wanted() == "off":
        return None
    try:
        library = build()
        reason = "no C compiler was found (cc, gcc, clang, $CC, or the package ziglang)"
    except BuildError as error:
        library, reason = None, f"the compiler failed: {error}"
    if library is None:
        if wanted():
            raise SystemExit(f"DESCENT_KERNEL={wanted()}, and the compiled arithmetic was not built: {reason}")
        (FOLDER / library_name()).unlink(missing_ok=True)
        print(f"The compiled arithmetic was not built: {reason}. Descent trains in NumPy.", file=sys.stderr)
    return library


class KernelBuildHook(BuildHookInterface):  # type: ignore[misc,type-arg,unused-ignore]
    """Puts the library into the wheel, whose tag then names the platform: it serves every version of Python."""

    def dependencies(self) -> list[str]:
        """A compiler for pip to fetch, where the library is required and there is none."""
        return ["ziglang>=0.13"] if wanted() not in ("", "off") and find_compiler() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        library = build_as_wanted()
        if library is not None and version != "editable":
            build_data["artifacts"].append(library.relative_to(Path(self.root).resolve()).as_posix())
            build_data["pure_python"] = False
            build_data["tag"] = "py3-none-" + sysconfig.get_platform().replace("-", "_").replace(".", "_")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--target", help="another machine, by ziglang: x86_64-windows-gnu, aarch64-macos, ...")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the library goes (default: engine/kernel)")
    options = parser.parse_args()
    if options.target is None and options.folder == FOLDER:
        build_as_wanted()
        return
    try:
        if build(options.folder, options.target) is None:
            raise SystemExit("no compiler for it was found; pip install ziglang")
    except BuildError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()

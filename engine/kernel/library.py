"""Finds the compiled library, checks it, and chooses the body for this processor.

This is the one module of the engine that looks at the environment and at files.
"""

from __future__ import annotations

import ctypes
import os
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from engine.kernel.bindings import BODIES, INTERFACE, Kernel
from engine.kernel.self_test import EXPECTED, self_test

FOLDER = Path(__file__).parent
NAMES = ("libkernel.so", "libkernel.dylib", "libkernel.dll")

PORTABLE, NUMPY = "portable-1", "numpy"
"""The arithmetics that can train a run."""


class KernelError(RuntimeError):
    """The compiled arithmetic is required and cannot be used; the message says why."""


class Status(NamedTuple):
    """What trains a new run, and why: "portable-1" with the body, or "numpy" with the reason."""

    name: str
    body: str | None
    reason: str

    def __str__(self) -> str:
        if self.body:
            return f"{self.name}: {self.reason}, the same numbers on every machine"
        return f"{self.name}: {self.reason}. Their numbers are this machine's own"


@lru_cache(maxsize=1)
def _library() -> tuple[ctypes.CDLL | None, str]:
    """The library, or why there is none."""
    path = next(filter(Path.exists, (FOLDER / name for name in NAMES)), None)
    if path is None:
        return None, "it was not built: there was no C compiler when Descent was installed"
    try:
        library = ctypes.CDLL(str(path))
        interface = library.kernel_interface()
    except (OSError, AttributeError) as error:
        return None, f"{path.name} cannot be loaded: {error}"
    if interface != INTERFACE:
        return (
            None,
            f"{path.name} is of another version (interface {interface}, not {INTERFACE}): install Descent again",
        )
    return library, ""


def bodies() -> tuple[str, ...]:
    """The bodies that this processor can run, the fastest last; none without a library."""
    library, _ = _library()
    found = library.kernel_bodies() if library else 0
    return tuple(name for bit, name in enumerate(BODIES) if found >> bit & 1)


@lru_cache(maxsize=len(BODIES))
def _body(name: str) -> tuple[Kernel | None, str]:
    """A body that passed the self-test, or why there is none."""
    library, reason = _library()
    if library is None:
        return None, reason
    if name not in bodies():
        return None, f"this processor cannot run the body {name}: it runs {', '.join(bodies())}"
    try:
        kernel = Kernel(library, name)
    except AttributeError as error:
        return None, f"the library lacks a function: {error}"
    found = self_test(kernel)
    if found != EXPECTED:
        return None, f"its self-test gave other numbers than every other machine's ({found[:8]}, not {EXPECTED[:8]})"
    return kernel, ""


def setting() -> str:
    """DESCENT_KERNEL: empty, off, require, or the name of a body, which is required then."""
    return os.environ.get("DESCENT_KERNEL", "").strip().lower()


@lru_cache(maxsize=8)
def _chosen(wanted: str) -> tuple[Kernel | None, str]:
    if wanted == "off":
        return None, "DESCENT_KERNEL is off"
    if wanted not in ("", "require", *BODIES):
        raise KernelError(
            f"DESCENT_KERNEL: {wanted} is not one of off, require, {', '.join(BODIES)}; or leave it empty"
        )
    kernel, reason = _body(wanted if wanted in BODIES else (bodies() or BODIES)[-1])
    if kernel is None and wanted:
        raise KernelError(f"DESCENT_KERNEL={wanted}, and the compiled arithmetic cannot be used: {reason}")
    return kernel, reason


def load(body: str | None = None) -> Kernel | None:
    """The kernel in the body named, or as DESCENT_KERNEL says; None where NumPy is to train.

    KernelError if DESCENT_KERNEL or ``body`` requires what is not available.
    """
    return _chosen(body or setting())[0]


def status(wanted: str | None = None) -> Status:
    """What trains a new run, and why, with DESCENT_KERNEL as it is or as ``wanted`` says; KernelError as ``load``."""
    kernel, reason = _chosen(setting() if wanted is None else wanted)
    if kernel is None:
        return Status(NUMPY, None, f"the compiled arithmetic is not in use: {reason}")
    return Status(PORTABLE, kernel.body, f"compiled, body {kernel.body}")

"""The compiled arithmetic: C that trains with the same bits on every machine, and the NumPy arrays it works on."""

from engine.kernel.bindings import Kernel
from engine.kernel.library import NUMPY, PORTABLE, KernelError, Status, bodies, load, status

__all__ = ["NUMPY", "PORTABLE", "Kernel", "KernelError", "Status", "bodies", "load", "status"]

"""Arrays with a JSON header as bytes: the header's length, the header, then each array, aligned to eight bytes.

As in safetensors, whose element types have no need to be known here: a worker loads megabytes without parsing a cell.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from engine.nn.registry import Array

ALIGNMENT = 8


def pack(header: dict[str, Any], arrays: Sequence[Array]) -> bytes:
    """The bytes that ``unpack`` reads, little-endian on every machine. Arrays are (N,) of numbers."""
    little = [array.astype(array.dtype.newbyteorder("<"), copy=False) for array in arrays]
    described = [[array.dtype.str, len(array)] for array in little]
    written = _aligned(json.dumps({"header": header, "arrays": described}, separators=(",", ":")).encode(), b" ")
    return b"".join([len(written).to_bytes(ALIGNMENT, "little"), written, *(_aligned(a.tobytes()) for a in little)])


def unpack(packed: bytes) -> tuple[dict[str, Any], list[Array]]:
    """Header and arrays, read-only views into ``packed``. ValueError, KeyError or TypeError for other bytes."""
    start = ALIGNMENT + int.from_bytes(packed[:ALIGNMENT], "little")
    described = json.loads(packed[ALIGNMENT:start])
    types = [(np.dtype(name), int(count)) for name, count in described["arrays"]]
    sizes = [-(-dtype.itemsize * count // ALIGNMENT) * ALIGNMENT for dtype, count in types]
    arrays = []
    for (dtype, count), offset in zip(types, accumulate(sizes, initial=start), strict=False):
        array = np.frombuffer(packed, dtype, count, offset)
        arrays.append(array.astype(dtype.newbyteorder("="), copy=False))
    return described["header"], arrays


def _aligned(raw: bytes, filler: bytes = b"\0") -> bytes:
    return raw + filler * (-len(raw) % ALIGNMENT)

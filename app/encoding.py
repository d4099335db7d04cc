"""Arrays to bytes and back: safetensors buffers, and JSON text with numbers to 4 significant digits."""

import json
import math
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "I64": "<i8",
    "U64": "<u8",
    "I32": "<i4",
    "U32": "<u4",
    "U8": "|u1",
    "BOOL": "|b1",
}
NAMES = {np.dtype(code): name for name, code in DTYPES.items()}


def pack(message: Mapping[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """One safetensors buffer: the arrays by name, widest types first so that each stands aligned, and the message as
    JSON under `__metadata__.message`. The header is padded with spaces to a multiple of 8 bytes."""
    header: dict[str, Any] = {"__metadata__": {"message": json.dumps(message, separators=(",", ":"))}}
    parts, offset = [], 0
    for name, array in sorted(arrays.items(), key=lambda item: -item[1].dtype.itemsize):
        data = np.ascontiguousarray(array).tobytes()
        header[name] = {
            "dtype": NAMES[array.dtype.newbyteorder("<")],
            "shape": list(array.shape),
            "data_offsets": [offset, offset + len(data)],
        }
        parts.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([struct.pack("<Q", len(text)), text, *parts])


def unpack(buffer: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """The message and the arrays of a buffer that `pack` made; the arrays are writable copies."""
    (size,) = struct.unpack_from("<Q", buffer)
    header = json.loads(buffer[8 : 8 + size])
    message = json.loads(header.pop("__metadata__")["message"])
    body = memoryview(buffer)[8 + size :]
    arrays = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        arrays[name] = np.frombuffer(body[start:end], DTYPES[entry["dtype"]]).reshape(entry["shape"]).copy()
    return message, arrays


def array_text(array: Array) -> str:
    """Nested JSON lists: integers as they are, other numbers to 4 significant digits, null where not finite."""
    if array.ndim > 1:
        return "[" + ",".join(map(array_text, array)) + "]"
    if array.dtype.kind in "ui":
        return "[" + ",".join(map(str, array.tolist())) + "]"
    return "[" + ",".join("%.4g" % x if math.isfinite(x) else "null" for x in array.tolist()) + "]"  # noqa: UP031


def json_text(message: Mapping[str, Any], arrays: Mapping[str, Array]) -> str:
    """One JSON object: the message's fields, then the arrays under their names."""
    text = json.dumps(message, separators=(",", ":"))
    if not arrays:
        return text
    return text[:-1] + "".join(f",{json.dumps(name)}:{array_text(array)}" for name, array in arrays.items()) + "}"


def finite(values: Array) -> list[Any]:
    """The array as nested lists, null where a number is not finite."""
    if np.isfinite(values).all():
        return list(values.tolist())
    nothing: Any = None
    return list(np.where(np.isfinite(values), values.astype(object), nothing).tolist())

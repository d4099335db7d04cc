"""Arrays to bytes and back: safetensors buffers, and JSON text with numbers to 4 significant digits."""

import json
import math
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from itertools import chain, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.pieces import Pieces, result_of

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
    """One safetensors buffer: the arrays by name, widest types first so that each is aligned, and the message as
    JSON under `__metadata__.message`. The header is padded with spaces to a multiple of 8 bytes."""
    return pack_text(json.dumps(message, separators=(",", ":")), arrays)


def pack_text(message: str, arrays: Mapping[str, Array]) -> bytes:
    """`pack` for a message that is JSON text already."""
    order, entries = _layout(tuple((name, array.dtype, array.shape) for name, array in arrays.items()))
    text = f'{{"__metadata__":{{"message":{json.dumps(message)}}}{entries}}}'.encode()
    text += b" " * (-len(text) % 8)
    return b"".join([struct.pack("<Q", len(text)), text, *(arrays[name].tobytes() for name in order)])


@lru_cache(maxsize=256)
def _layout(arrays: tuple[tuple[str, np.dtype[Any], tuple[int, ...]], ...]) -> tuple[list[str], str]:
    """The names of arrays in the order of their bytes, and their entries in the header: the same for every frame of a
    view."""
    header, offset = {}, 0
    for name, dtype, shape in sorted(arrays, key=lambda each: -each[1].itemsize):
        end = offset + dtype.itemsize * math.prod(shape)
        header[name] = {
            "dtype": NAMES[dtype.newbyteorder("<")],
            "shape": list(shape),
            "data_offsets": [offset, end],
        }
        offset = end
    text = json.dumps(header, separators=(",", ":"))[1:-1]
    return [*header], f",{text}" if text else ""


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
    return result_of(json_text_pieces(message, arrays))


def json_text_pieces(message: Mapping[str, Any], arrays: Mapping[str, Array]) -> Pieces[str]:
    """`json_text` in pieces."""
    parts = [json.dumps(message, separators=(",", ":"))[:-1]]
    for name, array in arrays.items():
        parts.append(f"{',' if len(parts) > 1 or message else ''}{json.dumps(name)}:")
        for text in _array_pieces(array, array_text):
            parts.append(text)
            yield
    return "".join(parts) + "}"


def joined(*objects: str) -> str:
    """One JSON object with the fields of all."""
    return "{" + ",".join(inside for each in objects if (inside := each[1:-1])) + "}"


def fields_of(value: Any) -> dict[str, Any]:
    """The fields of a dataclass by name; their values are not copied."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def answer_pieces(value: Any) -> Pieces[bytes]:
    """A value as JSON in UTF-8, made in pieces: see `json_pieces`."""
    parts = []
    for text in json_pieces(value):
        parts.append(text)
        yield
    return "".join(parts).encode()


# Numbers that are encoded in one piece.
AT_ONCE = 4_000


def json_pieces(value: Any) -> Iterator[str]:
    """The JSON text of a value in pieces that are short to make.

    Dataclasses become objects, arrays nested lists, and numbers that are not finite null.
    """
    if is_dataclass(value):
        yield from json_pieces(fields_of(value))
    elif isinstance(value, np.ndarray):
        yield from _array_pieces(value, lambda array: _dumps(finite(array)))
    elif isinstance(value, Mapping) and value:
        for mark, (name, each) in zip(chain("{", repeat(",")), value.items(), strict=False):
            yield f"{mark}{json.dumps(name)}:"
            yield from json_pieces(each)
        yield "}"
    elif isinstance(value, list | tuple) and value and _is_nested(value[0]):
        for mark, each in zip(chain("[", repeat(",")), value, strict=False):
            yield mark
            yield from json_pieces(each)
        yield "]"
    elif isinstance(value, list | tuple) and len(value) > AT_ONCE:
        for mark, start in zip(chain("[", repeat(",")), range(0, len(value), AT_ONCE), strict=False):
            yield mark + _dumps(value[start : start + AT_ONCE])[1:-1]
        yield "]"
    else:
        yield _dumps(value)


def _is_nested(value: Any) -> bool:
    return isinstance(value, Mapping | list | tuple | np.ndarray) or is_dataclass(value)


def _dumps(value: Any) -> str:
    try:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except ValueError:
        return _dumps(_without_nan(value))


def _without_nan(value: Any) -> Any:
    """A list or a number, null where it is not finite."""
    if isinstance(value, list | tuple):
        return [_without_nan(each) for each in value]
    return value if not isinstance(value, float) or math.isfinite(value) else None


def _array_pieces(array: Array, text: Callable[[Array], str]) -> Iterator[str]:
    """Nested lists in pieces; `text` writes a small array."""
    if array.size <= AT_ONCE:
        yield text(array)
        return
    together = max(1, AT_ONCE // array[0].size)
    for mark, start in zip(chain("[", repeat(",")), range(0, len(array), together), strict=False):
        yield mark
        if together > 1:
            yield text(array[start : start + together])[1:-1]
        else:
            yield from _array_pieces(array[start], text)
    yield "]"


def finite(values: Array) -> list[Any]:
    """The array as nested lists, null where a number is not finite."""
    if np.isfinite(values).all():
        return list(values.tolist())
    nothing: Any = None
    return list(np.where(np.isfinite(values), values.astype(object), nothing).tolist())

"""The format safetensors: the weights by PyTorch's names, and in the metadata key ``descent`` all that explains them.

https://huggingface.co/docs/safetensors: the header's length in 8 bytes, the header in JSON, the tensors.
"""

from __future__ import annotations

import json
import struct

from engine.export.entry import Format
from engine.export.exported import Exported


def write(exported: Exported) -> bytes:
    """The file; its header is padded with spaces to a multiple of 8 bytes."""
    header: dict[str, object] = {"__metadata__": {"format": "pt", "descent": exported.facts_as_json}}
    body, end = [], 0
    for name, tensor in exported.tensors.items():
        data = tensor.astype(tensor.dtype.newbyteorder("<")).tobytes()
        dtype = {4: "F32", 8: "F64"}[tensor.itemsize]
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [end, end := end + len(data)]}
        body.append(data)
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([struct.pack("<Q", len(text)), text, *body])


format_ = Format(
    name="safetensors",
    title="Weights (safetensors)",
    note="The weights by the names of a PyTorch state dict, with config, columns, scaling and sample predictions.",
    filename="run.safetensors",
    media_type="application/octet-stream",
    write=write,
)

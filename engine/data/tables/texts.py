"""Many texts in one piece of memory, each decoded when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

import numpy as np

from engine.nn.registry import Array

# Lone surrogates are valid in JSON: a table may hold them.
ENCODING, ERRORS = "utf-8", "surrogatepass"


class Texts(Sequence[str]):
    """N texts: ``encoded`` uint8 holds them one after another in UTF-8, ``ends`` int64 (N,) where each ends."""

    def __init__(self, encoded: Array, ends: Array) -> None:
        self.encoded, self.ends = encoded, ends

    @classmethod
    def of(cls, texts: Sequence[str]) -> Texts:
        """The same texts in this form."""
        if isinstance(texts, Texts):
            return texts
        parts = [text.encode(ENCODING, ERRORS) for text in texts]
        ends = np.cumsum(np.fromiter(map(len, parts), np.int64, len(parts)))
        return cls(np.frombuffer(b"".join(parts), np.uint8), ends)

    def __len__(self) -> int:
        return len(self.ends)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        place = range(len(self))[index]
        start = self.ends[place - 1] if place else 0
        return self.encoded[start : self.ends[place]].tobytes().decode(ENCODING, ERRORS)

"""Which epochs' metrics stay stored: all up to a number of rows, then the newest, and older ones evenly thinned."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from app.protocol.encoding import Array
from app.protocol.metrics import IN_MEMORY, width

# Bytes of a block that thinning writes.
BLOCK_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of the epochs `first`, `first + stride`, ... as they are stored together."""

    first: int
    stride: int
    rows: bytes

    def epochs(self, members: int) -> Array:
        return self.first + self.stride * np.arange(len(self.rows) // width(members))


@dataclass(frozen=True, slots=True)
class Thinning:
    """Epochs up to `until` are stored at multiples of `stride`, those after it are all stored."""

    members: int
    stride: int
    until: int

    def apply(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """Blocks, one after another in time, with the epochs that stay."""
        found = list(blocks)
        if not found:
            return
        epochs = np.concatenate([block.epochs(self.members) for block in found])
        rows = np.frombuffer(b"".join(block.rows for block in found), np.dtype((np.void, width(self.members))))
        older = epochs <= self.until
        kept = np.flatnonzero(older & (epochs % self.stride == 0))
        together = max(1, BLOCK_BYTES // width(self.members))
        for start in range(0, len(kept), together):
            part = kept[start : start + together]
            yield Block(int(epochs[part[0]]), self.stride, rows[part].tobytes())
        if not older.all():
            whole = rows[~older]
            yield Block(int(epochs[len(epochs) - len(whole)]), 1, whole.tobytes())


class Retention:
    """The rule of one run: `limit` is the number of rows, epochs times members, up to which every epoch is stored."""

    def __init__(self, members: int, limit: int) -> None:
        self._members = members
        self._capacity = max(1, limit // members)
        self.newest = min(IN_MEMORY, max(1, self._capacity // 4))
        """So many of the newest epochs are always stored."""

    def stride(self, epoch: int) -> int:
        """The distance between stored epochs in a run that is at `epoch`: the power of two that leaves at most as many
        as fit. As a run goes on, epochs are dropped, and no earlier one is ever needed again."""
        return 1 << (max(0, epoch - 1) // self._capacity).bit_length()

    def thinning(self, epoch: int, stride: int) -> Thinning | None:
        """What to thin in a run that is at `epoch` and stores every `stride`-th; None: nothing."""
        return Thinning(self._members, stride, epoch - self.newest) if stride > 1 else None

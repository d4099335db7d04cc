"""A run's metrics as the server holds them: every epoch once, the newest in memory, the older ones in the database."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.protocol.encoding import Array, finite
from engine.training.evaluation import FIGURES

log = logging.getLogger(__name__)

IN_MEMORY = 2_000


def width(members: int) -> int:
    """Bytes of one epoch: (members, 6) float64."""
    return 8 * len(FIGURES) * members


def recast(data: bytes, columns: Sequence[str]) -> bytes:
    """Converts rows with other columns to the present columns: NaN where a metric was not recorded."""
    if tuple(columns) == FIGURES:
        return data
    values = np.frombuffer(data, np.float64).reshape(-1, len(columns))
    places = {name: place for place, name in enumerate(columns)}
    missing = np.full(len(values), np.nan)
    return np.stack([values[:, places[c]] if c in places else missing for c in FIGURES], axis=1).tobytes()


@dataclass(frozen=True, slots=True)
class Rows:
    """Epochs from `first` on, one after another: (epochs, members, 6) float64, not a number for none."""

    first: int
    members: int
    data: bytes

    def __len__(self) -> int:
        return len(self.data) // width(self.members)

    def columns(self) -> dict[str, Any]:
        """{"epoch": [...], "members": [{"train_loss": [...], ...}]}; null for what is not a number."""
        arrays = self.arrays()
        members = [{name: finite(column) for name, column in member.items()} for member in arrays["members"]]
        return {"epoch": arrays["epoch"].tolist(), "members": members}

    def arrays(self) -> dict[str, Any]:
        """The same as arrays."""
        values = self.values()
        members = [dict(zip(FIGURES, values[:, m].T, strict=True)) for m in range(self.members if len(self) else 0)]
        return {"epoch": np.arange(self.first, self.first + len(self)), "members": members}

    def values(self) -> Array:
        """(epochs, members, 6)."""
        return np.frombuffer(self.data, np.float64).reshape(-1, self.members, len(FIGURES))


class History:
    """Epochs 0 to `last`; those below `first` are in the database only, those below `saved` are in the database too."""

    def __init__(self, members: int, first: int = 0, data: bytes = b"") -> None:
        self.members = members
        self.first = first
        self._width = width(members)
        self._data = bytearray(data)
        self.saved = self.last + 1

    @property
    def last(self) -> int:
        """The newest epoch; -1 before there is any."""
        return self.first + len(self._data) // self._width - 1

    @property
    def newest(self) -> bytes | None:
        return bytes(self._data[-self._width :]) or None

    def append(self, first: int, data: bytes) -> None:
        """Adds epochs from `first` on. Known ones come from a replay: they must be equal, and the first are kept."""
        known = self.last + 1
        if first > known:
            raise ValueError(f"epochs {known} to {first - 1} are missing")
        again = data[: (known - first) * self._width]
        if again:
            self._compare(first, again)
        self._data += data[len(again) :]

    def _compare(self, first: int, again: bytes) -> None:
        start = max(first, self.first)
        again = again[(start - first) * self._width :]
        if again != self._slice(start, start + len(again) // self._width):
            log.error("the replay of the epochs from %d on gave other numbers", start)

    def _slice(self, since: int, end: int) -> bytes:
        start, stop = (max(0, epoch - self.first) * self._width for epoch in (since, end))
        return bytes(self._data[start:stop])

    def trim(self) -> None:
        """Drops old epochs that are stored."""
        surplus = min(len(self._data) // self._width - IN_MEMORY, self.saved - self.first)
        if surplus > IN_MEMORY:
            del self._data[: surplus * self._width]
            self.first += surplus

    def slice(self, since: int, until: int) -> bytes:
        """The epochs in memory of `since` to `until`, both included."""
        return self._slice(since, until + 1)

    @property
    def unsaved_bytes(self) -> int:
        return (self.last + 1 - self.saved) * self._width

    def unsaved(self) -> bytes:
        return self._slice(self.saved, self.last + 1)


def latest(row: bytes | None) -> list[dict[str, float | None]]:
    """One epoch as each member's values."""
    if row is None:
        return []
    values = finite(np.frombuffer(row, np.float64).reshape(-1, len(FIGURES)))
    return [dict(zip(FIGURES, member, strict=True)) for member in values]

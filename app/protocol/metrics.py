"""A run's metrics as the server holds them: every epoch once, the newest in memory, the older ones in the database."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from app.protocol.encoding import Array, finite
from engine.training.evaluation import FIGURES

log = logging.getLogger(__name__)

IN_MEMORY = 2_000


def width(members: int) -> int:
    """Bytes of one epoch: (members, figures) float64."""
    return 8 * len(FIGURES) * members


def recast(data: bytes, columns: Sequence[str]) -> bytes:
    """Converts rows with other columns to the present columns: NaN where a metric was not recorded."""
    if tuple(columns) == FIGURES:
        return data
    values = np.frombuffer(data, np.float64).reshape(-1, len(columns))
    places = {name: place for place, name in enumerate(columns)}
    missing = np.full(len(values), np.nan)
    return np.stack([values[:, places[c]] if c in places else missing for c in FIGURES], axis=1).tobytes()


def compact(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Rows without the columns that hold no number, and the names of those that are left: what `recast` undoes."""
    values = np.frombuffer(data, np.float64).reshape(-1, len(FIGURES))
    known: Array = np.logical_or.reduce(np.isfinite(values), axis=0)
    known[FIGURES.index("learning_rate")] = True
    return values[:, known].tobytes(), tuple(name for name, kept in zip(FIGURES, known, strict=True) if kept)


@dataclass(frozen=True, slots=True)
class Rows:
    """Stored epochs up to `to`: (epochs, members, figures) float64 of those in `epochs`, not a number for none.

    Of the run's older epochs, only multiples of `stride` are stored.
    """

    epochs: Array
    members: int
    data: bytes
    stride: int = 1
    to: int = -1

    def __len__(self) -> int:
        return len(self.epochs)

    def columns(self) -> dict[str, Any]:
        """{"epoch": [...], "members": [{"train_loss": [...], ...}], "stride": 1}; null for what is not a number."""
        values = self.values()
        whole = np.logical_and.reduce(np.isfinite(values)).tolist()
        members = [
            {
                name: c if ok else [x if isfinite(x) else None for x in c]
                for name, c, ok in zip(FIGURES, *m, strict=True)
            }
            for m in zip(values.transpose(1, 2, 0).tolist(), whole, strict=True)
        ]
        return {"epoch": self.epochs.tolist(), "members": members if len(self) else [], "stride": self.stride}

    def arrays(self) -> dict[str, Any]:
        """The same as arrays."""
        values = self.values()
        members = [dict(zip(FIGURES, values[:, m].T, strict=True)) for m in range(self.members if len(self) else 0)]
        return {"epoch": self.epochs, "members": members, "stride": self.stride}

    def values(self) -> Array:
        """(epochs, members, figures)."""
        return np.frombuffer(self.data, np.float64).reshape(-1, self.members, len(FIGURES))

    def first_part(self, count: int) -> "Rows":
        """The first `count` rows; where that is fewer, `to` is the last of them."""
        if count >= len(self):
            return self
        data = self.data[: count * width(self.members)]
        return Rows(self.epochs[:count], self.members, data, self.stride, int(self.epochs[count - 1]))

    def before_gap(self) -> "Rows":
        """The rows up to the first epoch that is missing."""
        return self.first_part(1 + int(np.argmax(np.diff(self.epochs) != 1))) if self._has_gap else self

    def after_gap(self) -> "Rows":
        """The rows from the last epoch before which one is missing."""
        if not self._has_gap:
            return self
        start = int(np.flatnonzero(np.diff(self.epochs) != 1)[-1]) + 1
        data = self.data[start * width(self.members) :]
        return Rows(self.epochs[start:], self.members, data, self.stride, self.to)

    @property
    def _has_gap(self) -> bool:
        return len(self) > 0 and int(self.epochs[-1] - self.epochs[0]) != len(self) - 1


class History:
    """Epochs 0 to `last`; those below `first` are in the database only, those below `saved` are in the database too.

    At least the newest `keep` stay in memory.
    """

    def __init__(self, members: int, first: int = 0, data: bytes = b"", keep: int = IN_MEMORY) -> None:
        self.members = members
        self.keep = keep
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
        surplus = min(len(self._data) // self._width - self.keep, self.saved - self.first)
        if surplus > self.keep:
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

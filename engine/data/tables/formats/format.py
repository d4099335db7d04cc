"""What a format of tables is: how its bytes are recognised, and how they become texts of cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.data.tables.grid import Grid


@dataclass(frozen=True, kw_only=True)
class Format:
    """One format. ``fits(content)`` says whether bytes are written in it, by a look at their beginning.

    ``read(content, overrides)`` gives the cells; UnreadableTable says what to change. ``parts``: the parts of the
    dialect that can be overruled in it.
    """

    name: str
    title: str
    parts: tuple[str, ...]
    fits: Callable[[bytes], bool]
    read: Callable[[bytes, Mapping[str, str]], Grid]

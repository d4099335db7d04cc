"""The description of an export format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.export.exported import Exported


class NotExpressible(ValueError):
    """A format cannot hold this network; the message says why and names the nearest format that can."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """One export format.

    ``write`` makes the file's bytes, the same each time, or raises ``NotExpressible``; None of a format that is made
    of all epochs' metrics, which a trainer does not keep. ``inline`` makes the whole as one text file named
    ``inline_filename``, where the format is an archive.
    """

    name: str
    title: str
    note: str
    filename: str
    media_type: str
    write: Callable[[Exported], bytes] | None
    inline: Callable[[Exported], bytes] | None = None
    inline_filename: str = ""

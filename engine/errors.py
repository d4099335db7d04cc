"""Errors that a caller's own arguments cause."""

from __future__ import annotations

MAX_NAME = 40


class InvalidArgument(ValueError):
    """An argument that does not fit what it is about. ``loc`` leads to it: a name, then fields and indices."""

    def __init__(self, message: str, *loc: str | int) -> None:
        super().__init__(message)
        self.loc = loc


def shown(name: str) -> str:
    """A name as a message quotes it; a very long one is cut."""
    return repr(name) if len(name) <= MAX_NAME else f"{name[:MAX_NAME]!r}..."

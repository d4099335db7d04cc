"""Errors that a caller's own arguments cause."""

from __future__ import annotations


class InvalidArgument(ValueError):
    """An argument that does not fit what it is about. ``loc`` leads to it: a name, then fields and indices."""

    def __init__(self, message: str, *loc: str | int) -> None:
        super().__init__(message)
        self.loc = loc

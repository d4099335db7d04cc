"""What is raised for a table that cannot be read."""

from __future__ import annotations

from engine.errors import InvalidArgument


class UnreadableTable(InvalidArgument):
    """A table that cannot be read as it is; the message says what to change. ``loc`` names the override at fault."""

"""The format config: the configuration as JSON, as ``RunConfig`` and POST /runs take it."""

from __future__ import annotations

from engine.export.entry import Format
from engine.export.exported import Exported


def write(exported: Exported) -> bytes:
    """The member's configuration, live changes included."""
    return f"{exported.model.config.model_dump_json(indent=2)}\n".encode()


format_ = Format(
    name="config",
    title="Configuration (JSON)",
    note="The whole configuration, live changes included, as POST /runs takes it.",
    filename="config.json",
    media_type="application/json",
    write=write,
)

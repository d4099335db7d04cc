"""The format config: the configuration as JSON, as ``RunConfig`` and POST /runs take it."""

from __future__ import annotations

import json

from engine.export.entry import Format
from engine.export.exported import Exported

INDENTED_BYTES = 100_000
"""A longer one contains data of one's own: on a single line it is made at once."""


def write(exported: Exported) -> bytes:
    """The member's configuration, live changes included."""
    text = exported.model.config.as_json
    if len(text) < INDENTED_BYTES:
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    return f"{text}\n".encode()


format_ = Format(
    name="config",
    title="Configuration (JSON)",
    note="The whole configuration, live changes included, as POST /runs takes it.",
    filename="config.json",
    media_type="application/json",
    write=write,
)

"""A run as the API describes it: the Run in JSON, and what follows from its config."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from app.protocol.encoding import joined
from app.protocol.metrics import latest
from app.runs.derived import columns_of, derived_of
from app.runs.session import Session

# The Run and the messages of its stream list the newest changes only; GET /changes lists all.
NEWEST_CHANGES = 50


def describe(session: Session) -> dict[str, Any]:
    """The Run of the API without its config."""
    return {
        "id": session.id,
        **asdict(session.label),
        "replaced_by": session.replaced_by,
        "state": session.state,
        "epoch": session.epoch,
        "batch": session.batch,
        "derived": derived_of(session.config),
        **columns_of(session.config),
        "rules": session.rules,
        "arithmetic": session.arithmetic,
        "member_count": session.member_count,
        "metrics": latest(session.measured or session.recorder.history.newest),
        "recorded_epochs": session.recorder.recorded_epochs,
        "changes": session.changes[-NEWEST_CHANGES:],
        "changes_count": len(session.changes),
        "created_at": datetime.fromtimestamp(session.created_at, UTC).isoformat().replace("+00:00", "Z"),
        "detail": session.detail,
        "series": session.series,
    }


def run_text(session: Session, **more: Any) -> str:
    """The Run as JSON, with the fields that only this caller gets."""
    others = json.dumps(describe(session) | more, separators=(",", ":"), allow_nan=False)
    return joined(others, f'{{"config":{session.config.as_json}}}')

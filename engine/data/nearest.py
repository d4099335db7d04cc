"""What to choose in place of a name that does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from engine.errors import shown

MAX_LISTED = 20
# Comparing takes time in proportion to both: a table may have thousands of long names.
MAX_COMPARED, MAX_LENGTH = 500, 60


def instead(name: str, names: Sequence[str]) -> str:
    """A remedy in words: the name that is most alike, or the first of all names."""
    folded = {each.casefold()[:MAX_LENGTH]: each for each in reversed(names[:MAX_COMPARED])}
    alike = get_close_matches(name.strip().casefold()[:MAX_LENGTH], folded, 1, 0.6)
    if alike:
        return f"did you mean {shown(folded[alike[0]])}?"
    return f"choose one of {', '.join(map(shown, names[:MAX_LISTED]))}"

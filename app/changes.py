"""The list of live changes that a run tells of, so that an edited run stays reproducible."""

from typing import Any

Change = dict[str, Any]


def standing_cuts(changes: list[Change]) -> list[Change]:
    """The changes that a reset leaves standing: links cut and not restored since, as cut at the start."""
    cut: dict[int, dict[tuple[int, int, int], dict[str, int]]] = {}
    for change in changes:
        links = cut.setdefault(change.get("member", 0), {})
        for link in change.get("cut", ()):
            links[link["layer"], link["row"], link["column"]] = link
        for link in change.get("restore", ()):
            links.pop((link["layer"], link["row"], link["column"]), None)
    return [
        {"epoch": 0, "batch": 0, "member": member, "cut": list(links.values())}
        for member, links in cut.items()
        if links
    ]

"""The list of live changes of a run, which makes an edited run reproducible.

A change has its (epoch, batch), and `training`, or `edits`, `cut` and `restore` of one `member`, or both. Replayed at
that position, settings before weights, it has the same effect, bit for bit, as the changes merged into it.
"""

from typing import Any

Change = dict[str, Any]
Link = tuple[Any, ...]

WEIGHTS = ("edits", "cut", "restore")

# These settings can end a run or let an ended one continue, as edits of weights can: the order of the two matters.
ENDING = frozenset({"max_epochs", "stop"})


def place_of(changes: list[Change], new: Change) -> int | None:
    """Which of the changes a new one can be merged with; None if it must be listed separately.

    Only changes with no batch trained in between are merged, and never across one whose order to them matters.
    """
    for index in reversed(range(len(changes))):
        last = changes[index]
        if (last["epoch"], last["batch"]) != (new["epoch"], new["batch"]):
            return None
        if "training" in new:
            return None if _of_weights(last) and ENDING & new["training"].keys() else index
        if not _of_weights(last) or last.get("member", 0) == new.get("member", 0):
            return index
        if ENDING & last.get("training", {}).keys():
            return None
    return None


def merged(old: Change, new: Change) -> Change:
    """Two changes merged into one, `old` before `new`."""
    change = {**old, **new}
    if "training" in old and "training" in new:
        change["training"] = _settings(old["training"], new["training"])
    if _of_weights(old) and _of_weights(new):
        change |= _weights(old, new)
    return change


def standing_cuts(changes: list[Change]) -> list[Change]:
    """The changes that remain after a reset: links cut and not restored since, as if cut at the start."""
    cut: dict[int, dict[Link, dict[str, int]]] = {}
    for change in changes:
        links = cut.setdefault(change.get("member", 0), {})
        for link in change.get("restore", ()):
            links.pop(_link(link), None)
        for link in change.get("cut", ()):
            links[_link(link)] = link
    return [
        {"epoch": 0, "batch": 0, "member": member, "cut": list(links.values())}
        for member, links in cut.items()
        if links
    ]


def _of_weights(change: Change) -> bool:
    return any(name in change for name in WEIGHTS)


def _settings(old: Change, new: Change) -> Change:
    """The later of two values; groups are merged field by field."""
    both = old.keys() & new.keys()
    groups = {name: {**old[name], **new[name]} for name in both if isinstance(new[name], dict)}
    return {**old, **new, **groups}


def _weights(old: Change, new: Change) -> Change:
    """Two changes of weights merged. Within one, links are restored, then cut, then weights edited; a link that
    is cut and then restored has the weight 0."""
    edits, cut, restore = ({_link(each): each for each in old.get(name, ())} for name in WEIGHTS)
    for link, each in ((_link(each), each) for each in new.get("restore", ())):
        restore[link] = each
        if cut.pop(link, None):
            edits[link] = {**each, "value": 0.0}
    for link, each in ((_link(each), each) for each in new.get("cut", ())):
        cut[link] = each
        restore.pop(link, None)
        edits.pop(link, None)
    edits |= {_link(each): each for each in new.get("edits", ())}
    named = {"edits": edits, "cut": cut, "restore": restore}
    return {name: list(links.values()) for name, links in named.items() if links or name in old or name in new}


def _link(link: dict[str, Any]) -> Link:
    return tuple(link.get(name) for name in ("layer", "row", "column", "bias"))

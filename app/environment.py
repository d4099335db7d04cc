"""The variables of the environment that begin as settings do: which are none of ours, and which are misspelt."""

import difflib
import re
from collections.abc import Iterable

# Kubernetes tells every pod of each service, and Docker a container of each linked one, by variables named after it:
# a service `descent` or `descent-web` gives these. A port may be a setting too; there the value tells them apart.
_OTHERS = re.compile(
    r"DESCENT_(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?"
    r"|ENV_\w+)"
)
_OTHERS_BY_VALUE = (
    (re.compile(r"DESCENT_(?:\w+_)?PORT"), re.compile(r"(?:tcp|udp|sctp)://.*")),
    (re.compile(r"DESCENT_(?:\w+_)?NAME"), re.compile(r"/.*")),
)


def is_of_others(variable: str, value: str) -> bool:
    """Whether the variable describes a service called descent instead of setting anything."""
    return _OTHERS.fullmatch(variable) is not None or any(
        name.fullmatch(variable) and content.fullmatch(value) for name, content in _OTHERS_BY_VALUE
    )


def unknown(variable: str, known: Iterable[str]) -> str:
    """What to say of a setting that does not exist: the nearest that does, or else all of them."""
    names = list(known)
    near = difflib.get_close_matches(variable, names, n=1, cutoff=0.8)
    hint = f"did you mean {near[0]}?" if near else f"the settings are {', '.join(names)}"
    return f"{variable} is not a setting of Descent; {hint}"

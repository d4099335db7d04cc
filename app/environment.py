"""Environment variables that begin with DESCENT_: which are not settings, which are misspelt; and the data folder,
which `descent health` needs without the other settings."""

import difflib
import os
import re
from collections.abc import Iterable
from pathlib import Path

PREFIX = "DESCENT_"


class SettingsError(ValueError):
    """A setting that cannot be used; the message names its variable and says what to change."""


def data_dir() -> Path:
    """The data folder that the environment names, or the default; SettingsError where there is no home folder."""
    given = os.environ.get(f"{PREFIX}DATA_DIR", "").strip()
    return at_home(Path(given)) if given else default_data_dir()


def default_data_dir() -> Path:
    """In the home folder; SettingsError where there is none."""
    return at_home(Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share") / "descent")


def at_home(path: Path) -> Path:
    """`~` is the home folder; SettingsError where there is none."""
    try:
        return path.expanduser()
    except RuntimeError:
        raise SettingsError(
            f"{PREFIX}DATA_DIR: {path} is in a home folder, and there is none; set it to a folder that may be written"
        ) from None


# Kubernetes describes each service to every pod, and Docker each linked container, in variables named after it: these
# are those of a service `descent` or `descent-web`. DESCENT_PORT may be a setting too; the value decides.
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
    """The message for an unknown setting: names the nearest one, or else all of them."""
    names = list(known)
    near = difflib.get_close_matches(variable, names, n=1, cutoff=0.8)
    hint = f"did you mean {near[0]}?" if near else f"the settings are {', '.join(names)}"
    return f"{variable} is not a setting of Descent; {hint}"

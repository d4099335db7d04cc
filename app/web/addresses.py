"""The addresses of a listening server: printed at the start, and stored for the health check."""

import os
import socket
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

# Addresses reserved for documentation: nothing is sent to them, the system only chooses the source address.
_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
_FILE = "descent.address"


def url_of(host: str, port: int) -> str:
    """The address to type for a host and a port."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def addresses(host: str, port: int) -> list[str]:
    """Where a server bound to the host is reached, from this machine first. If it is bound to every
    address, those of the network are included: 0.0.0.0 cannot be opened."""
    try:
        bound = ip_address(host)
    except ValueError:
        return [url_of(host, port)]
    if not bound.is_unspecified:
        return [url_of(host, port)]
    families = _ELSEWHERE if bound.version == 6 else _ELSEWHERE[:1]
    return [url_of(each, port) for each in ("127.0.0.1", *filter(None, (_own(*way) for way in families)))]


def _own(family: socket.AddressFamily, towards: str) -> str | None:
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as asked:
        asked.connect((towards, 9))
        own = str(asked.getsockname()[0])
        if not ip_address(own).is_loopback:
            return own
    return None


def in_container(root: Path = Path("/")) -> bool:
    """Whether this machine is a container, whose own address is unknown outside of its network: Docker and Podman
    leave a file in it, Kubernetes a variable."""
    marks = (root / ".dockerenv", root / "run" / ".containerenv")
    return "KUBERNETES_SERVICE_HOST" in os.environ or any(mark.exists() for mark in marks)


def note(data_dir: Path, address: str) -> None:
    """Stores the address beside the database, where `descent health` finds it."""
    with suppress(OSError):  # a full disk: the database reports it
        (data_dir / _FILE).write_text(f"{address}\n", encoding="utf-8")


def noted(data_dir: Path) -> str | None:
    """The address of the server that has this folder, if one was started in it."""
    try:
        return (data_dir / _FILE).read_text(encoding="utf-8").strip() or None
    except OSError:
        return None

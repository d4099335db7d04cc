"""Host names, origins and addresses of proxies, as settings and requests write them."""

import re
from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

ALL = "*"

_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")


def name_of(host: str) -> str:
    """The name or address in a Host header, in lower case, without the port; empty where there is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def is_literal(name: str) -> bool:
    """Whether it is an IP address, not a name: another site can make its name point here, but not its address."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_name(name: str) -> bool:
    """Whether it is written as a host name may be."""
    return _NAME.fullmatch(name) is not None


def _split(text: str) -> SplitResult:
    """An address with or without its scheme; ValueError where it holds more than scheme, host and port."""
    literal = f"[{text}]" if is_literal(text) and ":" in text else text
    parts = urlsplit(literal if "://" in text else f"//{literal}")
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError(f"{text!r} holds more than a host; leave out what follows it")
    _ = parts.port  # raises for an invalid port
    return parts


def host_entry(text: str) -> str:
    """A host of DESCENT_ALLOWED_HOSTS: `http://Host:8000/` is `host`. ValueError for what could never match."""
    if text == ALL:
        return ALL
    if ALL in text or text.startswith("."):
        raise ValueError(f"{text!r} is a pattern, and patterns are not supported; list each name, or * alone for all")
    name = (_split(text).hostname or "").lower()
    if not (is_name(name) or is_literal(name)):
        raise ValueError(f"{text!r} is not a host name; write names such as class.example")
    return name


def origin_entry(text: str) -> str:
    """An origin of DESCENT_CORS_ORIGINS as a browser sends it. ValueError for what could never match."""
    if text == ALL:
        return ALL
    parts = _split(text)
    host, port = (parts.hostname or "").lower(), parts.port
    if parts.scheme not in ("http", "https") or not (is_name(host) or is_literal(host)):
        raise ValueError(f"{text!r} is not an origin; write scheme and host, such as https://class.example")
    shown = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{shown}" + ("" if port in (None, usual) else f":{port}")


def proxy_entry(text: str) -> str:
    """An address or network of DESCENT_TRUSTED_PROXIES. ValueError for a name, which is never compared."""
    if text == ALL:
        return ALL
    try:
        return str(ip_network(text, strict=False) if "/" in text else ip_address(text))
    except ValueError:
        raise ValueError(
            f"{text!r} is not an address; write addresses or networks, such as 10.0.0.2 or 172.16.0.0/12, or * for all"
        ) from None

"""Checks that a request with the cookie comes from a page of this server."""

from starlette.requests import HTTPConnection

from app.errors import Forbidden


def own_origin(connection: HTTPConnection) -> str:
    """The origin of this server's pages, according to the request's scheme and Host."""
    scheme = {"ws": "http", "wss": "https"}.get(connection.url.scheme, connection.url.scheme)
    return f"{scheme}://{connection.headers.get('host', '')}"


def check_page(connection: HTTPConnection, listed: tuple[str, ...]) -> None:
    """Forbidden unless the request was made by a page of this server or of an origin that is listed.

    Browsers set `Sec-Fetch-Site` from the address that they see, proxies included; pages cannot set it. It is sent over
    HTTPS and to this machine only, and by Chromium not for a stream. Without it the origins are compared, for a stream
    the hosts alone: a proxy that ends TLS changes the scheme.
    """
    origin, site = connection.headers.get("origin"), connection.headers.get("sec-fetch-site")
    own = own_origin(connection)
    streams = connection.scope["type"] == "websocket"
    if site == "same-origin" or origin in listed:
        return
    if origin is None:
        raise Forbidden(
            "A change made with the cookie must come from this server's own page (its Origin); other clients send "
            "Authorization: Bearer and the owner token.",
        )
    if site in ("cross-site", "same-site") and not streams:
        raise Forbidden(f"A page of {origin} may not use this server (DESCENT_CORS_ORIGINS lists those that may).")
    if origin != own and not (streams and _host(origin) == _host(own)):
        raise Forbidden(
            f"The page came from {origin}, this server believes it is {own}. Behind a proxy: let it pass Host and "
            "X-Forwarded-Proto, and set DESCENT_TRUSTED_PROXIES to its address. A page of another site: list it in "
            "DESCENT_CORS_ORIGINS.",
        )


def _host(origin: str) -> str:
    """Host and port; the schemes' own ports, which browsers leave out, are left out."""
    return origin.partition("://")[2].lower().removesuffix(":80").removesuffix(":443")

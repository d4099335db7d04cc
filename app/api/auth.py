"""Authentication: owner tokens, sent as a cookie, a bearer or a subprotocol of the stream. No token is stored."""

import hashlib
import hmac
import secrets
from base64 import b64decode, urlsafe_b64encode
from contextlib import suppress
from typing import Literal

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from app.api.origins import check_page
from app.errors import Forbidden
from app.runs.session import Session
from app.storage.database import Database
from app.web.problems import Problem

COOKIE = "descent_owner"

# A year after it was set, the cookie expires: the browser can then no longer change its runs.
COOKIE_SECONDS = 365 * 24 * 3600

# A page cannot set headers on a WebSocket: without cookies it sends its token as an additional subprotocol.
TOKEN_SUBPROTOCOL = "descent.token."

# Multiples of three: in base64 such a token needs no padding.
RANDOM_BYTES, SIGNATURE_BYTES = 33, 15

_BEARER = {"WWW-Authenticate": "Bearer"}


def token_hash(token: str) -> bytes:
    """The hash under which the database stores an owner. Tokens are random: no salt and no slow hash is needed."""
    return hashlib.sha256(token.encode()).digest()


def new_owner(database: Database) -> str:
    """A new owner's token: 33 random bytes, signed by this server. Nothing is stored until it owns something."""
    random = secrets.token_bytes(RANDOM_BYTES)
    return urlsafe_b64encode(random + _signature(database, random)).decode()


async def known(database: Database, token: str) -> bool:
    """Whether this server issued the token: it has its signature, or is an older, unsigned one that is stored."""
    with suppress(ValueError):
        both = b64decode(token.encode(), altchars=b"-_", validate=True)
        random, signature = both[:RANDOM_BYTES], both[RANDOM_BYTES:]
        if len(random) == RANDOM_BYTES and hmac.compare_digest(signature, _signature(database, random)):
            return True
    return await database.knows_owner(token_hash(token))


def _signature(database: Database, random: bytes) -> bytes:
    return hmac.digest(database.secret, random, "sha256")[:SIGNATURE_BYTES]


def cookie_name(database: Database) -> str:
    """Contains the server's id: a browser sends a host's cookies to all its ports, where other Descents may run."""
    return f"{COOKIE}_{database.server_id}"


async def owner_cookie(connection: HTTPConnection, database: Database) -> str:
    """The owner token in the browser's cookie for this server, or an empty text. A cookie of the old name counts only
    if this server issued its token."""
    token = connection.cookies.get(cookie_name(database), "")
    old = connection.cookies.get(COOKIE, "")
    if old and not token and await known(database, old):
        return old
    return token


async def give_owner_cookie(request: Request, response: Response, database: Database) -> None:
    """Sets the owner cookie of a visitor who has none from this server. A cookie of the old name is replaced by one
    with the same token. Scripts cannot read it."""
    name, token = cookie_name(database), await owner_cookie(request, database)
    ours = bool(token) and await known(database, token)
    if ours and name in request.cookies:
        return
    # Without a path it applies below the page's address, which behind a proxy only the browser knows.
    response.set_cookie(
        name,
        token if ours else new_owner(database),
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
        path=None,
    )
    if ours:
        response.delete_cookie(COOKIE, path=request.scope["root_path"] or "/")


class Caller:
    """The owner whose token a request carries, or none."""

    def __init__(self, token: bytes | None) -> None:
        self.token = token

    def role(self, session: Session) -> Literal["owner", "viewer"]:
        return "owner" if self.token == session.owner else "viewer"

    def require_owner(self, session: Session) -> None:
        """Raises 401 without a token, Forbidden for another owner's."""
        if self.token is None:
            raise Problem(
                401, "Only its owner may change a run: send Authorization: Bearer and its owner_token.", headers=_BEARER
            )
        if self.token != session.owner:
            raise Forbidden("This run belongs to another owner; you can watch it, read it and predict with it.")


async def caller_of(connection: HTTPConnection, database: Database, origins: tuple[str, ...], writes: bool) -> Caller:
    """Reads the bearer token, else the token among a stream's subprotocols, else the cookie.

    Raises 401 for an unknown token; Forbidden for a cookie with a write from another site's page.
    """
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    by_cookie = False
    if scheme:
        if scheme.lower() != "bearer" or not token.strip():
            raise Problem(401, "Authorization must be: Bearer, a space, and an owner token.", headers=_BEARER)
    elif named := [name for name in connection.scope.get("subprotocols", ()) if name.startswith(TOKEN_SUBPROTOCOL)]:
        token = named[0].removeprefix(TOKEN_SUBPROTOCOL)
    else:
        token = await owner_cookie(connection, database)
        by_cookie = bool(token)
    if not token:
        return Caller(None)
    if by_cookie and writes:
        check_page(connection, origins)
    token = token.strip()
    if not await known(database, token):
        what = "cookie: reload the page" if by_cookie else "token: check it for typing errors"
        raise Problem(401, f"Unknown owner {what}.", headers=_BEARER)
    return Caller(token_hash(token))

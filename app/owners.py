"""Who asks: owner tokens, as a cookie, a bearer or a subprotocol of the stream, kept in the store only as hashes."""

import hashlib
import secrets
import time
from collections import OrderedDict
from typing import Literal

from starlette.requests import HTTPConnection

from app.problems import Problem
from app.session import Session
from app.store import Store
from app.tables import add_owner

COOKIE = "descent_owner"

# A page without cookies can set no header on its stream: there it names its token as one more subprotocol.
TOKEN_SUBPROTOCOL = "descent.token."

NEWCOMER_SECONDS = 600
MAX_NEWCOMERS = 1_000

_BEARER = {"WWW-Authenticate": "Bearer"}


def hashed(token: str) -> bytes:
    """What the store knows of a token. The token is random through and through: no salt, no stretching."""
    return hashlib.sha256(token.encode()).digest()


async def new_owner(store: Store) -> str:
    """A new owner's token."""
    token = secrets.token_urlsafe(32)
    await store.write(add_owner(hashed(token)))
    return token


class Newcomers:
    """The tokens just given to callers who came without one: who sends the same idempotency key again, from the same
    address and soon, is the same caller. Kept in memory only, where a token may stand unhashed."""

    def __init__(self) -> None:
        self._tokens: OrderedDict[tuple[str, str], tuple[str, float]] = OrderedDict()

    async def token(self, store: Store, address: str, key: str | None) -> str:
        if key is None:
            return await new_owner(store)
        token, given = self._tokens.get((address, key), ("", -NEWCOMER_SECONDS))
        if time.monotonic() - given > NEWCOMER_SECONDS:
            token = await new_owner(store)
            self._tokens[address, key] = token, time.monotonic()
            while len(self._tokens) > MAX_NEWCOMERS:
                self._tokens.popitem(last=False)
        return token


def own_origin(connection: HTTPConnection) -> str:
    """The origin that a page of this server has."""
    scheme = {"ws": "http", "wss": "https"}.get(connection.url.scheme, connection.url.scheme)
    return f"{scheme}://{connection.headers.get('host', '')}"


class Caller:
    """The owner that a request speaks for, or nobody in particular."""

    def __init__(self, token: bytes | None) -> None:
        self.token = token

    def role(self, session: Session) -> Literal["owner", "viewer"]:
        return "owner" if self.token == session.owner else "viewer"

    def must_own(self, session: Session) -> None:
        """401 for nobody, 403 for another."""
        if self.token is None:
            raise Problem(
                401, "Only its owner steers a run: send Authorization: Bearer and its owner_token.", headers=_BEARER
            )
        if self.token != session.owner:
            raise Problem(403, "This run belongs to another owner; you can watch it, read it and predict with it.")


async def caller_of(connection: HTTPConnection, store: Store, origins: tuple[str, ...], writes: bool) -> Caller:
    """Reads the bearer token, else the token among a stream's subprotocols, else the cookie.

    401 for a token that nobody has; 403 where a cookie comes along with a write from another site's page.
    """
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    by_cookie = False
    if scheme:
        if scheme.lower() != "bearer" or not token.strip():
            raise Problem(401, "Authorization must be: Bearer, a space, and an owner token.", headers=_BEARER)
    elif named := [name for name in connection.scope.get("subprotocols", ()) if name.startswith(TOKEN_SUBPROTOCOL)]:
        token = named[0].removeprefix(TOKEN_SUBPROTOCOL)
    else:
        token = connection.cookies.get(COOKIE, "")
        by_cookie = bool(token)
    if not token:
        return Caller(None)
    if by_cookie and writes and connection.headers.get("origin") not in (own_origin(connection), *origins):
        raise Problem(
            403,
            "A change made with the cookie must come from this server's own page (its Origin); other clients send "
            "Authorization: Bearer and the owner token.",
        )
    key = hashed(token.strip())
    if not await store.knows_owner(key):
        what = "cookie; load the page again" if by_cookie else "token; it may be mistyped"
        raise Problem(401, f"Nobody has this owner {what}.", headers=_BEARER)
    return Caller(key)

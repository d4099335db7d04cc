"""The handshake of a stream: what is checked before it is accepted, and how a refusal is answered."""

from dataclasses import dataclass

from starlette.websockets import WebSocket

from app.api.auth import TOKEN_SUBPROTOCOL, caller_of
from app.api.first_view import first_view
from app.api.origins import check_page
from app.errors import DomainError, InvalidArgument, LimitReached
from app.hosts import ALL
from app.inspections import sizes
from app.protocol import encoding
from app.protocol.messages import Subprotocol, ViewMessage
from app.runs.registry import Runs
from app.runs.session import Session
from app.web.problems import Problem, document_of, problem_response

# A refused stream that had to be opened first is closed with this plus the HTTP status.
REFUSED = 4000


@dataclass(frozen=True, slots=True)
class Handshake:
    """An accepted client: its role, and what it asked for."""

    session: Session
    role: str
    chosen: Subprotocol | None
    since: int
    view: ViewMessage | None


async def checked(websocket: WebSocket, runs: Runs, run_id: str) -> Handshake:
    """Checks everything that can be checked before the stream is accepted; DomainError refuses it."""
    origins = runs.settings.cors_origins
    if "origin" in websocket.headers and ALL not in origins:
        check_page(websocket, origins)
    caller = await caller_of(websocket, runs.database, origins, writes=True)
    session = await runs.get(run_id)
    asked, chosen = _subprotocols(websocket)
    if asked and chosen is None:
        raise Problem(400, f"None of the subprotocols asked for is known; use {' or '.join(Subprotocol)}.")
    since = websocket.query_params.get("since", "0")
    if not since.isdecimal() or len(since) > 18:
        raise InvalidArgument(f"since: {since[:40]!r} is not an epoch; use a whole number from 0.")
    view = first_view(websocket.query_params)
    if view is not None:
        sizes.check_view(view, session.shape, chosen != Subprotocol.SAFETENSORS, runs.settings, "query")
    if session.viewers >= runs.settings.max_viewers:
        message = (
            f"{session.viewers:,} viewers watch this run, the most allowed (DESCENT_MAX_VIEWERS); try again later."
        )
        raise LimitReached(message, retry_after=10)
    return Handshake(session, caller.role(session), chosen, int(since), view)


async def refuse(websocket: WebSocket, error: DomainError) -> None:
    """Answers the handshake with the problem document.

    A browser shows its page neither the status nor the body of that answer. So for a browser, which always sends
    `Origin`, the stream is opened, carries the problem as its only message, an `error`, and is closed.
    """
    asked, chosen = _subprotocols(websocket)
    if "origin" not in websocket.headers or (asked and chosen is None):
        await websocket.send_denial_response(problem_response(error))
        return
    await websocket.accept(subprotocol=chosen)
    document = document_of(error)
    text = encoding.json_text(document | {"type": "error"}, {})
    if chosen is Subprotocol.SAFETENSORS:
        await websocket.send_bytes(encoding.pack_text(text, {}))
    else:
        await websocket.send_text(text)
    await websocket.close(REFUSED + document["status"], document["title"])


def _subprotocols(websocket: WebSocket) -> tuple[list[str], Subprotocol | None]:
    """Those that the client asks for, and the first of them that is known."""
    asked = [name for name in websocket.scope["subprotocols"] if not name.startswith(TOKEN_SUBPROTOCOL)]
    return asked, next((Subprotocol(name) for name in asked if name in list(Subprotocol)), None)

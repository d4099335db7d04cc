"""What routes ask for by type: the runs, the caller, a run, a run that the caller owns."""

from typing import Annotated, Literal

from fastapi import Depends, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.api.auth import Caller, caller_of
from app.errors import DomainError
from app.runs.registry import Runs
from app.runs.session import Session


async def _runs(request: Request) -> Runs:
    runs: Runs = request.app.state.runs
    return runs


# For the documentation only; `caller_of` reads the header and the cookie.
_bearer = HTTPBearer(auto_error=False, description="The owner_token that POST /runs gave.")


async def _caller(
    request: Request,
    runs: Annotated[Runs, Depends(_runs)],
    _: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    writes = request.method not in ("GET", "HEAD")
    return await caller_of(request, runs.database, runs.settings.cors_origins, writes)


RunId = Annotated[str, Path(description="The id of a run.", max_length=64)]


async def _session(run_id: RunId, runs: Annotated[Runs, Depends(_runs)]) -> Session:
    return await runs.get(run_id)


async def _own(caller: Annotated[Caller, Depends(_caller)], session: Annotated[Session, Depends(_session)]) -> Session:
    caller.require_owner(session)
    return session


async def _reader(request: Request, runs: Annotated[Runs, Depends(_runs)]) -> Caller:
    """Who reads. Reading needs no owner: an unknown token is none."""
    try:
        return await caller_of(request, runs.database, runs.settings.cors_origins, writes=False)
    except DomainError:
        return Caller(None)


async def _role(
    reader: Annotated[Caller, Depends(_reader)], session: Annotated[Session, Depends(_session)]
) -> Literal["owner", "viewer"]:
    """What the caller may do with the run."""
    return reader.role(session)


AllRuns = Annotated[Runs, Depends(_runs)]
TheCaller = Annotated[Caller, Depends(_caller)]
AnyRun = Annotated[Session, Depends(_session)]
TheReader = Annotated[Caller, Depends(_reader)]
Role = Annotated[Literal["owner", "viewer"], Depends(_role)]
OwnRun = Annotated[Session, Depends(_own)]

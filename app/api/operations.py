"""The operations on runs that REST and the stream share: checked against the limits, then carried out."""

import hashlib
import secrets
from collections.abc import Collection
from contextlib import nullcontext, suppress

from app.api import size_limits
from app.errors import DomainError, ErrorItem, Forbidden, InvalidArgument, over_limit, rejected
from app.protocol.orders import EditWeights, Reset, SetTraining, State, TakeStep
from app.runs.registry import Runs
from app.runs.session import Session
from app.storage.rows import add_key
from engine.config import RunConfig, TrainingChange, WeightChange
from engine.numbers.rules import PORTABLE


async def create(
    runs: Runs,
    owner: bytes,
    config: RunConfig,
    state: State,
    key: str | None,
    keep: Collection[str] | None = None,
    rules: str = PORTABLE.name,
) -> Session:
    """A new run, or the one that the same owner made with the same key before. `keep`: runs not to delete for it."""
    if key is None:
        return await _create(runs, owner, config, rules, state, new_id(), keep)
    async with runs.creating_with_key(owner, key):
        words = [state, config.as_json] if rules == PORTABLE.name else [state, rules, config.as_json]
        asked = hashlib.sha256(" ".join(words).encode()).digest()
        if known := await runs.database.key(owner, key):
            if known[0] != asked:
                raise InvalidArgument("This Idempotency-Key was sent with another run; use a new key for each.")
            with suppress(DomainError):  # the key is stored, but its run was never made or has been deleted
                return await runs.get(known[1])
        run_id = new_id()
        await runs.database.write(add_key(owner, key, asked, run_id))
        return await _create(runs, owner, config, rules, state, run_id, keep)


async def _create(
    runs: Runs,
    owner: bytes,
    config: RunConfig,
    rules: str,
    state: State,
    run_id: str,
    keep: Collection[str] | None,
) -> Session:
    config, table = await runs.tables.bound(size_limits.fitted(config, runs.settings))
    size_limits.check(config, runs.settings)
    if state is not State.RUNNING:
        return await runs.create(owner, config, rules, run_id, keep, table)
    with runs.room_to_train(run_id):
        session = await runs.create(owner, config, rules, run_id, keep, table)
        try:
            await session.command(SetTraining(state=state))
        except Exception:  # a refused run must not remain
            await runs.delete(session)
            raise
    return session


def new_id() -> str:
    """128 random bits."""
    return secrets.token_urlsafe(16)


async def change(runs: Runs, session: Session, state: State | None, training: TrainingChange | None) -> None:
    """Changes the training and the state, both at once between two mini-batches."""
    if training is not None:
        size_limits.check_change(training, runs.settings)
    changes = None if training is None else training.model_dump(mode="json", exclude_unset=True)
    with runs.room_to_train(session.id) if state is State.RUNNING else nullcontext():
        await session.command(SetTraining(training=changes, state=state))


async def successor(runs: Runs, session: Session, run_id: str) -> Session:
    """The run that may replace another: a different one of the same owner."""
    loc: list[str | int] = ["body", "replaced_by"]
    if run_id == session.id:
        raise rejected([ErrorItem(loc=loc, message="is this run itself; name the run that replaced it")])
    try:
        found = await runs.get(run_id)
    except DomainError as error:
        raise rejected([ErrorItem(loc=loc, message=error.detail)]) from None
    if found.owner != session.owner:
        raise Forbidden("replaced_by is another owner's run; a run is replaced by one of the same owner.")
    return found


async def step(
    runs: Runs,
    session: Session,
    epochs: int | None = None,
    batches: int | None = None,
    to_epoch: int | None = None,
    key: str | None = None,
) -> None:
    """Trains for epochs or mini-batches; returns when that is done and the run is paused, or when it has ended."""
    given = {"epochs": epochs, "batches": batches, "to_epoch": to_epoch}
    asked = {name: value for name, value in given.items() if value is not None}
    if len(asked) != 1:
        raise rejected([ErrorItem(loc=[], message="give one of epochs, batches and to_epoch")])
    ((name, value),) = asked.items()
    amount = value - session.epoch if name == "to_epoch" else value
    if amount > runs.settings.max_step:
        what = "mini-batches" if name == "batches" else "epochs"
        most = runs.settings.max_step
        hint = f"ask for at most {session.epoch + most:,}" if name == "to_epoch" else ""
        raise over_limit([name], what, amount, "max_step", most, hint)
    with runs.room_to_train(session.id):
        await session.command(TakeStep(epochs=epochs, batches=batches, to_epoch=to_epoch, key=key))


async def reset(session: Session, seed: int | None) -> None:
    """Back to epoch 0, paused, with the same initial weights or those of another seed."""
    await session.command(Reset(seed=seed))


async def edit(session: Session, edits: WeightChange) -> None:
    """Edits weights, cuts and restores links."""
    await session.command(EditWeights(change=edits.model_dump(mode="json", exclude_unset=True, exclude={"type"})))

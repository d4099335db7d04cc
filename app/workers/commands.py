"""The commands that change a run in its worker, one function each: applied between two mini-batches."""

from collections.abc import Callable
from typing import Any

from app.errors import Conflict
from app.protocol.changes import Change
from app.protocol.orders import Command, EditWeights, Goal, Reset, SetTraining, State, TakeStep
from app.workers.run import LiveRun
from engine.config import TrainingChange, WeightChange


def apply(run: LiveRun, command: Command) -> list[int]:
    """Changes the run. Returns the tickets of the steps that this ended; DomainError or ValueError if that is not
    possible."""
    return COMMANDS[type(command)](run, command)


def _set_training(run: LiveRun, command: SetTraining) -> list[int]:
    if command.training is not None:
        change = _change(run, {"training": command.training})
        run.trainer.change(TrainingChange.model_validate(command.training))
        run.call_size.training_changed()
        run.changes.add(change)
        run.refresh_schedule()
    state = command.state
    if state is None:
        return []
    if run.halted or state not in (State.PAUSED, State.RUNNING):
        if state == run.state:
            return []
        raise Conflict(f"A run that is {run.state} cannot be made {state}; {_hint(run)}.")
    run.playing = state == State.RUNNING
    return _drop_steps(run)


def _take_step(run: LiveRun, command: TakeStep) -> list[int]:
    """Sets a goal. A step whose key is known was taken, or is under way: this one only waits for it."""
    request = f"{command.epochs} {command.batches} {command.to_epoch}"
    if run.steps.repeated(command.key, request):
        epoch, batch = run.steps.last or run.position
        run.steps.add(Goal(command.ticket, epoch, batch), None, request)
        return []
    end = run.steps.end_of(
        run.position, run.trainer.batches_per_epoch, command.epochs, command.batches, command.to_epoch
    )
    if run.halted and end > run.position:
        raise Conflict(f"A run that is {run.halted} cannot take a step; {_hint(run)}.")
    run.playing = False
    run.steps.add(Goal(command.ticket, *end), command.key, request)
    run.refresh_schedule()
    return []


def _reset(run: LiveRun, command: Reset) -> list[int]:
    """Settings and cuts stay; a new series of metrics begins."""
    run.trainer.reset(command.seed)
    run.restart_series()
    return _drop_steps(run)


def _edit_weights(run: LiveRun, command: EditWeights) -> list[int]:
    """A halted run that may train again is paused."""
    change = _change(run, command.change)
    run.playing = run.playing and not run.halted
    run.trainer.edit(WeightChange.model_validate(command.change))
    run.version += 1
    run.changes.add(change)
    run.refresh_schedule()
    return []


COMMANDS: dict[type[Command], Callable[[LiveRun, Any], list[int]]] = {
    SetTraining: _set_training,
    TakeStep: _take_step,
    Reset: _reset,
    EditWeights: _edit_weights,
}


def _change(run: LiveRun, change: Change) -> Change:
    """The change with its place; InvalidArgument where the list of them is full."""
    placed = {"epoch": run.trainer.epoch, "batch": run.trainer.batch, **change}
    run.changes.check_room(placed)
    return placed


def _drop_steps(run: LiveRun) -> list[int]:
    tickets = run.steps.drop()
    run.refresh_schedule()
    return tickets


def _hint(run: LiveRun) -> str:
    """What makes a run in this state train again."""
    match run.halted:
        case State.FINISHED:
            return "raise training.max_epochs or loosen training.stop, or reset it"
        case State.DIVERGED:
            return "reset it, or edit the weights that are not finite"
        case _:
            return "use paused or running"

"""Which plane through the inputs a request asks to see, checked against the inputs of its run."""

from collections.abc import Mapping, Sequence

from app.errors import ErrorItem, InvalidArgument, rejected
from engine.config import RunConfig
from engine.inspection.slices import Slice

AXES = r"^\d{1,6},\d{1,6}$"
HOLD = r"^[\d:,.eE+-]+$"


def slice_of(config: RunConfig, axes: Sequence[int], hold: Mapping[str, float]) -> Slice:
    """The plane of two ``axes``, the other inputs held where ``hold`` says, by their numbers; InvalidArgument names an
    input that the run does not have."""
    held = tuple(sorted((int(index), value) for index, value in hold.items()))
    plane = Slice((axes[0], axes[1]), held)
    for loc, each in (("axes", Slice(plane.axes)), ("hold", plane)):
        try:
            each.check(config.inputs)
        except ValueError as error:
            raise _refused(loc, str(error)) from None
    return plane


def parsed(config: RunConfig, axes: str, hold: str | None) -> Slice:
    """The plane that a query asks for: ``axes`` as "0,2", ``hold`` as "1:0.5,3:-2"; InvalidArgument otherwise."""
    try:
        pairs = [pair.split(":") for pair in hold.split(",")] if hold else []
        held = {str(int(index)): float(value) for index, value in pairs}
    except ValueError:
        raise _refused("hold", 'give an input and its value, such as "2:0.5"; more of them with commas') from None
    if not all(abs(value) < float("inf") for value in held.values()):
        raise _refused("hold", "must be finite numbers")
    return slice_of(config, [int(axis) for axis in axes.split(",")], held)


def _refused(loc: str, message: str) -> InvalidArgument:
    return rejected([ErrorItem(loc=[loc], message=message)])

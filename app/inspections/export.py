"""The network of a run as a file."""

from app.errors import Conflict
from app.inspections.place import Recorded, members_of
from engine.export import Exported, NotExpressible, formats
from engine.training.trainer import Trainer


def export(trainer: Trainer, member: int, recorded: Recorded, name: str, inline: bool) -> bytes:
    """The file of one member, present or recorded; Conflict where the format cannot express it."""
    trainer.index_of(member)  # InvalidArgument for a member that does not exist
    entry = formats[name]
    write = entry.inline if inline else entry.write
    assert write is not None
    if recorded is None:
        exported = Exported.of(trainer, member)
    else:
        epoch, blob = recorded
        exported = Exported.of(trainer, member, members_of(trainer, blob)[member], epoch)
    try:
        return write(exported)
    except NotExpressible as error:
        raise Conflict(str(error)) from None

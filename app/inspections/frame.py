"""One frame of a run, as the stream sends it."""

from app.inspections.place import Recorded, members_of, model_at
from app.protocol.encoding import json_text_pieces, pack
from engine.inspection import maps
from engine.inspection.slices import Slice
from engine.pieces import Pieces
from engine.training.trainer import Trainer


def frame(
    trainer: Trainer,
    member: int,
    recorded: Recorded,
    resolution: int,
    unit_resolution: int,
    include: list[str],
    packed: bool,
    plane: Slice,
) -> Pieces[bytes]:
    """The frame as JSON, or as safetensors where it is to be `packed`."""
    _, place = model_at(trainer, member, recorded)
    parameters = None if recorded is None else members_of(trainer, recorded[1])
    message = {"type": "frame", "seq": 0, "epoch": place["epoch"], "batch": place["batch"], "members": [member]}
    arrays = yield from maps.frame_pieces(trainer, [member], resolution, unit_resolution, include, parameters, plane)
    if packed:
        return pack(message, arrays)
    text = yield from json_text_pieces(message, arrays)
    return text.encode()

"""Files that a trained network leaves as, one format a file; they need a trainer or a model, and no server.

>>> formats["safetensors"].write(Exported.of(trainer))
"""

from engine.export import config, csv, numpy_program, safetensors
from engine.export.entry import Format, NotExpressible
from engine.export.exported import Exported
from engine.nn.registry import Registry

__all__ = ["Exported", "Format", "NotExpressible", "formats"]

formats: Registry[Format] = Registry("export format")

for _module in (safetensors, numpy_program, config, csv):
    formats.add(_module.format_)

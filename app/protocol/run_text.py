"""A run as JSON text. Its data set may be megabytes: that part is written once, not whenever somebody asks."""

import json
from typing import Any

from app.protocol.encoding import joined


class RunText:
    """Writes the documents of one run."""

    def __init__(self) -> None:
        self._dataset: Any = None
        self._text = ""

    def of(self, document: dict[str, Any]) -> str:
        """A document with a `config` in it as JSON."""
        config = document["config"]
        if config["dataset"] != self._dataset:
            self._dataset = config["dataset"]
            self._text = _dumps({"dataset": self._dataset})
        rest = {name: value for name, value in config.items() if name != "dataset"}
        others = {name: value for name, value in document.items() if name != "config"}
        return joined(_dumps(others), f'{{"config":{joined(_dumps(rest), self._text)}}}')


def _dumps(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)

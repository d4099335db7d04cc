"""The view that a stream's address asks for: `?fps=10&resolution=50&include=boundary,weights&members=0`."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pydantic import ValidationError

from app.errors import ErrorItem, rejected
from app.protocol.messages import ViewMessage
from app.web.validation_errors import items

LISTS = ("include", "members", "axes")
FIELDS = [name for name in ViewMessage.model_fields if name != "type"]


def first_view(parameters: Mapping[str, str]) -> ViewMessage | None:
    """The view with these fields, lists separated by commas. None without any; InvalidArgument for an invalid one."""
    given = {name: _value(name, parameters[name][:1_000]) for name in FIELDS if name in parameters}
    if not given:
        return None
    try:
        return ViewMessage.model_validate(given)
    except ValidationError as error:
        found = items(error.errors(include_url=False, include_input=False), ViewMessage)
        raise rejected([ErrorItem(loc=["query", *item.loc], message=item.message) for item in found]) from None


def _value(name: str, text: str) -> Any:
    if name == "hold":
        pairs = (part.partition(":") for part in text.split(",") if part)
        return {index: _number(value) for index, _, value in pairs}
    if name in LISTS and text != "all":
        return [_number(part) for part in text.split(",") if part]
    return _number(text)


def _number(text: str) -> Any:
    for kind in (int, float):
        with suppress(ValueError):
            return kind(text)
    return text

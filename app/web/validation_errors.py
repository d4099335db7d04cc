"""Messages of validation errors that say what to change."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from app.errors import ErrorItem, InvalidArgument, rejected

# Messages by pydantic's error types.
_WORDS = {
    "missing": "is missing; give it",
    "json_invalid": "is not JSON: {error}",
    "union_tag_invalid": "unknown {discriminator} {tag!r}; use one of {expected_tags}",
    "union_tag_not_found": "has no {discriminator}; give one",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "string_type": "must be text",
    "string_unicode": "must be text in UTF-8",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "must look like {pattern}",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be less than {lt}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "finite_number": "must be a finite number",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "too_short": "must have at least {min_length} of them",
    "too_long": "may have at most {max_length} of them",
}

# Longest quoted name of an unknown field, and longest message, in characters.
MAX_NAME = 80
MAX_MESSAGE = 1_000


class _Place(NamedTuple):
    """The path of an error in the client's document."""

    written: tuple[str | int, ...]
    fork: int | None  # parts of `written` before the first choice among types
    branch: str  # the type that pydantic validated there
    models: tuple[type[BaseModel], ...]  # what the object there may be


def _parts(annotation: Any) -> Iterator[Any]:
    """The types that a value of this annotation may have: the alternatives of a union, without Annotated."""
    if get_origin(annotation) is Annotated:
        yield from _parts(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for argument in get_args(annotation):
            yield from _parts(argument)
    else:
        yield annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _place(annotation: Any, loc: Sequence[str | int]) -> _Place:
    """Follows pydantic's path through the types; without an annotation it is returned unchanged.

    Between fields and indices, pydantic inserts the name of the alternative of a union that it validated.
    """
    if annotation is None:
        return _Place(tuple(loc), None, "", ())
    candidates = list(_parts(annotation))
    written: list[str | int] = []
    fork, branch = None, ""
    for part in loc:
        models = [each for each in candidates if _is_model(each)]
        fields = [each.model_fields[str(part)].annotation for each in models if part in each.model_fields]
        if isinstance(part, int):
            elements = [argument for each in candidates if not _is_model(each) for argument in get_args(each)]
            candidates = [each for element in elements for each in _parts(element)]
            written.append(part)
        elif fields:
            candidates = [each for field in fields for each in _parts(field)]
            written.append(part)
        else:
            if fork is None:
                fork, branch = len(written), part
            candidates = [each for each in models if _tagged(each, part)] or candidates
    return _Place(tuple(written), fork, branch, tuple(each for each in candidates if _is_model(each)))


def _tagged(model: type[BaseModel], tag: str) -> bool:
    return model.__name__ == tag or any(tag in get_args(field.annotation) for field in model.model_fields.values())


def _short(value: Any) -> Any:
    """60 for 60.0; a long text is cut."""
    if isinstance(value, str) and len(value) > MAX_MESSAGE:
        return f"{value[:MAX_NAME]}..."
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e16 else value


def _message(error: Any, models: Iterable[type[BaseModel]]) -> str:
    if error["type"] == "extra_forbidden":
        known = ", ".join(sorted({name for model in models for name in model.model_fields}))
        return f"unknown field; the fields here are {known}" if known else "unknown field; leave it out"
    if words := _WORDS.get(error["type"]):
        return words.format(**{name: _short(value) for name, value in error.get("ctx", {}).items()})
    message: str = error["msg"].removeprefix("Value error, ")
    return message if len(message) <= MAX_MESSAGE else f"{message[:MAX_MESSAGE]}..."


class _Fault(NamedTuple):
    place: _Place
    item: ErrorItem
    of_type: bool  # the value does not have the type that was validated


def items(errors: Iterable[Any], annotation: Any = None, skip: int = 0) -> list[ErrorItem]:
    """pydantic's errors as items of a problem; the first `skip` parts of each path come before the annotated value."""
    faults: list[_Fault] = []
    for error in errors:
        if error["type"] == "too_short" and faults and tuple(faults[-1].item.loc[: len(error["loc"])]) == error["loc"]:
            continue  # it is short because its first error ended the validation
        loc, unknown = list(error["loc"]), []
        if error["type"] == "json_invalid":
            loc = loc[:skip]  # what follows is not a place in the body: a count of characters
        if error["type"] == "extra_forbidden":
            unknown = [str(loc.pop())[:MAX_NAME]]
        place = _place(annotation, loc[skip:])
        item = ErrorItem(loc=[*loc[:skip], *place.written, *unknown], message=_message(error, place.models))
        faults.append(_Fault(place, item, error["type"].endswith(("_type", "literal_error"))))
    return [item for _, group in groupby(faults, _fork) for item in _best(list(group))]


def _fork(fault: _Fault) -> Any:
    return fault.item.loc if fault.place.fork is None else fault.place.written[: fault.place.fork]


def _best(group: list[_Fault]) -> list[ErrorItem]:
    """Of the alternatives validated at one path, the errors of the best fit; of equal fits, one error for all."""
    if len({fault.place.branch for fault in group}) > 1:
        fit = max((len(fault.item.loc), not fault.of_type) for fault in group)
        group = [fault for fault in group if (len(fault.item.loc), not fault.of_type) == fit]
    if len({fault.place.branch for fault in group}) == 1:
        return [fault.item for fault in group]
    messages = list(dict.fromkeys(fault.item.message.removeprefix("must be ") for fault in group))
    if "a number" in messages and "a whole number" in messages:
        messages.remove("a whole number")
    return [ErrorItem(loc=group[0].item.loc, message=f"must be {' or '.join(messages)}")]


def invalid_message(error: ValidationError, models: Mapping[str, type[BaseModel]]) -> InvalidArgument:
    """The error for an invalid message; `models` are the possible ones, by the tag at the start of each path."""
    found = []
    for tag, errors in groupby(
        error.errors(include_url=False, include_input=False), lambda e: next(iter(e["loc"]), "")
    ):
        found += items(errors, models.get(str(tag)), skip=1)
    return rejected(found)

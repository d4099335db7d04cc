"""Validation errors in words that say what to change."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from app.problems import ErrorItem, Problem, rejected

# Errors say these of the value; here they say what to do.
_WORDS = {
    "missing": "is missing; give it",
    "json_invalid": "is not JSON: {error}",
    "union_tag_invalid": "unknown {discriminator} {tag!r}; use one of {expected_tags}",
    "union_tag_not_found": "has no {discriminator}; give one",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "string_type": "must be text",
    "bool_type": "must be true or false",
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
}


def _models(annotation: Any) -> Iterable[type[BaseModel]]:
    """The models that an annotation speaks of, however deep in its unions and lists."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def _walk(model: type[BaseModel], loc: Sequence[str | int]) -> tuple[list[str | int], list[type[BaseModel]]]:
    """The place as a client wrote it, and what models the object there may be.

    pydantic names, between the fields and indices of a place, the tag by which it chose one of several models.
    """
    written: list[str | int] = []
    candidates = [model]
    for part in loc:
        fields = [c.model_fields[str(part)] for c in candidates if part in c.model_fields]
        if fields or isinstance(part, int):
            written.append(part)
            candidates = [found for field in fields for found in _models(field.annotation)] or candidates
        elif chosen := [c for c in candidates if _tagged(c, part)]:
            candidates = chosen
        else:
            written.append(part)
    return written, candidates


def _tagged(model: type[BaseModel], tag: str) -> bool:
    return any(tag in get_args(field.annotation) for field in model.model_fields.values())


def _short(value: Any) -> Any:
    """60 for 60.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def items(errors: Iterable[Any], model: type[BaseModel] | None = None, skip: int = 0) -> list[ErrorItem]:
    """pydantic's errors as the API tells them; `skip` parts of each place stand before the model."""
    told = []
    for error in errors:
        loc: list[str | int] = list(error["loc"])
        words = _WORDS.get(error["type"])
        if error["type"] == "json_invalid":
            loc = [part for part in loc if isinstance(part, str)]  # not a place in the body: a count of characters
        candidates: list[type[BaseModel]] = []
        if model:
            forbidden = [loc.pop()] if error["type"] == "extra_forbidden" else []
            written, candidates = _walk(model, loc[skip:])
            loc = [*loc[:skip], *written, *forbidden]
        if error["type"] == "extra_forbidden":
            known = ", ".join(sorted({name for candidate in candidates for name in candidate.model_fields}))
            message = f"unknown field; the fields here are {known}" if known else "unknown field; leave it out"
        elif words:
            message = words.format(**{name: _short(value) for name, value in error.get("ctx", {}).items()})
        else:
            message = error["msg"].removeprefix("Value error, ")
        told.append(ErrorItem(loc=loc, message=message))
    return told


def problem_of(error: ValidationError, models: Mapping[str, type[BaseModel]]) -> Problem:
    """A message that does not fit: `models` are what it may be, by the tag that each place begins with."""
    told = []
    for each in error.errors(include_url=False, include_input=False):
        tag = str(next(iter(each["loc"]), ""))
        told += items([each], models.get(tag), skip=1)
    return rejected(told)

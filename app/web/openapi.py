"""Completes the OpenAPI document with what FastAPI cannot know and client generators need."""

import copy
import re
from collections.abc import Iterator
from typing import Any

from app.protocol.messages import MESSAGES, CloseCode, Subprotocol
from app.web.problems import REFERENCE, ProblemDocument

Schema = dict[str, Any]

_PREFIX = "#/components/schemas/"
_METHODS = ("get", "post", "put", "patch", "delete")
# Operations without required token: a caller without one gets one.
_OPEN = ("create_run", "create_table")


def complete(document: Schema, cookie: str) -> None:
    """Adds problem documents, both ways to authenticate, the stream, and separate schemas for requests and answers."""
    components = document["components"]
    problem = ProblemDocument.model_json_schema(ref_template=f"{_PREFIX}{{model}}")
    components["schemas"] |= problem.pop("$defs") | {REFERENCE.rpartition("/")[2]: problem}
    _name_the_owner(document, cookie)
    _separate(document)
    document["tags"] = [{"name": "stream", "description": stream_in_words()}]


def _operations(document: Schema) -> Iterator[Schema]:
    for path in document["paths"].values():
        yield from (path[method] for method in _METHODS if method in path)


def _name_the_owner(document: Schema, cookie: str) -> None:
    """A token or the page's cookie; neither where none is required."""
    document["components"]["securitySchemes"]["OwnerCookie"] = {
        "type": "apiKey",
        "in": "cookie",
        "name": cookie,
        "description": "The page's own, set by `GET /`; other clients send the token.",
    }
    for operation in _operations(document):
        if "security" in operation:
            anonymous: list[Schema] = [{}] if operation["operationId"] in _OPEN else []
            operation["security"] = [*anonymous, *operation["security"], {"OwnerCookie": []}]


def _separate(document: Schema) -> None:
    """Requests may omit every field that has a default; answers omit only those marked `x-optional`.

    A schema that both use keeps its name for answers; requests have one of their own, with "-Input" in its name.
    Its defaults are in the descriptions: client generators take a field with a default for one that is always present.
    """
    schemas: dict[str, Schema] = document["components"]["schemas"]
    bodies = [operation["requestBody"] for operation in _operations(document) if "requestBody" in operation]
    answers = [operation["responses"] for operation in _operations(document)]
    sent, answered = _reached(bodies, schemas), _reached(answers, schemas)
    names = {name: f"{name}-Input" if name in answered else name for name in sent if "properties" in schemas[name]}
    written = {new: _sent(schemas[name], names) | {"title": new.replace("-", "")} for name, new in names.items()}
    for body in bodies:
        body.update(_renamed(body, names))
    for name in sent & answered:
        _always_whole(schemas[name])
    schemas |= written


def _sent(schema: Schema, names: dict[str, str]) -> Schema:
    schema = _renamed(copy.deepcopy(schema), names)
    _say_defaults(schema)
    return schema


def _say_defaults(part: Any) -> None:
    if isinstance(part, list):
        for each in part:
            _say_defaults(each)
    elif isinstance(part, dict):
        for each in part.get("properties", {}).values():
            default = each.pop("default", None)
            if isinstance(default, str | int | float):
                text = str(default).lower() if isinstance(default, bool) else str(default)
                each["description"] = " ".join(filter(None, [each.get("description"), f"Default: {text}."]))
        for key, each in part.items():
            if key not in ("examples", "example", "const", "enum"):
                _say_defaults(each)


def _always_whole(schema: Schema) -> None:
    if "properties" in schema:
        schema["required"] = [name for name, each in schema["properties"].items() if "x-optional" not in each]
        for each in schema["properties"].values():
            each.pop("default", None)


def _reached(parts: Any, schemas: dict[str, Schema]) -> set[str]:
    """The names of all schemas that these parts of the document lead to."""
    found: set[str] = set()
    waiting = [parts]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            name = str(part.get("$ref", "")).removeprefix(_PREFIX)
            if name in schemas and name not in found:
                found.add(name)
                waiting.append(schemas[name])
            waiting += part.values()
    return found


def _renamed(part: Any, names: dict[str, str]) -> Any:
    if isinstance(part, list):
        return [_renamed(each, names) for each in part]
    if not isinstance(part, dict):
        if isinstance(part, str) and part.startswith(_PREFIX):
            name = part.removeprefix(_PREFIX)
            return _PREFIX + names.get(name, name)
        return part
    return {key: _renamed(each, names) for key, each in part.items()}


def stream_in_words() -> str:
    """OpenAPI cannot describe a WebSocket, so this describes the stream in Markdown."""
    sent = "\n".join(f"- `{name}`: {_first_line(model)}" for name, model in MESSAGES.items())
    codes = ", ".join(f"{code.value} {code.name.lower().replace('_', ' ')}" for code in CloseCode)
    return f"""\
`WS /api/v1/runs/{{run_id}}/stream?since=0` shows one run live: metrics of every epoch from `since` on, and frames.
Everyone who knows the id may watch; the owner (`Authorization: Bearer`, or the cookie) may also send commands.

Subprotocols: {" and ".join(f"`{name}`" for name in Subprotocol)}; the first where none is asked for.

The server sends messages with a `type`: `hello`, `metrics`, `frame`, `state`, `error`, `bye`. The client sends JSON:

{sent}

Close codes: {codes}. docs/protocol.md in the repository shows every message.
"""


def _first_line(model: type) -> str:
    return re.split(r"\n", model.__doc__ or "")[0]

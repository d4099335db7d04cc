"""docs/protocol.md matches the server: its client messages are followed, and the server's have the shape it shows."""

import json
import re
from pathlib import Path

from app.protocol.messages import MESSAGES, ViewMessage

TEXT = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")


def examples(heading):
    part = TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", part, re.DOTALL)]


def test_every_client_message_is_shown_and_followed(new_run):
    shown = examples("From the client")
    assert {message["type"] for message in shown} == MESSAGES.keys()
    run = new_run()
    with run.stream() as stream:
        stream.next()
        for message in shown:
            stream.socket.send(json.dumps(message))
        messages = stream.until(lambda m: m["type"] == "state" and m["series"] == 1)
    assert [m for m in messages if m["type"] == "error"] == []
    assert (messages[-1]["seed"], messages[-1]["training"]["learning_rate"]) == (7, 0.1)


def test_the_view_shown_is_the_default():
    (view,) = (message for message in examples("From the client") if message["type"] == "view")
    assert ViewMessage.model_validate(view) == ViewMessage()


def test_every_server_message_looks_as_shown(new_run):
    shown = {message["type"]: message for message in examples("From the server")}
    run = new_run()
    with run.stream() as stream:
        messages = [stream.wait_for("hello")]  # epochs trained before it would come with it
        stream.send("view")
        stream.send("view", fps=900)
        stream.send("step", epochs=2)
        messages += stream.until(lambda m: m["type"] == "state" and m["epoch"] == 2)
        if "frame" not in {m["type"] for m in messages}:  # it may come before the state, and no second one follows
            messages.append(stream.wait_for("frame"))
        run.call("DELETE", status=204)
        messages.append(stream.wait_for("bye"))
    seen = {message["type"]: message for message in messages}
    assert seen.keys() == shown.keys()
    for type_, message in shown.items():
        if type_ == "frame":
            assert message.keys() <= seen[type_].keys()
        else:
            assert message.keys() == seen[type_].keys(), type_
    assert shown["error"] == seen["error"]
    assert shown["metrics"]["members"][0].keys() == seen["metrics"]["members"][0].keys()

"""GET /runs/{id}/export/{format}: files of a run, present and recorded, and its refusals."""

import json

import numpy as np
import pytest

from engine.export import formats


def parts(file):
    """The first tensor and the facts of a safetensors file."""
    size = int.from_bytes(file[:8], "little")
    header = json.loads(file[8 : 8 + size])
    start, end = header["0.weight"]["data_offsets"]
    weights = np.frombuffer(file[8 + size + start : 8 + size + end], "<f4").reshape(header["0.weight"]["shape"])
    return weights, json.loads(header["__metadata__"]["descent"])


def test_every_format_of_the_catalog_is_answered(new_run, server):
    run = new_run()
    run.step(epochs=2)
    listed = server.http.get("/api/v1/catalog").json()["exports"]
    assert [entry["name"] for entry in listed] == list(formats)
    for entry in listed:
        first, second = (run.send("GET", f"{run.path}/export/{entry['name']}") for _ in range(2))
        assert first.status_code == 200
        assert first.headers["content-type"].split(";")[0] == entry["media_type"]
        assert f'filename="{entry["filename"]}"' in first.headers["content-disposition"]
        assert first.content == second.content
    metrics = run.send("GET", f"{run.path}/metrics", headers={"Accept": "text/csv"})
    assert run.send("GET", f"{run.path}/export/csv").text == metrics.text
    assert run.send("GET", f"{run.path}/export/config").json() == run.get()["config"]
    program = run.send("GET", f"{run.path}/export/numpy?inline=true")
    assert 'filename="predict.py"' in program.headers["content-disposition"]
    compile(program.text, "predict.py", "exec")


def test_weights_of_a_recorded_epoch_and_member(new_run):
    run = new_run({"sweep": {"parameter": "seed", "values": [1, 2]}})
    run.step(epochs=1)
    then = run.get("/weights", member=1)["layers"][0]["W"]
    run.step(epochs=2)
    weights, facts = parts(run.send("GET", f"{run.path}/export/safetensors?member=1&epoch=1").content)
    np.testing.assert_array_equal(weights, np.array(then, np.float32))
    assert (facts["epoch"], facts["member"], facts["seed"]) == (1, 1, 2)
    now, facts = parts(run.send("GET", f"{run.path}/export/safetensors?member=1").content)
    assert facts["epoch"] == 3
    assert (now != weights).any()


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("tarot", 404, ["safetensors", "numpy", "csv"]),
        ("numpy?epoch=7", 404, ["nearest", "0"]),
        ("safetensors?inline=true", 422, ["numpy"]),
        ("safetensors?member=3", 422, ["member"]),
    ],
)
def test_refusals_say_what_there_is(new_run, path, status, words):
    run = new_run()
    answer = run.call("GET", f"/export/{path}", status=status)
    assert [word for word in words if word not in answer["detail"]] == []


def test_a_program_too_large_for_one_file_is_a_conflict(new_run):
    run = new_run({"network": {"hidden": [{"units": 64}] * 12}, "dataset": {"samples": 10}})
    assert "zip" in run.call("GET", "/export/numpy?inline=true", status=409)["detail"]
    assert run.send("GET", f"{run.path}/export/numpy").status_code == 200

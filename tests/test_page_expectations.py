"""What the page expects of a config before the server has answered is what the server then says."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from app.runs.derived import derived_of
from engine import catalog
from engine.config import RunConfig
from engine.data.datasets import datasets
from engine.data.resolve import resolve
from engine.data.sets import sets

ROOT = Path(__file__).parents[1]
SCRIPT = """
import { readFileSync } from "node:fs";
import { expected } from "./static/state/derived.js";
const { catalog, configs } = JSON.parse(readFileSync(0));
console.log(JSON.stringify(configs.map((config) => expected(catalog, config))));
"""
ROWS = [[0.0, 1.0, 2.0], [1.0, 0.0, -1.0], [2.0, 1.0, 1.0], [0.0, -1.0, 0.5]]


def own(task, targets, **more):
    return {"dataset": {"name": "custom", "inputs": ROWS, "targets": targets, "task": task}, **more}


TREES = {
    **{name: {"dataset": {"name": name}} for name in (*datasets, *sets)},
    "five classes": {"dataset": {"name": "blobs", "classes": 5}},
    "two of many classes": {"dataset": {"name": "blobs", "classes": 2}},
    "softmax for two": {"network": {"output": "softmax"}},
    "tanh": {"network": {"output": "tanh"}},
    "a loss": {"training": {"loss": "mse"}},
    "features": {"features": ["x1", "x2", "x1*x2"], "network": {"hidden": []}},
    "own classes": own("classification", [0, 1, 2, 1]),
    "own two classes": own("classification", [0, 1, 1, 1]),
    "own number": own("regression", [0.5, 1, 2, 3]),
    "own numbers": own("regression", [[0.5, 1], [1, 2], [0, 0], [0, 1]]),
    "own labels": own("multilabel", [[0, 1], [1, 1], [0, 0], [0, 1]]),
}


def test_the_page_expects_what_follows_from_a_config():
    node = shutil.which("node")
    if node is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("node was not found on the PATH")
    configs = [resolve(RunConfig.model_validate(tree), None) for tree in TREES.values()]
    given = {"catalog": catalog(), "configs": [config.model_dump(mode="json") for config in configs]}
    answer = subprocess.run(
        [node, "--input-type=module", "--eval", SCRIPT],
        cwd=ROOT,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stderr
    for name, config, expected in zip(TREES, configs, json.loads(answer.stdout), strict=True):
        assert expected == derived_of(config) | {"parameters": None}, name

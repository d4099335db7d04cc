"""Exported files: what they compute equals the run, they are the same bytes each time, and refusals name a remedy."""

import hashlib
import io
import json
import runpy
import zipfile

import numpy as np
import pytest

from engine import RunConfig, Trainer
from engine.data.tables import read_table
from engine.export import Exported, NotExpressible, formats, modules
from engine.nn.activations import activations
from engine.nn.losses import CLASSIFICATION, MULTILABEL, REGRESSION

BIRDS = "len,isle,sex,kind\n" + "".join(
    f"{40 + 6 * (i % 3) + i / 60 if i % 7 else ''},{'TBD'[i % 3] if i % 11 else ''},{'mf'[i % 2]},{'ABC'[i % 3]}\n"
    for i in range(60)
)
HOUSES = "size,town,price\n" + "".join(f"{50 + 3 * i},{'xyz'[i % 3]},{150_000 + 7000 * i}\n" for i in range(30))
FLOWERS = "x,late,early\n" + "".join(
    f"{i},{'no' if i < 20 else 'yes'},{'yes' if i < 10 else 'no'}\n" for i in range(40)
)
FORMULAS = ["x1", "x2^2", "x1*x2", "sin(x1)", "-x^2 + 2*cos(3*x2)", "sqrt(x1) - pi/(x2*x2 + 1)", "exp(x1/2)*abs(y)"]
LABELS = {"name": "custom", "inputs": [[0, 1], [1, 0], [2, 2]], "targets": [[0, 1], [1, 1], [0, 0]]}

CASES = {
    "features": {"features": FORMULAS},
    "one of two formulas": {"features": ["x2", "0.1*x1^3"]},
    "no bias": {"network": {"bias": False}},
    "no hidden layer": {"network": {"hidden": []}},
    "tanh output": {"network": {"output": "tanh"}},
    "softmax": {"dataset": {"name": "blobs", "classes": 4}},
    "regression": {"dataset": {"name": "plane"}},
    "multilabel": {"dataset": {**LABELS, "task": MULTILABEL}},
    "real table": {"dataset": {"name": "penguins"}},
    **{
        f"layer of {name}": {"network": {"hidden": [{"units": 5, "activation": name}, {"units": 3}]}}
        for name in sorted(activations.keys() & modules.IN_NUMPY.keys())
    },
    "parameters": {
        "network": {
            "hidden": [
                {"units": 4, "activation": {"name": "elu", "alpha": 0.4}},
                {"units": 4, "activation": {"name": "leaky_relu", "slope": 0.2}, "dropout": 0.2},
                {"units": 4, "activation": "prelu"},
            ]
        }
    },
}
TABLES = {
    "categories and gaps": (BIRDS, {"missing": "category"}),
    "gaps filled": (BIRDS, {"missing": "median", "scale": "minmax"}),
    "a number in its unit": (HOUSES, {}),
    "labels of a table": (FLOWERS, {"target": ["late", "early"]}),
}


def trained(config, table=None, epochs=3):
    trainer = Trainer(RunConfig.model_validate(config), table=table)
    trainer.train(10**9, epochs)
    return trainer


def of_table(text, fields):
    table = read_table(text.encode())
    return trained({"dataset": {"name": "table", "table": table.id, **fields}}, table)


RUNS = {
    **{name: lambda config=config: trained(config) for name, config in CASES.items()},
    **{name: lambda case=case: of_table(*case) for name, case in TABLES.items()},
}


def parts(file):
    """The tensors and the facts of a safetensors file, read by its specification."""
    size = int.from_bytes(file[:8], "little")
    header = json.loads(file[8 : 8 + size])
    facts = json.loads(header.pop("__metadata__")["descent"])
    body, tensors = file[8 + size :], {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        tensors[name] = np.frombuffer(body[start:end], {"F32": "<f4", "F64": "<f8"}[entry["dtype"]])
        tensors[name] = tensors[name].reshape(entry["shape"])
    assert size % 8 == 0
    assert sum(t.nbytes for t in tensors.values()) == len(body)
    return tensors, facts


def program_of(exported):
    source = formats["numpy"].inline(exported).decode()
    names = {"__name__": "program"}
    exec(compile(source, "predict.py", "exec"), names)
    return names


@pytest.mark.parametrize("name", RUNS)
def test_the_program_predicts_as_the_run(name):
    trainer = RUNS[name]()
    exported = Exported.of(trainer)
    program, sample = program_of(exported), exported.facts["sample"]
    outputs = program["predict"](sample["inputs"])
    expected = exported.in_float64.predict(exported.points)
    assert len(np.unique(expected.round(12))) > 1
    np.testing.assert_allclose(outputs, expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(outputs, trainer.model().predict(exported.points), rtol=2e-5, atol=2e-5)
    if trainer.config.task != REGRESSION:
        assert program["labels"](outputs) == sample["labels"]


@pytest.mark.parametrize("name", RUNS)
def test_the_weights_by_pytorch_names_predict_as_the_run(name):
    trainer = RUNS[name]()
    exported = Exported.of(trainer)
    tensors, facts = parts(formats["safetensors"].write(exported))
    a = trainer.model().features(exported.points, np.float64)[:-1].T
    layers = [(layer.activation.name, layer.activation.parameters) for layer in trainer.config.network.hidden]
    for index, (activation, parameters) in enumerate([*layers, ("linear", ())]):
        z = a @ tensors[f"{2 * index}.weight"].astype(np.float64).T + tensors.get(f"{2 * index}.bias", 0.0)
        slope = tensors.get(f"{2 * index + 1}.weight", ())
        a = np.empty_like(z)
        activations[activation].forward(z, a, (np.empty_like(z), np.empty_like(z)), *parameters, *slope)
    outputs = np.empty_like(z.T)
    scratch = np.empty_like(outputs), np.empty_like(outputs)
    trainer.config.pair.predict(z.T, outputs, scratch, np.empty((1, len(z))))
    np.testing.assert_allclose(trainer.model().decode(outputs.T), facts["sample"]["outputs"], rtol=1e-9, atol=1e-12)
    assert len(facts["modules"]) == 2 * len(layers) + 2
    assert RunConfig.model_validate(facts["config"]).network == trainer.config.network


@pytest.mark.parametrize("name", ["features", "categories and gaps", "labels of a table", "parameters"])
def test_files_are_the_same_bytes_each_time(name):
    first, second = (Exported.of(RUNS[name]()) for _ in range(2))
    for entry in formats.values():
        for write in filter(None, (entry.write, entry.inline)):
            assert write(first) == write(second)


def test_the_digest_is_that_of_the_sample():
    trainer = trained({"dataset": {"name": "penguins"}})
    exported = Exported.of(trainer)
    outputs = trainer.model().predict(trainer.data().inputs[: len(exported.facts["sample"]["inputs"])])
    assert outputs.dtype == np.float32
    assert exported.facts["digest"] == hashlib.sha256(outputs.tobytes()).hexdigest()


def test_the_zip_has_a_program_that_compares_itself(tmp_path, capsys):
    exported = Exported.of(of_table(*TABLES["categories and gaps"]))
    archive = zipfile.ZipFile(io.BytesIO(formats["numpy"].write(exported)))
    assert {entry.filename: entry.date_time[0] for entry in archive.infolist()} == {
        "predict.py": 1980,
        "run.safetensors": 1980,
    }
    assert archive.read("run.safetensors") == formats["safetensors"].write(exported)
    archive.extractall(tmp_path)
    runpy.run_path(str(tmp_path / "predict.py"), run_name="__main__")
    *rows, difference, labels = capsys.readouterr().out.splitlines()
    assert len(rows) == len(exported.points)
    assert float(difference.split(":")[1]) < 1e-9
    assert labels.endswith("True")


def test_every_activation_has_its_names_in_other_libraries():
    assert activations.keys() <= modules.IN_NUMPY.keys() & modules.TORCH.keys()


@pytest.mark.parametrize("name", RUNS)
def test_a_program_has_60_lines_at_most(name):
    archive = zipfile.ZipFile(io.BytesIO(formats["numpy"].write(Exported.of(RUNS[name]()))))
    lines = archive.read("predict.py").decode().splitlines()
    assert len(lines) <= 60
    assert max(map(len, lines)) <= 120


def test_an_earlier_epoch_and_a_member_are_exported_as_they_were():
    trainer = trained({"sweep": {"parameter": "seed", "values": [1, 2]}}, epochs=1)
    before = trainer.parameters
    trainer.train(10**9, 4)
    tensors, facts = parts(formats["safetensors"].write(Exported.of(trainer, 1, before[1], 1)))
    assert (facts["epoch"], facts["member"], facts["seed"], facts["task"]) == (1, 1, 2, CLASSIFICATION)
    (first, *_) = trainer.model(1, before[1]).layers()
    np.testing.assert_array_equal(tensors["0.weight"], first.W)
    assert json.loads(formats["config"].write(Exported.of(trainer, 1)))["seed"] == 2


def test_what_a_format_cannot_hold_is_refused_with_a_remedy(monkeypatch):
    large = Exported.of(trained({"network": {"hidden": [{"units": 250}, {"units": 250}]}}, epochs=0))
    with pytest.raises(NotExpressible, match="zip"):
        formats["numpy"].inline(large)
    monkeypatch.delitem(modules.IN_NUMPY, "tanh")
    with pytest.raises(NotExpressible, match=r"'tanh'.*safetensors"):
        formats["numpy"].write(large)

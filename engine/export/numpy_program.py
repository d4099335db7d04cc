"""The format numpy: a program that predicts with NumPy alone, and ``run.safetensors`` beside it or within."""

from __future__ import annotations

import base64
import textwrap

from engine.export import safetensors
from engine.export.archive import zipped
from engine.export.entry import Format, NotExpressible
from engine.export.exported import Exported
from engine.export.expressions import ANGLES, BOUNDED, expression, is_written
from engine.export.modules import IN_NUMPY
from engine.nn.losses import MULTILABEL, REGRESSION

INLINE_BYTES = 200_000

BESIDE = 'FILE = Path(__file__).with_name("run.safetensors").read_bytes()'

PROGRAM = '''\
"""Predicts as the network that Descent trained, as it was after epoch {epoch}. It does not train.

It needs NumPy{needs}. Rows are raw{units}; outputs are float64.
"""

{imports}

import numpy as np

{file}
SIZE = int.from_bytes(FILE[:8], "little")
HEADER = json.loads(FILE[8 : 8 + SIZE])
RUN = json.loads(HEADER.pop("__metadata__")["descent"])  # what explains the weights: columns, scaling, sample, ...

{functions}

def tensor(name):
    start, end = HEADER[name]["data_offsets"]
    values = np.frombuffer(FILE, "{dtype}", offset=8 + SIZE + start, count=(end - start) // {itemsize})
    return values.reshape(HEADER[name]["shape"]).astype(np.float64)

# The place of each layer of weights, named as in torch.nn.Sequential, with its activation and that one's parameters.
{layers}

{encode}def features(rows):
    {features}

def predict(rows):
    with np.errstate(all="ignore"):  # e^-z may overflow to infinity, and 1 / infinity is right
        a = features(rows)
        for index, f, *parameters in LAYERS:
            a = f({product}, *parameters)
    return {outputs}

{label}if __name__ == "__main__":
    sample = RUN["sample"]
    outputs = predict(sample["inputs"])
    for row, own, ours in zip(sample["inputs"], outputs, sample["outputs"]):
        print(row, "->", own, "Descent:", np.array(ours))
    print("largest difference:", np.abs(outputs - sample["outputs"]).max()){compared}
'''

ENCODE = '''\
def encode(rows):
    """Rows of cells (numbers, names of categories, None where missing): numbers scaled, an input for each category."""
    scaling = {name: np.array(values, float) for name, values in RUN["scaling"].items()}
    source, value = scaling["source"].astype(int), scaling["value"]
    names = [column["values"] for column in RUN["columns"]]
    cells = [[own.index(c) if isinstance(c, str) else c for c, own in zip(row, names, strict=True)] for row in rows]
    raw = np.array(cells, float)
    numbers = np.where(np.isnan(raw), scaling["fill"], raw)[:, source]
    encoded = np.where(value >= 0, numbers == value, (numbers - scaling["offset"]) / scaling["scale"])
    return np.where(value < 0, np.isnan(raw)[:, source], encoded)

'''

LABELS = """\
def labels(outputs):
    {body}

"""


def write(exported: Exported) -> bytes:
    """A zip of ``predict.py`` and ``run.safetensors``."""
    return zipped({"predict.py": _program(exported, BESIDE), "run.safetensors": safetensors.write(exported)})


def inline(exported: Exported) -> bytes:
    """``predict.py`` with the weights within it; NotExpressible if it is larger than 200 kB."""
    lines = textwrap.wrap(base64.b64encode(safetensors.write(exported)).decode(), 116)
    text = "\n".join(["FILE = base64.b64decode('''", *lines, "''')"])
    program = _program(exported, text)
    if len(program) > INLINE_BYTES:
        raise NotExpressible(
            f"The program with its weights has {len(program):,} bytes, more than the {INLINE_BYTES:,} of one file: "
            "ask without inline for a zip of both."
        )
    return program


def _program(exported: Exported, file: str) -> bytes:
    model, config = exported.model, exported.model.config
    names = [*(layer.activation.name for layer in config.network.hidden), config.output]
    if missing := [name for name in names if name not in IN_NUMPY]:
        raise NotExpressible(
            f"The format numpy has no activation {missing[0]!r}: use safetensors, which has the weights."
        )
    beside, table = file is BESIDE, config.columns is not None
    dtype = model.network.dtype
    regression = config.task == REGRESSION
    scaled = table and regression
    chosen = [feature.name for feature in config.feature_list]
    imports = ["import json", "from pathlib import Path"] if beside else ["import base64", "import json"]
    return PROGRAM.format(
        epoch=exported.epoch if not exported.batch else f"{exported.epoch} and {exported.batch} mini-batches",
        needs=", and run.safetensors beside it" if beside else "",
        units=", in the table's own units and names" if table else "",
        imports="\n".join(imports),
        file=file,
        functions="\n".join(_functions(names, chosen)),
        layers=_layers(exported, names),
        dtype=f"<f{dtype.itemsize}",
        itemsize=dtype.itemsize,
        encode=ENCODE if table else "",
        features=_features(chosen, config.encoded_inputs, "encode(rows)" if table else "np.array(rows, float)"),
        product='a @ tensor(f"{index}.weight").T' + (' + tensor(f"{index}.bias")' if config.network.bias else ""),
        outputs='a * RUN["scaling"]["target_scale"] + RUN["scaling"]["target_offset"]' if scaled else "a",
        label="" if regression else LABELS.format(body=_labels(exported)),
        compared="" if regression else '\n    print("same labels:", labels(outputs) == sample["labels"])',
    ).encode()


def _functions(names: list[str], chosen: list[str]) -> list[str]:
    """The definitions that a program needs: activations, and what formulas use."""
    written = [name for name in chosen if is_written(name)]
    angles = [text for name, text in ANGLES.items() if any(f"{name}(" in each for each in written)]
    return [*([BOUNDED] if written else []), *angles, *(IN_NUMPY[name] for name in dict.fromkeys(names))]


def _layers(exported: Exported, names: list[str]) -> str:
    hidden = [layer.activation for layer in exported.model.config.network.hidden]
    found = []
    for index, (name, activation) in enumerate(zip(names, [*hidden, None], strict=True)):
        parameters = [repr(number) for number in (activation.parameters if activation else ())]
        if exported.model.network.learned[index] is not None:
            parameters.append(f'tensor("{2 * index + 1}.weight")')
        found.append(f"({', '.join([str(2 * index), name, *parameters])})")
    return _wrapped(f"LAYERS = [{', '.join(found)}]")


def _features(chosen: list[str], inputs: int, raw: str) -> str:
    if chosen == [f"x{i + 1}" for i in range(inputs)]:
        return f"return {raw}"
    stacked = _wrapped(f"return np.stack([{', '.join(map(expression, chosen))}], axis=1)", "        ")
    return f"x = {raw}.T\n    {stacked}"


def _labels(exported: Exported) -> str:
    """Class indices or names, of several labels those that apply."""
    config = exported.model.config
    middle = sum(exported.facts["codes"]) / 2
    if config.task == MULTILABEL:
        is_so = f"outputs >= {middle}"
        if config.columns is None:
            return f"return ({is_so}).astype(int).tolist()"
        return f'return [[name for name, is_so in zip(RUN["targets"], row) if is_so] for row in {is_so}]'
    indices = "outputs.argmax(1)" if config.output_units > 1 else f"(outputs[:, 0] >= {middle}).astype(int)"
    return f'return [RUN["classes"][index] for index in {indices}]' if config.columns else f"return {indices}.tolist()"


def _wrapped(text: str, indent: str = "    ") -> str:
    return "\n".join(textwrap.wrap(text, 116, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False))


format_ = Format(
    name="numpy",
    title="Program (NumPy)",
    note="A program that predicts with NumPy alone, with the weights beside it, and compares itself with this run.",
    filename="numpy.zip",
    media_type="application/zip",
    write=write,
    inline=inline,
    inline_filename="predict.py",
)

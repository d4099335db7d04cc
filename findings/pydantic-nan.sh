#!/usr/bin/env bash
# pydantic 2.14.4, FastAPI 0.165.0, httpx 0.28.1
# A float field that holds NaN or infinity is written to JSON as null, which the same model refuses to read and whose JSON schema
# says "number". In FastAPI the same answer is a 200 with null where the route names its model, and a 500 where it does not.
# Seen: {"loss":null} for NaN and for infinity, a validation error on reading it, status 200 with the model and 500 without.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pydantic==2.14.4 fastapi==0.165.0 httpx==0.28.1
"$folder/venv/bin/python" - <<'PYTHON'
import math
import warnings

from fastapi import FastAPI
from pydantic import BaseModel, ValidationError

warnings.simplefilter("ignore")
from fastapi.testclient import TestClient


class Metrics(BaseModel):
    loss: float


app = FastAPI()


@app.get("/with-model")
def with_model() -> Metrics:
    return Metrics(loss=math.nan)


@app.get("/without-model")
def without_model():
    return {"loss": math.nan}


written = [Metrics(loss=loss).model_dump_json() for loss in (math.nan, math.inf)]
try:
    Metrics.model_validate_json(written[0])
    read = True
except ValidationError:
    read = False
client = TestClient(app, raise_server_exceptions=False)
named, plain = client.get("/with-model"), client.get("/without-model")
print(f"written {written}, read again: {read}; named {named.status_code} {named.text}, plain {plain.status_code}")
if written != ['{"loss":null}'] * 2 or read or (named.status_code, named.text, plain.status_code) != (200, written[0], 500):
    raise SystemExit("changed: null, a refusal, 200 and 500 were expected")
PYTHON

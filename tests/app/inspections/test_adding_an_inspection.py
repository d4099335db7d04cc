"""The code of docs/adding-an-inspection.md works as it stands there."""

import json
import re
from pathlib import Path

from fastapi import APIRouter, FastAPI

from app.api.routes import inspections
from app.inspections import registry
from engine.config import RunConfig
from engine.pieces import result_of
from engine.training.trainer import Trainer

PAGE = (Path(__file__).parents[3] / "docs" / "adding-an-inspection.md").read_text(encoding="utf-8")
MODULE, ENTRY, ROUTE = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_page_adds_an_inspection_with_an_address(monkeypatch):
    module = {"__name__": "weight_norms"}
    exec(MODULE, module)
    entry = eval(ENTRY, vars(registry) | module)
    assert entry.name not in registry.INSPECTIONS
    monkeypatch.setitem(registry.INSPECTIONS, entry.name, entry)

    answer = json.loads(result_of(entry.answer(Trainer(RunConfig()), {"member": 0})))
    checked = entry.response.model_validate(answer)
    assert len(checked.layers) == len(RunConfig().sizes) - 1
    assert all(layer.norm > 0 for layer in checked.layers)

    router = APIRouter(prefix="/runs/{run_id}")
    exec(ROUTE, vars(inspections) | {"run": router})
    app = FastAPI(generate_unique_id_function=lambda route: route.name)
    app.include_router(router)
    operation = app.openapi()["paths"]["/runs/{run_id}/weight-norms"]["get"]
    assert operation["operationId"] == entry.operation
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/WeightNorms"}

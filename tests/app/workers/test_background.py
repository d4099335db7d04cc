"""Long inspections beside training."""

from types import SimpleNamespace

import pytest

from app.inspections.registry import INSPECTIONS
from app.workers import background
from app.workers.background import PARTS, BackgroundTasks
from engine.config import RunConfig
from engine.training.trainer import Trainer


@pytest.mark.parametrize(("beside_training", "share"), [(True, 1 / PARTS), (False, 1)])
def test_a_task_leaves_most_of_the_time_to_training(monkeypatch, beside_training, share):
    clock = SimpleNamespace(now=0.0, worked=0.0)

    def rest(seconds):
        clock.now += seconds

    monkeypatch.setattr(background, "time", SimpleNamespace(monotonic=lambda: clock.now, sleep=rest))

    def pieces():
        for _ in range(20):
            clock.now += 0.003
            clock.worked += 0.003
            yield
        return b"done"

    tasks = BackgroundTasks(SimpleNamespace())
    tasks.beside_training = beside_training
    assert tasks._result_of(pieces()) == b"done"
    assert clock.worked / clock.now == pytest.approx(share)


def test_long_inspections_come_in_pieces():
    trainer = Trainer(RunConfig())
    recorded = {epoch: trainer.parameters.tobytes() for epoch in range(3)}
    trainer.advance(trainer.batches_per_epoch)
    asked = {
        "gradient_check": {"member": 0},
        "landscape": {"member": 0, "resolution": 21, "directions": "pca", "recorded": recorded},
        "history": {"member": 0, "recorded": recorded, "changes": [], "rates": [0.03]},
    }
    counts = {name: sum(1 for _ in INSPECTIONS[name].answer(trainer, each)) for name, each in asked.items()}
    of_config = {"config": RunConfig().as_json, "rules": "portable-1"}
    counts["range_test"] = sum(1 for _ in INSPECTIONS["range_test"].answer(None, of_config))
    assert min(counts.values()) >= 3, counts

"""Tests a lesson: trains every variant from several seeds in lockstep and judges every claim on the runs."""

from collections.abc import Iterator, Sequence

from app.course import Lesson, Variant
from app.course.claims import Finding
from app.course.quantities import Trained
from engine.config import RunConfig
from engine.training.trainer import Trainer


def judge(lesson: Lesson, seeds: Sequence[int] = range(5)) -> list[tuple[Finding, list[bool]]]:
    """For each claim the verdict of the seeds, and for each piece of its evidence whether the first seed shows it."""
    values: list[dict[str | None, list[float]]] = [{} for _ in lesson.claims]
    for variant in lesson.variants:
        epochs = {
            index: lesson.epochs if claim.epoch is None else claim.epoch
            for index, claim in enumerate(lesson.claims)
            if variant.name in claim.variants
        }
        for epoch, runs in train(variant, seeds, sorted(set(epochs.values()))):
            for index, at in epochs.items():
                if at == epoch:
                    quantity = lesson.claims[index].quantity
                    values[index][variant.name] = [quantity.measure(run) for run in runs]
    return [
        (claim.judge(measured), [e.shown_by(measured[e.variant][0]) for e in claim.evidence])
        for claim, measured in zip(lesson.claims, values, strict=True)
    ]


def train(variant: Variant, seeds: Sequence[int], epochs: Sequence[int]) -> Iterator[tuple[int, list[Trained]]]:
    """Train a variant from each seed, pausing at ``epochs`` (ascending); a run that has ended stays as it is."""
    sweep = {"parameter": "seed", "values": list(seeds)}
    trainer = Trainer(RunConfig.model_validate({**variant.config, "sweep": sweep}))
    if variant.edit is not None:
        for member in range(len(seeds)):
            trainer.edit(variant.edit.model_copy(update={"member": member}))
    history = [trainer.metrics]
    runs = [Trained(trainer, member, history) for member in range(len(seeds))]
    for epoch in epochs:
        while trainer.epoch < epoch and not trainer.halted:
            if trainer.advance(trainer.batches_per_epoch):
                history.append(trainer.metrics)
        yield epoch, runs

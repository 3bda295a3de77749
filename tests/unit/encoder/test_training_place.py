"""Where networks are trained, when there is a cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from codec.cluster.connection import WorkerFacts
from codec.cluster.long_job import LostJobError
from codec.encoder.training_on_cluster import ClusterPlace
from codec.progress import Progress, Silent


@dataclass(frozen=True)
class Doubling:
    """A training of this test."""

    number: int

    def run(self, progress: Progress) -> int:
        progress.start("training on cpu", 1, "steps")
        return 2 * self.number


class Cluster:
    """Workers a and b have a GPU, b has another gvc, and c has none."""

    def workers(self) -> dict[str, int]:
        return {"a": 1, "c": 1, "d": 1}

    def described(self) -> dict[str, WorkerFacts]:
        gpu = {"GPU": 1.0}
        return {"c": WorkerFacts({}, 0), "b": WorkerFacts(gpu, 0), "a": WorkerFacts(gpu, 0), "d": WorkerFacts(gpu, 0)}


class Shown(Silent):
    """What was shown."""

    def __init__(self) -> None:
        self.stages: list[str] = []

    def start(self, stage: str, total: int | None, unit: str) -> None:
        del total, unit
        self.stages.append(stage)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The workers that were asked; those whose names are in ``lost`` fail."""
    names: list[str] = []

    def done_at(cluster: Cluster, worker: str, work: Any, argument: Any, **options: Any) -> Any:
        del cluster
        names.append(worker)
        if worker in Lost.names:
            raise LostJobError("it is gone")
        options["on_wait"](1.0)
        return work(None, argument)

    monkeypatch.setattr("codec.cluster.long_job.done_at", done_at)
    return names


class Lost:
    """Workers that fail."""

    names: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("lost", "used", "stages", "note"),
    [
        ((), ["a", "a"], ["training at a", "training at a"], None),
        (("a",), ["a", "d", "d"], ["training at a", "training at d", "training at d"], "at another worker"),
        (("a", "d"), ["a", "d"], ["training at a", "training at d", *["training on cpu"] * 2], "in this process"),
    ],
)
def test_the_first_that_can(
    lost: tuple[str, ...],
    used: list[str],
    stages: list[str],
    note: str | None,
    asked: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Lost, "names", lost)
    place, shown = ClusterPlace(Cluster()), Shown()  # type: ignore[arg-type]
    assert [place.train(Doubling(number), shown) for number in (3, 4)] == [6, 8]
    assert asked == used  # who has failed is not asked again
    assert shown.stages == stages
    reasons = "; ".join(f"{name} could not: it is gone" for name in lost)
    assert place.notes == (() if note is None else (f"the network was trained {note}, since {reasons}",))

"""Trainings at a worker of a cluster that has a GPU; in this process, where there is none or none can."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from codec.progress import Progress, Silent
from codec.training.place import TrainingJob
from codec.training.result import NetworkResult

if TYPE_CHECKING:
    from codec.cluster.connection import Cluster

RESOURCE = "GPU"
"""What such a worker is started with: ``dask worker ... --resources GPU=1``."""
_UNIT = "seconds"
Result = TypeVar("Result")


class ClusterPlace:
    """See :class:`codec.training.place.Place`.

    A worker that fails is not asked again by this one.

    Args:
        cluster: whose workers are compared with this process already.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._failures: dict[str, str] = {}
        self._was_here = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of it: one line if a worker has failed."""
        if not self._failures:
            return ()
        place = "in this process" if self._was_here else "at another worker"
        reasons = "; ".join(f"{address} could not: {reason}" for address, reason in self._failures.items())
        return (f"the network was trained {place}, since {reasons}",)

    def train(self, job: TrainingJob[Result], progress: Progress) -> Result:
        """Have a training done.

        Raises:
            TrainingError: it has failed here, too.
            WorkerError: the scheduler is gone.
        """
        from codec.cluster.long_job import LostJobError, done_at

        while (worker := self._next_worker()) is not None:
            progress.start(f"training at {worker}", None, _UNIT)
            try:
                result = done_at(
                    *(self._cluster, worker, _train, job),
                    resource=RESOURCE,
                    on_wait=lambda seconds: progress.advance(round(seconds)),
                )
            except LostJobError as error:
                self._failures[worker] = str(error)
                continue
            return cast(Result, _placed(result, worker))
        self._was_here = bool(self._failures)
        return job.run(progress)

    def _next_worker(self) -> str | None:
        used = self._cluster.workers()
        for address, found in self._cluster.described().items():
            if found.resources.get(RESOURCE, 0) >= 1 and address in used and address not in self._failures:
                return address
        return None


def _placed(result: Any, worker: str) -> Any:
    """What came back, with the worker as a part of the device's name, for the report."""
    if not isinstance(result, NetworkResult):
        return result
    return replace(result, device=f"{result.device} at {worker}")


def _train(context: None, job: TrainingJob[Result]) -> Result:
    """In a worker."""
    del context
    return job.run(Silent())

"""Where networks are trained: in this process, or where a sender has a better place."""

from __future__ import annotations

from typing import Protocol, TypeVar

from codec.progress import Progress

Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)


class TrainingJob(Protocol[Result_co]):
    """A training with all that it needs. It can be pickled, and so can what comes of it."""

    def run(self, progress: Progress) -> Result_co:
        """Train.

        Raises:
            TrainingError: the loss is no longer finite, or memory ran out.
        """


class Place(Protocol):
    """Where trainings run."""

    def train(self, job: TrainingJob[Result], progress: Progress) -> Result:
        """Have a training done, and wait for it.

        Raises:
            TrainingError: as :meth:`TrainingJob.run`.
        """


class Here:
    """This process."""

    def train(self, job: TrainingJob[Result], progress: Progress) -> Result:
        """See :class:`Place`."""
        return job.run(progress)


HERE = Here()

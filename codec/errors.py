"""The errors of the codec: one branch for each side that can be at fault.

The root, :class:`GvcError`, and the branch for damaged streams, :class:`StreamError`, live with the
bytes in :mod:`container_format.errors`.
"""

from container_format.errors import GvcError, StreamError

__all__ = [
    "ClosedPipeError",
    "FrameError",
    "GvcError",
    "InputError",
    "MismatchError",
    "OutputError",
    "RecoveredError",
    "StreamError",
    "TrainingError",
    "UsageError",
    "WorkerError",
]


class InputError(GvcError):
    """The source video, or an option about it, cannot be used."""


class FrameError(InputError, IndexError):
    """A frame was asked for that the video does not have."""


class UsageError(InputError):
    """An option was given that the chosen mode does not have."""


class TrainingError(GvcError):
    """The network could not be trained."""


class OutputError(GvcError):
    """The result could not be written."""


class WorkerError(GvcError):
    """A worker process could not be started, or has died."""


class ClosedPipeError(OutputError):
    """The program at the other end of the output's pipe has stopped reading."""


class MismatchError(StreamError):
    """A stream is whole, but its frames are not those of the source that it was compared with."""


class RecoveredError(StreamError):
    """A damaged stream was decoded in part: the output exists, and the message says what is missing."""

"""The root of the error tree, and the errors of a ``.gvc`` stream's bytes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self


class GvcError(Exception):
    """Any error that gvc reports to a person.

    ``str(error)`` is the message. The attributes tell programs where the error is; pickling keeps them.

    Args:
        message: one line that says what was expected and what was received.
        option: the command-line option that is at fault, such as ``--hints``.
        segment: index of the segment that is at fault, counted from 0.
        byte_offset: where the chunk starts that is at fault, in bytes from the start of the stream.

    Attributes:
        option, segment, byte_offset: as given; None where they are unknown or do not apply.
    """

    def __init__(
        self,
        message: str = "",
        *,
        option: str | None = None,
        segment: int | None = None,
        byte_offset: int | None = None,
    ) -> None:
        super().__init__(message)
        self.option = option
        self.segment = segment
        self.byte_offset = byte_offset

    def with_message(self, message: str) -> Self:
        """The same kind of error, with the same attributes and another message."""
        return type(self)(message, option=self.option, segment=self.segment, byte_offset=self.byte_offset)


class StreamError(GvcError):
    """The bytes of a ``.gvc`` stream cannot be used."""


class NotGvcError(StreamError):
    """The bytes do not start as a ``.gvc`` stream does."""


class DamagedError(StreamError):
    """A checksum, a length or a record does not hold: the bytes are not those that were written."""


class TruncatedError(DamagedError):
    """The stream stops before its end chunk."""


class UnsupportedError(StreamError):
    """The stream is sound, but needs something that this version does not have."""


class LimitError(StreamError):
    """A stated size is over the limit that a reader accepts."""


@contextmanager
def about(*, byte_offset: int | None = None, segment: int | None = None) -> Iterator[None]:
    """Give a stream error from inside its place, unless it has one already.

    Args:
        byte_offset: where the chunk starts that is read inside.
        segment: index of the segment that is read inside.
    """
    try:
        yield
    except StreamError as error:
        error.byte_offset = byte_offset if error.byte_offset is None else error.byte_offset
        error.segment = segment if error.segment is None else error.segment
        raise

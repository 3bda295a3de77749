"""The root of the error tree, and what can be wrong with the bytes of a ``.gvc`` stream."""

from __future__ import annotations


class GvcError(Exception):
    """Any error that gvc reports to a person: one line that says what was expected and what was received.

    Args:
        message: the line.
        option: the option that the error is about, such as ``--hints``.
        segment: index of the segment that it is about.
        byte_offset: where in the stream the chunk begins that it is about.

    Attributes:
        option, segment, byte_offset: as given; None where they do not apply.
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

    def with_message(self, message: str) -> GvcError:
        """An error of the same kind, about the same thing, with another message."""
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
    """A sound stream that needs something that this version does not have."""


class LimitError(StreamError):
    """A stated size is over the limit that a reader accepts."""

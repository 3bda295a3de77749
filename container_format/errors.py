"""The root of the error tree, and what can be wrong with the bytes of a ``.gvc`` stream."""


class GvcError(Exception):
    """Any error that gvc reports to a person: one line that says what was expected and what was received."""


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

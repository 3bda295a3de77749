"""What is decoded is compared with the sender's checksum; where it differs, it is computed once more in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from codec.errors import StreamError
from container_format import SegmentRecord

T = TypeVar("T")


def surely(
    make: Callable[[], list[T]], is_right: Callable[[list[T]], bool], distrust: Callable[[], bool]
) -> list[T] | None:
    """What is made, if need be in a slower and surer way; None if it is wrong in any way.

    Args:
        make: makes it; a StreamError counts as wrong.
        is_right: whether its checksum is the sender's.
        distrust: from now on, compute in NumPy instead of on the backend; whether that is new.

    Raises:
        StreamError: the last that was raised, if nothing could be made.
    """
    while True:
        try:
            made = make()
            if is_right(made):
                return made
        except StreamError:
            if not distrust():
                raise
        else:
            if not distrust():
                return None


def wrong(part: str, segment: SegmentRecord) -> StreamError:
    """The error of a part, ``gray`` or ``color``, whose checksum is not the sender's."""
    hint = " (--no-verify shows it all the same)" if part == "color" else ""
    return StreamError(
        f"the {part} of segment {segment.index} was not decoded as the sender did: "
        f"the stream is damaged, or this machine computes wrongly{hint}",
        segment=segment.index,
    )

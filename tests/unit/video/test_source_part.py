"""A part of a source is a video of its own."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from codec.errors import InputError
from codec.video.damage import Damage
from codec.video.info import CopyPacket, CopyStream, VideoInfo
from codec.video.picture import Frame, Picture
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.selection import EVERYTHING, Selection
from codec.video.sources.limited import limited
from codec.video.sources.part import PartSource

UNIT = Fraction(1, 100)


class Made:
    """20 frames of 25 a second from 0.3 s on, each of its number; a packet of sound with each, some frames later."""

    info = VideoInfo(
        8,
        4,
        PIXEL_FORMATS["gray"],
        UNIT,
        frame_rate=Fraction(25),
        num_frames_from_header=20,
        copy_streams=(CopyStream("audio", "x", UNIT),),
    )
    damage = Damage(frames=(3, 6, 8, 11), reasons=("lost",))
    notes = ("a note",)
    num_read = 0

    def frames(self) -> Iterator[Frame]:
        return (item for item in self.read() if isinstance(item, Frame))

    def read(self) -> Iterator[Frame | CopyPacket]:
        for number in range(23):
            if number < 20:
                self.num_read += 1
                yield Frame(Picture(np.full((4, 8), number, np.uint8)), 30 + 4 * number, 4)
            if number >= 3:
                yield CopyPacket(0, 30 + 4 * (number - 3), None, 4, True, bytes([number - 3]))

    def close(self) -> None:
        """Nothing is open."""


def numbers(source: PartSource) -> list[int]:
    return [int(frame.picture.luma[0, 0]) for frame in source.frames()]


PART = Selection(start_seconds=Fraction(5, 25), end_seconds=Fraction(12, 25))


def test_frames_and_sound() -> None:
    source = PartSource(Made(), PART)
    assert numbers(source) == list(range(5, 12))
    items = list(source.read())
    frames = [item for item in items if isinstance(item, Frame)]
    packets = [item for item in items if isinstance(item, CopyPacket)]
    assert [(frame.pts, frame.duration) for frame in frames] == [(4 * number, 4) for number in range(7)]
    assert [int(frame.picture.luma[0, 0]) for frame in frames] == list(range(5, 12))
    assert [(packet.pts, packet.data[0]) for packet in packets] == [(4 * number, 5 + number) for number in range(7)]
    assert source.info.num_frames_from_header is None
    assert source.notes == ("a note",)


def test_reading_ends_soon_behind_the_part() -> None:
    made = Made()
    source = PartSource(made, Selection(stop=4))
    made.num_read = 0
    assert numbers(source) == [0, 1, 2, 3]
    assert made.num_read == 5


def test_the_start_keeps_its_times() -> None:
    source = PartSource(Made(), Selection(stop=2))
    assert [frame.pts for frame in source.frames()] == [30, 34]


def test_damage_is_counted_in_the_part() -> None:
    assert PartSource(Made(), PART).damage.frames == (1, 3, 6)
    assert PartSource(Made(), Selection(first=5, every=3)).damage.frames == (1, 2)


def test_first_frames_of_a_part() -> None:
    source = limited(Made(), 3, PART)
    assert [int(frame.picture.luma[0, 0]) for frame in source.frames()] == [5, 6, 7]
    made = Made()
    assert limited(made, None, EVERYTHING) is made


@pytest.mark.parametrize("selection", [Selection(first=20), Selection(start_seconds=Fraction(9))])
def test_nothing_is_there(selection: Selection) -> None:
    with pytest.raises(InputError, match="a video without one there"):
        PartSource(Made(), selection)

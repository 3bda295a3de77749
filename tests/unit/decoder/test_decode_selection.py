"""A decode of a part gives the frames of the whole, and reads and decodes no more than it must."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from codec.decoder import DecodeOptions, decode
from codec.errors import InputError, StreamError
from codec.video.info import CopyPacket
from codec.video.selection import Selection
from tests.conftest import Counted
from tests.kept_frames import KeptFrames
from tests.unit.decoder.test_random_access import made_stream

VALID = Path(__file__).parents[2] / "conformance" / "v1" / "valid"


class Pipe(io.BytesIO):
    """A stream that cannot seek."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: object) -> int:
        raise OSError("a pipe cannot seek")


class Kept(KeptFrames):
    """Packets too."""

    def __init__(self) -> None:
        super().__init__()
        self.packets: list[CopyPacket] = []

    def write_packet(self, packet: CopyPacket) -> None:
        self.packets.append(packet)


def part(stream: io.BytesIO, selection: Selection, **options: object) -> Kept:
    sink = Kept()
    decode(stream, sink.open, DecodeOptions(selection=selection, **options))  # type: ignore[arg-type]
    return sink


def numbers(sink: KeptFrames) -> list[int]:
    return [int(frame.picture.luma[0, 0]) for frame in sink.frames]


SELECTIONS = [
    (Selection(first=7, stop=12), range(7, 12)),
    (Selection(first=14), range(14, 15)),
    (Selection(start_seconds=Fraction(6, 25), end_seconds=Fraction(13, 25)), range(6, 13)),
    (Selection(every=4), range(0, 15, 4)),
    (Selection(first=1, every=6), range(1, 15, 6)),
    (Selection(stop=1), range(1)),
    (Selection(start_seconds=Fraction(11, 25) + Fraction(1, 100), every=2), range(12, 15, 2)),
]


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("kind", [io.BytesIO, Pipe])
@pytest.mark.parametrize(("selection", "expected"), SELECTIONS)
def test_the_frames_of_the_whole(selection: Selection, expected: range, kind: type[io.BytesIO], workers: int) -> None:
    data = made_stream([5, 1, 2, 7])
    sink = part(kind(data), selection, workers=workers)
    assert numbers(sink) == list(expected)
    begin = 10 if expected[0] == 0 else 0
    assert [frame.pts for frame in sink.frames] == [begin + index - expected[0] for index in expected]
    assert sink.info.frame_rate == Fraction(25, selection.every)
    assert sink.info.start_pts == 0


def test_little_is_read() -> None:
    """Beside the tail, where the index is, and the head: segments near the wanted one, and the video's first."""
    file = Counted(made_stream([10] * 25, packet_bytes=4000))
    assert numbers(part(file, Selection(first=100, stop=103))) == [100, 101, 102]
    assert file.num_bytes < 2 * 2**16 + 5 * 10 * 4000 < len(file.getvalue()) / 2


def test_segments_that_are_not_wanted_are_not_decoded() -> None:
    data = made_stream([5, 5, 5], wrong=1)
    assert numbers(part(io.BytesIO(data), Selection(first=10))) == [10, 11, 12, 13, 14]
    assert numbers(part(io.BytesIO(data), Selection(stop=5))) == [0, 1, 2, 3, 4]
    assert numbers(part(io.BytesIO(data), Selection(stop=7))) == list(range(7))  # before the end of the second one
    with pytest.raises(StreamError):
        part(io.BytesIO(data), Selection(first=8, stop=11))
    sink = part(io.BytesIO(data), Selection(first=3, stop=12), recover=True)
    assert numbers(sink) == [3, 4, 10, 11]


@pytest.mark.parametrize("kind", [io.BytesIO, Pipe])
@pytest.mark.parametrize("selection", [Selection(first=15), Selection(start_seconds=Fraction(60))])
def test_nothing_is_there(selection: Selection, kind: type[io.BytesIO]) -> None:
    sink = Kept()
    with pytest.raises(InputError, match="none of them there"):
        decode(kind(made_stream([5, 10])), sink.open, DecodeOptions(selection=selection))
    assert not hasattr(sink, "info")  # no output was opened


@pytest.mark.parametrize("kind", [io.BytesIO, Pipe])
def test_sound_is_cut_too(kind: type[io.BytesIO]) -> None:
    data = (VALID / "sound.gvc").read_bytes()
    whole = Kept()
    decode(io.BytesIO(data), whole.open)
    count, unit = len(whole.frames), whole.info.time_base
    assert count >= 3
    assert whole.packets
    sink = part(kind(data), Selection(first=1, stop=count - 1))
    begin = whole.frames[1].pts * unit
    end = whole.frames[count - 1].pts * unit
    expected = [
        packet
        for packet in whole.packets
        if begin <= (packet.pts or 0) * whole.info.copy_streams[packet.stream].time_base < end
    ]
    assert [packet.data for packet in sink.packets] == [packet.data for packet in expected]
    for moved, original in zip(sink.packets, expected, strict=True):
        shift = round(begin / whole.info.copy_streams[original.stream].time_base)
        assert (moved.pts, moved.stream) == ((original.pts or 0) - shift, original.stream)


@pytest.mark.parametrize("name", ["guided_1_to_4", "lossless_8_and_10", "adaptive_420", "gray_x265", "segments"])
def test_any_kind_of_stream(name: str) -> None:
    data = (VALID / f"{name}.gvc").read_bytes()
    whole = Kept()
    decode(io.BytesIO(data), whole.open)
    for selection, places in ((Selection(first=1), slice(1, None)), (Selection(every=2), slice(None, None, 2))):
        found = part(io.BytesIO(data), selection).frames
        for frame, expected in zip(found, whole.frames[places], strict=True):
            pairs = zip(frame.picture.planes(), expected.picture.planes(), strict=True)
            assert all(np.array_equal(one, other) for one, other in pairs)


def test_a_cut_stream_is_refused_when_its_end_is_needed() -> None:
    data = made_stream([5, 5, 5])[:-10]
    with pytest.raises(StreamError):
        part(io.BytesIO(data), Selection(first=12))

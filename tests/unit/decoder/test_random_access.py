"""Any frame by itself is the picture that a decode from front to back gives, and costs no more than it must."""

from __future__ import annotations

import io
import random
import zlib
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from codec.decoder import DecodeOptions, decode, random_access
from codec.decoder.random_access import FrameAccess
from codec.decoder.segment import DecodingSegment, Receiver, begin_segment
from codec.errors import StreamError
from codec.late_picture import LatePicture
from codec.video.picture import Frame
from container_format import SeekingReader, SegmentRecord, StreamWriter
from tests.conftest import make_header
from tests.kept_frames import KeptFrames

FOLDER = Path(__file__).parents[2] / "conformance" / "v1"
STREAMS = sorted([*(FOLDER / "valid").glob("*.gvc"), *(FOLDER / "uncommon").glob("*.gvc")])
FAULTY = sorted((FOLDER / "faulty").glob("*.gvc"))
FRAME_BYTES = 16 * 8


def frames_of(data: bytes) -> list[Frame]:
    sink = KeptFrames()
    decode(io.BytesIO(data), sink.open)
    return sink.frames


def access_to(data: bytes, *, gray: bool = False, cache_bytes: int = 2**28) -> FrameAccess:
    return FrameAccess(SeekingReader(io.BytesIO(data)), DecodeOptions(gray=gray), cache_bytes=cache_bytes)


def read_all(data: bytes) -> list[Frame]:
    access = access_to(data)
    return [access.frame(index) for index in range(access.num_frames)]


def made_stream(lengths: list[int], *, wrong: int | None = None, packet_bytes: int = FRAME_BYTES) -> bytes:
    """Gray frames of 25 a second from 0.4 s on, each of one value, its number, in segments of these lengths.

    Args:
        lengths: frames of each segment.
        wrong: a segment whose checksum is not that of its pictures.
        packet_bytes: of each frame: pictures are 16 wide, and as high as they then are.
    """
    target = io.BytesIO()
    height = packet_bytes // 16
    header = make_header(
        color="none", pixel_format="gray", copy_streams=(), keyframe_deltas=(), height=height, coded_height=height
    )
    writer = StreamWriter(target, header)
    first = 0
    for index, length in enumerate(lengths):
        planes = [np.full((height, 16), first + place, np.uint8).tobytes() for place in range(length)]
        writer.write_segment(
            SegmentRecord(
                index=index,
                first_frame=first,
                num_frames=length,
                pts=10 + first,
                pts_steps=((1, length - 1),) if length > 1 else (),
                last_duration=1,
                luma_crc32=zlib.crc32(b"".join(planes)) ^ (index == wrong),
                luma_packets=tuple(planes),
            )
        )
        first += length
    writer.finish()
    return target.getvalue()


class Watch:
    """Notes which segments are decoded, and how far."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.decoded: list[tuple[int, int]] = []
        original = begin_segment

        def watched(receiver: Receiver, segment: SegmentRecord) -> DecodingSegment:
            begun = original(receiver, segment)
            return DecodingSegment(self._noted(segment.index, begun.pictures), begun.check)

        monkeypatch.setattr(random_access, "begin_segment", watched)

    def _noted(self, segment: int, pictures: Generator[LatePicture, None, None]) -> Generator[LatePicture, None, None]:
        for place, picture in enumerate(pictures):
            self.decoded.append((segment, place))
            yield picture


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    return Watch(monkeypatch)


def same(frame: Frame, expected: Frame) -> bool:
    return (frame.pts, frame.duration) == (expected.pts, expected.duration) and all(
        np.array_equal(one, other) and one.dtype == other.dtype
        for one, other in zip(frame.picture.planes(), expected.picture.planes(), strict=True)
    )


@pytest.mark.parametrize("path", STREAMS, ids=lambda p: p.stem)
def test_the_pictures_of_a_decode_from_front_to_back(path: Path) -> None:
    data = path.read_bytes()
    expected = frames_of(data)
    access = access_to(data)
    assert access.num_frames == len(expected)
    for index in random.Random(7).sample(range(len(expected)), len(expected)):
        assert same(access.frame(index), expected[index])
    gray = access_to(data, gray=True)
    for index, frame in enumerate(expected):
        assert np.array_equal(gray.frame(index).picture.luma, frame.picture.luma)


# Where others may join is read from front to back alone; no frame depends on it.
@pytest.mark.parametrize("path", [p for p in FAULTY if not p.stem.startswith("live_join")], ids=lambda p: p.stem)
def test_a_faulty_stream_is_a_stream_error_here_too(path: Path) -> None:
    with pytest.raises(StreamError):
        read_all(path.read_bytes())


def test_decoding_stops_at_the_frame_that_is_wanted(watch: Watch) -> None:
    access = access_to(made_stream([5, 5, 5]))
    assert access.frame(7).picture.luma[0, 0] == 7
    assert watch.decoded == [(1, 0), (1, 1), (1, 2)]
    access.frame(8)
    access.frame(6)
    assert watch.decoded == [(1, 0), (1, 1), (1, 2), (1, 3)]


def test_every_picture_is_decoded_once_from_front_to_back(watch: Watch) -> None:
    access = access_to(made_stream([5, 5, 5]), cache_bytes=FRAME_BYTES)
    assert [access.frame(index).picture.luma[0, 0] for index in range(15)] == list(range(15))
    assert len(watch.decoded) == 15


def test_what_was_used_last_is_kept(watch: Watch) -> None:
    access = access_to(made_stream([2, 2, 2]), cache_bytes=4 * FRAME_BYTES)
    for index in (1, 3, 0, 5):  # the second segment was used longest ago
        access.frame(index)
    del watch.decoded[:]
    access.frame(0)
    access.frame(4)
    assert watch.decoded == []
    access.frame(2)
    assert watch.decoded == [(1, 0)]


@pytest.mark.parametrize("num_pictures", [0, 1, 3, 7])
def test_memory_is_bounded(num_pictures: int) -> None:
    access = access_to(made_stream([5, 5, 5]), cache_bytes=num_pictures * FRAME_BYTES)
    for index in random.Random(3).choices(range(15), k=60):
        assert access.frame(index).picture.luma[0, 0] == index
        assert access._cache.num_bytes <= max(1, num_pictures) * FRAME_BYTES
    access.clear()
    assert access._cache.num_bytes == 0


def test_threads_share_it() -> None:
    access = access_to(made_stream([5] * 10), cache_bytes=12 * FRAME_BYTES)
    wanted = random.Random(4).choices(range(50), k=300)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda index: int(access.frame(index).picture.luma[0, 0]), wanted))
    assert found == wanted


def test_damage_is_found_in_its_segment_alone() -> None:
    access = access_to(made_stream([3, 3, 3], wrong=1))
    for _ in range(2):
        assert [int(access.frame(index).picture.luma[0, 0]) for index in (0, 2, 4, 6, 8)] == [0, 2, 4, 6, 8]
        with pytest.raises(StreamError, match="not decoded as the sender did") as caught:
            access.frame(5)
        assert caught.value.segment == 1


@pytest.mark.parametrize("lengths", [[15], [5, 5, 5], [1] * 15, [7, 1, 7]], ids=str)
def test_the_frame_on_display(lengths: list[int], watch: Watch) -> None:
    access = access_to(made_stream(lengths))
    for index in random.Random(5).sample(range(15), 15):
        begin, end = access.times_of(index)
        assert (begin, end) == (Fraction(10 + index, 25), Fraction(11 + index, 25))
        assert end is not None
        for moment in (begin, float(begin), (begin + end) / 2, end - Fraction(1, 10**9), float(end) - 1e-9):
            assert access_to(made_stream(lengths)).index_at(moment) == access.index_at(moment) == index
    assert access.index_at(Fraction(39, 100)) == access.index_at(-1e9) == -1
    assert access.index_at(1e9) == 14
    assert watch.decoded == []


def test_few_segments_are_read_for_a_time() -> None:
    reader = SeekingReader(io.BytesIO(made_stream([2] * 100)))
    access, read = FrameAccess(reader), []
    original = reader.read

    def watched(index: int) -> SegmentRecord:
        read.append(index)
        return original(index)

    reader.read = watched  # type: ignore[method-assign]
    assert access.index_at(4.4) == 100  # a guess by the frame rate is off by the 0.4 s at which the video starts
    assert len(read) <= 8


def test_a_stream_without_frames() -> None:
    with pytest.raises(StreamError, match="at least one frame"):
        access_to(made_stream([]))

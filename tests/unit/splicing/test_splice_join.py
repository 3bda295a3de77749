"""Joins: what was cut is whole again, times follow each other, and streams that differ are refused by the field."""

from __future__ import annotations

import contextlib
import io
import itertools
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from codec.errors import InputError
from codec.splicing.cut import cut
from codec.splicing.join import Input, join
from codec.splicing.writing import Spliced
from codec.verification import VerifyOptions, verify
from codec.video.selection import Selection
from container_format import (
    CopyPacketRecord,
    CopyRecord,
    CopyStreamRecord,
    DamagedError,
    HeaderRecord,
    MarksRecord,
    SeekingReader,
    StreamReader,
    StreamWriter,
)
from tests.unit.splicing.spliced_streams import (
    KEPT,
    SOUND,
    SOUND_RATE,
    border_frames,
    chapters_of,
    frames_of,
    kept_parts,
    long_stream,
    packets_of,
)

RATE = 25
COVER = CopyStreamRecord(kind="cover", codec="png", time_base=Fraction(1, 90000))


def joined(*streams: bytes) -> tuple[bytes, Spliced]:
    target = io.BytesIO()
    inputs = [
        Input(f"{number}.gvc", lambda data=data: contextlib.closing(io.BytesIO(data)))  # type: ignore[misc]
        for number, data in enumerate(streams)
    ]
    done = join(inputs, target)
    assert done.num_bytes == len(target.getvalue())
    return target.getvalue(), done


def cuts_of(data: bytes, borders: Sequence[int]) -> list[bytes]:
    parts = []
    for first, stop in itertools.pairwise(borders):
        target = io.BytesIO()
        cut(io.BytesIO(data), target, Selection(first=first, stop=stop), exact=True)
        parts.append(target.getvalue())
    return parts


@pytest.mark.parametrize(
    ("name", "borders"),
    [
        ("guided_yuv420p", (0, 7, 12, 15)),
        ("coded_yuv420p", (0, 5, 15)),
        ("adaptive_420", (0, 2, 5, 15)),
        ("model_compact", (0, 10, 15)),
        ("alpha_rgba", (0, 5, 10, 15)),
        ("lossless_8_and_9", (0, 5, 15)),
    ],
)
def test_what_was_cut_is_whole_again_to_the_byte(name: str, borders: tuple[int, ...]) -> None:
    data = long_stream(name)
    whole, done = joined(*cuts_of(data, borders))
    assert whole == data
    assert done.notes == ()


def test_networks_of_live_streams_count_on() -> None:
    data = (KEPT / "live_networks.gvc").read_bytes()
    frames, borders = frames_of(data), border_frames(data)
    whole, _ = joined(*cuts_of(data, borders), data)
    assert frames_of(whole) == frames * 2
    assert verify(io.BytesIO(whole), VerifyOptions()).num_frames == 2 * len(frames)
    reader, before = SeekingReader(io.BytesIO(data)), SeekingReader(io.BytesIO(whole))
    numbers = [reader.read(index).network for index in range(len(reader.segments))]
    assert max(numbers) > 0
    after = [before.read(index).network for index in range(len(before.segments))]
    assert [number > 0 for number in after] == [number > 0 for number in numbers * 2]
    assert sorted(filter(None, after)) == list(filter(None, after))


def test_streams_follow_each_other_in_time() -> None:
    one = long_stream("segments", keyframe_deltas=(1,), chapters=chapters_of((0, 700)), source_md5="0" * 32)
    other = long_stream("segments", copies=1, keyframe_deltas=(2,), chapters=chapters_of((100, 200)))
    data, done = joined(one, other, one)
    frames = frames_of(one)
    assert frames_of(data) == frames + frames_of(other) + frames
    assert verify(io.BytesIO(data), VerifyOptions()).num_frames == 35
    reader = SeekingReader(io.BytesIO(data))
    assert [reader.read(index).pts for index in range(21)] == [place.first_frame for place in reader.segments]
    assert [packet.pts for packet in packets_of(data)] == [SOUND_RATE * frame // RATE for frame in range(35)]
    header = reader.header
    assert header.keyframe_deltas == (1, 16, 4)  # frames 1, 15 + 2 and 20 + 1
    assert [(chapter.start, chapter.end) for chapter in header.chapters] == [(0, 600), (700, 800), (800, 1500)]
    assert [note.split(" is ")[0] for note in done.notes] == ["the MD5 of the sources' frames"]


def test_sound_outside_of_the_frames_is_left_out_where_another_stream_is() -> None:
    early = with_sound(-1, 6)
    late = with_sound(-1, 6)
    data, _ = joined(early, late)
    step = SOUND_RATE // RATE
    assert [(packet.pts or 0) // step for packet in packets_of(data)] == [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]


def with_sound(first: int, stop: int) -> bytes:
    """Five frames with the sound of others, too."""
    header, networks, segments = kept_parts("coded_yuv420p")
    header = replace(header, copy_streams=(SOUND,))
    step = SOUND_RATE // RATE
    packets = [
        CopyPacketRecord(stream=0, pts=number * step, dts=number * step, duration=step, data=b"ab" * step)
        for number in range(first, stop)
    ]
    return written(header, networks, segments, packets)


def written(header: HeaderRecord, networks: Any, segments: Any, packets: Sequence[CopyPacketRecord]) -> bytes:
    target = io.BytesIO()
    writer = StreamWriter(target, header)
    for network in networks:
        writer.write_network(network)
    writer.write_copy(CopyRecord(packets=tuple(packets)))
    for segment in segments:
        writer.write_segment(segment)
    writer.finish()
    return target.getvalue()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"time_base": Fraction(1, 50)}, "time_base, which a stream says once. Received: 1/25 in 0.gvc, 1/50 in 1.gvc"),
        ({"frame_rate": Fraction(24)}, "frame_rate"),
        ({"matrix": 9}, "matrix"),
        ({"sample_aspect_ratio": Fraction(4, 3)}, "sample_aspect_ratio, which a stream says once. Received: none"),
        ({"marks": MarksRecord(field_order=2)}, "marks.field_order"),
        ({"copy_streams": ()}, "copy_streams, which a stream says once. Received: audio in 0.gvc, none in 1.gvc"),
        ({"copy_streams": (replace(SOUND, sample_rate=44100),)}, r"copy_streams\[0\].sample_rate"),
        ({"copy_streams": (replace(SOUND, extradata=b"\1"),)}, r"extradata, .* 0 bytes in 0.gvc, 1 bytes in 1.gvc"),
    ],
)
def test_streams_that_differ(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        joined(long_stream("segments"), long_stream("segments", **changes))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("adaptive_420", "adaptive_444"), "width, which a stream says once. Received: 40 in 0.gvc, 24 in 1.gvc"),
        (("coded_yuv420p", "coded_rgb24"), "pixel_format, which a stream says once. Received: yuv420p in 0.gvc, rgb24"),
        (("gray_x264", "gray_x265"), "luma_codec"),
        (("coded_yuv420p", "guided_yuv420p"), "color, which a stream says once. Received: coded in 0.gvc, guided"),
        (("adaptive_420", "standard_420"), "planes.luma_predictor"),
        (("guided_yuv420p", "guided_1_to_4"), "hints.codec, which"),
    ],
)
def test_streams_of_different_kinds(names: tuple[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        joined(*(long_stream(name) for name in names))


def test_networks_of_other_bytes() -> None:
    data = long_stream("model_compact")
    header, (network,), segments = kept_parts("model_compact")
    tensor = network.tensors[0]
    other = replace(network, tensors=(replace(tensor, payload=tensor.payload + b"\0\0\0\0"), *network.tensors[1:]))
    packets = [CopyPacketRecord(stream=0, pts=0, dts=0, duration=1, data=b"ab")]
    trained_elsewhere = written(replace(header, copy_streams=(SOUND,)), [other], segments, packets)
    with pytest.raises(InputError, match=r"agree in networks, which a stream says once\. Received: compact of"):
        joined(data, trained_elsewhere)


def test_what_one_stream_says_of_itself() -> None:
    one = long_stream("segments", tags={"title": "a"}, marks=MarksRecord(content_light=(500, 90)))
    other = long_stream("segments", tags={"title": "b"}, marks=MarksRecord(content_light=(400, 100)))
    data, done = joined(one, other)
    header = StreamReader(io.BytesIO(data)).header
    assert header.tags == {"title": "a"}
    assert header.marks is not None
    assert header.marks.content_light == (500, 100)
    assert done.notes == ("tags are those of 0.gvc",)
    header = StreamReader(io.BytesIO(joined(one, long_stream("segments", tags={"title": "a"}))[0])).header
    assert header.marks is None


def test_covers_are_those_of_the_first() -> None:
    header, networks, segments = kept_parts("coded_yuv420p")
    cover = CopyPacketRecord(stream=0, pts=None, dts=None, data=b"picture")
    sound = CopyPacketRecord(stream=1, pts=0, dts=0, duration=1920, data=bytes(3840))
    one = written(replace(header, copy_streams=(COVER, SOUND)), networks, segments, [cover, sound])
    other = written(replace(header, copy_streams=(SOUND,)), networks, segments, [replace(sound, stream=0)])
    data, done = joined(one, other)
    assert [(packet.stream, packet.pts) for packet in packets_of(data)] == [(0, None), (1, 0), (1, 9600)]
    assert done.notes == ("attached files and covers are those of 0.gvc",)
    data, _ = joined(other, one)
    assert [(packet.stream, packet.pts) for packet in packets_of(data)] == [(0, 0), (0, 9600)]


def test_an_error_names_its_stream() -> None:
    data = bytearray(long_stream("segments"))
    damaged = bytes(data)
    offset = SeekingReader(io.BytesIO(damaged)).segments[1].offset
    data[offset + 60] ^= 1
    with pytest.raises(DamagedError, match=r"^1\.gvc: ") as caught:
        joined(damaged, bytes(data))
    assert caught.value.segment == 1

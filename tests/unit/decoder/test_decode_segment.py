"""Pictures are handed on as they are decoded; checksums are compared at the end of a segment."""

from __future__ import annotations

import dataclasses
import io
import itertools
import pickle
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from codec.decoder import DecodeOptions, decode
from codec.decoder.networks import StreamNetworks
from codec.decoder.segment import Receiver, decode_segment
from codec.errors import StreamError
from codec.stream_header import unpack_header
from codec.video.picture import Picture
from container_format import SegmentRecord, StreamReader, StreamWriter
from tests.kept_frames import KeptFrames

STREAMS = Path(__file__).parents[2] / "conformance" / "v1" / "valid"
STREAM = "lossless_x264_yuv420p"


def opened(name: str) -> tuple[StreamReader, list[SegmentRecord]]:
    reader = StreamReader(io.BytesIO((STREAMS / f"{name}.gvc").read_bytes()))
    return reader, [record for record in reader.records() if isinstance(record, SegmentRecord)]


def receiver_of(reader: StreamReader, *, verify: bool = True) -> Receiver:
    return Receiver.of(unpack_header(reader.header), StreamNetworks(), reader.header.color, gray=False, verify=verify)


def wrong(segment: SegmentRecord, *, gray: bool = False, color: bool = False) -> SegmentRecord:
    assert segment.color_crc32 is not None
    return dataclasses.replace(
        segment, luma_crc32=segment.luma_crc32 ^ gray, color_crc32=segment.color_crc32 ^ (1 if color else 0)
    )


def stream_of(reader: StreamReader, segments: list[SegmentRecord]) -> io.BytesIO:
    target = io.BytesIO()
    writer = StreamWriter(target, reader.header)
    for segment in segments:
        writer.write_segment(segment)
    writer.finish()
    target.seek(0)
    return target


def decoded(stream: io.BytesIO, options: DecodeOptions) -> tuple[KeptFrames, tuple[str, ...]]:
    sink = KeptFrames()
    return sink, decode(stream, sink.open, options).lost


@pytest.mark.parametrize("in_two_threads", [False, True])
def test_a_picture_comes_before_the_next_is_decoded(in_two_threads: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, segments = opened(STREAM)
    receiver = receiver_of(reader)
    counts: list[int] = []
    color = receiver.color

    def watched(segment: SegmentRecord, grays: Iterator[Picture]) -> Iterator[Picture]:
        for picture in type(color).pictures(color, segment, grays):  # type: ignore[arg-type]
            counts.append(len(counts))
            yield picture

    monkeypatch.setitem(color.__dict__, "pictures", watched)
    pictures = decode_segment(receiver, segments[0], in_two_threads=in_two_threads)
    next(pictures)
    assert len(counts) == 1
    assert 1 + len(list(pictures)) == segments[0].num_frames


@pytest.mark.parametrize("in_two_threads", [False, True])
def test_a_wrong_checksum_is_an_error_at_the_end(in_two_threads: bool) -> None:
    reader, segments = opened(STREAM)
    for segment, words in (
        (wrong(segments[0], gray=True), "the gray of segment 0 .* try GVC_ISA=numpy$"),
        (wrong(segments[0], color=True), r"the color of segment 0 .* try GVC_ISA=numpy \(--no-verify"),
        (wrong(segments[0], gray=True, color=True), "the gray of segment 0"),
    ):
        pictures = decode_segment(receiver_of(reader), segment, in_two_threads=in_two_threads)
        assert len(list(itertools.islice(pictures, segment.num_frames))) == segment.num_frames
        with pytest.raises(StreamError, match=words) as raised:
            next(pictures)
        assert raised.value.segment == 0
    unverified = decode_segment(receiver_of(reader, verify=False), wrong(segments[0], color=True))
    assert len(list(unverified)) == segments[0].num_frames


def test_wrong_gray_is_named_though_the_color_breaks_first(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, segments = opened(STREAM)
    receiver = receiver_of(reader)

    def broken(segment: SegmentRecord, grays: Iterator[Picture]) -> Iterator[Picture]:
        del segment
        next(grays)
        raise StreamError("the color makes no sense")

    monkeypatch.setitem(receiver.color.__dict__, "pictures", broken)
    with pytest.raises(StreamError, match="the gray of segment 0"):
        list(decode_segment(receiver, wrong(segments[0], gray=True)))
    with pytest.raises(StreamError, match="the color makes no sense"):
        list(decode_segment(receiver, segments[0]))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_wrong_segment_leaves_nothing_or_is_left_out(workers: int) -> None:
    reader, segments = opened(STREAM)
    assert len(segments) >= 2
    segments[1] = wrong(segments[1], color=True)
    with pytest.raises(StreamError, match="the color of segment 1") as raised:
        decoded(stream_of(reader, segments), DecodeOptions(workers=workers))
    assert raised.value.segment == 1
    sink, lost = decoded(stream_of(reader, segments), DecodeOptions(workers=workers, recover=True))
    assert len(sink.frames) == sum(segment.num_frames for segment in segments) - segments[1].num_frames
    assert len(lost) == 1
    assert lost[0].startswith("segment 1, frames")


def test_the_sink_is_told_that_nothing_may_stay() -> None:
    reader, segments = opened(STREAM)
    sink = KeptFrames()
    with pytest.raises(StreamError, match="the gray of segment 0"):
        decode(stream_of(reader, [wrong(segments[0], gray=True)]), sink.open, DecodeOptions())
    assert sink.was_aborted
    assert len(sink.frames) == segments[0].num_frames


@pytest.mark.parametrize("name", ["lossless_x264_yuv420p", "coded_rgb24", "gray_x264"])
def test_a_receiver_can_be_sent_to_another_process(name: str) -> None:
    reader, segments = opened(name)
    receiver = receiver_of(reader)
    here = list(decode_segment(receiver, segments[0]))  # what this has loaded is not sent
    there = list(decode_segment(pickle.loads(pickle.dumps(receiver)), segments[0]))
    for (_, one), (_, other) in zip(here, there, strict=True):
        for plane, expected in zip(one.planes(), other.planes(), strict=True):
            np.testing.assert_array_equal(plane, expected)

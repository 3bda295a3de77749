"""A video's description goes into a header and comes out again."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.errors import StreamError
from codec.hints.coder import HintSettings
from codec.plane_codecs import PlaneParameters
from codec.stream_header import (
    Description,
    pack_header,
    pack_packet,
    pack_times,
    unpack_header,
    unpack_packet,
    unpack_times,
)
from codec.video.color import ColorConversion
from codec.video.info import Chapter, ColorDescription, CopyPacket, CopyStream, VideoInfo
from codec.video.pixel_formats import PIXEL_FORMATS
from container_format import HintsRecord, UnsupportedError
from container_format.describe import keyframe_indices
from tests.conftest import make_header, make_segment

INFO = VideoInfo(
    width=640,
    height=360,
    pixel_format=PIXEL_FORMATS["nv12"],
    time_base=Fraction(1, 90000),
    frame_rate=Fraction(30000, 1001),
    color=ColorDescription(1, 9, 16, 9),
    sample_aspect_ratio=Fraction(4, 3),
    display_matrix=(0, 65536, 0, -65536, 0, 0, 0, 0, 1073741824),
    tags={"title": "a title"},
    chapters=(Chapter(0, 10, Fraction(1, 1000), {"title": "one"}),),
    copy_streams=(
        CopyStream(
            kind="audio",
            codec="opus",
            time_base=Fraction(1, 48000),
            extradata=b"OpusHead",
            sample_rate=48000,
            channel_layout="stereo",
            sample_format="fltp",
            disposition=1,
            tags={"language": "deu"},
        ),
    ),
)
LUMA = PlaneParameters(codec="h264", width=640, height=360, coded_width=640, coded_height=368, is_lossless=False)


def test_round_trip() -> None:
    conversion = ColorConversion.of(INFO)
    description = Description(INFO, LUMA, conversion)
    header = pack_header(description, color="model", keyframes=(0, 30, 61))
    assert unpack_header(header) == description
    assert keyframe_indices(header) == [0, 30, 61]


@pytest.mark.parametrize("text", ["1:svtav1:crf=30", "4/2:x265:crf=20"])
def test_hints_travel(text: str) -> None:
    hints = HintSettings.parse(text).parameters((180, 320))
    description = Description(INFO, LUMA, ColorConversion.of(INFO), hints)
    assert unpack_header(pack_header(description, color="guided", keyframes=())) == description


@given(st.lists(st.integers(1, 1000), max_size=60), st.integers(-1000, 1000))
def test_times(steps: list[int], start: int) -> None:
    pts = [start]
    for step in steps:
        pts.append(pts[-1] + step)
    segment = make_segment(0, 1)
    fields = {**vars(segment), "pts": start, "pts_steps": pack_times(pts), "num_frames": len(pts)}
    assert unpack_times(type(segment)(**fields)) == pts


def test_constant_rate_is_one_run() -> None:
    assert pack_times([0, 2, 4, 6]) == ((2, 3),)


def test_packets() -> None:
    packet = CopyPacket(1, 5, None, 20, False, b"data")
    assert unpack_packet(pack_packet(packet)) == packet


@pytest.mark.parametrize(
    ("changes", "kind", "word"),
    [
        ({"pixel_format": "yuv999p"}, UnsupportedError, "yuv999p"),
        ({"color": "magic"}, UnsupportedError, "magic"),
        ({"coded_width": 8}, StreamError, "16x8"),
        ({"hints": HintsRecord(codec="av1", scale=3, coded_width=64, coded_height=64)}, StreamError, "scale"),
        ({"hints": HintsRecord(codec="av1", scale=2, coded_width=2, coded_height=64)}, StreamError, "sides"),
        (
            {
                "hints": HintsRecord(codec="av1", scale=2, coded_width=64, coded_height=64),
                "pixel_format": "gray",
            },
            StreamError,
            "gray video",
        ),
    ],
)
def test_headers_that_cannot_be_used(changes: dict[str, object], kind: type[Exception], word: str) -> None:
    with pytest.raises(kind, match=word):
        unpack_header(make_header(**changes))


def test_odd_fractions_are_made_storable() -> None:
    info = VideoInfo(16, 16, PIXEL_FORMATS["gray"], Fraction(1, 25), Fraction(2**40 + 1, 2**36))
    luma = PlaneParameters(codec="raw", width=16, height=16, coded_width=16, coded_height=16, is_lossless=True)
    header = pack_header(Description(info, luma, ColorConversion.of(info)), color="none", keyframes=())
    assert header.frame_rate is not None
    assert abs(float(header.frame_rate) - 16) < 1e-5

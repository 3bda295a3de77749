"""Limits of what a stream may cost."""

from __future__ import annotations

import dataclasses
import io

import pytest

from container_format import DEFAULT_LIMITS, UNLIMITED, HintsRecord, LimitError, Limits, StreamReader, StreamWriter
from container_format.limits import MAX_PADDING, MAX_PIXELS, MAX_SEGMENT_PIXELS, check_segment_pixels
from container_format.records import HeaderRecord
from tests.conftest import make_header, make_segment, make_stream


def sized(width: int, height: int, **changes: object) -> HeaderRecord:
    header = make_header(color="none")
    size = {"width": width, "height": height, "coded_width": width, "coded_height": height}
    return dataclasses.replace(header, **(size | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(("width", "height"), [(8192, 4352), (65535, 544), (1, 65535)])
def test_pictures_up_to_the_limit_are_taken(width: int, height: int) -> None:
    DEFAULT_LIMITS.check_header(sized(width, height))


@pytest.mark.parametrize(("width", "height"), [(8192, 4353), (65535, 545)])
def test_larger_pictures_are_refused_and_the_message_says_what_to_do(width: int, height: int) -> None:
    with pytest.raises(LimitError, match=f"--max-pixels {width * height} takes") as caught:
        DEFAULT_LIMITS.check_header(sized(width, height))
    assert caught.value.option == "--max-pixels"
    Limits(width * height).check_header(sized(width, height))


@pytest.mark.parametrize("changes", [{"luma_codec": "network"}, {"color": "guided"}, {"color": "model"}])
def test_a_network_counts_four_times(changes: dict[str, str]) -> None:
    DEFAULT_LIMITS.check_header(sized(3840, 2160, **changes))
    with pytest.raises(LimitError, match="counted 4 times"):
        DEFAULT_LIMITS.check_header(sized(4096, 4096, **changes))
    Limits(4 * 4096 * 4096).check_header(sized(4096, 4096, **changes))


def test_coded_sides_are_hardly_longer_than_what_is_shown() -> None:
    DEFAULT_LIMITS.check_header(sized(16, 8, coded_width=16 + MAX_PADDING, coded_height=8 + MAX_PADDING))
    for changes in ({"coded_width": 17 + MAX_PADDING}, {"coded_height": 9 + MAX_PADDING}):
        with pytest.raises(LimitError, match="coded sides"):
            UNLIMITED.check_header(sized(16, 8, **changes))


def test_coded_chroma_is_at_most_two_planes_of_the_grays_size() -> None:
    def with_hints(width: int, height: int) -> HeaderRecord:
        hints = HintsRecord(codec="ffv1", scale=1, coded_width=width, coded_height=height)
        return sized(16, 8, color="coded", hints=hints)

    UNLIMITED.check_header(with_hints(16 + MAX_PADDING, 16 + MAX_PADDING))
    for size in ((17 + MAX_PADDING, 16), (16, 17 + MAX_PADDING)):
        with pytest.raises(LimitError, match="coded chroma"):
            UNLIMITED.check_header(with_hints(*size))


def test_pictures_of_a_segment_are_bounded_together_but_one_is_always_allowed() -> None:
    segment = make_segment(0)
    side = 2**13
    most = MAX_SEGMENT_PIXELS // side**2
    check_segment_pixels(sized(side, side), dataclasses.replace(segment, num_frames=most))
    check_segment_pixels(sized(65535, 65535), dataclasses.replace(segment, num_frames=1))
    with pytest.raises(LimitError, match="in segment 0"):
        check_segment_pixels(sized(side, side), dataclasses.replace(segment, num_frames=most + 1))


def test_a_writer_makes_no_segment_that_readers_refuse() -> None:
    writer = StreamWriter(io.BytesIO(), sized(2**14, 2**14))
    with pytest.raises(LimitError):
        writer.write_segment(dataclasses.replace(make_segment(0), num_frames=2))


def test_a_reader_checks_the_header_before_anything_else() -> None:
    data = make_stream()
    header = StreamReader(io.BytesIO(data)).header
    with pytest.raises(LimitError):
        StreamReader(io.BytesIO(data), limits=Limits(header.width * header.height - 1))


def test_the_default_takes_8k() -> None:
    assert MAX_PIXELS >= 7680 * 4320

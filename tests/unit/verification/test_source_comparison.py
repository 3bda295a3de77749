"""A decoded frame beside the source's: what is promised must hold, what is not is measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from codec.decoder.promise import Promise
from codec.metrics import chroma_psnr_db
from codec.verification.comparison import Comparison
from codec.video.color import ColorConversion
from codec.video.damage import NO_DAMAGE
from codec.video.frame_md5 import VideoMd5
from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame, Picture
from codec.video.pixel_formats import PIXEL_FORMATS

EXACT = Promise("lossless", luma_is_lossless=True, max_error=0)
WITHIN_2 = Promise("lossless", luma_is_lossless=True, max_error=2)
GUIDED = Promise("guided", luma_is_lossless=True, max_error=None)
LOSSY = Promise("none", luma_is_lossless=False, max_error=None)
INFO = VideoInfo(6, 4, PIXEL_FORMATS["yuv420p"], Fraction(1, 25), Fraction(25))


class Memory:
    """A source of given frames, that counts what is read."""

    notes: tuple[str, ...] = ()
    damage = NO_DAMAGE

    def __init__(self, info: VideoInfo, frames: list[Frame]) -> None:
        self.info = info
        self._frames = frames
        self.num_read = 0

    def frames(self) -> Iterator[Frame]:
        for frame in self._frames:
            self.num_read += 1
            yield frame

    def read(self) -> Iterator[Frame | CopyPacket]:
        yield from self.frames()

    def close(self) -> None:
        pass


def frames_of(info: VideoInfo = INFO, count: int = 4) -> list[Frame]:
    random = np.random.default_rng(3)
    samples = [random.integers(10, 240, info.raw_frame_bytes, np.uint8).tobytes() for _ in range(count)]
    return [Frame(info.pixel_format.unpack(data, info.width, info.height), i) for i, data in enumerate(samples)]


def changed(frame: Frame, plane: int, by: int) -> Frame:
    """The frame with another sample at row 1, column 2 of a plane."""
    planes = [samples.copy() for samples in frame.picture.planes()]
    planes[plane][1, 2] = int(planes[plane][1, 2]) + by
    return replace(frame, picture=Picture.of_planes(planes))


def compared(
    decoded: list[Frame], promise: Promise, *, info: VideoInfo = INFO, source_md5: str | None = None
) -> Comparison:
    comparison = Comparison(Memory(INFO, frames_of()), info, promise)
    for frame in decoded:
        comparison.add(frame)
    comparison.finish(source_md5)
    return comparison


def difference(decoded: list[Frame], promise: Promise) -> str | None:
    return compared(decoded, promise).difference


def with_frame_2(frame: Frame) -> list[Frame]:
    return [*frames_of()[:2], frame, *frames_of()[3:]]


@pytest.mark.parametrize("promise", [EXACT, WITHIN_2, GUIDED, LOSSY])
def test_equal_frames_differ_in_nothing(promise: Promise) -> None:
    assert difference(frames_of(), promise) is None


@pytest.mark.parametrize("promise", [EXACT, WITHIN_2, GUIDED])
def test_gray_that_is_promised_must_be_equal(promise: Promise) -> None:
    before = frames_of()[2].picture.luma[1, 2]
    found = difference(with_frame_2(changed(frames_of()[2], 0, 1)), promise)
    assert found == f"frame 2 differs in gray: expected {before} at row 1, column 2. Received: {before + 1}"


def test_chroma_is_held_to_its_bound() -> None:
    frame = frames_of()[2]
    assert "frame 2 differs in the second chroma plane" in str(difference(with_frame_2(changed(frame, 2, -1)), EXACT))
    assert difference(with_frame_2(changed(frame, 1, 2)), WITHIN_2) is None
    found = str(difference(with_frame_2(changed(frame, 1, -3)), WITHIN_2))
    assert found.startswith("frame 2 differs in the first chroma plane: expected")
    assert "within 2 at row 1, column 2" in found


def test_what_is_not_promised_is_measured_over_all_frames() -> None:
    frame = frames_of()[2]
    comparison = compared(with_frame_2(changed(frame, 1, 9)), GUIDED)
    assert comparison.difference is None
    together = Picture(
        np.vstack([f.picture.luma for f in frames_of()]),
        tuple(np.vstack([f.picture.chroma_planes()[i] for f in frames_of()]) for i in (0, 1)),  # type: ignore[arg-type]
    )
    decoded = Picture(together.luma, (together.chroma_planes()[0].copy(), together.chroma_planes()[1]))
    decoded.chroma_planes()[0][5, 2] += 9
    expected = chroma_psnr_db(ColorConversion.of(INFO), together, decoded)
    assert comparison.measured().psnr_chroma_db == expected
    assert comparison.measured().psnr_luma_db is None


def test_lossy_gray_is_measured_and_color_that_is_not_there_is_not() -> None:
    measured = compared(with_frame_2(changed(frames_of()[2], 0, 5)), LOSSY).measured()
    assert measured.psnr_luma_db == pytest.approx(10 * np.log10(255**2 / (25 / 96)))
    assert measured.psnr_chroma_db is None


def test_times_and_the_number_of_frames_must_be_equal() -> None:
    late = replace(frames_of()[2], pts=7)
    assert difference(with_frame_2(late), LOSSY) == "frame 2 differs in its time: expected 2/25 s. Received: 7/25 s"
    assert difference(frames_of()[:3], LOSSY) == "frame 3 differs: the stream has 3 frames, the source more"
    longer = [*frames_of(), replace(frames_of()[0], pts=4)]
    assert difference(longer, LOSSY) == "frame 4 differs: the source has 4 frames, the stream more"


@pytest.mark.parametrize(
    "info", [replace(INFO, width=8), replace(INFO, height=2), replace(INFO, pixel_format=PIXEL_FORMATS["nv12"])]
)
def test_size_and_pixel_format_must_be_equal(info: VideoInfo) -> None:
    source = Memory(INFO, frames_of())
    comparison = Comparison(source, info, LOSSY)
    comparison.add(frames_of()[0])
    assert "expected 6x4 yuv420p. Received:" in str(comparison.difference)
    assert source.num_read == 0


def test_nothing_is_read_behind_the_first_difference() -> None:
    source = Memory(INFO, frames_of())
    comparison = Comparison(source, INFO, EXACT)
    for frame in with_frame_2(changed(frames_of()[2], 0, 1)):
        comparison.add(frame)
    comparison.finish("0" * 32)
    assert source.num_read == 3
    assert "frame 2 differs in gray" in str(comparison.difference)


def test_the_sources_md5_is_compared_in_every_mode() -> None:
    md5 = VideoMd5(INFO.pixel_format)
    for frame in frames_of():
        md5.add(frame.picture)
    changed_color = with_frame_2(changed(frames_of()[2], 1, 9))
    assert compared(changed_color, GUIDED, source_md5=md5.hexdigest()).difference is None
    assert "the source differs in its MD5" in str(compared(changed_color, GUIDED, source_md5="0" * 32).difference)


def test_chroma_of_rgb_is_compared_in_both_directions() -> None:
    info = VideoInfo(5, 3, PIXEL_FORMATS["rgb24"], Fraction(1, 25))
    frames = frames_of(info)
    for by in (-3, 3):
        comparison = Comparison(Memory(info, frames), info, WITHIN_2)
        comparison.add(changed(frames[0], 2, by))
        assert "the second chroma plane" in str(comparison.difference)

"""R'G'B' that was made of 4:2:0 is coded as that, and comes out again."""

from __future__ import annotations

import dataclasses
import platform
from collections.abc import Iterator
from fractions import Fraction

import av
import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.errors import InputError, StreamError
from codec.native.library import library
from codec.native.yuv_origin import planes_of_rgb
from codec.video.damage import NO_DAMAGE
from codec.video.info import VideoInfo
from codec.video.picture import Frame, Picture, rgb_to_ycocg_r, ycocg_r_to_rgb
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.yuv_origin import YuvOrigin, _known_origins, yuv_origin_of

ORIGINS = list(_known_origins())
LIMITED, FULL = ORIGINS[:2]  # BT.601
FFMPEG_MATRICES = (5, 1, 9, 7, 4)  # in the order of the origins

pytestmark = pytest.mark.skipif(library() is None, reason="the native library finds the planes")


class Pictures:
    """A source of pictures."""

    notes: tuple[str, ...] = ()
    damage = NO_DAMAGE

    def __init__(self, pictures: list[Picture], pixel_format: str = "rgb24") -> None:
        height, width = pictures[0].luma.shape
        self._pictures = pictures
        self.num_read = 0
        self.info = VideoInfo(width, height, PIXEL_FORMATS[pixel_format], Fraction(1, 25), Fraction(25))

    def frames(self) -> Iterator[Frame]:
        """The frames."""
        for index, picture in enumerate(self._pictures):
            self.num_read += 1
            yield Frame(picture, index, 1)

    def read(self) -> Iterator[Frame]:
        """The same."""
        return self.frames()

    def close(self) -> None:
        """Nothing is open."""


def noise(seed: int, height: int = 18, width: int = 26, low: int = 0, high: int = 256) -> Picture:
    random = np.random.default_rng(seed)
    shapes = (height, width), *[(-(-height // 2), -(-width // 2))] * 2
    luma, first, second = (random.integers(low, high, shape, np.uint8) for shape in shapes)
    return Picture(luma, (first, second))


@st.composite
def any_planes(draw: st.DrawFn) -> Picture:
    height, width = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    codes = st.integers(0, 255) | st.sampled_from([0, 16, 128, 235, 255])
    shapes = (height, width), *[(-(-height // 2), -(-width // 2))] * 2
    luma, first, second = (draw(arrays.arrays(np.uint8, shape, elements=codes)) for shape in shapes)
    return Picture(luma, (first, second))


@given(any_planes(), st.sampled_from(ORIGINS))
def test_planes_are_found_that_give_the_picture_again(planes: Picture, origin: YuvOrigin) -> None:
    """Where samples are cut to 0 or 255 they may be other planes than those it was made of."""
    picture = origin.restored(planes)
    found = origin.planes(picture)
    assert found is not None
    np.testing.assert_array_equal(ycocg_r_to_rgb(origin.restored(found)), ycocg_r_to_rgb(picture))


def test_the_very_planes_are_found_where_nothing_was_cut() -> None:
    planes = noise(1, low=118, high=138)
    found = LIMITED.planes(LIMITED.restored(planes))
    assert found is not None
    assert all(map(np.array_equal, found.planes(), planes.planes()))


@pytest.mark.parametrize("index", range(len(ORIGINS)))
@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="FFmpeg has another arithmetic here")
@pytest.mark.parametrize(("height", "width"), [(48, 64), (36, 50), (20, 47)])
def test_the_arithmetic_is_that_of_ffmpeg(index: int, height: int, width: int) -> None:
    planes = noise(index, height, width)
    frame = av.VideoFrame(width, height, "yuv420p")
    for own, plane in zip(frame.planes, planes.planes(), strict=True):
        padded = np.zeros((own.height, own.line_size), np.uint8)
        padded[:, : plane.shape[1]] = plane
        own.update(padded)
    frame.colorspace, frame.color_range = FFMPEG_MATRICES[index // 2], 1 + index % 2
    made = frame.reformat(format="rgb24").to_ndarray()
    np.testing.assert_array_equal(ycocg_r_to_rgb(ORIGINS[index].restored(planes)), made)


def test_one_other_sample_is_noticed() -> None:
    rgb = ycocg_r_to_rgb(LIMITED.restored(noise(2, low=100, high=150)))
    rgb[9, 13, 1] ^= 1
    assert not LIMITED.made(rgb_to_ycocg_r(rgb))


def test_noise_and_smooth_chroma_have_no_origin() -> None:
    random = np.random.default_rng(3)
    assert yuv_origin_of(Pictures([rgb_to_ycocg_r(random.integers(0, 256, (8, 8, 3), np.uint8))])) is None
    slopes = np.stack(np.broadcast_arrays(np.arange(60)[:, None], 90, np.arange(80)), axis=-1).astype(np.uint8)
    assert yuv_origin_of(Pictures([rgb_to_ycocg_r(slopes)])) is None


@pytest.mark.parametrize("origin", ORIGINS)
def test_black_pictures_leave_it_open_and_others_tell(origin: YuvOrigin) -> None:
    black = rgb_to_ycocg_r(np.zeros((18, 26, 3), np.uint8))
    found = yuv_origin_of(Pictures([black, black, *(origin.restored(noise(seed)) for seed in range(3))]))
    assert found == origin


def test_the_first_picture_of_another_kind_ends_the_search() -> None:
    random = np.random.default_rng(4)
    other = rgb_to_ycocg_r(random.integers(0, 256, (18, 26, 3), np.uint8))
    source = Pictures([LIMITED.restored(noise(0)), other, other, other])
    assert yuv_origin_of(source) is None
    assert source.num_read == 2


@pytest.mark.parametrize("pixel_format", ["yuv420p", "gray", "rgba", "rgb48le"])
def test_video_of_other_formats_is_not_read(pixel_format: str) -> None:
    source = Pictures([noise(0)], pixel_format)
    assert yuv_origin_of(source) is None
    assert source.num_read == 0


def test_a_source_is_seen_as_what_it_was_made_of() -> None:
    seen = FULL.coded_source(Pictures([FULL.restored(noise(5))]))
    assert seen.info.pixel_format.name == "yuv420p"
    (frame,) = seen.frames()
    assert FULL.restored(frame.picture).luma.shape == (18, 26)
    changed = FULL.coded_source(Pictures([rgb_to_ycocg_r(np.eye(18, 26, dtype=np.uint8)[..., None] * [1, 2, 3])]))
    with pytest.raises(InputError, match="changed while it was read"):
        next(changed.frames())


def test_numbers_come_back_and_others_are_refused() -> None:
    for origin in ORIGINS:
        assert YuvOrigin.of_numbers(origin.numbers()) == origin
    for change in ({"offset": -1}, {"offset": 2048}, {"luma": 8191}, {"red_of_v": 0}, {"green_of_u": -(2**15)}):
        with pytest.raises(StreamError, match="expected factors of an origin"):
            YuvOrigin.of_numbers(dataclasses.replace(LIMITED, **change).numbers())
    with pytest.raises(StreamError, match="expected 6 numbers"):
        YuvOrigin.of_numbers((1, 2, 3))


def test_sums_stay_within_the_reach_of_the_kernel() -> None:
    steepest = YuvOrigin(0, *[2**15 - 1] * 2, -(2**15 - 1), -(2**15 - 1), 2**15 - 1)
    assert np.abs(steepest._tables.values[0]).max() <= 1024
    assert np.abs(steepest._tables.values[1:]).max() <= 512


def test_another_array_is_refused() -> None:
    loaded = library()
    assert loaded is not None
    with pytest.raises(ValueError, match="expected a uint8 array"):
        planes_of_rgb(loaded, LIMITED._tables, np.zeros((4, 4, 3), np.int16))  # type: ignore[arg-type]

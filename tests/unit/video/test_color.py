"""Conversions between code values and colors."""

from __future__ import annotations

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.video.color import ColorConversion, F32Array
from codec.video.info import ColorDescription, VideoInfo
from codec.video.picture import Picture, rgb_to_ycocg_r
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel
from tests.formats import EIGHT_BITS

YUV_NAMES = [name for name, form in EIGHT_BITS.items() if form.model is ColorModel.YUV]
SWSCALE_MATRICES = {1: 1, 5: 5, 6: 5, 7: 7, 9: 9}  # H.273 to the number that PyAV's reformat takes
# swscale computes in fixed point with fewer bits than the float conversion here.
SWSCALE_TOLERANCE = 2


def conversion(name: str, matrix: int = 6, *, full_range: bool = False) -> ColorConversion:
    return ColorConversion(PIXEL_FORMATS[name], matrix, full_range)


def real_luma(rgb: F32Array, matrix: int) -> F32Array:
    """E'Y of each matrix, in [0, 1]."""
    weights = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114), 7: (0.212, 0.087), 9: (0.2627, 0.0593)}
    kr, kb = weights[matrix]
    luma: F32Array = rgb @ np.array([kr, 1 - kr - kb, kb], np.float32)
    return luma


def random_picture(name: str, width: int, height: int, seed: int) -> Picture:
    form = PIXEL_FORMATS[name]
    rng = np.random.default_rng(seed)
    if form.model is ColorModel.RGB:
        return rgb_to_ycocg_r(rng.integers(0, 256, (height, width, 3), dtype=np.uint8))
    luma = rng.integers(0, 256, (height, width), dtype=np.uint8)
    if form.model is ColorModel.GRAY:
        return Picture(luma)
    shape = form.chroma_shape(width, height)
    return Picture(luma, (rng.integers(0, 256, shape, dtype=np.uint8), rng.integers(0, 256, shape, dtype=np.uint8)))


@given(st.sampled_from(YUV_NAMES), st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_chroma_is_enlarged_as_by_opencv(name: str, width: int, height: int, seed: int) -> None:
    form = PIXEL_FORMATS[name]
    plane = np.random.default_rng(seed).integers(0, 256, form.chroma_shape(width, height)).astype(np.float32)
    size = plane.shape[1] << form.log2_chroma_w, plane.shape[0] << form.log2_chroma_h
    expected = cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR)[:height, :width]
    np.testing.assert_array_equal(conversion(name)._enlarge(plane, width, height), expected)


@given(st.sampled_from(sorted(EIGHT_BITS)), st.integers(1, 20), st.integers(1, 20), st.integers(0, 2**32 - 1))
def test_the_gray_plane_survives_everything(name: str, width: int, height: int, seed: int) -> None:
    form = PIXEL_FORMATS[name]
    picture = random_picture(name, width, height, seed)
    converter = conversion(name)
    rgb = np.random.default_rng(seed).random((height, width, 3), dtype=np.float32)
    for result in (converter.with_color_of(picture.luma, rgb), converter.neutral(picture.luma)):
        np.testing.assert_array_equal(result.luma, picture.luma)
        if form.model is ColorModel.GRAY:
            assert result.chroma is None
            continue
        for ours, theirs in zip(result.chroma_planes(), picture.chroma_planes(), strict=True):
            assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
        assert len(form.pack(result)) == form.frame_bytes(width, height)
    assert converter.rgb(picture).shape == (height, width, 3)


@pytest.mark.parametrize("name", YUV_NAMES)
@pytest.mark.parametrize("full_range", [False, True])
def test_flat_colors_survive(name: str, full_range: bool) -> None:
    converter = conversion(name, full_range=full_range)
    shape = PIXEL_FORMATS[name].chroma_shape(35, 21)
    for luma, first, second in ((120, 128, 128), (100, 110, 150), (140, 140, 120)):
        planes = (np.full(shape, first, np.uint8), np.full(shape, second, np.uint8))
        picture = Picture(np.full((21, 35), luma, np.uint8), planes)
        rgb = converter.rgb(picture)
        assert len(np.unique(rgb.reshape(-1, 3), axis=0)) == 1  # enlarging a flat plane keeps it flat
        back = converter.with_color_of(picture.luma, rgb.astype(np.float32) / np.float32(255))
        for plane, expected in zip(back.chroma_planes(), (first, second), strict=True):
            assert len(np.unique(plane)) == 1
            assert abs(int(plane[0, 0]) - expected) <= 1  # one rounding of R'G'B' to 8 bits


@pytest.mark.parametrize("name", [*YUV_NAMES, "rgb24"])
def test_neutral_is_gray(name: str) -> None:
    converter = conversion(name)
    luma = np.arange(16, 236, dtype=np.uint8).reshape(20, 11)
    rgb = converter.rgb(converter.neutral(luma))
    assert (rgb == rgb[..., :1]).all()


@pytest.mark.parametrize("matrix", sorted(SWSCALE_MATRICES))
@pytest.mark.parametrize("full_range", [False, True])
def test_444_comes_back_through_rgb(matrix: int, full_range: bool) -> None:
    converter = conversion("yuv444p", matrix, full_range=full_range)
    rgb = np.random.default_rng(2).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    rgb_float = rgb.astype(np.float32) / np.float32(255)
    exact = real_luma(rgb_float, matrix)
    luma = np.rint(exact * 255 if full_range else exact * 219 + 16).astype(np.uint8)
    picture = converter.with_color_of(luma, rgb_float)
    assert np.abs(converter.rgb(picture).astype(int) - rgb.astype(int)).max() <= 3
    again = converter.with_color_of(luma, converter.rgb(picture).astype(np.float32) / np.float32(255))
    for ours, theirs in zip(again.chroma_planes(), picture.chroma_planes(), strict=True):
        assert np.abs(ours.astype(int) - theirs.astype(int)).max() <= 2


def test_rgb_is_exact() -> None:
    rgb = np.random.default_rng(3).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    converter = conversion("rgb24")
    np.testing.assert_array_equal(converter.rgb(rgb_to_ycocg_r(rgb)), rgb)


def test_rgb_with_its_own_color_is_close() -> None:
    rgb = np.random.default_rng(4).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    converter = conversion("rgb24")
    picture = converter.with_color_of(rgb_to_ycocg_r(rgb).luma, rgb.astype(np.float32) / np.float32(255))
    assert np.abs(converter.rgb(picture).astype(int) - rgb.astype(int)).max() <= 1


def test_ranges() -> None:
    levels = np.array([0, 16, 126, 235, 255], np.uint8)
    np.testing.assert_allclose(conversion("yuv420p").gray(levels), [0, 0, 110 / 219, 1, 1], atol=1e-6)
    for converter in (conversion("yuv420p", full_range=True), conversion("rgb24")):
        np.testing.assert_allclose(converter.gray(levels), levels / 255, atol=1e-6)
    planes = (np.full((1, 1), 128, np.uint8), np.full((1, 1), 128, np.uint8))
    black = Picture(np.full((1, 1), 16, np.uint8), planes)
    assert conversion("yuv444p").rgb(black).tolist() == [[[0, 0, 0]]]
    assert conversion("yuv444p", full_range=True).rgb(black).tolist() == [[[16, 16, 16]]]
    red = np.zeros((1, 1, 3), np.float32)
    red[..., 0] = 1
    limited = conversion("yuv444p").with_color_of(black.luma, red).chroma_planes()
    full = conversion("yuv444p", full_range=True).with_color_of(black.luma, red).chroma_planes()
    assert (int(limited[1][0, 0]), int(full[1][0, 0])) == (240, 255)


@pytest.mark.parametrize(("matrix", "swscale_matrix"), SWSCALE_MATRICES.items())
@pytest.mark.parametrize("full_range", [False, True])
def test_matrices_agree_with_ffmpegs_scaler(matrix: int, swscale_matrix: int, full_range: bool) -> None:
    name = "yuv444p"
    converter = conversion(name, matrix, full_range=full_range)
    # Real colors and no arbitrary planes: what lies outside of the cube, swscale's tables do not clip reliably.
    rgb = np.random.default_rng(matrix).random((64, 64, 3), dtype=np.float32)
    luma = np.rint(real_luma(rgb, matrix) * 255 if full_range else real_luma(rgb, matrix) * 219 + 16).astype(np.uint8)
    picture = converter.with_color_of(luma, rgb)
    data = np.frombuffer(PIXEL_FORMATS[name].pack(picture), np.uint8).reshape(3, 64, 64)
    frame = av.VideoFrame.from_ndarray(data, name)
    expected = frame.reformat(
        format="rgb24",
        src_colorspace=swscale_matrix,
        src_color_range=2 if full_range else 1,
        dst_color_range=2,
        interpolation="ACCURATE_RND",
    ).to_ndarray()
    assert np.abs(converter.rgb(picture).astype(int) - expected.astype(int)).max() <= SWSCALE_TOLERANCE


def info(width: int, height: int, name: str = "yuv420p", color: ColorDescription | None = None) -> VideoInfo:
    return VideoInfo(width, height, PIXEL_FORMATS[name], Fraction(1, 25), color=color or ColorDescription())


def test_what_a_video_does_not_state_is_read_as_players_read_it() -> None:
    assert ColorConversion.of(info(720, 576)).matrix == 6
    assert ColorConversion.of(info(1280, 720)).matrix == 1
    assert ColorConversion.of(info(576, 1024)).matrix == 1
    assert ColorConversion.of(info(64, 64, color=ColorDescription(matrix=9))).matrix == 9
    assert not ColorConversion.of(info(64, 64)).full_range
    assert ColorConversion.of(info(64, 64, "gray")).full_range
    assert ColorConversion.of(info(64, 64, color=ColorDescription(color_range=2))).full_range
    assert not ColorConversion.of(info(64, 64, "gray", ColorDescription(color_range=1))).full_range


@pytest.mark.parametrize("name", ["rgb24", "yuv444p", "gray"])
@pytest.mark.parametrize("full_range", [True, False])
def test_a_picture_of_rgb_is_that_rgb(name: str, full_range: bool) -> None:
    conversion = ColorConversion(PIXEL_FORMATS[name], 6, full_range)
    rgb_u8 = np.random.default_rng(0).integers(60, 200, (4, 6, 3), dtype=np.uint8)
    picture = conversion.picture(rgb_u8)
    if name == "gray":
        expected = np.rint(rgb_u8 @ conversion.luma_weights().astype(float))
        assert np.abs(conversion.rgb(picture)[..., 0] - expected).max() <= 1
    else:
        assert np.abs(conversion.rgb(picture).astype(int) - rgb_u8).max() <= (0 if name == "rgb24" else 3)

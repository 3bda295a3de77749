"""YCoCg-R is reversible for every color."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.video.picture import Picture, in_rgb_gamut, rgb_to_ycocg_r, ycocg_r_to_rgb


@pytest.mark.parametrize("red", [0, 1, 2, 3, 63, 64, 127, 128, 129, 200, 253, 254, 255])
def test_every_green_and_blue_comes_back(red: int) -> None:
    green, blue = np.mgrid[:256, :256].astype(np.uint8)
    rgb = np.stack([np.full_like(green, red), green, blue], axis=-1)
    for image in (rgb, rgb[..., [1, 2, 0]], rgb[..., [2, 0, 1]]):
        picture = rgb_to_ycocg_r(image)
        assert picture.luma.dtype == np.uint8
        for plane in picture.chroma_planes():
            assert plane.dtype == np.int16
            assert np.abs(plane).max() <= 255
        np.testing.assert_array_equal(ycocg_r_to_rgb(picture), image)


def test_known_values() -> None:
    rgb = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [10, 10, 10]]], np.uint8)
    picture = rgb_to_ycocg_r(rgb)
    orange, green = picture.chroma_planes()
    # Co = R - B; t = B + (Co >> 1); Cg = G - t; Y = t + (Cg >> 1), by hand
    assert picture.luma.tolist() == [[63, 127, 63, 255, 10]]
    assert orange.tolist() == [[255, 0, -255, 0, 0]]
    assert green.tolist() == [[-127, 255, -127, 0, 0]]


def test_planes_that_no_rgb_has_are_clipped() -> None:
    planes = (np.full((1, 1), 255, np.int16), np.full((1, 1), -255, np.int16))
    rgb = ycocg_r_to_rgb(Picture(np.array([[255]], np.uint8), planes))
    assert rgb.dtype == np.uint8
    assert rgb.tolist() == [[[255, 128, 255]]]


def test_gray_has_no_chroma_planes() -> None:
    with pytest.raises(ValueError, match="gray picture"):
        Picture(np.zeros((1, 1), np.uint8)).chroma_planes()


@given(st.integers(0, 2**32 - 1))
def test_any_chroma_is_brought_into_gamut_without_touching_the_luma(seed: int) -> None:
    random = np.random.default_rng(seed)
    luma = random.integers(0, 256, (8, 8), dtype=np.uint8)
    chroma = tuple(random.integers(-255, 256, (8, 8)).astype(np.int16) for _ in range(2))
    picture = in_rgb_gamut(Picture(luma, (chroma[0], chroma[1])))
    back = rgb_to_ycocg_r(ycocg_r_to_rgb(picture))
    np.testing.assert_array_equal(back.luma, luma)
    for before, after in zip(picture.chroma_planes(), back.chroma_planes(), strict=True):
        np.testing.assert_array_equal(before, after)


def test_chroma_that_came_from_rgb_is_in_gamut() -> None:
    rgb = np.random.default_rng(3).choice(np.array([0, 1, 127, 128, 254, 255], np.uint8), (100, 100, 3))
    picture = rgb_to_ycocg_r(rgb)
    for before, after in zip(picture.chroma_planes(), in_rgb_gamut(picture).chroma_planes(), strict=True):
        np.testing.assert_array_equal(before, after)

"""What the library computes around the network of guided color equals the reference."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import numpy as np
import pytest

from codec.hints import planes
from codec.hints.planes import SCALES, reduced_shape
from codec.native.convolution import padded_picture
from codec.native.hints import Layout, chroma_of_quarters, enlarge_hint, fill_inputs, reduce_plane
from codec.networks.compact import inputs_by_numpy
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel
from tests.unit.native.random_cases import random_guided

FORMATS = [name for name, own in PIXEL_FORMATS.items() if name in ("yuv420p", "yuv422p", "yuv444p", "rgb24")]


def _sizes() -> Iterator[tuple[int, int]]:
    """Every height and width from 1 to 70, and not every pair of them."""
    for side in range(1, 71):
        yield side, 1 + 37 * side % 70


@pytest.mark.parametrize("scale", SCALES)
def test_hints_are_enlarged_alike(library: ctypes.CDLL, scale: int) -> None:
    random = np.random.default_rng(scale)
    for rows, columns in [*_sizes(), *((4, side) for side in range(1, 71))]:
        high, wide = reduced_shape(rows, columns, scale)
        picture = random.choice(np.array([0, 100, 255], np.uint8), (2 * high, wide))
        expected = planes.enlarged_by_numpy([picture], (rows, columns), scale)[0]
        assert np.array_equal(enlarge_hint(library, picture, (rows, columns), scale), expected)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("is_wide", [False, True])
def test_planes_are_reduced_alike(library: ctypes.CDLL, scale: int, is_wide: bool) -> None:
    random = np.random.default_rng(scale)
    for shape in _sizes():
        if is_wide:
            plane = random.integers(-255, 256, shape).astype(np.int16)
        else:
            plane = random.integers(0, 256, shape).astype(np.uint8)
        assert np.array_equal(reduce_plane(library, plane, scale), planes.reduced_by_numpy(plane, scale))


def test_halves_are_rounded_to_even(library: ctypes.CDLL) -> None:
    plane = np.array([[0, 1, 1, 2, 255, 254]] * 2, np.uint8)  # averages 0.5, 1.5 and 254.5
    assert reduce_plane(library, plane, 2).tolist() == [[0, 2, 254]]
    assert planes.reduced_by_numpy(plane, 2).tolist() == [[0, 2, 254]]


@pytest.mark.parametrize("name", FORMATS)
def test_the_network_is_given_the_same(library: ctypes.CDLL, name: str) -> None:
    for shape in _sizes():
        layout, luma, quarters, _ = random_guided(np.random.default_rng(shape[0]), PIXEL_FORMATS[name], shape)
        into = padded_picture(layout.grid, layout.num_inputs, 2)
        fill_inputs(library, layout, luma, quarters, into)
        expected = inputs_by_numpy(luma[None], quarters[None], layout.block)[0]
        assert np.array_equal(into.inside[..., : layout.num_inputs], expected)
        into.inside[:] = 0
        assert not into.values.any(), "the margin was written to"


@pytest.mark.parametrize("with_network", [False, True])
@pytest.mark.parametrize("name", FORMATS)
def test_color_is_the_same(library: ctypes.CDLL, name: str, with_network: bool) -> None:
    pixel_format = PIXEL_FORMATS[name]
    for shape in _sizes():
        layout, luma, quarters, residuals = random_guided(np.random.default_rng(shape[1]), pixel_format, shape)
        color = planes.with_residuals(quarters, residuals if with_network else None, layout)
        expected = planes.picture_by_numpy(luma, color, pixel_format.model).chroma_planes()
        gray = luma if pixel_format.model is ColorModel.RGB else None
        found = chroma_of_quarters(library, layout, gray, quarters, residuals if with_network else None)
        for own, reference in zip(found, expected, strict=True):
            assert own.dtype == reference.dtype
            assert np.array_equal(own, reference)


@pytest.mark.parametrize("name", ["yuv411p", "yuv410p", "yuv440p"])
def test_hints_alone_do_for_formats_without_a_network(library: ctypes.CDLL, name: str) -> None:
    pixel_format = PIXEL_FORMATS[name]
    quarters = np.random.default_rng(1).integers(-600, 1700, (*pixel_format.chroma_shape(35, 18), 2)).astype(np.int16)
    luma = np.zeros((18, 35), np.uint8)
    expected = planes.picture_by_numpy(luma, quarters, pixel_format.model).chroma_planes()
    found = chroma_of_quarters(library, planes.layout_of(luma, quarters, pixel_format), None, quarters, None)
    np.testing.assert_array_equal(found, expected)


def test_sizes_that_do_not_fit_are_refused(library: ctypes.CDLL) -> None:
    layout, luma, quarters, residuals = random_guided(np.random.default_rng(0), PIXEL_FORMATS["yuv420p"], (4, 4))
    with pytest.raises(ValueError, match="in C order"):
        chroma_of_quarters(library, layout, None, quarters, residuals[:1])
    with pytest.raises(ValueError, match="expected a picture"):
        fill_inputs(library, layout, luma, quarters, padded_picture((2, 3), 6, 1))
    with pytest.raises(ValueError, match="on one grid"):
        fill_inputs(library, Layout((4, 4), (3, 2), (1, 1)), luma, quarters, padded_picture((2, 2), 6, 1))
    with pytest.raises(ValueError, match="on one grid"):
        chroma_of_quarters(library, Layout((4, 4), (4, 1), (2, 0)), None, quarters, residuals)
    with pytest.raises(ValueError, match="in C order"):
        enlarge_hint(library, np.zeros((3, 2), np.uint8), (4, 4), 2)

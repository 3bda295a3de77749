from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.hints.planes import SCALES, pack_hint, reduce_plane, reduced_shape, unpack_hints


def wave(rows: int, columns: int) -> np.ndarray:
    y, x = np.mgrid[:rows, :columns]
    return 128 + 60 * np.sin(2 * np.pi * x / 64) + 40 * np.cos(2 * np.pi * y / 48)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("shape", [(8, 16), (9, 17), (1, 1), (3, 40)])
def test_flat_color_comes_back(scale: int, shape: tuple[int, int]) -> None:
    chroma = np.full(shape, 77, np.uint8), np.full(shape, 200, np.uint8)
    packed = pack_hint(chroma, scale)
    rows, columns = reduced_shape(*shape, scale)
    assert packed.shape == (2 * rows, columns)
    enlarged = unpack_hints([packed, packed], shape, scale)
    assert enlarged.shape == (2, *shape, 2)
    np.testing.assert_array_equal(enlarged[..., 0], 77 * 4)
    np.testing.assert_array_equal(enlarged[..., 1], 200 * 4)


def test_scale_one_is_the_plane_itself() -> None:
    u, v = np.random.default_rng(0).integers(0, 256, (2, 5, 7)).astype(np.uint8)
    np.testing.assert_array_equal(
        unpack_hints([pack_hint((u, v), 1)], (5, 7), 1)[0], 4 * np.stack([u, v], -1).astype(int)
    )


@pytest.mark.parametrize(("scale", "tolerance"), [(2, 1.5), (4, 2.0), (8, 6.0)])
def test_smooth_color_comes_back_closely(scale: int, tolerance: float) -> None:
    plane = wave(96, 128)
    u = np.rint(plane).astype(np.uint8)
    enlarged = unpack_hints([pack_hint((u, u), scale)], u.shape, scale)[0, ..., 0] / 4
    inner = slice(2 * scale, -2 * scale)
    assert np.abs(enlarged - plane)[inner, inner].max() < tolerance


def test_averages_are_of_squares_with_the_border_repeated() -> None:
    plane = np.array([[0, 4, 8], [0, 4, 8], [100, 100, 20]], np.uint8)
    np.testing.assert_array_equal(reduce_plane(plane, 2), [[2, 8], [100, 20]])


def test_orange_and_green_differences_travel_in_eight_bits() -> None:
    co = np.array([[-255, 255], [0, 1]], np.int16)
    packed = pack_hint((co, co), 1)
    np.testing.assert_array_equal(packed[:2], [[0, 255], [128, 128]])  # 0.5, 255.5, 128 and 128.5, to even


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 20), st.integers(1, 20), st.sampled_from(SCALES), st.integers(0, 2**32 - 1))
def test_enlarging_never_leaves_the_range_by_much_and_keeps_shapes(
    rows: int, columns: int, scale: int, seed: int
) -> None:
    chroma = np.random.default_rng(seed).choice([0, 255], (2, rows, columns)).astype(np.uint8)
    enlarged = unpack_hints([pack_hint((chroma[0], chroma[1]), scale)], (rows, columns), scale)
    assert enlarged.shape == (1, rows, columns, 2)
    assert enlarged.min() >= -4 * 64
    assert enlarged.max() <= 4 * (255 + 64)

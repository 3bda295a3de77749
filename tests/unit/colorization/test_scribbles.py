"""Strokes on a gray picture: where color stops, how far it goes, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from codec.colorization.scribbles import Stroke, colored_by_strokes, drawn, spread_color
from codec.errors import InputError
from codec.video.picture import RgbArray

LUMA = np.array([0.299, 0.587, 0.114])


def two_halves(height: int, width: int) -> RgbArray:
    """Gray with some noise: dark on the left, light on the right."""
    gray = np.where(np.arange(width) < width // 2, 90, 160) * np.ones((height, 1), int)
    gray += np.random.default_rng(0).integers(-2, 3, gray.shape)
    return np.repeat(gray[..., None], 3, axis=-1).astype(np.uint8)


def chroma_of(rgb_u8: RgbArray) -> tuple[np.ndarray, np.ndarray]:
    rgb = rgb_u8.astype(float)
    luma = rgb @ LUMA
    return rgb[..., 0] - luma, rgb[..., 2] - luma


@pytest.mark.parametrize(("height", "width"), [(40, 60), (150, 200)])  # the larger one is solved small first
def test_color_fills_an_area_and_stops_at_its_edge(height: int, width: int) -> None:
    gray = two_halves(height, width)
    y = height // 2
    strokes = [
        Stroke((200, 60, 60), 1.5, ((width * 0.1, y), (width * 0.2, y))),
        Stroke((90, 90, 200), 1.5, ((width * 0.8, y), (width * 0.9, y))),
    ]
    colored = colored_by_strokes(gray, strokes)
    red, blue = chroma_of(colored)
    middle = width // 2
    expected_red, expected_blue = chroma_of(np.array([[[200, 60, 60], [90, 90, 200]]], np.uint8))
    assert np.abs(red[:, : middle - 1] - expected_red[0, 0]).mean() < 12
    assert np.abs(blue[:, middle + 1 :] - expected_blue[0, 1]).mean() < 12
    # One column from the edge, each side still has its own color.
    assert red[:, middle - 2].mean() > 60 > 20 > red[:, middle + 1].mean()
    assert np.abs(colored @ LUMA - gray[..., 0]).max() < 1.01  # rounding of three planes


def test_color_is_an_average_of_the_strokes() -> None:
    random = np.random.default_rng(1)
    luma = random.integers(0, 256, (70, 90)).astype(np.float32)
    known = random.random((70, 90)) < 0.01
    chroma = random.uniform(-50, 80, (70, 90, 2)).astype(np.float32)
    spread = spread_color(luma, chroma, known)
    assert (spread[known] == chroma[known]).all()
    for plane in range(2):
        values = chroma[..., plane][known]
        assert values.min() <= spread[..., plane].min() <= spread[..., plane].max() <= values.max()


def test_a_stroke_of_one_color_colors_all() -> None:
    colored = colored_by_strokes(two_halves(30, 40), [Stroke((60, 160, 60), 2, ((5, 5),))])
    red, blue = chroma_of(colored)
    assert np.ptp(red) < 2
    assert np.ptp(blue) < 2
    assert red.mean() < -20


def test_a_small_system_is_solved_as_a_dense_one() -> None:
    """The minimum of J, by elimination, with the weights written out as in the paper."""
    random = np.random.default_rng(2)
    height, width = 6, 7
    luma = random.integers(60, 120, (height, width)).astype(np.float32)
    padded = np.pad(luma.astype(float), 1, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3)).reshape(height, width, 9)
    variance = np.maximum(windows.var(axis=-1), 8.0)
    matrix = np.zeros((height * width, height * width))
    for y, x in np.ndindex(height, width):
        for v, u in np.ndindex(height, width):
            if (y, x) != (v, u) and abs(y - v) <= 1 and abs(x - u) <= 1:
                mean = (variance[y, x] + variance[v, u]) / 2
                weight = math.exp(-((luma[y, x] - luma[v, u]) ** 2) / (0.6 * mean))
                weight = max(weight, 1e-5)
                matrix[y * width + x, v * width + u] -= weight
                matrix[y * width + x, y * width + x] += weight
    known = np.zeros((height, width), bool)
    known[0, 0] = known[5, 6] = known[3, 1] = True
    chroma = random.uniform(-60, 60, (height, width, 1)).astype(np.float32)
    k = known.ravel()
    exact = np.linalg.solve(matrix[~k][:, ~k], -matrix[~k][:, k] @ chroma.ravel()[k])
    assert spread_color(luma, chroma, known)[..., 0].ravel()[~k] == pytest.approx(exact, abs=0.3)


def test_a_later_stroke_lies_over_an_earlier_one() -> None:
    painted, is_painted = drawn(
        [Stroke((255, 0, 0), 3, ((0, 10), (39, 10))), Stroke((0, 0, 255), 3, ((20, 0), (20, 19)))], (20, 40)
    )
    assert tuple(painted[10, 20]) == (0, 0, 255)
    assert tuple(painted[10, 5]) == (255, 0, 0)
    assert is_painted[10].all()
    assert not is_painted[2, 5]


def test_a_dot_has_the_size_of_the_brush() -> None:
    _, is_painted = drawn([Stroke((1, 2, 3), 5, ((20, 20),))], (40, 40))
    assert is_painted.sum() == pytest.approx(math.pi * 25, rel=0.2)
    _, is_painted = drawn([Stroke((1, 2, 3), 0.5, ((20.9, 20.2),))], (40, 40))
    assert np.argwhere(is_painted).tolist() == [[20, 20]]


def test_a_picture_that_is_painted_all_over_and_the_smallest_ones() -> None:
    for height, width in ((1, 1), (1, 90), (3, 5000)):
        gray = np.full((height, width, 3), 120, np.uint8)
        colored = colored_by_strokes(gray, [Stroke((160, 100, 100), 1, ((0, 0),))])
        assert colored[0, width - 1, 0] > colored[0, width - 1, 1]
    covered = colored_by_strokes(np.full((8, 8, 3), 120, np.uint8), [Stroke((120, 220, 120), 99, ((4, 4),))])
    assert (covered == covered[0, 0]).all()


@pytest.mark.parametrize(
    ("strokes", "words"),
    [
        (lambda: [], "expected 1 to 2000 strokes"),
        (lambda: [Stroke((1, 2, 3), 1, ((0, 0),))] * 2001, "Received: 2001 strokes"),
        (lambda: [Stroke((1, 2, 3), 1, ((0, 0),) * 10**5)] * 3, "200000 points"),
        (lambda: [Stroke((1, 2, 3), 1, ((500, 500),))], "all of them outside"),
        (lambda: [Stroke((1, 2, 256), 1, ((0, 0),))], "0 to 255"),
        (lambda: [Stroke((1, 2), 1, ((0, 0),))], "three numbers"),  # type: ignore[arg-type]
        (lambda: [Stroke((1, 2, 3), 0, ((0, 0),))], "radius from 0.5"),
        (lambda: [Stroke((1, 2, 3), math.nan, ((0, 0),))], "radius from 0.5"),
        (lambda: [Stroke((1, 2, 3), 1, ())], "at least one point"),
        (lambda: [Stroke((1, 2, 3), 1, ((math.inf, 0),))], "within a picture"),
        (lambda: [Stroke((1, 2, 3), 1, ((0, math.nan),))], "within a picture"),
    ],
)
def test_strokes_that_are_none_are_refused(strokes: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        colored_by_strokes(two_halves(20, 20), strokes())  # type: ignore[operator]

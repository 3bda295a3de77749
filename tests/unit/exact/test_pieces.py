from __future__ import annotations

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.exact import IntegerConvolution
from codec.exact import inference as inference_module
from codec.exact.inference import ExactNetwork
from codec.exact.pieces import pieces, rows_reach
from codec.exact.reference import run_layers


def layers_of(*sizes: tuple[int, int]) -> list[IntegerConvolution]:
    """Layers of two channels whose biases are far from 0, so that a wrong border shows."""
    random = np.random.default_rng(sum(rows * columns for rows, columns in sizes))
    layers = []
    for rows, columns in sizes:
        kernel = random.integers(-40, 41, (rows, columns, 2, 2)).astype(np.int32)
        layers.append(IntegerConvolution(kernel, np.array([7000, 9000], np.int32), 6, 0, 255))
    return layers


@pytest.fixture(scope="module")
def networks() -> list[tuple[ExactNetwork, list[IntegerConvolution]]]:
    all_layers = [layers_of((3, 3), (3, 3), (1, 1)), layers_of((5, 3), (1, 7), (3, 1), (3, 3))]
    return [(ExactNetwork(layers, [128, 128]), layers) for layers in all_layers]


@settings(max_examples=30, deadline=None)
@given(
    shape=st.tuples(st.integers(0, 5), st.integers(1, 17), st.integers(1, 9)),
    batch_points=st.integers(1, 300),
    strip_points=st.integers(1, 80),
    which=st.integers(0, 1),
    seed=st.integers(0, 2**32 - 1),
)
def test_no_way_of_cutting_shows_in_the_result(
    networks: list[tuple[ExactNetwork, list[IntegerConvolution]]],
    shape: tuple[int, int, int],
    batch_points: int,
    strip_points: int,
    which: int,
    seed: int,
) -> None:
    network, layers = networks[which]
    assert network.runs_on_backend
    pictures = np.random.default_rng(seed).integers(-128, 129, (*shape, 2)).astype(np.int32)
    point_bytes = 4 * 2
    with (
        mock.patch.object(inference_module, "_BATCH_BYTES", batch_points * point_bytes),
        mock.patch.object(inference_module, "_STRIP_BYTES", strip_points * point_bytes),
    ):
        results = run_layers(layers, pictures)
        np.testing.assert_array_equal(network(pictures), results)
        if pictures.size:
            np.testing.assert_array_equal(network.kept(pictures[..., :1], pictures[..., 1:]).array(), results)


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 1, 9), (3, 9, 1), (1, 33, 65)])
def test_small_and_odd_pictures(
    networks: list[tuple[ExactNetwork, list[IntegerConvolution]]], shape: tuple[int, int, int]
) -> None:
    for network, layers in networks:
        pictures = np.random.default_rng(1).integers(-128, 129, (*shape, 2)).astype(np.int32)
        np.testing.assert_array_equal(network(pictures), run_layers(layers, pictures))


def test_any_integer_type_and_order_in_memory(
    networks: list[tuple[ExactNetwork, list[IntegerConvolution]]],
) -> None:
    network, layers = networks[0]
    pictures = np.random.default_rng(2).integers(0, 128, (2, 6, 5, 2))
    results = run_layers(layers, pictures.astype(np.int32))
    for integer in (np.int8, np.uint8, np.int16, np.uint16, np.int64):
        given_type = network(pictures.astype(integer))
        np.testing.assert_array_equal(given_type, results)
        assert given_type.dtype == np.int32
        assert given_type.flags.writeable
    backwards = pictures.astype(np.int16)[::-1, ::-1].copy()[::-1, ::-1]
    np.testing.assert_array_equal(network(backwards), results)


@given(
    n=st.integers(0, 40),
    height=st.integers(0, 60),
    width=st.integers(0, 20),
    reach=st.integers(0, 6),
    batch_points=st.integers(1, 3000),
    strip_points=st.integers(1, 500),
)
def test_each_row_comes_out_once_and_sees_all_it_needs(
    n: int, height: int, width: int, reach: int, batch_points: int, strip_points: int
) -> None:
    times = np.zeros((n, height), int)
    for piece in pieces((n, height, width), reach, batch_points=batch_points, strip_points=strip_points):
        times[piece.pictures, piece.rows_out] += 1
        num_pictures = piece.pictures.stop - piece.pictures.start
        assert num_pictures.bit_count() == 1
        assert num_pictures == 1 or num_pictures * height * width <= batch_points
        assert piece.rows_in.start == max(piece.rows_out.start - reach, 0)
        assert piece.rows_in.stop == min(piece.rows_out.stop + reach, height)
        assert piece.rows_in.start + piece.rows_kept.start == piece.rows_out.start
        assert piece.rows_in.start + piece.rows_kept.stop == piece.rows_out.stop
    assert (times == (1 if width else 0)).all()


def test_a_picture_within_the_limit_is_not_cut() -> None:
    (piece,) = pieces((1, 360, 640), 3, batch_points=1, strip_points=360 * 640)
    assert piece.rows_out == slice(0, 360)


def test_the_reach_is_that_of_all_layers() -> None:
    assert rows_reach(layers_of((3, 3), (3, 3), (1, 1))) == 2
    assert rows_reach(layers_of((5, 3), (1, 7), (3, 1), (3, 3))) == 4

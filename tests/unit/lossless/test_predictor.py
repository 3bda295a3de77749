"""The networks of lossless planes: sizes, weights, and their way through the container."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from codec.errors import StreamError
from codec.lossless.predictor import Predictor
from codec.lossless.predictor_weights import (
    ARCHITECTURE,
    LUMA_PREDICTOR,
    NUM_STEPS,
    PredictorShape,
    PredictorWeights,
    chroma_predictor,
    gray_channels,
    predictor_file,
    predictor_parameters,
    predictor_weights,
)
from codec.networks.interface import NetworkSpec
from codec.networks.record import load_predictor, pack_network
from codec.video.pixel_formats import ColorModel
from container_format import NetworkRecord, UnsupportedError
from tests.formats import EIGHT_BITS
from tests.unit.lossless.conftest import SHAPES, made_up_weights


def pack_predictor(weights: PredictorWeights, number: int) -> NetworkRecord:
    return pack_network(NetworkSpec(ARCHITECTURE, predictor_parameters(number)), weights.tensors)


WITH_COLOR = [form for form in EIGHT_BITS.values() if form.model is not ColorModel.GRAY]


def test_every_pixel_format_has_a_network() -> None:
    for form in WITH_COLOR:
        shape = predictor_weights(chroma_predictor(form)).shape
        assert (shape.components, shape.gray_channels) == (2, gray_channels(form))
    assert predictor_weights(LUMA_PREDICTOR).shape.components == 1


def test_networks_that_ship_are_exact_and_small() -> None:
    for number in SHAPES:
        Predictor(predictor_weights(number))
        assert predictor_file(number).stat().st_size < 150_000


def test_unknown_networks_are_named() -> None:
    with pytest.raises(UnsupportedError, match="unknown predictor 999"):
        predictor_weights(999)


@pytest.mark.parametrize("sizes", [(1, 1, 8), (2, 0, 8), (2, 3, 8), (3, 1, 8), (1, 0, 3), (1, 0, 65)])
def test_sizes_that_no_network_has(sizes: tuple[int, int, int]) -> None:
    with pytest.raises(UnsupportedError, match="expected"):
        PredictorShape(*sizes)


def test_results_have_a_value_for_all_that_is_told() -> None:
    random = np.random.default_rng(1)
    for shape, results in ((SHAPES[1], 2), (SHAPES[2], 5)):
        predictor = Predictor(made_up_weights(shape))
        features = predictor.features(random.integers(-2047, 2048, (6, 5, shape.num_known)).astype(np.int16))
        assert features.inside.shape == (6, 5, shape.width)
        decoded = random.integers(-2047, 2048, (6, 5, 4 * shape.components)).astype(np.int16)
        for step in range(NUM_STEPS):
            assert predictor.results(step, features, decoded).shape == (6, 5, results)


def changed(weights: PredictorWeights) -> PredictorWeights:
    random = np.random.default_rng(2)
    kernels = weights.kernels + (random.random(weights.kernels.size) < 0.05) * random.integers(
        -3, 4, weights.kernels.size
    )
    return replace(weights, kernels=kernels.astype(np.int32), biases=weights.biases + 1)


@pytest.mark.parametrize("number", [LUMA_PREDICTOR, 5])
def test_weights_of_a_video_travel_as_differences(number: int) -> None:
    base = predictor_weights(number)
    own = changed(base)
    record = pack_predictor(own, number)
    assert sum(len(t.table) + len(t.payload) for t in record.tensors) < base.kernels.size / 4
    found_number, found = load_predictor(record)
    assert found_number == number
    assert np.array_equal(found.kernels, own.kernels)
    assert np.array_equal(found.biases, own.biases)


def test_records_that_are_none_are_named() -> None:
    record = pack_predictor(predictor_weights(LUMA_PREDICTOR), LUMA_PREDICTOR)
    with pytest.raises(UnsupportedError, match="network predictor"):
        load_predictor(replace(record, architecture="compact"))
    with pytest.raises(UnsupportedError, match="unknown predictor 77"):
        load_predictor(replace(record, parameters={"predictor": 77}))
    with pytest.raises(StreamError, match="steps of 1"):
        load_predictor(replace(record, tensors=(replace(record.tensors[0], step=0.5), record.tensors[1])))
    with pytest.raises(StreamError):
        load_predictor(replace(record, tensors=record.tensors[:1]))
    with pytest.raises(StreamError, match="kernels and biases"):
        PredictorWeights(SHAPES[1], np.zeros(3, np.int32), np.zeros(3, np.int32))

import numpy as np

from codec.backend import keras
from codec.networks.start import mixed_numbers, start_model, start_weights


def test_numbers_are_splitmix64() -> None:
    # The first numbers of the published generator for states 0 and 1234567.
    assert [hex(int(n)) for n in mixed_numbers(0, 3)] == [
        "0xe220a8397b1dcdaf",
        "0x6e789e6aa1b965f4",
        "0x6c45d188009454f",
    ]
    assert int(mixed_numbers(1234567, 1)[0]) == 6457827717110365317


def test_known_start() -> None:
    # These weights are part of the format: every file's network is told as a difference to them.
    (kernel,) = start_weights([(3, 3, 1, 2)])
    assert kernel.dtype == np.float32
    assert [value.hex() for value in map(float, kernel.ravel()[:3])] == KNOWN_START


def test_distribution_is_glorot_uniform() -> None:
    kernel, bias, other = start_weights([(3, 3, 64, 64), (64,), (3, 3, 64, 64)])
    limit = np.sqrt(6 / (9 * 128))
    assert 0.999 * limit < np.abs(kernel).max() <= limit
    assert abs(kernel.mean()) < 0.01 * limit
    assert abs(kernel.std() - limit / np.sqrt(3)) < 0.01 * limit
    assert not bias.any()
    assert abs(np.corrcoef(kernel.ravel(), other.ravel())[0, 1]) < 0.02
    assert abs(np.corrcoef(kernel.ravel()[1:], kernel.ravel()[:-1])[0, 1]) < 0.02


def test_models_start_with_kernels_of_ours_and_constants_of_keras() -> None:
    inputs = keras.Input((None, None, 3))
    tensor = keras.layers.BatchNormalization()(keras.layers.Conv2D(4, 3)(inputs))
    model = keras.Model(inputs, keras.layers.Conv2DTranspose(5, 4)(tensor))
    start_model(model)
    first, *constants, last, bias = model.get_weights()
    expected = start_weights([weights.shape for weights in model.get_weights()])
    assert np.array_equal(first, expected[0])
    assert np.array_equal(last, expected[-2])
    assert [sorted(set(weights.tolist())) for weights in [*constants, bias]] == [[0], [1], [0], [0], [1], [0]]


KNOWN_START = ["0x1.720ff00000000p-2", "-0x1.086be40000000p-4", "-0x1.c932b60000000p-2"]

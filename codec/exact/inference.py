"""Whole-number layers on the Keras backend, checked against the reference before they are believed.

The backend computes in float32, in which every sum is exact once :func:`codec.exact.layers.check_exact` has passed,
unless the backend rounds inside: with reduced precision (TF32, bfloat16), or with fast convolutions that transform
their input (Winograd, FFT). The first is switched off by :mod:`codec.backend`, the second is what the
known-answer test finds. Where it fails, NumPy computes: slowly, and right.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from codec.backend import JIT_COMPILE, keras
from codec.exact.layers import I32Array, IntegerConvolution, check_exact
from codec.exact.reference import run_layers

_TEST_SIDE = 48
_TEST_SEED = 20_220_624


@keras.saving.register_keras_serializable("gvc")
class Requantize(keras.layers.Layer):  # type: ignore[misc]
    """``clip(floor(x * 2**-shift + 1/2), minimum, maximum)`` of whole numbers in float32."""

    def __init__(self, shift: int, minimum: int, maximum: int) -> None:
        super().__init__(dtype="float32")
        self._scale = 2.0**-shift
        self._half = 0.5 if shift else 0.0
        self._range = (float(minimum), float(maximum))

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """See the class."""
        return keras.ops.clip(keras.ops.floor(inputs * self._scale + self._half), *self._range)


class ExactNetwork:
    """Layers that give the same bits everywhere.

    Args:
        layers: in order.
        input_magnitudes: of the largest value of each input channel.

    Attributes:
        runs_on_backend: the known-answer test passed; else NumPy computes.

    Raises:
        StreamError: the layers cannot be proved to be exact.
    """

    def __init__(self, layers: Sequence[IntegerConvolution], input_magnitudes: Sequence[int]) -> None:
        check_exact(layers, input_magnitudes)
        self._layers = tuple(layers)
        self._magnitudes = tuple(input_magnitudes)
        self._model = _keras_model(self._layers)
        self.runs_on_backend = self._known_answer_test()

    def __call__(self, pictures: I32Array) -> I32Array:
        """Run all layers.

        Args:
            pictures: (n, height, width, inputs) whole numbers within the magnitudes, any integer type.

        Returns:
            (n, height, width, outputs) int32.
        """
        if not self.runs_on_backend:
            return run_layers(self._layers, pictures.astype(np.int32))
        return self._on_backend(pictures)

    def distrust_backend(self) -> None:
        """From now on NumPy computes: the backend was seen to be wrong."""
        self.runs_on_backend = False

    def _on_backend(self, pictures: I32Array) -> I32Array:
        results: I32Array = self._model.predict_on_batch(pictures.astype(np.float32)).astype(np.int32)
        return results

    def _known_answer_test(self) -> bool:
        """Noise, and all inputs at the ends of their ranges, through backend and reference."""
        random = np.random.default_rng(_TEST_SEED)
        magnitudes = np.array(self._magnitudes, np.int64)
        noise = random.integers(-magnitudes, magnitudes + 1, (1, _TEST_SIDE, _TEST_SIDE, magnitudes.size))
        ends = np.where(random.random(noise.shape) < 0.5, -magnitudes, magnitudes)
        pictures = np.concatenate([noise, ends]).astype(np.int32)
        return np.array_equal(self._on_backend(pictures), run_layers(self._layers, pictures))


def _keras_model(layers: Sequence[IntegerConvolution]) -> keras.Model:
    model = keras.Sequential([keras.Input((None, None, layers[0].num_inputs), dtype="float32")])
    for layer in layers:
        size = layer.kernel.shape[:2]
        model.add(keras.layers.Conv2D(layer.num_outputs, size, padding="same", dtype="float32"))
        model.layers[-1].set_weights([layer.kernel.astype(np.float32), layer.bias.astype(np.float32)])
        model.add(Requantize(layer.shift, layer.minimum, layer.maximum))
    model.jit_compile = JIT_COMPILE
    return model

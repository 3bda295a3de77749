"""The network of the papers on which gvc is based (papers 000 and 001).

A. Singh, A. Chanani, H. Karnick, "Video Colorization using CNNs and Keyframes extraction: An application in saving
bandwidth", 2020: section III-B and Table I.

    L (height, width, 1) in [-1, 1]
      conv 64, 64/2, 128, 128/2, 256, 256/2, 512, 256, 128      ReLU; "/2" is a stride of 2
      double the size, conv 64, double, conv 32, conv 2, double      ReLU, and tanh on the last convolution
    a, b (height, width, 2) in [-1, 1]

All convolutions are 3x3 with padding. Doubling repeats the nearest value. In Table I, as here, the last convolution is
before the last doubling. Where the papers are silent, we chose ReLU for the hidden layers (as in the networks that they
build on), tanh for the last layer (the range of its targets), targets of a and b divided by 128, and the start weights
of :mod:`codec.networks.start`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from codec.backend import JIT_COMPILE, device_name, keras
from codec.networks.interface import Colorizer, NetworkSpec, StillNetwork
from codec.networks.lab import ab_of_rgb, lightness_of_luma, rgb_of_luma_and_ab
from codec.networks.model_weights import KerasModel, dequantize_into
from codec.networks.start import start_weights
from codec.networks.tiles import pad_to_multiple, plan_tiling, run_tiled
from codec.video.color import ColorConversion
from codec.video.picture import Picture, PlaneArray, RgbArray
from codec.weights.tensors import F32Array, NamedWeights, QuantizedTensor
from container_format.errors import UnsupportedError

# Table I: (kernels, stride) of a convolution, or None for a doubling.
_LAYERS: tuple[tuple[int, int] | None, ...] = (
    (64, 1),
    (64, 2),
    (128, 1),
    (128, 2),
    (256, 1),
    (256, 2),
    (512, 1),
    (256, 1),
    (128, 1),
    None,
    (64, 1),
    None,
    (32, 1),
    (2, 1),
    None,
)
_MULTIPLE = 8  # three strides of 2
_HALO = 48  # the receptive field of an output reaches 46 samples to each side; rounded up to the multiple
_AB_SCALE = np.float32(128)
# The first layer takes 256 bytes per pixel. Larger tiles waste less computation on halos; a picture of 1280x720 is one
# tile of about 0.6 GB. Larger batches gain nothing on a CPU (docs/decisions/0005-singh2020-training.md).
_MAX_TILE_PIXELS = 1 << 20
_MAX_BATCH_PIXELS_CPU = 1 << 18
_MAX_BATCH_PIXELS_GPU = 1 << 20


class Singh2020(StillNetwork):
    """The papers' network behind gvc's interface."""

    @property
    def architecture(self) -> str:
        """See :class:`ColorNetwork`."""
        return "singh2020"

    def start_weights(self, spec: NetworkSpec) -> NamedWeights:
        """See :class:`ColorNetwork`. The spec has no parameters."""
        if spec != NetworkSpec(self.architecture):
            raise UnsupportedError(f"expected a network {self.architecture} without parameters. Received: {spec}")
        shapes: dict[str, tuple[int, ...]] = {}
        inputs = 1
        for index, (kernels, _) in enumerate(filter(None, _LAYERS), start=1):
            shapes |= {f"conv_{index:02}/kernel": (3, 3, inputs, kernels), f"conv_{index:02}/bias": (kernels,)}
            inputs = kernels
        return dict(zip(shapes, start_weights(list(shapes.values())), strict=True))

    def colorizer(
        self, spec: NetworkSpec, tensors: tuple[QuantizedTensor, ...], conversion: ColorConversion
    ) -> Colorizer:
        """See :class:`ColorNetwork`."""
        model = self.build(spec)
        dequantize_into(model, tensors)
        return self.colorizer_of(spec, model, conversion)

    def build(self, spec: NetworkSpec) -> KerasModel:
        """See :class:`TrainableNetwork`. The model has 3,892,194 weights."""
        start = self.start_weights(spec)
        model = keras.Sequential([keras.Input((None, None, 1), name="lightness")], name=self.architecture)
        convolutions = 0
        for layer in _LAYERS:
            if layer is None:
                model.add(keras.layers.UpSampling2D(2, interpolation="nearest"))
                continue
            kernels, stride = layer
            convolutions += 1
            model.add(
                keras.layers.Conv2D(
                    kernels,
                    3,
                    strides=stride,
                    padding="same",
                    activation="tanh" if kernels == 2 else "relu",
                    name=f"conv_{convolutions:02}",
                )
            )
        model.set_weights(list(start.values()))
        model.jit_compile = JIT_COMPILE
        return model

    def training_pair(
        self, conversion: ColorConversion, lumas: PlaneArray, rgbs_u8: RgbArray
    ) -> tuple[F32Array, F32Array]:
        """See :class:`StillNetwork`. Inputs are L, (n, height, width, 1); targets are a, b, (n, height, width, 2).

        Both are float32 in [-1, 1].
        """
        return _scaled_lightness(conversion, lumas), ab_of_rgb(rgbs_u8) / _AB_SCALE

    def colorize(self, model: KerasModel, conversion: ColorConversion, lumas: PlaneArray) -> list[Picture]:
        """See :class:`StillNetwork`."""
        _, height, width = lumas.shape
        pictures = []
        for luma, scaled_ab in zip(lumas, _predict_ab(model, conversion, lumas), strict=True):
            ab = scaled_ab[:height, :width] * _AB_SCALE
            rgb = rgb_of_luma_and_ab(conversion, luma, ab)
            pictures.append(conversion.with_color_of(luma, rgb))
        return pictures


def _scaled_lightness(conversion: ColorConversion, lumas: PlaneArray) -> F32Array:
    scaled: F32Array = lightness_of_luma(conversion, lumas)[..., None] / np.float32(50) - np.float32(1)
    return scaled


def _predict_ab(model: KerasModel, conversion: ColorConversion, lumas: PlaneArray) -> Iterator[F32Array]:
    """Predict a and b of each gray plane, in order: (padded height, padded width, 2) float32 in [-1, 1]."""
    padded = pad_to_multiple(lumas, _MULTIPLE)
    _, height, width = padded.shape
    tiling = plan_tiling(height, width, multiple=_MULTIPLE, halo=_HALO, max_pixels=_MAX_TILE_PIXELS)
    max_batch_pixels = _MAX_BATCH_PIXELS_GPU if device_name() == "gpu" else _MAX_BATCH_PIXELS_CPU
    batch = max(1, max_batch_pixels // tiling.window_pixels)
    for first in range(0, len(padded), batch):  # only one batch is converted to floats at a time
        lightness = _scaled_lightness(conversion, padded[first : first + batch])
        yield from run_tiled(model.predict_on_batch, lightness, tiling, channels=2)


NETWORK = Singh2020()

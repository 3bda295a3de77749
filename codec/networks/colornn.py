"""The color model of ColorNN. From VGG16's features of the gray, it predicts classes of U and V for every pixel.

D. Gupta, S. Kannan, "ColorNN Book: A Recurrent-Inspired Deep Learning Approach to Consistent Video Colorization",
2016, section 3.1 and Figure 4. It builds on R. Dahl, "Automatic Colorization", 2016 (tinyclouds.org/colorize). Dahl's
network goes from VGG16's deep features to its shallow ones and joins them by addition instead of concatenation (a
"residual" join):

    Y (height, width, 1) -> three equal channels, VGG16's mean off -> VGG16, frozen
      conv4_3, normalized                         -> 1x1 conv 256
      doubled + conv3_3, normalized               -> 3x3 conv 128
      doubled + conv2_2, normalized               -> 3x3 conv 64
      doubled + conv1_2, normalized               -> 3x3 conv 64: the features
    features -> 1x1 conv 30: logits of U's bins;  -> 1x1 conv 30: logits of V's bins      (height, width, 2, 30)

All convolutions have ReLU, and all but the first have batch normalization. Doubling repeats values. The paper specifies
the frozen VGG16, the residual joins, 30 bins for each of U and V, softmax, and the sum of both cross-entropies. It has
no table of layers and no number of weights, so the rest is Dahl's, with two differences. Dahl reduces the features to
three channels, in order to add the gray picture last. Three channels cannot carry the logits of 60 bins, so our last
join is with conv1_2, which has full resolution too. Our softmax is part of the loss and of the conversion to color,
not of the model. The result is the same, and the logarithm stays exact.

The paper does not say where the bins are. Ours are 1/29 wide, and their centers are multiples of 1/29. Thus 0, the
absence of color, is a center: if gray were on a border between two bins, it would become tinted. The upper 29 bins
cover [-0.5, 0.5]. The lowest bin is below this range and only makes the number 30.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from codec.backend import JIT_COMPILE, keras
from codec.networks.bins import EXPECTATION, annealed_mean
from codec.networks.interface import RANDOM_WEIGHTS, KnownWeights, NetworkSpec, TrainingStage
from codec.networks.model_weights import KerasModel, named_weights
from codec.networks.parameters import parameters_of
from codec.networks.reduced import ReducedColorizer, ReducedNetwork, enlarged, working_shape
from codec.networks.start import start_model
from codec.networks.vgg16 import MEAN_BGR, add_vgg16, known_weights, layer_names, load_known
from codec.networks.yuv import rgb_of_luma_and_uv, uv_of_rgb
from codec.video.color import ColorConversion
from codec.video.picture import Picture, PlaneArray, RgbArray
from codec.weights.tensors import F32Array, NamedWeights

NUM_BINS = 30
"""The number of bins for each of U and V (section 4.1)."""
MULTIPLE = 8
"""The sides of pictures must be multiples of this: VGG16 halves them three times before the deepest features used."""
NORM_MOMENTUM = 0.9
"""The momentum of the normalizations' moving averages. With Keras's default of 0.99 they would still contain their
start values after some hundred training steps."""
FEATURES = "features"
"""The name of the layer before the bins. The consistency model takes its output."""
_WIDTH = 1 / (NUM_BINS - 1)
_GRAY_BIN = NUM_BINS // 2
UV_CENTERS: F32Array = ((np.arange(NUM_BINS) - _GRAY_BIN) * _WIDTH).astype(np.float32)
"""(30,) float32: the value of U or V at the center of each bin."""
# From deep to shallow: the layer of VGG16 that is joined, and the filters of the convolution that follows.
_JOINS: tuple[tuple[str, int], ...] = (("block3_conv3", 128), ("block2_conv2", 64), ("block1_conv2", 64))
_DEEPEST, _DEEPEST_FILTERS = "block4_conv3", 256


NUM_BLOCKS = 4
"""The number of blocks of VGG16 that are used."""
SIZE = 224
"""The longest side of the pictures that the network works on, in pixels (section 4.1: 224x224)."""


def build(known: KnownWeights = RANDOM_WEIGHTS) -> KerasModel:
    """Build a Keras model from Y in [0, 1], (n, height, width, 1), to logits, (n, height, width, 2, 30).

    Args:
        known: the weights of VGG16.

    Raises:
        InputError: the weights of VGG16 are not available, or differ from the expected ones.
    """
    luma = keras.Input((None, None, 1), name="luma")
    blue_green_red = keras.layers.Concatenate(name="gray_as_color")([luma] * 3)
    preprocess = keras.layers.Rescaling(255.0, [-mean for mean in MEAN_BGR], name="vgg16_preprocessing")
    seen = add_vgg16(preprocess(blue_green_red), num_blocks=NUM_BLOCKS)

    tensor = keras.layers.BatchNormalization(momentum=NORM_MOMENTUM, name=f"norm_{_DEEPEST}")(seen[_DEEPEST])
    tensor = keras.layers.Conv2D(_DEEPEST_FILTERS, 1, activation="relu", name="climb_4")(tensor)
    for number, (layer, filters) in zip((3, 2, 1), _JOINS, strict=True):
        doubled = keras.layers.UpSampling2D(2, interpolation="nearest", name=f"double_{number}")(tensor)
        joined = keras.layers.BatchNormalization(momentum=NORM_MOMENTUM, name=f"norm_{layer}")(seen[layer])
        tensor = keras.layers.Add(name=f"join_{number}")([doubled, joined])
        tensor = keras.layers.Conv2D(filters, 3, padding="same", name=f"climb_{number}")(tensor)
        tensor = keras.layers.BatchNormalization(momentum=NORM_MOMENTUM, name=f"norm_climb_{number}")(tensor)
        tensor = keras.layers.ReLU(name=FEATURES if number == 1 else f"relu_climb_{number}")(tensor)
    model = keras.Model(luma, bin_logits(tensor), name="colornn")
    model.jit_compile = JIT_COMPILE
    start_model(model)
    load_known(model, known, num_blocks=NUM_BLOCKS)
    return model


def bin_logits(features: Any, prefix: str = "") -> Any:
    """Add the layers that map a model's last features to the logits of U's and V's bins, (n, height, width, 2, 30)."""
    per_axis = [keras.layers.Conv2D(NUM_BINS, 1, name=f"{prefix}bins_{axis}")(features) for axis in "uv"]
    return keras.ops.stack(per_axis, axis=-2)


def network_inputs(conversion: ColorConversion, lumas: PlaneArray) -> F32Array:
    """The model's input: Y in [0, 1], (n, height, width, 1) float32, of gray planes.

    Args:
        conversion: the color conversion of the video.
        lumas: (n, height, width) uint8; the sides are multiples of 8.
    """
    return conversion.gray(lumas)[..., None]


def targets(conversion: ColorConversion, rgbs_u8: RgbArray) -> npt.NDArray[np.int32]:
    """The model's targets: bins of U and V, (n, height, width, 2) int32, for R'G'B', (n, height, width, 3) uint8."""
    return bins_of_uv(uv_of_rgb(conversion, rgbs_u8))


def bins_of_uv(uv: F32Array) -> npt.NDArray[np.int32]:
    """The bins of values of U or V, any shape, in [-0.5, 0.5]. The result is in [0, 29] and has the same shape."""
    bins: npt.NDArray[np.int32] = np.clip(np.rint(uv / np.float32(_WIDTH)) + _GRAY_BIN, 0, NUM_BINS - 1).astype(
        np.int32
    )
    return bins


def uv_of_logits(logits: F32Array, *, temperature: float = EXPECTATION) -> F32Array:
    """Convert logits to U and V.

    Args:
        logits: (..., 2, 30) float32.
        temperature: the temperature of the annealed mean: 1 for the expectation, 0.38 (paper 004) for livelier colors.

    Returns:
        (..., 2) float32 U and V.
    """
    return annealed_mean(logits, UV_CENTERS, temperature=temperature)


def cross_entropy(target: Any, logits: Any) -> Any:
    """The loss of each pixel (section 3.1): the sum of the cross-entropies of U's and V's bins.

    Args:
        target: (n, height, width, 2) bins, of any dtype.
        logits: (n, height, width, 2, 30).

    Returns:
        (n, height, width).
    """
    bins = keras.ops.cast(target, "int32")
    entropies = keras.ops.sparse_categorical_crossentropy(bins, logits, from_logits=True)
    return keras.ops.sum(entropies, axis=-1)


class UvColorizer(ReducedColorizer):
    """A colorizer that estimates U and V on reduced pictures, and combines them with the gray at full size.

    Args:
        conversion: the color conversion of the video.
        size: the longest side of the reduced pictures, in pixels.
    """

    def __init__(self, conversion: ColorConversion, size: int) -> None:
        self.conversion = conversion
        self._size = size

    def shape_of(self, height: int, width: int) -> tuple[int, int]:
        """See :class:`ReducedColorizer`."""
        return working_shape(height, width, self._size, MULTIPLE)

    def put(self, luma: PlaneArray, estimate: F32Array) -> Picture:
        """See :class:`ReducedColorizer`. The estimate is (rows, columns, 2) U and V."""
        uv = enlarged(estimate, *luma.shape)
        return self.conversion.with_color_of(luma, rgb_of_luma_and_uv(self.conversion, luma, uv))


class ColorModelColorizer(UvColorizer):
    """Makes color with the color model, frame by frame."""

    def __init__(self, model: KerasModel, conversion: ColorConversion, size: int, temperature: float) -> None:
        super().__init__(conversion, size)
        self._model = model
        self._temperature = temperature

    def estimate(self, lumas: PlaneArray) -> F32Array:
        """See :class:`ReducedColorizer`."""
        logits = self._model.predict_on_batch(network_inputs(self.conversion, lumas))
        return uv_of_logits(logits, temperature=self._temperature)


class ColorNN(ReducedNetwork):
    """The color model behind gvc's interface."""

    @property
    def architecture(self) -> str:
        """See :class:`ColorNetwork`."""
        return "colornn"

    def start_weights(self, spec: NetworkSpec) -> NamedWeights:
        """See :class:`ColorNetwork`. The weights of VGG16 are not among them."""
        parameters_of(spec, self.architecture)
        return _start_weights()

    def working_shape(self, spec: NetworkSpec, height: int, width: int) -> tuple[int, int]:
        """See :class:`TrainableNetwork`."""
        return working_shape(height, width, self._parameters(spec)["size"], MULTIPLE)

    def build(self, spec: NetworkSpec) -> KerasModel:
        """See :class:`TrainableNetwork`."""
        self._parameters(spec)
        return build(spec.known)

    def known_weights(self, spec: NetworkSpec, model: KerasModel) -> dict[str, str]:
        """See :class:`TrainableNetwork`."""
        return known_weights(model, spec.known, num_blocks=NUM_BLOCKS)

    def stages(
        self,
        spec: NetworkSpec,
        model: KerasModel,
        conversion: ColorConversion,
        *,
        true_share: float,
    ) -> Iterator[TrainingStage]:
        """See :class:`TrainableNetwork`. There is one stage; its targets are the true bins."""
        del spec, true_share
        yield color_stage(model, conversion)

    def colorizer_of(self, spec: NetworkSpec, model: KerasModel, conversion: ColorConversion) -> ColorModelColorizer:
        """See :class:`TrainableNetwork`."""
        parameters = self._parameters(spec)
        return ColorModelColorizer(model, conversion, parameters["size"], parameters["temperature_percent"] / 100)

    def _parameters(self, spec: NetworkSpec) -> dict[str, int]:
        return parameters_of(spec, self.architecture)


def color_stage(model: KerasModel, conversion: ColorConversion) -> TrainingStage:
    """The training stage of the color model alone."""

    def pair(lumas: PlaneArray, rgbs_u8: RgbArray) -> tuple[F32Array, npt.NDArray[np.int32]]:
        return network_inputs(conversion, lumas), targets(conversion, rgbs_u8)

    return TrainingStage(model, cross_entropy, pair)


@lru_cache(maxsize=1)
def _start_weights() -> NamedWeights:
    return sent_weights(build())


def sent_weights(model: KerasModel) -> NamedWeights:
    """The weights of a model that a stream carries: all but those of VGG16."""
    known = {f"{layer}/{part}" for layer in layer_names(NUM_BLOCKS) for part in ("kernel", "bias")}
    return {name: weights for name, weights in named_weights(model).items() if name not in known}


NETWORK = ColorNN()

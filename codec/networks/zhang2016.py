"""The colorization network of Zhang et al., which paper 004 uses for videos.

R. Zhang, P. Isola, A. A. Efros, "Colorful Image Colorization", 2016, section 3.1 and Table 4, in the released form
(``colorization_deploy_v2``; Ramya B N et al., 2025, section 3.3, use its weights as they are):

    L - 50 (height, width, 1)
      conv1: 64, 64/2        conv2: 128, 128/2        conv3: 256, 256, 256/2
      conv4: 512, 512, 512   conv5 and conv6: 512, 512, 512, dilated by 2   conv7: 512, 512, 512
      conv8: a transposed convolution 256 that doubles, 256, 256
      313 logits (height/4, width/4, 313) -> softmax of logits / 0.38 -> mean of the bins' a, b

All convolutions are 3x3 with ReLU, but for the 4x4 transposed one and the 1x1 of the logits; "/2" is a stride of 2;
conv1 to conv7 end with a batch normalization without scale and offset. It was trained at 224 x 224 and is used so:
color is coarse in any case, and in larger pictures objects look enlarged to it. The release has 32,230,393 trained
weights and 4,992 means and variances, which are the model here. It also has the 626 numbers of the bins' centers, which
are :data:`codec.networks.ab_bins.AB_CENTERS`.

We differ in three points. Convolutions with stride 2 are padded by one value on all sides, as in Caffe. Keras's own
padding would shift all colors by half a sample. L is that of the received luma (:mod:`codec.networks.lab`), not of the
original color, which the receiver does not know. If classes are rebalanced, the weights come from the video's colors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from codec.backend import JIT_COMPILE, keras
from codec.errors import InputError
from codec.networks.ab_bins import AB_CENTERS, NUM_BINS, soft_bins
from codec.networks.bins import annealed_mean
from codec.networks.interface import NetworkSpec, TrainingStage
from codec.networks.lab import ab_of_rgb, lightness_of_luma, rgb_of_luma_and_ab
from codec.networks.model_weights import KerasModel
from codec.networks.parameters import parameters_of
from codec.networks.pretrained import LayerArrays, LayerSource, assign_layers, read_weights
from codec.networks.reduced import ReducedColorizer, ReducedNetwork, enlarged
from codec.networks.start import start_model
from codec.video.color import ColorConversion
from codec.video.picture import Picture, PlaneArray, RgbArray
from codec.weights.tensors import F32Array, NamedWeights
from container_format.errors import UnsupportedError

SIZE = 224
"""The height and the width, in pixels, of the pictures that the released weights were trained on."""
REDUCTION = 4
"""The ratio of the input's sides to the output's sides."""
RANDOM = "random"
TEMPERATURE = 0.38
"""The temperature of the annealed mean (section 2.3)."""

# For each stage: filters, the strides of its convolutions, and dilation.
_STAGES: tuple[tuple[int, tuple[int, ...], int], ...] = (
    (64, (1, 2), 1),
    (128, (1, 2), 1),
    (256, (1, 1, 2), 1),
    (512, (1, 1, 1), 1),
    (512, (1, 1, 1), 2),
    (512, (1, 1, 1), 2),
    (512, (1, 1, 1), 1),
)
_EPSILON = 1e-5  # of the normalizations, in Caffe
# The authors' PyTorch port (colorizers/base_color.py, eccv16.py) scales its inputs and outputs.
_PORT_L_SCALE = np.float32(100)
_PORT_AB_SCALE = np.float32(110)
_CENTER = np.float32(50)


def build(weights: str | Path = RANDOM) -> KerasModel:
    """Build a Keras model from L - 50, (n, height, width, 1), to logits, (n, height/4, width/4, 313).

    Args:
        weights: ``random``, or a file: ``.caffemodel``, ``.onnx`` or ``.npz``.

    Raises:
        InputError: the file does not have the weights of this network.
    """
    lightness = keras.Input((None, None, 1), name="lightness")
    tensor = lightness
    for stage, (filters, strides, dilation) in enumerate(_STAGES, start=1):
        for index, stride in enumerate(strides, start=1):
            tensor = _convolution(tensor, _name(stage, index), filters, stride, dilation)
        tensor = keras.layers.BatchNormalization(
            center=False, scale=False, epsilon=_EPSILON, name=f"conv{stage}_{len(strides)}norm"
        )(tensor)
    tensor = keras.layers.Conv2DTranspose(256, 4, strides=2, padding="same", activation="relu", name="conv8_1")(tensor)
    tensor = _convolution(tensor, "conv8_2", 256, 1, 1)
    tensor = _convolution(tensor, "conv8_3", 256, 1, 1)
    logits = keras.layers.Conv2D(NUM_BINS, 1, name="conv8_313")(tensor)
    model = keras.Model(lightness, logits, name="zhang2016")
    model.jit_compile = JIT_COMPILE
    start_model(model)
    if str(weights) != RANDOM:
        load_weights(model, Path(weights))
    return model


def _name(stage: int, index: int) -> str:
    """The name of a convolution in the release."""
    return f"{'bw_' if (stage, index) == (1, 1) else ''}conv{stage}_{index}"


def _convolution(tensor: Any, name: str, filters: int, stride: int, dilation: int) -> Any:
    if stride > 1:
        tensor = keras.layers.ZeroPadding2D(1, name=f"{name}_padding")(tensor)
    return keras.layers.Conv2D(
        filters,
        3,
        strides=stride,
        dilation_rate=dilation,
        padding="valid" if stride > 1 else "same",
        activation="relu",
        name=name,
    )(tensor)


def _sources() -> list[LayerSource]:
    """The layers' names in files: those of the Caffe release, which we use too, and those of the PyTorch port."""
    sources = []
    for stage, (_, strides, _) in enumerate(_STAGES, start=1):
        names = [_name(stage, index) for index in range(1, len(strides) + 1)] + [f"conv{stage}_{len(strides)}norm"]
        sources += [LayerSource(name, (name, f"model{stage}.{2 * i}")) for i, name in enumerate(names)]
    names = ["conv8_1", "conv8_2", "conv8_3", "conv8_313"]
    return sources + [LayerSource(name, (name, f"model8.{2 * i}")) for i, name in enumerate(names)]


def load_weights(model: KerasModel, path: Path) -> None:
    """Set the weights of a model of :func:`build`.

    Args:
        model: the model. It keeps its weights if the file does not fit.
        path: the path of a ``.caffemodel``, ``.onnx`` or ``.npz``.

    Raises:
        InputError: the file has another format, lacks a layer, or was trained for other bins.
    """
    what = "Zhang et al.'s colorization_release_v2"
    arrays = _as_released(read_weights(path))
    try:
        _check_bins(arrays)
        assign_layers(model, arrays, _sources(), what=what)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _as_released(arrays: LayerArrays) -> LayerArrays:
    """Convert weights of the authors' PyTorch port to the scales of the Caffe release. Others are returned unchanged.

    The input of the port is (L - 50) / 100, so its first kernel is 100 times the release's. Its softmax has no
    temperature, so its last weights must include the factor 1 / 0.38. The authors did not publish the conversion. Both
    factors follow from the fact that the port gives the colors of the release.
    """
    first, last = "model1.0", "model8.6"
    if not {first, last} <= set(arrays.layers):
        return arrays
    kernel, *bias = arrays.layers[first]
    logits = tuple(array * np.float32(TEMPERATURE) for array in arrays.layers[last])
    return replace(arrays, layers={**arrays.layers, first: (kernel / _PORT_L_SCALE, *bias), last: logits})


def _check_bins(arrays: LayerArrays) -> None:
    """Check the centers of the bins, which some files have as the kernel of a last convolution."""
    for name, scale in (("class8_ab", np.float32(1)), ("model_out", _PORT_AB_SCALE)):
        if name not in arrays.layers:
            continue
        centers = arrays.layers[name][0] * scale
        if centers.any() and not (
            centers.size == AB_CENTERS.size and np.allclose(centers.reshape(2, -1).T, AB_CENTERS, atol=1e-2)
        ):
            raise InputError(f"expected the {NUM_BINS} bins of the release in the layer {name}. Received: others")


def network_inputs(lightness: F32Array, *, size: int = SIZE) -> F32Array:
    """The network's input.

    Args:
        lightness: (n, height, width) float32 L in [0, 100], any size.
        size: the height and the width of the result, a multiple of 8.

    Returns:
        (n, size, size, 1) float32 L - 50.
    """
    resized = [cv2.resize(plane, (size, size), interpolation=cv2.INTER_AREA) for plane in lightness]
    return np.stack(resized)[..., None] - _CENTER


def targets(ab: F32Array, *, size: int = SIZE) -> F32Array:
    """The network's targets: distributions over the bins, (n, size/4, size/4, 313) float32.

    Args:
        ab: (n, height, width, 2) float32 a and b.
        size: the height and the width of the network's input.
    """
    side = size // REDUCTION
    return soft_bins(np.stack([cv2.resize(plane, (side, side), interpolation=cv2.INTER_AREA) for plane in ab]))


def ab_of_logits(logits: F32Array, height: int, width: int, *, temperature: float = TEMPERATURE) -> F32Array:
    """Convert the network's output to color planes, enlarged with a bilinear filter.

    Args:
        logits: (n, rows, columns, 313) float32.
        height: the height of the pictures, in samples.
        width: the width of the pictures, in samples.
        temperature: the temperature of the annealed mean.

    Returns:
        (n, height, width, 2) float32 a and b.
    """
    coarse = annealed_mean(logits, AB_CENTERS, temperature=temperature)
    return np.stack([cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR) for plane in coarse])


def cross_entropy(rebalancing: F32Array | None = None) -> Callable[[Any, Any], Any]:
    """Make the loss (section 2.2, equation 2) between :func:`targets` and logits. It has one value per output pixel.

    Args:
        rebalancing: (313,) float32, the weight of each bin. A pixel has the weight of its target's most likely bin.
            None for equal weights.
    """
    weights = np.ones(NUM_BINS, np.float32) if rebalancing is None else rebalancing

    def loss(target: Any, logits: Any) -> Any:
        entropy = -keras.ops.sum(target * keras.ops.log_softmax(logits, axis=-1), axis=-1)
        return entropy * keras.ops.take(keras.ops.convert_to_tensor(weights), keras.ops.argmax(target, axis=-1))

    return loss


class ZhangColorizer(ReducedColorizer):
    """Makes color frame by frame. It estimates a and b at a quarter of the network's size."""

    def __init__(self, model: KerasModel, conversion: ColorConversion, size: int, temperature: float) -> None:
        self._model = model
        self._conversion = conversion
        self._size = size
        self._temperature = temperature

    def shape_of(self, height: int, width: int) -> tuple[int, int]:
        """See :class:`ReducedColorizer`. The shape is square, as in paper 004."""
        del height, width
        return self._size, self._size

    def estimate(self, lumas: PlaneArray) -> F32Array:
        """See :class:`ReducedColorizer`. The result is (n, size / 4, size / 4, 2) float32 a and b."""
        inputs = network_inputs(lightness_of_luma(self._conversion, lumas), size=self._size)
        return annealed_mean(self._model.predict_on_batch(inputs), AB_CENTERS, temperature=self._temperature)

    def put(self, luma: PlaneArray, estimate: F32Array) -> Picture:
        """See :class:`ReducedColorizer`."""
        rgb = rgb_of_luma_and_ab(self._conversion, luma, enlarged(estimate, *luma.shape))
        return self._conversion.with_color_of(luma, rgb)


class Zhang2016(ReducedNetwork):
    """The network behind gvc's interface. It colorizes videos that gvc did not encode. References can fine-tune it."""

    @property
    def architecture(self) -> str:
        """See :class:`ColorNetwork`."""
        return "zhang2016"

    def start_weights(self, spec: NetworkSpec) -> NamedWeights:
        """Refuse: no stream carries the 32 million weights of the release.

        Raises:
            UnsupportedError: always.
        """
        raise UnsupportedError(f"expected a network that streams carry. Received: {spec.architecture}")

    def working_shape(self, spec: NetworkSpec, height: int, width: int) -> tuple[int, int]:
        """See :class:`TrainableNetwork`."""
        del height, width
        size = self._parameters(spec)["size"]
        return size, size

    def build(self, spec: NetworkSpec) -> KerasModel:
        """See :class:`TrainableNetwork`. All weights are known weights."""
        return build(spec.known.source)

    def stages(
        self,
        spec: NetworkSpec,
        model: KerasModel,
        conversion: ColorConversion,
        *,
        true_share: float,
    ) -> Iterator[TrainingStage]:
        """See :class:`TrainableNetwork`. There is one stage; its targets are the bins around the true colors."""
        del true_share
        size = self._parameters(spec)["size"]

        def pair(lumas: PlaneArray, rgbs_u8: RgbArray) -> tuple[F32Array, F32Array]:
            inputs = network_inputs(lightness_of_luma(conversion, lumas), size=size)
            return inputs, targets(ab_of_rgb(rgbs_u8), size=size)

        yield TrainingStage(model, cross_entropy(), pair)

    def colorizer_of(self, spec: NetworkSpec, model: KerasModel, conversion: ColorConversion) -> ZhangColorizer:
        """See :class:`TrainableNetwork`."""
        parameters = self._parameters(spec)
        return ZhangColorizer(model, conversion, parameters["size"], parameters["temperature_percent"] / 100)

    def _parameters(self, spec: NetworkSpec) -> dict[str, int]:
        return parameters_of(spec, self.architecture)


NETWORK = Zhang2016()

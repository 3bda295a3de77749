"""The consistency model of ColorNN: the color model with the color of the previous frame as a further input.

D. Gupta, S. Kannan, "ColorNN Book", 2016, sections 3.2 and 4.2:

    Y of frame t -> the trained color model, frozen -> its last features (height, width, 64) ─┐
    U, V of frame t - 1 -> 3x3 conv 64 ───────────────────────────────────────────────────────┴─► concatenated
      -> 3x3 conv 64 -> 3x3 conv 64 -> logits of U's and V's 30 bins, as in the color model

Training has two stages: first the color model, on single frames; then the consistency model, with the color model
frozen and 115,836 weights to train. The paper gives neither the filters nor the activations of the added layers. We use
64 filters and ReLU, like the color model's last layer.

We decide three points on which the paper is silent, or where its method would fail in use:

- The added 3x3 convolutions start as the identity of the features, and the layers of the bins start with the color
  model's weights. Thus the second stage starts from the color model's output, and learns what the previous frame adds.
  From random weights it would take as long as the first stage to reach this point.
- The first frame of a shot has no previous frame, and colors must not flow across a cut. There the input is the color
  model's estimate of the frame itself. It adds no information, and is of the kind that the network was trained on.
- The paper trains on the true previous colors, and warns that the model may learn to copy them. In use the model gets
  its own estimates, with their errors. :func:`training_inputs` takes either, so training can use estimates too.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from codec.backend import JIT_COMPILE, keras
from codec.networks import colornn
from codec.networks.bins import EXPECTATION
from codec.networks.colornn import (
    FEATURES,
    MULTIPLE,
    NUM_BLOCKS,
    SIZE,
    UvColorizer,
    bin_logits,
    color_stage,
    cross_entropy,
    network_inputs,
    sent_weights,
    targets,
    uv_of_logits,
)
from codec.networks.interface import NetworkSpec, TrainingStage
from codec.networks.model_weights import KerasModel
from codec.networks.parameters import parameters_of
from codec.networks.reduced import ReducedNetwork, working_shape
from codec.networks.start import start_weights
from codec.networks.vgg16 import known_weights, layer_names
from codec.networks.window import frames_before, last_of_runs
from codec.networks.yuv import uv_of_rgb
from codec.video.color import ColorConversion
from codec.video.picture import PlaneArray, RgbArray
from codec.weights.tensors import F32Array, NamedWeights

RUN_LENGTH = 4
"""The number of consecutive frames of a training example."""
_FILTERS = 64


def build(color_model: KerasModel, window: int = 1) -> KerasModel:
    """Build a Keras model from Y, (n, height, width, 1), and the previous frames' U and V to logits.

    The second input is (n, height, width, 2 x window); the output is (n, height, width, 2, 30).

    Args:
        color_model: a model of :func:`codec.networks.colornn.build`. It becomes frozen, and its layers are shared.
        window: the number of previous frames. The second input has U and V of each, newest first.
    """
    color_model.trainable = False
    previous_uv = keras.Input((None, None, 2 * window), name="previous_uv")
    seen = _convolution("previous_conv", previous_uv)
    tensor = keras.layers.Concatenate(name="context")([color_model.get_layer(FEATURES).output, seen])
    for number in (1, 2):
        tensor = _convolution(f"consistent_{number}", tensor)
    logits = bin_logits(tensor, "consistent_")
    model = keras.Model([color_model.inputs[0], previous_uv], logits, name="colornn_consistent")
    model.jit_compile = JIT_COMPILE
    _start_added(model, color_model)
    return model


def _convolution(name: str, tensor: object) -> object:
    return keras.layers.Conv2D(_FILTERS, 3, padding="same", activation="relu", name=name)(tensor)


def _start_added(model: KerasModel, color_model: KerasModel) -> None:
    """Set the start weights of the layers that the color model does not have."""
    known = {layer.name for layer in color_model.layers}
    added = [layer for layer in model.layers if layer.name not in known and layer.weights]
    starts = iter(start_weights([tuple(variable.shape) for layer in added for variable in layer.weights]))
    for layer in added:
        layer.set_weights([next(starts) for _ in layer.weights])
    for number in (1, 2):
        layer = model.get_layer(f"consistent_{number}")
        kernel, bias = layer.get_weights()
        layer.set_weights([_passing(kernel.shape), bias])


def _passing(shape: tuple[int, ...]) -> F32Array:
    """A kernel (rows, columns, inputs, outputs) that copies its first inputs to its outputs."""
    kernel = np.zeros(shape, np.float32)
    places = np.arange(shape[-1])
    kernel[shape[0] // 2, shape[1] // 2, places, places] = 1
    return kernel


def training_inputs(conversion: ColorConversion, lumas: PlaneArray, previous_uv: F32Array) -> tuple[F32Array, F32Array]:
    """The model's inputs: Y in [0, 1], (n, height, width, 1) float32, and U and V of the previous frames.

    Args:
        conversion: the color conversion of the video.
        lumas: (n, height, width) uint8; the sides are multiples of 8.
        previous_uv: (n, height, width, 2 x window) float32, true values (:func:`codec.networks.yuv.uv_of_rgb`) or
            estimates. For the first frame of a shot it is the color model's estimate of the frame itself.
    """
    return network_inputs(conversion, lumas), previous_uv


class ConsistentColorizer(UvColorizer):
    """Makes color frame by frame. The color of each frame depends on those of the frames before it.

    Args:
        model: a model of :func:`whole`.
        conversion: the color conversion of the video.
        size: the longest side of the pictures that the network works on, in pixels.
        window: the number of previous frames that the network takes.
        temperature: the temperature of the annealed mean.
    """

    def __init__(
        self,
        model: KerasModel,
        conversion: ColorConversion,
        *,
        size: int = SIZE,
        window: int = 1,
        temperature: float = EXPECTATION,
    ) -> None:
        super().__init__(conversion, size)
        self._color_model, self._consistent_model = parts(model)
        self._window = window
        self._temperature = temperature
        self._before: list[F32Array] = []  # U and V of each frame, (rows, columns, 2); newest last

    @property
    def has_memory(self) -> bool:
        """See :class:`Colorizer`."""
        return True

    def begin_shot(self) -> None:
        """See :class:`Colorizer`."""
        self._before.clear()

    def estimate(self, lumas: PlaneArray) -> F32Array:
        """See :class:`ReducedColorizer`. The result is (n, rows, columns, 2) float32 U and V."""
        return np.stack([self._next(luma) for luma in network_inputs(self.conversion, lumas)])

    def _next(self, luma: F32Array) -> F32Array:
        if not self._before or self._before[-1].shape[:2] != luma.shape[:2]:  # another size begins a shot
            self._before = [self._decode(self._color_model.predict_on_batch(luma[None]))]
        newest_first = self._before[::-1]
        newest_first += newest_first[-1:] * (self._window - len(newest_first))
        given = np.concatenate(newest_first, axis=-1)
        uv: F32Array = self._decode(self._consistent_model.predict_on_batch([luma[None], given[None]]))
        self._before = [*self._before, uv][-self._window :]
        return uv

    def _decode(self, logits: F32Array) -> F32Array:
        uv: F32Array = uv_of_logits(logits, temperature=self._temperature)[0]
        return uv


class ColorNNConsistent(ReducedNetwork):
    """The color model and the consistency model behind gvc's interface. A stream carries both."""

    @property
    def architecture(self) -> str:
        """See :class:`ColorNetwork`."""
        return "colornn_consistent"

    @property
    def run_length(self) -> int:
        """See :class:`TrainableNetwork`."""
        return RUN_LENGTH

    def num_stages(self, spec: NetworkSpec) -> int:
        """See :class:`TrainableNetwork`."""
        del spec
        return 2

    def start_weights(self, spec: NetworkSpec) -> NamedWeights:
        """See :class:`ColorNetwork`. The weights of VGG16 are not among them."""
        return _start_weights(self._parameters(spec)["window"])

    def working_shape(self, spec: NetworkSpec, height: int, width: int) -> tuple[int, int]:
        """See :class:`TrainableNetwork`."""
        return working_shape(height, width, self._parameters(spec)["size"], MULTIPLE)

    def build(self, spec: NetworkSpec) -> KerasModel:
        """See :class:`TrainableNetwork`."""
        return whole(colornn.build(spec.known), self._parameters(spec)["window"])

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
        """See :class:`TrainableNetwork`. The color model is trained first; then it is frozen and the rest is trained.

        In the second stage, half of the batches have the true colors of the previous frames, and half have the color
        model's estimates of them. The inputs in use are between the two.
        """
        del true_share
        color_model, consistent_model = parts(model)
        _set_trainable(color_model, True)
        alone = color_stage(color_model, conversion)
        yield replace(alone, pair=lambda lumas, rgbs_u8: alone.pair(*_last(lumas, rgbs_u8)))
        _set_trainable(color_model, False)
        for axis in "uv":
            model.get_layer(f"consistent_bins_{axis}").set_weights(model.get_layer(f"bins_{axis}").get_weights())
        window = self._parameters(spec)["window"]
        calls = itertools.count()

        def pair(lumas: PlaneArray, rgbs_u8: RgbArray) -> tuple[list[F32Array], npt.NDArray[np.int32]]:
            own = uv_of_logits(color_model.predict_on_batch(network_inputs(conversion, lumas)))
            earlier = uv_of_rgb(conversion, rgbs_u8) if next(calls) % 2 == 0 else own
            inputs = training_inputs(conversion, lumas, _given(own, earlier, window))
            return list(inputs), targets(conversion, rgbs_u8)

        yield TrainingStage(consistent_model, cross_entropy, pair)

    def colorizer_of(self, spec: NetworkSpec, model: KerasModel, conversion: ColorConversion) -> ConsistentColorizer:
        """See :class:`TrainableNetwork`."""
        parameters = self._parameters(spec)
        return ConsistentColorizer(
            model,
            conversion,
            size=parameters["size"],
            window=parameters["window"],
            temperature=parameters["temperature_percent"] / 100,
        )

    def _parameters(self, spec: NetworkSpec) -> dict[str, int]:
        return parameters_of(spec, self.architecture)


def _last(*arrays: PlaneArray) -> tuple[PlaneArray, ...]:
    return tuple(last_of_runs(array, RUN_LENGTH) for array in arrays)


def whole(color_model: KerasModel, window: int = 1) -> KerasModel:
    """Make one model of both.

    Its outputs are the color model's logits and the consistency model's logits. The first frame of a shot needs those
    of the color model.
    """
    consistent_model = build(color_model, window)
    return keras.Model(consistent_model.inputs, [color_model.outputs[0], consistent_model.outputs[0]])


def parts(model: KerasModel) -> tuple[KerasModel, KerasModel]:
    """Split a model of :func:`whole` into color model and consistency model, which share its layers."""
    models = keras.Model(model.inputs[0], model.outputs[0]), keras.Model(model.inputs, model.outputs[1])
    for part in models:
        part.jit_compile = JIT_COMPILE
    return models


def _set_trainable(color_model: KerasModel, trainable: bool) -> None:
    known = set(layer_names(NUM_BLOCKS))
    for layer in color_model.layers:
        layer.trainable = trainable and layer.name not in known


def _given(own: F32Array, earlier: F32Array, window: int) -> F32Array:
    """The previous frames' U and V for each frame of several runs. First frames of runs get their own estimate."""
    runs = []
    for start in range(0, len(own), RUN_LENGTH):
        past = np.concatenate([own[start : start + 1], earlier[start : start + RUN_LENGTH - 1]])
        # past[i] is the frame just before frame i. The older frames are those before past[i].
        older = frames_before(past, window - 1) if window > 1 else past[..., :0]
        runs.append(np.concatenate([past, older], axis=-1))
    return np.concatenate(runs)


@lru_cache(maxsize=1)
def _start_weights(window: int) -> NamedWeights:
    return sent_weights(whole(colornn.build(), window))


NETWORK = ColorNNConsistent()

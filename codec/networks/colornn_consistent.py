"""The consistency model of ColorNN: the color model, told how the previous frame was colored.

D. Gupta, S. Kannan, "ColorNN Book", 2016, sections 3.2 and 4.2:

    Y of frame t -> the trained color model, frozen -> its last features (height, width, 64) ─┐
    U, V of frame t - 1 -> 3x3 conv 64 ───────────────────────────────────────────────────────┴─► concatenated
      -> 3x3 conv 64 -> 3x3 conv 64 -> logits of U's and V's 30 bins, as in the color model

Training has two stages: the color model first, on single frames; then this one, with the color model frozen, which
leaves 115,836 weights to train. The paper gives neither filters nor activations of the added layers; 64 and ReLU are
those of the color model's last layer.

Where the paper is silent, or its method would fail in use:

- The first frame of a shot has no previous one, and colors must not flow across a cut. There we give the color model's
  own estimate of the frame: the network then knows nothing new, and what it was taught to trust stays what it gets.
- The paper trains on the true previous colors, and warns that the model may learn to copy them. In use it gets its own
  estimates, errors included. :func:`training_inputs` takes either, so that a second pass can train on estimates.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from codec.backend import JIT_COMPILE, keras
from codec.networks.bins import EXPECTATION
from codec.networks.colornn import FEATURES, MULTIPLE, bin_logits, network_inputs, uv_of_logits
from codec.networks.interface import F32Array, KerasModel
from codec.networks.start import start_weights
from codec.networks.tiles import pad_to_multiple
from codec.video.color import ColorConversion
from codec.video.picture import U8Array

_FILTERS = 64


def build(color_model: KerasModel) -> KerasModel:
    """A Keras model from Y and the previous frame's U, V to logits (n, height, width, 2, 30).

    Args:
        color_model: of :func:`codec.networks.colornn.build`, trained. It is frozen, and its layers are shared.
    """
    color_model.trainable = False
    previous_uv = keras.Input((None, None, 2), name="previous_uv")
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
    """First weights of the layers that the color model does not have."""
    known = {layer.name for layer in color_model.layers}
    added = [layer for layer in model.layers if layer.name not in known and layer.weights]
    starts = iter(start_weights([tuple(variable.shape) for layer in added for variable in layer.weights]))
    for layer in added:
        layer.set_weights([next(starts) for _ in layer.weights])


def training_inputs(conversion: ColorConversion, lumas_u8: U8Array, previous_uv: F32Array) -> tuple[F32Array, F32Array]:
    """What the model is given: Y in [0, 1], (n, height, width, 1), and the previous frames' U, V.

    Args:
        conversion: of the video.
        lumas_u8: (n, height, width) uint8, sides multiples of 8.
        previous_uv: (n, height, width, 2) float32: true (:func:`codec.networks.yuv.uv_of_rgb`) or estimated; of
            frames that begin a shot the color model's estimate of themselves.
    """
    return network_inputs(conversion, lumas_u8), previous_uv


class FrameColorizer:
    """Colors the frames of a video one by one, each with the one before in mind.

    Args:
        color_model: of :func:`codec.networks.colornn.build`.
        consistent_model: of :func:`build`, from that color model.
        conversion: of the video.
        temperature: of the annealed mean.
    """

    def __init__(
        self,
        color_model: KerasModel,
        consistent_model: KerasModel,
        conversion: ColorConversion,
        *,
        temperature: float = EXPECTATION,
    ) -> None:
        self._color_model = color_model
        self._consistent_model = consistent_model
        self._conversion = conversion
        self._temperature = temperature
        self._previous_uv: F32Array | None = None

    def reset(self) -> None:
        """Forget the previous frame: the next one begins a shot."""
        self._previous_uv = None

    def __call__(self, luma_u8: U8Array) -> F32Array:
        """U and V, (height, width, 2) float32, of the next frame's gray plane, (height, width) uint8, any size."""
        height, width = luma_u8.shape
        luma = network_inputs(self._conversion, pad_to_multiple(luma_u8[None], MULTIPLE))
        previous = self._previous_uv
        if previous is None or previous.shape[1:3] != luma.shape[1:3]:
            previous = self._decode(self._color_model.predict_on_batch(luma))
        self._previous_uv = self._decode(self._consistent_model.predict_on_batch([luma, previous]))
        return self._previous_uv[0, :height, :width]

    def _decode(self, logits: F32Array) -> F32Array:
        return uv_of_logits(logits, temperature=self._temperature)


def colorize_shots(colorizer: FrameColorizer, lumas_u8: U8Array, cuts: Collection[int]) -> Iterator[F32Array]:
    """U and V of consecutive frames.

    Args:
        colorizer: forgets what it saw before.
        lumas_u8: (n, height, width) uint8.
        cuts: indices of the frames that begin a shot; the first frame always does.
    """
    for index, luma_u8 in enumerate(np.asarray(lumas_u8)):
        if index == 0 or index in cuts:
            colorizer.reset()
        yield colorizer(luma_u8)

"""The two networks of Chaudhri and Fang. Their inputs are colorizations of the current and of the previous frame.

V. Chaudhri, Y. Fang, "Video Colorization", Stanford CS230, 2019: sections 4.2 to 4.4. The paper gives the idea and
rounded numbers of weights. The layers, and the exact numbers of weights, are those of the summaries that the authors
published with their code (github.com/yangfangk/cs230-video-colorization: ``model_summary_128.txt`` and
``model_summary_vgg_128.txt``). Both networks work on 128x128 R'G'B':

    current colorized frame, previous colorized frame -> concatenated (128, 128, 6)
    alexnet   conv 9x9 96/2, pool, 5x5 256, pool, 3x3 384, 384, 256, pool           9,127,971 weights, 9,122,467 train
    vgg16     1x1 conv 3 -> VGG16, frozen, to (4, 4, 512)                           21,783,396 weights, 7,065,438 train
    then      1x1 conv 256 and four or five convolutions, each doubled in size      -> R'G'B' (128, 128, 3)

All layers have ReLU and batch normalization. Each pool is a mean over 3x3 values with a stride of 2.

Differences from the authors' code:

- The temporal term of the loss compares each prediction with that of the frame before (section 4.2). Their code pairs
  arbitrary frames of a shuffled batch. Here a batch consists of runs of consecutive frames of a shot
  (:func:`codec.training.sequences.runs_around`).
- VGG16 was trained on B, G, R without their mean, with a standard deviation of about 58. The authors feed it R, G, B
  after a normalization, which makes them 58 times smaller. At the start of training, our first convolution passes the
  current frame on as B, G, R, and our normalization has the scale of VGG16's training pictures. Both are trained.
- Colors are in [0, 1] instead of [0, 255], and the last layer has a sigmoid instead of ReLU. Section 5 reports
  networks that learned to answer black, where a ReLU has no gradient.
- The moving averages of the normalizations decay ten times as fast as with Keras's default. With the default they would
  still contain their start values after some hundred training steps.
- Frames are scaled to 128x128, not cropped. The authors cropped to remove black bars; a codec must color the whole
  picture.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from codec.backend import JIT_COMPILE, keras
from codec.errors import InputError
from codec.networks.interface import RANDOM_WEIGHTS, KnownWeights
from codec.networks.model_weights import KerasModel
from codec.networks.start import start_model
from codec.networks.vgg16 import add_vgg16, load_known
from codec.video.color import ColorConversion
from codec.video.picture import PlaneArray, RgbArray
from codec.weights.tensors import F32Array

SIZE = 128
"""The height and the width of all pictures, in pixels."""
TRUE_SHARE = 0.8
"""The share b of the loss (section 4.2): 1 counts only the true color, 0 only the previous frame's prediction."""

# The convolutions of AlexNet: filters, kernel, stride, padding, and whether a pool follows.
_ALEXNET: tuple[tuple[int, int, int, str, bool], ...] = (
    (96, 9, 2, "valid", True),
    (256, 5, 1, "same", True),
    (384, 3, 1, "same", False),
    (384, 3, 1, "same", False),
    (256, 3, 1, "same", True),
)
# The decoder, back to 128x128: filters, kernel, padding. Each convolution is followed by doubling of both sides.
_ALEXNET_BACK: tuple[tuple[int, int, str], ...] = (
    (256, 1, "valid"),
    (384, 3, "valid"),
    (384, 3, "valid"),
    (256, 5, "valid"),
    (96, 5, "same"),
)
_VGG16_BACK: tuple[tuple[int, int, str], ...] = (*_ALEXNET_BACK[:4], (256, 5, "same"), _ALEXNET_BACK[4])
_NORM_MOMENTUM = 0.9
_VGG16_DEVIATION = (57.4, 57.1, 58.4)  # standard deviation of B, G, R in ImageNet's pictures, in code values


def build_alexnet(window: int = 1) -> KerasModel:
    """Build the network of section 4.3.

    Its inputs are the current frame, (n, 128, 128, 3), and the previous frames, (n, 128, 128, 3 x window). Its output
    is (n, 128, 128, 3). All are float32 R'G'B' in [0, 1].

    Args:
        window: the number of previous frames; 1 in the paper.
    """
    frames = _frame_inputs(window)
    tensor = keras.layers.Concatenate(name="frames")(frames)
    for number, (filters, kernel, stride, padding, pooled) in enumerate(_ALEXNET, start=1):
        tensor = keras.layers.Conv2D(
            filters, kernel, strides=stride, padding=padding, activation="relu", name=f"conv_{number}"
        )(tensor)
        if pooled:
            tensor = keras.layers.AveragePooling2D(3, strides=2, name=f"pool_{number}")(tensor)
        tensor = keras.layers.BatchNormalization(momentum=_NORM_MOMENTUM, name=f"norm_{number}")(tensor)
    model = keras.Model(frames, _way_back(tensor, _ALEXNET_BACK), name="chaudhri_fang_alexnet")
    model.jit_compile = JIT_COMPILE
    start_model(model)
    return model


def build_vgg16(known: KnownWeights = RANDOM_WEIGHTS, window: int = 1) -> KerasModel:
    """Build the network of section 4.4. Its inputs and output are those of :func:`build_alexnet`.

    Args:
        known: the weights of VGG16.
        window: the number of previous frames; 1 in the paper.

    Raises:
        InputError: the weights of VGG16 are not available, or differ from the expected ones.
    """
    frames = _frame_inputs(window)
    tensor = keras.layers.Concatenate(name="frames")(frames)
    tensor = keras.layers.Conv2D(3, 1, activation="relu", name="join")(tensor)
    tensor = keras.layers.BatchNormalization(momentum=_NORM_MOMENTUM, name="vgg16_preprocessing")(tensor)
    tensor = add_vgg16(tensor)["block5_pool"]
    model = keras.Model(frames, _way_back(tensor, _VGG16_BACK), name="chaudhri_fang_vgg16")
    model.jit_compile = JIT_COMPILE
    start_model(model)
    _start_preprocessing(model)
    load_known(model, known)
    return model


def _frame_inputs(window: int) -> list[Any]:
    channels = {"current": 3, "previous": 3 * window}
    return [keras.Input((SIZE, SIZE, count), name=name) for name, count in channels.items()]


def _way_back(tensor: Any, layers: tuple[tuple[int, int, str], ...]) -> Any:
    for number, (filters, kernel, padding) in enumerate(layers, start=1):
        tensor = keras.layers.Conv2D(filters, kernel, padding=padding, activation="relu", name=f"back_{number}")(tensor)
        tensor = keras.layers.UpSampling2D(2, interpolation="nearest", name=f"double_{number}")(tensor)
        tensor = keras.layers.BatchNormalization(momentum=_NORM_MOMENTUM, name=f"norm_back_{number}")(tensor)
    return keras.layers.Conv2D(3, 5, padding="same", activation="sigmoid", name="rgb")(tensor)


def _start_preprocessing(model: KerasModel) -> None:
    """Set the first layers so that VGG16's input starts as the current frame, in VGG16's channel order and scale."""
    kernel = np.zeros(model.get_layer("join").kernel.shape, np.float32)  # (1, 1, 3 + 3 x window, 3)
    kernel[0, 0, [2, 1, 0], [0, 1, 2]] = 1  # B, G, R of the current frame
    model.get_layer("join").set_weights([kernel, np.zeros(3, np.float32)])
    normalization = model.get_layer("vgg16_preprocessing")
    _, *others = normalization.get_weights()
    normalization.set_weights([np.array(_VGG16_DEVIATION, np.float32), *others])


def network_inputs(current_rgbs_u8: RgbArray, previous_rgbs_u8: RgbArray) -> tuple[F32Array, F32Array]:
    """The networks' inputs.

    Args:
        current_rgbs_u8: (n, height, width, 3) uint8 R'G'B', each frame as another network colorized it, frame by frame
            (section 3). Without such a network, it is the gray plane three times.
        previous_rgbs_u8: (n, height, width, 3 x window) uint8 R'G'B', the same for the frames before each frame
            (:mod:`codec.networks.window`).

    Returns:
        The current frames, (n, 128, 128, 3), and the previous frames, (n, 128, 128, 3 x window), float32 in [0, 1].
    """
    return _scaled(current_rgbs_u8), _scaled(previous_rgbs_u8)


def targets(rgbs_u8: RgbArray) -> F32Array:
    """The networks' targets: the true frames, (n, height, width, 3) uint8, as (n, 128, 128, 3) float32 in [0, 1]."""
    return _scaled(rgbs_u8)


def _scaled(rgbs_u8: RgbArray) -> F32Array:
    scaled = np.stack([cv2.resize(rgb, (SIZE, SIZE), interpolation=cv2.INTER_AREA) for rgb in rgbs_u8])
    return scaled.astype(np.float32) / np.float32(255)


def temporal_loss(true_share: float = TRUE_SHARE, run_length: int | None = None) -> Callable[[Any, Any], Any]:
    """Make the loss of each frame of a batch (section 4.2): b MSE(true) + (1 - b) MSE(previous prediction).

    The batch must consist of runs of consecutive frames of one shot. The first frame of a run has no previous
    prediction. Its second term is 0, as in the paper's sum.

    Args:
        true_share: b, in [0, 1].
        run_length: the number of frames of each run; None if the whole batch is one run.

    Returns:
        A loss for Keras: a function of targets and predictions, (n, 128, 128, 3), that returns (n,).

    Raises:
        InputError: b is out of range.
    """
    if not 0 <= true_share <= 1:
        raise InputError(f"expected a share of the true color from 0 to 1. Received: {true_share}")

    def loss(true: Any, predicted: Any) -> Any:
        axes = (1, 2, 3)
        from_true = keras.ops.mean(keras.ops.square(predicted - true), axis=axes)
        picture = tuple(predicted.shape[1:])
        runs = keras.ops.reshape(predicted, (-1, run_length, *picture)) if run_length else predicted[None]
        before = keras.ops.concatenate([runs[:, :1], runs[:, :-1]], axis=1)
        before = keras.ops.reshape(before, (-1, *picture))
        from_previous = keras.ops.mean(keras.ops.square(predicted - before), axis=axes)
        return true_share * from_true + (1 - true_share) * from_previous

    return loss


def restored_rgb(
    outputs: F32Array, conversion: ColorConversion, lumas: PlaneArray, *, keep_luma: bool = True
) -> F32Array:
    """The networks' output at the size of the video.

    Args:
        outputs: (n, 128, 128, 3) float32 R'G'B' in [0, 1].
        conversion: the color conversion of the video.
        lumas: (n, height, width) uint8, the true gray planes.
        keep_luma: if True, take only the color of the output: each pixel keeps its true luma, and the picture keeps the
            detail that 128x128 pixels cannot hold. If False, the result is the enlarged output, as in the paper.

    Returns:
        (n, height, width, 3) float32 R'G'B' in [0, 1].
    """
    _, height, width = lumas.shape
    rgb = np.stack([cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR) for picture in outputs])
    if keep_luma:
        missing = conversion.gray(lumas) - rgb @ conversion.luma_weights()
        rgb = rgb + missing[..., None]  # adding the same to R', G' and B' does not change the color differences
    clipped: F32Array = np.clip(rgb, 0, 1)
    return clipped

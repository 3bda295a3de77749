"""Both networks of Chaudhri and Fang behind gvc's interface: a second stage after the colorization of a first network.

    gray, 128x128 -> first stage: singh2020, trained on the same frames -> current colorized frame   ─┐
                               the same, of the frames before -> previous colorized frames           ─┴─► second stage

V. Chaudhri, Y. Fang, "Video Colorization", 2019, section 3: both inputs are colorizations that another network made
frame by frame. The authors use the network of Zhang et al., which has 129 MB. We use singh2020, and run it at the
working size of the second stage. Without a first stage, both inputs are the gray plane three times. The output is not
fed back, so errors do not accumulate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np

from codec.backend import JIT_COMPILE, keras
from codec.networks.chaudhri_fang import (
    SIZE,
    build_alexnet,
    build_vgg16,
    network_inputs,
    restored_rgb,
    targets,
    temporal_loss,
)
from codec.networks.interface import RANDOM_WEIGHTS, KnownWeights, NetworkSpec, TrainingStage
from codec.networks.model_weights import KerasModel, named_weights
from codec.networks.parameters import parameters_of
from codec.networks.reduced import ReducedColorizer, ReducedNetwork
from codec.networks.singh2020 import NETWORK as FIRST_STAGE
from codec.networks.vgg16 import known_weights, layer_names
from codec.networks.window import frames_before, last_of_runs, runs_before
from codec.video.color import ColorConversion
from codec.video.picture import Picture, PlaneArray, RgbArray
from codec.weights.tensors import F32Array, NamedWeights

ALEXNET_NAME, VGG16_NAME = "chaudhri_fang_alexnet", "chaudhri_fang_vgg16"
RUN_LENGTH = 4
"""The number of consecutive frames of a training example."""
_FIRST_SPEC = NetworkSpec(FIRST_STAGE.architecture)


class ChaudhriFang(ReducedNetwork):
    """One of the two networks, with its first stage.

    Args:
        architecture: :data:`ALEXNET_NAME` or :data:`VGG16_NAME`.
    """

    def __init__(self, architecture: str) -> None:
        self._architecture = architecture

    @property
    def architecture(self) -> str:
        """See :class:`ColorNetwork`."""
        return self._architecture

    @property
    def run_length(self) -> int:
        """See :class:`TrainableNetwork`."""
        return RUN_LENGTH

    def num_stages(self, spec: NetworkSpec) -> int:
        """See :class:`TrainableNetwork`."""
        return 1 + self._parameters(spec)["first_stage"]

    def start_weights(self, spec: NetworkSpec) -> NamedWeights:
        """See :class:`ColorNetwork`. The weights of VGG16 are not among them."""
        parameters = self._parameters(spec)
        return _start_weights(self.architecture, parameters["first_stage"], parameters["window"])

    def working_shape(self, spec: NetworkSpec, height: int, width: int) -> tuple[int, int]:
        """See :class:`TrainableNetwork`."""
        del spec, height, width
        return SIZE, SIZE

    def build(self, spec: NetworkSpec) -> KerasModel:
        """See :class:`TrainableNetwork`. Both stages are one model; the first stage's input and output come first."""
        parameters = self._parameters(spec)
        return _build(self.architecture, parameters["first_stage"], parameters["window"], spec.known)

    def known_weights(self, spec: NetworkSpec, model: KerasModel) -> dict[str, str]:
        """See :class:`TrainableNetwork`."""
        return known_weights(model, spec.known) if self.architecture == VGG16_NAME else {}

    def stages(
        self, spec: NetworkSpec, model: KerasModel, conversion: ColorConversion, *, true_share: float
    ) -> Iterator[TrainingStage]:
        """See :class:`TrainableNetwork`. The first stage is trained, then the second one on the first one's output."""
        first, second = _stages_of(model)
        if first is not None:
            alone = next(FIRST_STAGE.stages(_FIRST_SPEC, first, conversion, true_share=true_share))
            yield replace(alone, pair=lambda lumas, rgbs_u8: alone.pair(*_last(lumas, rgbs_u8)))
        window = self._parameters(spec)["window"]

        def pair(lumas: PlaneArray, rgbs_u8: RgbArray) -> tuple[list[F32Array], F32Array]:
            current = first_colors(first, conversion, lumas)
            return list(network_inputs(current, runs_before(current, window, RUN_LENGTH))), targets(rgbs_u8)

        yield TrainingStage(second, temporal_loss(true_share, RUN_LENGTH), pair)

    def colorizer_of(self, spec: NetworkSpec, model: KerasModel, conversion: ColorConversion) -> SecondStageColorizer:
        """See :class:`TrainableNetwork`."""
        parameters = self._parameters(spec)
        return SecondStageColorizer(
            model, conversion, window=parameters["window"], keep_luma=bool(parameters["keep_luma"])
        )

    def _parameters(self, spec: NetworkSpec) -> dict[str, int]:
        return parameters_of(spec, self.architecture)


class SecondStageColorizer(ReducedColorizer):
    """Makes color from colorizations of a frame and of the frames before it.

    Args:
        model: a model of :meth:`ChaudhriFang.build`.
        conversion: the color conversion of the video.
        window: the number of previous frames that the second stage takes.
        keep_luma: see :func:`codec.networks.chaudhri_fang.restored_rgb`.
    """

    def __init__(self, model: KerasModel, conversion: ColorConversion, *, window: int, keep_luma: bool) -> None:
        self._first, self._second = _stages_of(model)
        self._conversion = conversion
        self._window = window
        self._keep_luma = keep_luma
        self._before: PlaneArray | None = None  # (at most window, 128, 128, 3) uint8, newest last

    @property
    def has_memory(self) -> bool:
        """See :class:`Colorizer`."""
        return True

    def begin_shot(self) -> None:
        """See :class:`Colorizer`."""
        self._before = None

    def shape_of(self, height: int, width: int) -> tuple[int, int]:
        """See :class:`ReducedColorizer`."""
        del height, width
        return SIZE, SIZE

    def estimate(self, lumas: PlaneArray) -> F32Array:
        """See :class:`ReducedColorizer`. The result is (n, 128, 128, 3) float32 R'G'B' in [0, 1]."""
        current = first_colors(self._first, self._conversion, lumas)
        inputs = network_inputs(current, frames_before(current, self._window, self._before))
        known = current if self._before is None else np.concatenate([self._before, current])
        self._before = known[-self._window :]
        answer: F32Array = self._second.predict_on_batch(list(inputs))
        return answer

    def put(self, luma: PlaneArray, estimate: F32Array) -> Picture:
        """See :class:`ReducedColorizer`."""
        rgb = restored_rgb(estimate[None], self._conversion, luma[None], keep_luma=self._keep_luma)[0]
        if self._keep_luma:
            return self._conversion.with_color_of(luma, rgb)
        return self._conversion.picture(np.rint(rgb * np.float32(255)).astype(np.uint8))


def _last(*arrays: PlaneArray) -> tuple[PlaneArray, ...]:
    return tuple(last_of_runs(array, RUN_LENGTH) for array in arrays)


def first_colors(first: KerasModel | None, conversion: ColorConversion, lumas: PlaneArray) -> PlaneArray:
    """Colorize gray planes with the first stage. Without one, R', G' and B' are all the gray.

    Args:
        first: the first stage; None if there is none.
        conversion: the color conversion of the video.
        lumas: (n, 128, 128) uint8.

    Returns:
        (n, 128, 128, 3) uint8 R'G'B'.
    """
    if first is None:
        gray = np.rint(conversion.gray(lumas) * np.float32(255)).astype(np.uint8)
        return np.repeat(gray[..., None], 3, axis=-1)
    return np.stack([conversion.rgb(picture) for picture in FIRST_STAGE.colorize(first, conversion, lumas)])


def _build(architecture: str, first_stage: int, window: int, known: KnownWeights) -> KerasModel:
    second = build_vgg16(known, window) if architecture == VGG16_NAME else build_alexnet(window)
    if not first_stage:
        return second
    first = FIRST_STAGE.build(_FIRST_SPEC)
    return keras.Model([first.inputs[0], *second.inputs], [first.outputs[0], *second.outputs])


def _stages_of(model: KerasModel) -> tuple[KerasModel | None, KerasModel]:
    """The first stage (None if there is none) and the second stage. They share their layers with ``model``."""
    if len(model.outputs) == 1:
        return None, model
    stages = keras.Model(model.inputs[0], model.outputs[0]), keras.Model(model.inputs[1:], model.outputs[1])
    for stage in stages:
        stage.jit_compile = JIT_COMPILE
    return stages


@lru_cache(maxsize=1)
def _start_weights(architecture: str, first_stage: int, window: int) -> NamedWeights:
    known = {f"{layer}/{part}" for layer in layer_names() for part in ("kernel", "bias")}
    weights = named_weights(_build(architecture, first_stage, window, RANDOM_WEIGHTS))
    return {name: values for name, values in weights.items() if name not in known}


ALEXNET = ChaudhriFang(ALEXNET_NAME)
VGG16 = ChaudhriFang(VGG16_NAME)

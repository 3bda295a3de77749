"""What every network is to the rest of gvc: a spec that travels in the file, and four operations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from codec.video.color import ColorConversion
from codec.video.picture import Picture, U8Array

F32Array = npt.NDArray[np.float32]
KerasModel = Any  # keras.Model: naming it would import Keras


@dataclass(frozen=True)
class NetworkSpec:
    """Which network, and the sizes that its architecture leaves open.

    Attributes:
        architecture: a name that the registry knows, such as ``singh2020``.
        parameters: (name, value) pairs in the order of their names, such as ``("width", 32)``.
    """

    architecture: str
    parameters: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        names = [name for name, _ in self.parameters]
        if names != sorted(set(names)):
            raise ValueError(f"expected parameters in the order of their names, each once. Received: {names}")


class ColorNetwork(Protocol):
    """An architecture that makes color from gray. It holds no state: weights live in the Keras model."""

    @property
    def architecture(self) -> str:
        """The name under which the registry and the file know it."""

    def build(self, spec: NetworkSpec) -> KerasModel:
        """A Keras model with the weights that training starts from: the same for a spec, wherever it is built.

        Raises:
            UnsupportedError: the spec is not one of this architecture.
        """

    def training_pair(
        self, conversion: ColorConversion, lumas_u8: U8Array, rgbs_u8: U8Array
    ) -> tuple[F32Array, F32Array]:
        """What the model is given and what it should answer.

        Args:
            conversion: of the video.
            lumas_u8: (n, height, width) uint8 gray planes, sides in the multiple that the network needs.
            rgbs_u8: (n, height, width, 3) uint8 R'G'B' of the same pictures.

        Returns:
            Inputs and targets, float32, n first.
        """

    def colorize(self, model: KerasModel, conversion: ColorConversion, lumas_u8: U8Array) -> list[Picture]:
        """Color for gray planes, in memory bounded by the size of a picture.

        Args:
            model: from :meth:`build`, with the weights of this video.
            conversion: of the video.
            lumas_u8: (n, height, width) uint8, any size.

        Returns:
            n pictures with exactly these gray planes and chroma planes as ``conversion`` has them.
        """

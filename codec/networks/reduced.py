"""Color computed on small pictures and put on the full gray.

The papers' networks are made for pictures of 128x128 to 224x224: larger ones take gigabytes, and things in them look
enlarged to a network that learned on small ones. Color is coarse to the eye, detail is in the gray; so the gray is
reduced by averaging areas, the color is enlarged with a bilinear filter, and every pixel keeps its own gray.
"""

from __future__ import annotations

from abc import abstractmethod

import cv2
import numpy as np

from codec.networks.interface import Colorizer, NetworkSpec, TrainableNetwork
from codec.networks.model_weights import dequantize_into
from codec.video.color import ColorConversion
from codec.video.picture import Picture, PlaneArray
from codec.weights.tensors import F32Array, I16Array, QuantizedTensor

_BATCH = 8


def working_shape(height: int, width: int, longest: int, multiple: int) -> tuple[int, int]:
    """Rows and columns of a picture made so small that its longer side is at most ``longest``, near to its own shape.

    Args:
        height: of the picture.
        width: of the picture.
        longest: a multiple of ``multiple``.
        multiple: of both results.
    """
    scale = min(1.0, longest / max(height, width))
    rows, columns = (max(1, round(side * scale / multiple)) * multiple for side in (height, width))
    return rows, columns


def reduced(pictures: PlaneArray, shape: tuple[int, int]) -> PlaneArray:
    """Planes (n, height, width) or R'G'B' (n, height, width, 3) uint8 at another size, areas averaged."""
    rows, columns = shape
    if pictures.shape[1:3] == shape:
        return pictures
    return np.stack([cv2.resize(one, (columns, rows), interpolation=cv2.INTER_AREA) for one in pictures])


def enlarged(planes: F32Array, height: int, width: int) -> F32Array:
    """(rows, columns, components) float32 as (height, width, components), bilinear."""
    picture: F32Array = cv2.resize(planes, (width, height), interpolation=cv2.INTER_LINEAR)
    return picture


class ReducedColorizer(Colorizer):
    """What networks with a working size of their own have in common."""

    @property
    def is_exact(self) -> bool:
        """See :class:`Colorizer`."""
        return False

    def distrust_backend(self) -> bool:
        """See :class:`Colorizer`."""
        return False

    def __call__(self, lumas: PlaneArray, hints: I16Array | None) -> list[Picture]:
        """See :class:`Colorizer`."""
        del hints
        _, height, width = lumas.shape
        shape = self.shape_of(height, width)
        pictures: list[Picture] = []
        for first in range(0, len(lumas), _BATCH):
            own = lumas[first : first + _BATCH]
            estimates = self.estimate(reduced(own, shape))
            pictures += [self.put(luma, estimate) for luma, estimate in zip(own, estimates, strict=True)]
        return pictures

    @abstractmethod
    def shape_of(self, height: int, width: int) -> tuple[int, int]:
        """Rows and columns at which the network sees a picture of this size."""

    @abstractmethod
    def estimate(self, lumas: PlaneArray) -> F32Array:
        """The network's answer to consecutive gray planes, (n, rows, columns) uint8 at its own size: (n, ...)."""

    @abstractmethod
    def put(self, luma: PlaneArray, estimate: F32Array) -> Picture:
        """A picture of a full-size gray plane, (height, width) uint8, and the answer to it."""


class ReducedNetwork(TrainableNetwork):
    """A trainable network with a working size of its own."""

    def colorizer(
        self, spec: NetworkSpec, tensors: tuple[QuantizedTensor, ...], conversion: ColorConversion
    ) -> Colorizer:
        """See :class:`codec.networks.interface.ColorNetwork`."""
        model = self.build(spec)
        dequantize_into(model, tensors)
        return self.colorizer_of(spec, model, conversion)

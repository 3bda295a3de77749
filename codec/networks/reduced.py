"""Colorization on reduced pictures: color is estimated at a small size and combined with the gray at full size.

The papers' networks are made for pictures of 128x128 to 224x224. Larger pictures take gigabytes of memory, and objects
in them look enlarged to a network that was trained on small pictures. The eye sees color coarsely, and the detail is in
the gray. Therefore the gray is reduced by averaging areas, the color is enlarged with a bilinear filter, and every
pixel keeps its own gray.
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
    """The reduced size of a picture, in rows and columns. The aspect ratio is kept as nearly as possible.

    Args:
        height: the picture's height, in samples.
        width: the picture's width, in samples.
        longest: the largest length of the reduced picture's longer side, in samples; a multiple of ``multiple``.
        multiple: both reduced sides are multiples of this.
    """
    scale = min(1.0, longest / max(height, width))
    rows, columns = (max(1, round(side * scale / multiple)) * multiple for side in (height, width))
    return rows, columns


def reduced(pictures: PlaneArray, shape: tuple[int, int]) -> PlaneArray:
    """Reduce pictures by averaging areas.

    Args:
        pictures: planes, (n, height, width) uint8, or R'G'B', (n, height, width, 3) uint8.
        shape: rows and columns of the result.
    """
    rows, columns = shape
    if pictures.shape[1:3] == shape:
        return pictures
    return np.stack([cv2.resize(one, (columns, rows), interpolation=cv2.INTER_AREA) for one in pictures])


def enlarged(planes: F32Array, height: int, width: int) -> F32Array:
    """Enlarge planes, (rows, columns, components) float32, to (height, width, components) with a bilinear filter."""
    picture: F32Array = cv2.resize(planes, (width, height), interpolation=cv2.INTER_LINEAR)
    return picture


class ReducedColorizer(Colorizer):
    """The base class of colorizers whose networks have their own working size."""

    @property
    def is_exact(self) -> bool:
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
        """The rows and columns of the network's input for a picture of this height and width, in samples."""

    @abstractmethod
    def estimate(self, lumas: PlaneArray) -> F32Array:
        """The network's color estimates, (n, ...), for consecutive reduced gray planes, (n, rows, columns) uint8."""

    @abstractmethod
    def put(self, luma: PlaneArray, estimate: F32Array) -> Picture:
        """Combine a gray plane at full size, (height, width) uint8, with its color estimate to a picture."""


class ReducedNetwork(TrainableNetwork):
    """A trainable network that has its own working size."""

    def colorizer(
        self, spec: NetworkSpec, tensors: tuple[QuantizedTensor, ...], conversion: ColorConversion
    ) -> Colorizer:
        """See :class:`codec.networks.interface.ColorNetwork`."""
        model = self.build(spec)
        dequantize_into(model, tensors)
        return self.colorizer_of(spec, model, conversion)

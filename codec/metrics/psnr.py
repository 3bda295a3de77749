"""Peak signal-to-noise ratio, of which gvc reports that of the color: over the two chroma planes.

The gray plane is exact by default, which makes every PSNR that includes it infinite or meaningless.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from codec.metrics.chroma import chroma_code_values
from codec.video.color import ColorConversion
from codec.video.picture import Picture

CHROMA_PEAK = 255


class SquaredError:
    """Sum of squared differences over any number of arrays."""

    def __init__(self) -> None:
        self.total = 0.0
        self.num_samples = 0

    def add(self, original: npt.NDArray[Any], decoded: npt.NDArray[Any]) -> None:
        """Take two arrays of one shape, integers or floats.

        Raises:
            ValueError: the shapes differ.
        """
        if original.shape != decoded.shape:
            raise ValueError(f"expected arrays of one shape. Received: {original.shape} and {decoded.shape}")
        difference = (original.astype(np.float32) - decoded.astype(np.float32)).ravel()
        self.total += float(np.square(difference).sum(dtype=np.float64))
        self.num_samples += difference.size

    def merge(self, other: SquaredError) -> None:
        """Take what another one was given."""
        self.total += other.total
        self.num_samples += other.num_samples

    @property
    def mse(self) -> float:
        """Mean squared error over all samples.

        Raises:
            ValueError: nothing was added.
        """
        if self.num_samples == 0:
            raise ValueError("expected samples to average over. Received: none")
        return self.total / self.num_samples


def psnr_db(mse: float, peak: float) -> float:
    """``10 log10(peak^2 / mse)`` in dB; infinite for equal signals."""
    return math.inf if mse == 0 else 10 * math.log10(peak * peak / mse)


def add_chroma_error(error: SquaredError, conversion: ColorConversion, original: Picture, decoded: Picture) -> None:
    """Add the squared error of the two chroma planes of a picture, if it has them.

    YUV: of the U and V code values as they are. RGB: of Cb and Cr, BT.601 full range in floats, computed from
    the R'G'B' that both pictures stand for.

    Args:
        error: what to add to. Over a whole video it makes one mean squared error of all frames and both planes.
        conversion: what the planes of both pictures mean.
        original: the source's picture.
        decoded: the same picture after decoding.
    """
    first, second = (chroma_code_values(conversion, picture) for picture in (original, decoded))
    for samples, estimate in zip(first, second, strict=True):
        error.add(samples, estimate)


def chroma_psnr_db(conversion: ColorConversion, original: Picture, decoded: Picture) -> float | None:
    """PSNR of one picture's chroma in dB, peak 255, both planes together as in :func:`add_chroma_error`.

    Infinite for equal chroma, None for gray video.
    """
    error = SquaredError()
    add_chroma_error(error, conversion, original, decoded)
    return psnr_db(error.mse, CHROMA_PEAK) if error.num_samples else None

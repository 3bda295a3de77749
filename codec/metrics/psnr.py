"""Peak signal-to-noise ratio (PSNR). gvc reports the PSNR of the two chroma planes.

The gray is exact by default. So its own PSNR is infinite, and a PSNR over all planes says little.
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
        """Add the differences of two arrays of one shape, integers or floats.

        Raises:
            ValueError: the shapes differ.
        """
        if original.shape != decoded.shape:
            raise ValueError(f"expected arrays of one shape. Received: {original.shape} and {decoded.shape}")
        difference = (original.astype(np.float32) - decoded.astype(np.float32)).ravel()
        self.total += float(np.square(difference).sum(dtype=np.float64))
        self.num_samples += difference.size

    def merge(self, other: SquaredError) -> None:
        """Add the differences that another instance has summed."""
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
    """The PSNR ``10 log10(peak^2 / mse)`` in dB; infinite for a mean squared error of 0."""
    return math.inf if mse == 0 else 10 * math.log10(peak * peak / mse)


def add_chroma_error(error: SquaredError, conversion: ColorConversion, original: Picture, decoded: Picture) -> None:
    """Add the squared error of the two chroma planes of a picture, if it has them.

    For YUV it is the error of the U and V code values. For RGB it is that of Cb and Cr (BT.601, full range, as floats),
    computed from the R'G'B' of both pictures.

    Args:
        error: the sum to add to. Over a whole video it gives one mean squared error of all frames and both planes.
        conversion: how the planes of both pictures become R'G'B'.
        original: the picture of the source.
        decoded: the same picture after decoding.
    """
    first, second = (chroma_code_values(conversion, picture) for picture in (original, decoded))
    for samples, estimate in zip(first, second, strict=True):
        error.add(samples, estimate)


def chroma_psnr_db(conversion: ColorConversion, original: Picture, decoded: Picture) -> float | None:
    """The PSNR of one picture's chroma in dB, peak 255, over both planes as in :func:`add_chroma_error`.

    It is infinite for equal chroma, and None for gray video.
    """
    error = SquaredError()
    add_chroma_error(error, conversion, original, decoded)
    return psnr_db(error.mse, CHROMA_PEAK) if error.num_samples else None

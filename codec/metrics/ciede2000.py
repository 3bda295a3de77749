"""CIEDE2000: perceived color differences. The smallest difference that a viewer notices is about 1.

The standard is ISO/CIE 11664-6; :mod:`codec.metrics.ciede2000_formula` has its formula. All pictures are taken as sRGB
(IEC 61966-2-1, D65, 2 degree observer), whatever primaries and transfer the video states, so that the figures of all
videos are comparable.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from codec.metrics.ciede2000_formula import lab_difference, lab_of_rgb
from codec.video.picture import RgbArray

F32Array = npt.NDArray[np.float32]

MAX_PIXELS = 65_536
"""The largest number of pixels of a picture that are compared by default. Larger pictures are sampled on a grid."""
HISTOGRAM_STEP = 0.01
"""The resolution of percentiles, in units of CIEDE2000."""
HISTOGRAM_MAX = 100.0
"""In percentiles, but not in the mean, larger differences count as this. They hardly occur within sRGB."""


def ciede2000_map(original_rgb_u8: RgbArray, decoded_rgb_u8: RgbArray) -> F32Array:
    """The color difference of each pixel.

    Args:
        original_rgb_u8: (..., 3) uint8 sRGB.
        decoded_rgb_u8: the same shape.

    Returns:
        (...) float32, 0 or more.
    """
    return lab_difference(lab_of_rgb(original_rgb_u8), lab_of_rgb(decoded_rgb_u8))


def grid_stride(height: int, width: int, *, max_pixels: int = MAX_PIXELS) -> int:
    """The smallest odd step at which a grid over a picture has at most about ``max_pixels`` points.

    An even step would always sample the same place within chroma samples and within a codec's blocks.
    """
    step = max(1, math.ceil(math.sqrt(height * width / max_pixels)))
    return step + 1 - step % 2


class ColorDifference:
    """Mean and percentiles of CIEDE2000 over a video, in bounded memory.

    Args:
        stride: the step of the grid: every ``stride``-th pixel of every ``stride``-th row is compared. None takes
            :func:`grid_stride` of each picture (1 up to 256x256, 5 for 1280x720).
    """

    def __init__(self, *, stride: int | None = None) -> None:
        if stride is not None and stride < 1:
            raise ValueError(f"expected a stride of at least 1. Received: {stride}")
        self._stride = stride
        self._sum = 0.0
        self._counts = np.zeros(round(HISTOGRAM_MAX / HISTOGRAM_STEP) + 1, np.int64)

    def add(self, original_rgb_u8: RgbArray, decoded_rgb_u8: RgbArray) -> None:
        """Compare a picture.

        Args:
            original_rgb_u8: (height, width, 3) uint8 sRGB.
            decoded_rgb_u8: the same shape.

        Raises:
            ValueError: the shapes differ.
        """
        if original_rgb_u8.shape != decoded_rgb_u8.shape:
            raise ValueError(
                f"expected pictures of one shape. Received: {original_rgb_u8.shape} and {decoded_rgb_u8.shape}"
            )
        height, width, _ = original_rgb_u8.shape
        step = self._stride or grid_stride(height, width)
        difference = ciede2000_map(original_rgb_u8[::step, ::step], decoded_rgb_u8[::step, ::step])
        self._sum += float(difference.sum(dtype=np.float64))
        # Rounded to the nearest step, so that no difference stays exactly 0.
        bins = np.rint(np.minimum(difference, HISTOGRAM_MAX) / HISTOGRAM_STEP).astype(np.int64)
        self._counts += np.bincount(bins.ravel(), minlength=self._counts.size)

    def merge(self, other: ColorDifference) -> None:
        """Add the pixels that another instance has compared."""
        self._sum += other._sum
        self._counts += other._counts

    @property
    def num_pixels(self) -> int:
        """Pixels compared so far."""
        return int(self._counts.sum())

    @property
    def mean(self) -> float:
        """The mean over all compared pixels of all pictures.

        Raises:
            ValueError: nothing was added.
        """
        return self._sum / self._require_pixels()

    def percentile(self, percent: float) -> float:
        """The smallest difference that ``percent`` % of the pixels do not exceed.

        Returns:
            A multiple of 0.01, at most 100.

        Raises:
            ValueError: nothing was added.
        """
        needed = percent / 100 * self._require_pixels()
        position = int(np.searchsorted(np.cumsum(self._counts), needed))
        return round(position * HISTOGRAM_STEP, 2)

    def _require_pixels(self) -> int:
        if self.num_pixels == 0:
            raise ValueError("expected pixels to average over. Received: none")
        return self.num_pixels

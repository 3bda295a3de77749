"""Color histograms of pictures, and the distance between two histograms.

A. Singh, A. Chanani, H. Karnick, "Video Colorization using CNNs and Keyframes extraction: An application in
saving bandwidth", section III.A, compute a 3-D RGB histogram with 8 bins per channel for each frame. They compare it
with the histogram of an all-black picture by the Hellinger distance, times 10,000.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from codec.video.picture import RgbArray

F64Array = npt.NDArray[np.float64]

BINS_PER_CHANNEL = 8
NUM_BINS = BINS_PER_CHANNEL**3
_BIN_WIDTH = 256 // BINS_PER_CHANNEL  # in code values
KEYFRAME_DISTANCE_SCALE = 10_000
"""The factor of the papers: distances of frames are in [0, 10,000]."""


def color_histogram(rgb_u8: RgbArray) -> F64Array:
    """Count the pixels of a picture in 8 x 8 x 8 boxes of the RGB cube.

    Args:
        rgb_u8: (height, width, 3) uint8 R'G'B'.

    Returns:
        (512,) float64 counts; the box of (r, g, b) has the index ``(r // 32 * 8 + g // 32) * 8 + b // 32``.
    """
    red, green, blue = (rgb_u8[..., channel].astype(np.int16) // _BIN_WIDTH for channel in range(3))
    boxes = (red * BINS_PER_CHANNEL + green) * BINS_PER_CHANNEL + blue
    return np.bincount(boxes.ravel(), minlength=NUM_BINS).astype(np.float64)


def black_histogram(num_pixels: int) -> F64Array:
    """The histogram of an all-black picture, with which the papers compare every frame: (512,) float64 counts."""
    histogram = np.zeros(NUM_BINS, np.float64)
    histogram[0] = num_pixels
    return histogram


def hellinger_distance(reference: F64Array, histogram: F64Array) -> float:
    """The Hellinger distance of two histograms, in [0, 1].

    Let H be the reference, h the histogram, N their number of bins and mean() the mean over the bins. The distance is
    ``sqrt(1 - sum_j sqrt(H[j] h[j]) / sqrt(mean(H) mean(h) N^2))``. The papers print ``H h_i N^2`` under the second
    square root, without the bars that denote the means of H and h_i. We read it with means: then the distance of equal
    histograms is 0, and the formula is that of OpenCV's ``HISTCMP_BHATTACHARYYA``.

    Args:
        reference: (bins,) float64 counts, not all zero.
        histogram: (bins,) float64 counts, not all zero; the sums of the two may differ.

    Raises:
        ValueError: the shapes differ, or a histogram is empty.
    """
    if reference.shape != histogram.shape:
        raise ValueError(f"expected histograms of one shape. Received: {reference.shape} and {histogram.shape}")
    first, second = np.asarray(reference, np.float64), np.asarray(histogram, np.float64)
    num_bins = first.size
    norm = np.sqrt(first.mean() * second.mean() * num_bins**2)
    if not norm > 0:
        raise ValueError("expected histograms with counts. Received: an empty histogram")
    overlap = np.sqrt(first * second).sum() / norm
    # Rounding can carry the overlap of equal histograms a little over 1.
    return float(np.sqrt(max(0.0, 1.0 - overlap)))

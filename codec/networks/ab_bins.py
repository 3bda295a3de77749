"""The 313 bins into which Zhang et al. divide the plane of a and b.

R. Zhang, P. Isola, A. A. Efros, "Colorful Image Colorization", 2016, section 2.1: "we quantize the ab output space
into bins with grid size 10 and keep the Q = 313 values which are in-gamut". The trained weights depend on which bins
these are and on their order. The sRGB gamut meets the cells of only 261 grid points. The 313 bins of the release are
the grid points within the convex hull of the gamut after it is extended by one step to all four sides. The test derives
the table below in this manner. The bins are sorted by a, then by b. For each a, the values of b have no gaps.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from codec.weights.tensors import F32Array

STEP = 10
# Maps a to the first and the last b.
_RUNS: dict[int, tuple[int, int]] = {
    -90: (50, 90),
    -80: (20, 90),
    -70: (0, 90),
    -60: (-20, 90),
    -50: (-30, 100),
    -40: (-40, 100),
    -30: (-50, 100),
    -20: (-50, 100),
    -10: (-60, 100),
    0: (-70, 100),
    10: (-80, 90),
    20: (-80, 90),
    30: (-90, 90),
    40: (-100, 90),
    50: (-100, 80),
    60: (-110, 80),
    70: (-110, 80),
    80: (-110, 70),
    90: (-110, 70),
    100: (-90, 0),
}
AB_CENTERS: F32Array = np.array(
    [(a, b) for a, (first, last) in _RUNS.items() for b in range(first, last + 1, STEP)], np.float32
)
"""(313, 2) float32: a and b of each bin's center."""
NUM_BINS = len(AB_CENTERS)

# Section 2.2: the 5 nearest bins, weighted by a Gaussian of their distance.
_NUM_NEAREST = 5
_SIGMA = 5.0
# Section 2.2, equation 4.
_UNIFORM_SHARE = 0.5


def soft_bins(ab: F32Array) -> F32Array:
    """The target distribution over the bins for each color.

    Args:
        ab: (..., 2) float32 a and b.

    Returns:
        (..., 313) float32 probabilities. Five of them are greater than 0, and their sum is 1.
    """
    points = ab.reshape(-1, 2)
    squares = np.square(points[:, None] - AB_CENTERS).sum(axis=-1)  # (points, bins)
    nearest = np.argpartition(squares, _NUM_NEAREST, axis=-1)[:, :_NUM_NEAREST]
    near = np.take_along_axis(squares, nearest, axis=-1)
    weights = np.exp((near.min(axis=-1, keepdims=True) - near) / np.float32(2 * _SIGMA**2))
    weights /= weights.sum(axis=-1, keepdims=True)
    bins = np.zeros((len(points), NUM_BINS), np.float32)
    np.put_along_axis(bins, nearest, weights, axis=-1)
    return bins.reshape(*ab.shape[:-1], NUM_BINS)


def rebalancing_weights(counts: npt.NDArray[np.int64]) -> F32Array:
    """The weight of each bin in the training loss. It keeps the many gray pixels from outweighing rare, vivid colors.

    Section 2.2, equation 4: the weight is the inverse of the bin's share of pixels, mixed with a uniform share. It is
    scaled so that the mean weight over all pixels is 1. The paper uses smoothed shares from ImageNet; we use those of
    the video.

    Args:
        counts: (313,) int64, the number of pixels in each bin, not all 0.

    Returns:
        (313,) float32.
    """
    shares = counts / counts.sum()
    weights = 1 / ((1 - _UNIFORM_SHARE) * shares + _UNIFORM_SHARE / NUM_BINS)
    scaled: F32Array = (weights / (shares * weights).sum()).astype(np.float32)
    return scaled

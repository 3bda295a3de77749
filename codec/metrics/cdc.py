"""Color distribution consistency (CDC): how much the colors of a video change from frame to frame. Less is steadier.

Y. Liu et al., "Temporally Consistent Video Colorization with Deep Feature Propagation and Self-regularization
Learning", 2021 (arXiv 2110.04562), define it as the Jensen-Shannon divergence of the histograms of R, G and B (256
bins, natural logarithm). It is averaged over channels and over all pairs of frames 1, 2 and 4 apart, then over these
three distances. The number of bins and the logarithm are those of the authors' evaluation code.

A gray video scores well on this metric alone. So compare the value with that of the original video.
"""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from codec.video.picture import RgbArray

F64Array = npt.NDArray[np.float64]

FRAME_DISTANCES = (1, 2, 4)
NUM_BINS = 256


def channel_histograms(rgb_u8: RgbArray) -> F64Array:
    """The distribution of the code values of each channel.

    Args:
        rgb_u8: (height, width, 3) uint8 R'G'B'.

    Returns:
        (3, 256) float64; each row sums to 1.
    """
    height, width = rgb_u8.shape[:2]
    counts = [np.bincount(rgb_u8[..., channel].ravel(), minlength=NUM_BINS) for channel in range(3)]
    distributions: F64Array = np.asarray(counts, np.float64) / (height * width)
    return distributions


def jensen_shannon(first: F64Array, second: F64Array) -> F64Array:
    """The Jensen-Shannon divergence of distributions along the last axis, in nats.

    It is 0 for equal distributions and ln 2 for disjoint ones.
    """
    middle = (first + second) / 2
    divergence: F64Array = (_relative_entropy(first, middle) + _relative_entropy(second, middle)) / 2
    return divergence


class ColorDistributionConsistency:
    """Measures the CDC of a video, one frame at a time. It keeps the histograms of the last four frames."""

    def __init__(self) -> None:
        self._previous: deque[F64Array] = deque(maxlen=max(FRAME_DISTANCES))
        self._sums = dict.fromkeys(FRAME_DISTANCES, 0.0)
        self._counts = dict.fromkeys(FRAME_DISTANCES, 0)

    def add(self, rgb_u8: RgbArray) -> None:
        """Take the next frame: (height, width, 3) uint8 R'G'B'."""
        histograms = channel_histograms(rgb_u8)
        for distance in FRAME_DISTANCES:
            if distance <= len(self._previous):
                self._sums[distance] += float(jensen_shannon(self._previous[-distance], histograms).mean())
                self._counts[distance] += 1
        self._previous.append(histograms)

    @property
    def value(self) -> float | None:
        """The CDC in nats, 0 to ln 2; None for fewer than two frames.

        A video of fewer than five frames does not have all three distances. Its CDC is the mean over those that it has.
        """
        means = [self._sums[d] / self._counts[d] for d in FRAME_DISTANCES if self._counts[d]]
        return sum(means) / len(means) if means else None


def _relative_entropy(distribution: F64Array, reference: F64Array) -> F64Array:
    """The Kullback-Leibler divergence along the last axis, in nats; terms of probability 0 are 0."""
    occurs = distribution > 0
    ratio = np.divide(distribution, reference, out=np.ones_like(distribution), where=occurs)
    entropy: F64Array = (distribution * np.log(ratio)).sum(axis=-1)
    return entropy

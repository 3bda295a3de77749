"""Structural similarity (SSIM) of two planes, computed by scikit-image.

Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli, "Image Quality Assessment: From Error Visibility to Structural
Similarity", IEEE Transactions on Image Processing, 2004.
"""

from __future__ import annotations

from skimage.metrics import structural_similarity

from codec.video.picture import PlaneArray

SSIM_PEAK = 255
MIN_SIDE = 11
"""The side of the paper's Gaussian window, in samples."""


def mean_ssim(original: PlaneArray, decoded: PlaneArray) -> float:
    """The mean SSIM of two planes, in [-1, 1]; 1 for equal planes.

    The settings are those of the paper: a Gaussian window of standard deviation 1.5 (11 x 11), K1 = 0.01, K2 = 0.03,
    peak 255, biased variances. FFmpeg's ``ssim`` filter uses 8 x 8 boxes instead, so its results differ slightly.

    Args:
        original: (height, width) uint8 code values, both sides 11 or more.
        decoded: the same shape.

    Raises:
        ValueError: the shapes differ, or a plane is too small.
    """
    if original.shape != decoded.shape or min(original.shape) < MIN_SIDE:
        raise ValueError(
            f"expected two planes of one shape, {MIN_SIDE} samples or more on a side. "
            f"Received: {original.shape} and {decoded.shape}"
        )
    similarity = structural_similarity(
        original, decoded, data_range=SSIM_PEAK, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    return float(similarity)

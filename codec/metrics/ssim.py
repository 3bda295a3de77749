"""Structural similarity of two planes.

Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli, "Image Quality Assessment: From Error Visibility to Structural
Similarity", IEEE Transactions on Image Processing, 2004, by way of scikit-image.
"""

from __future__ import annotations

from skimage.metrics import structural_similarity

from codec.video.picture import U8Array

SSIM_PEAK = 255
MIN_SIDE = 11
"""Size of the paper's Gaussian window."""


def mean_ssim(original_u8: U8Array, decoded_u8: U8Array) -> float:
    """Mean SSIM of two planes, in [-1, 1], 1 for equal planes.

    The paper's settings: Gaussian window of standard deviation 1.5 (11 x 11), K1 = 0.01, K2 = 0.03, peak 255,
    biased variances. FFmpeg's ``ssim`` filter uses 8 x 8 boxes instead and differs a little.

    Args:
        original_u8: (height, width) uint8 code values, both sides 11 or more.
        decoded_u8: the same shape.

    Raises:
        ValueError: the shapes differ, or a plane is too small.
    """
    if original_u8.shape != decoded_u8.shape or min(original_u8.shape) < MIN_SIDE:
        raise ValueError(
            f"expected two planes of one shape, {MIN_SIDE} samples or more on a side. "
            f"Received: {original_u8.shape} and {decoded_u8.shape}"
        )
    similarity = structural_similarity(
        original_u8, decoded_u8, data_range=SSIM_PEAK, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    return float(similarity)

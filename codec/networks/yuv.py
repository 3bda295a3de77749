"""Luma in [0, 1] and color differences in [-0.5, 0.5], for networks. They do not depend on a video's code values.

U is (B' - Y) / (2 (1 - Kb)), V is (R' - Y) / (2 (1 - Kr)), as ITU-T H.273 defines them, with the video's own weights of
luma (for RGB video those of YCoCg). The YUV of BT.601's analog days differs in scale only.
"""

from __future__ import annotations

import numpy as np

from codec.video.color import ColorConversion
from codec.video.picture import PlaneArray, RgbArray
from codec.weights.tensors import F32Array


def uv_of_rgb(conversion: ColorConversion, rgbs_u8: RgbArray) -> F32Array:
    """Convert R'G'B', (..., 3) uint8, to U and V, (..., 2) float32 in [-0.5, 0.5]."""
    red_weight, _, blue_weight = weights = conversion.luma_weights()
    rgb = rgbs_u8.astype(np.float32) / np.float32(255)
    luma = rgb @ weights
    blue_difference = (rgb[..., 2] - luma) / (2 * (1 - blue_weight))
    red_difference = (rgb[..., 0] - luma) / (2 * (1 - red_weight))
    return np.stack([blue_difference, red_difference], axis=-1)


def rgb_of_luma_and_uv(conversion: ColorConversion, luma: PlaneArray, uv: F32Array) -> F32Array:
    """Convert luma and color differences to R'G'B'. Colors outside R'G'B' are clipped.

    Args:
        conversion: the color conversion of the video.
        luma: (..., height, width) uint8 code values.
        uv: (..., height, width, 2) float32 U and V in [-0.5, 0.5].

    Returns:
        (..., height, width, 3) float32, clipped to [0, 1].
    """
    red_weight, green_weight, blue_weight = conversion.luma_weights()
    gray = conversion.gray(luma)
    blue = gray + 2 * (1 - blue_weight) * uv[..., 0]
    red = gray + 2 * (1 - red_weight) * uv[..., 1]
    green = (gray - red_weight * red - blue_weight * blue) / green_weight
    rgb: F32Array = np.clip(np.stack([red, green, blue], axis=-1), 0, 1).astype(np.float32)
    return rgb

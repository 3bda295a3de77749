"""Conversions between luma, CIELab and R'G'B', for networks that take L and return a and b.

Lab is that of sRGB with the D65 white point (CIE 15, IEC 61966-2-1), as in OpenCV and scikit-image. The receiver has
only the gray. It does not know the L of the original color, because L and luma weight red, green and blue differently.
Therefore:

    sender    luma -> L of a neutral gray -> network input         R'G'B' -> a, b -> network target
    receiver  luma -> L of a neutral gray -> network input         network -> a, b
              L is then corrected until the luma of (L, a, b) is the luma that was sent -> R'G'B' -> chroma

With the true a and b, the correction gains 16 dB of chroma PSNR in RGB video and 0.4 dB (4:2:0) to 25 dB (4:4:4) in YUV
video. With a network's a and b, it gains up to 0.8 dB (docs/decisions/0005-singh2020-training.md).
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from codec.video.color import ColorConversion
from codec.video.picture import PlaneArray, RgbArray

F32Array = npt.NDArray[np.float32]

# Linear sRGB to X/Xn, Y/Yn, Z/Zn: IEC 61966-2-1's matrix, each row divided by its sum, which is the white point.
_XYZ = np.array([[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]])
_NORMALIZED_XYZ = (_XYZ / _XYZ.sum(axis=1, keepdims=True)).astype(np.float32)
_LINEAR_BELOW = 0.008856  # CIE 15: f(t) is a straight line below this t
_GRAY_STEPS = 4095  # L is looked up in a table over gray; the error is at most 0.02


def _linear_of_encoded(encoded: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The inverse of the sRGB transfer function, for R'G'B' in [0, 1]."""
    return np.where(encoded > 0.04045, ((encoded + 0.055) / 1.055) ** 2.4, encoded / 12.92)


def _lightness_of_encoded(gray: npt.NDArray[np.float64]) -> F32Array:
    linear = _linear_of_encoded(gray)
    lightness: F32Array = np.where(linear > _LINEAR_BELOW, 116 * np.cbrt(linear) - 16, 903.3 * linear).astype(
        np.float32
    )
    return lightness


_LINEAR_OF_U8 = _linear_of_encoded(np.arange(256) / 255).astype(np.float32)
_LIGHTNESS_OF_GRAY = _lightness_of_encoded(np.arange(_GRAY_STEPS + 1) / _GRAY_STEPS)


def lightness_of_luma(conversion: ColorConversion, lumas: PlaneArray) -> F32Array:
    """L of the neutral gray with the given luma.

    Args:
        conversion: the color conversion of the video.
        lumas: code values, uint8, any shape.

    Returns:
        L in [0, 100], float32, of the same shape.
    """
    gray_of_code = conversion.gray(np.arange(256, dtype=np.uint8))
    lightness: F32Array = _lightness_of_encoded(gray_of_code.astype(np.float64))[lumas]
    return lightness


def ab_of_rgb(rgbs_u8: RgbArray) -> F32Array:
    """Convert R'G'B', (..., 3) uint8, to a and b, (..., 2) float32 in about [-108, 99].

    OpenCV's own conversion interpolates in a table, with errors of up to 0.6.
    """
    relative = _LINEAR_OF_U8[rgbs_u8] @ _NORMALIZED_XYZ.T  # (..., 3): X/Xn, Y/Yn, Z/Zn
    curved = np.where(
        relative > np.float32(_LINEAR_BELOW),
        np.cbrt(relative),
        np.float32(7.787) * relative + np.float32(16 / 116),
    )
    x, y, z = (curved[..., i] for i in range(3))
    return np.stack([np.float32(500) * (x - y), np.float32(200) * (y - z)], axis=-1)


def rgb_of_lab(lightness: F32Array, ab: F32Array) -> F32Array:
    """Convert L and a, b to R'G'B'.

    Args:
        lightness: (height, width) float32 L in [0, 100].
        ab: (height, width, 2) float32.

    Returns:
        (height, width, 3) float32, clipped to [0, 1].
    """
    lab = np.concatenate([lightness[..., None], ab], axis=-1, dtype=np.float32)
    rgb: F32Array = cv2.cvtColor(lab, cv2.COLOR_Lab2RGB)  # within 0.0004 of the definition
    return rgb


def rgb_of_luma_and_ab(conversion: ColorConversion, luma: PlaneArray, ab: F32Array) -> F32Array:
    """The R'G'B' color with the given luma and, as nearly as possible, the given a and b.

    Args:
        conversion: the color conversion of the video.
        luma: (height, width) uint8.
        ab: (height, width, 2) float32.

    Returns:
        (height, width, 3) float32 in [0, 1].
    """
    neutral = lightness_of_luma(conversion, luma)
    rgb = rgb_of_lab(neutral, ab)
    # One correction step towards the L whose color has the sent luma: L changes by the difference between the L of the
    # sent luma and the L of the luma that the color has now, both taken as neutral gray.
    own = np.clip(rgb @ conversion.luma_weights(), 0, 1)
    received = _LIGHTNESS_OF_GRAY[np.rint(own * np.float32(_GRAY_STEPS)).astype(np.int32)]
    return rgb_of_lab(np.clip(2 * neutral - received, 0, 100), ab)

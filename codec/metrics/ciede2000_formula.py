"""CIEDE2000 of two colors, and CIELab of sRGB: the formulas behind :mod:`codec.metrics.ciede2000`.

G. Sharma, W. Wu, E. N. Dalal, "The CIEDE2000 Color-Difference Formula: Implementation Notes, Supplementary Test Data,
and Mathematical Observations", Color Research and Application, 2005. Names and equation numbers are theirs. The
encoder compares the result with its color target, so the order of the operations decides the last bits of what it
chooses: it is that of scikit-image, which gvc used before.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from codec.video.picture import RgbArray

FloatArray = npt.NDArray[Any]
"""float32 or float64; the result has the precision of the arguments."""
F32Array = npt.NDArray[np.float32]

# IEC 61966-2-1: R'G'B' to linear R, G, B, and those to X, Y, Z with the white point D65 of the 2 degree observer.
_XYZ_OF_RGB = np.array(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]], np.float32
)
_WHITE = np.array([0.95047, 1.0, 1.08883], np.float32)
_LINEAR_BELOW = np.float32(0.008856)  # CIE 15: f(t) is a straight line below this t
_FULL_CHROMA = 25.0**7
_TURN = 2 * np.pi


def _linear_of_u8() -> F32Array:
    encoded = np.arange(256, dtype=np.float32) / np.float32(255)
    power = np.power((encoded + np.float32(0.055)) / np.float32(1.055), np.float32(2.4))
    return np.where(encoded > np.float32(0.04045), power, encoded / np.float32(12.92))


_LINEAR_OF_U8 = _linear_of_u8()


def lab_of_rgb(rgb_u8: RgbArray) -> F32Array:
    """(..., 3) uint8 sRGB to (..., 3) float32 L*, a*, b*."""
    relative = (_LINEAR_OF_U8[rgb_u8] @ _XYZ_OF_RGB.T) / _WHITE  # (..., 3): X/Xn, Y/Yn, Z/Zn
    straight = np.float32(7.787) * relative + np.float32(16 / 116)
    x, y, z = np.moveaxis(np.where(relative > _LINEAR_BELOW, np.cbrt(relative), straight), -1, 0)
    lightness, red_green, yellow_blue = 116 * y - 16, 500 * (x - y), 200 * (y - z)
    return np.stack([lightness, red_green, yellow_blue], axis=-1)


def lab_difference(first: FloatArray, second: FloatArray) -> FloatArray:
    """CIEDE2000 with all weights 1.

    Args:
        first: (..., 3) float L*, a*, b*.
        second: the same shape.

    Returns:
        (...) float, in the precision of the arguments.
    """
    (l1, a1, b1), (l2, a2, b2) = (np.moveaxis(np.atleast_2d(lab), -1, 0) for lab in (first, second))
    # Equations 2 to 7: a is stretched where there is little chroma.
    stretch = 1 + 0.5 * (1 - _share_of_full_chroma(0.5 * (np.hypot(a1, b1) + np.hypot(a2, b2))))
    c1, h1 = _chroma_and_hue(a1 * stretch, b1)
    c2, h2 = _chroma_and_hue(a2 * stretch, b2)

    # Equations 8, 12, 15: lightness; 9, 13, 16: chroma.
    distance = (0.5 * (l1 + l2) - 50) ** 2
    lightness_term = (l2 - l1) / (1 + 0.015 * distance / np.sqrt(20 + distance))
    mean_chroma = 0.5 * (c1 + c2)
    chroma_term = (c2 - c1) / (1 + 0.045 * mean_chroma)

    # Equations 10, 11, 14, 17: hue.
    is_gray = c1 * c2 == 0
    mean_hue = _mean_hue(h1, h2, is_gray)
    hue_difference = 2 * np.sqrt(c1 * c2) * np.sin(_hue_step(h1, h2, is_gray) / 2)
    hue_term = hue_difference / (1 + 0.015 * mean_chroma * _hue_weight(mean_hue))

    # Equations 18 to 22.
    angle = np.deg2rad(30) * np.exp(-(((np.rad2deg(mean_hue) - 275) / 25) ** 2))
    rotation = -np.sin(2 * angle) * (2 * _share_of_full_chroma(mean_chroma)) * chroma_term * hue_term
    squared = lightness_term**2
    for term in (chroma_term**2, hue_term**2, rotation):
        squared += term  # in place: the angles are float64, the sum keeps the arguments' precision
    difference: FloatArray = np.sqrt(np.maximum(squared, 0)).reshape(first.shape[:-1])
    return difference


def _share_of_full_chroma(chroma: FloatArray) -> FloatArray:
    power = chroma**7
    share: FloatArray = np.sqrt(power / (power + _FULL_CHROMA))
    return share


def _chroma_and_hue(a: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Hue in radians, 0 to a full turn."""
    hue = np.arctan2(b, a)
    hue += np.where(hue < 0, _TURN, 0)
    return np.hypot(a, b), hue


def _hue_step(h1: FloatArray, h2: FloatArray, is_gray: npt.NDArray[np.bool_]) -> FloatArray:
    """Equation 10: from the first hue to the second, the shorter way round."""
    step = h2 - h1
    apart = step.copy()
    step[apart > np.pi] -= _TURN
    step[apart < -np.pi] += _TURN
    step[is_gray] = 0
    return step


def _mean_hue(h1: FloatArray, h2: FloatArray, is_gray: npt.NDArray[np.bool_]) -> FloatArray:
    """Equation 14: the middle of the shorter way; of a gray and a color, the color's hue."""
    hues = h1 + h2
    is_far = ~is_gray & (np.abs(h2 - h1) > np.pi)
    mean = hues.copy()
    mean[is_far & (hues < _TURN)] += _TURN
    mean[is_far & (hues >= _TURN)] -= _TURN
    mean[is_gray] *= 2
    mean *= 0.5
    return mean


def _hue_weight(hue: FloatArray) -> FloatArray:
    """T of equation 15."""
    weight: FloatArray = (
        1
        - 0.17 * np.cos(hue - np.deg2rad(30))
        + 0.24 * np.cos(2 * hue)
        + 0.32 * np.cos(3 * hue + np.deg2rad(6))
        - 0.20 * np.cos(4 * hue - np.deg2rad(63))
    )
    return weight

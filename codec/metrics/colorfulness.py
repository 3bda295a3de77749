"""Colorfulness of a picture: 0 is gray, 15 slightly, 33 moderately, 59 quite, 109 extremely colorful.

The metric is M3 of D. Hasler, S. Suesstrunk, "Measuring colourfulness in natural images", SPIE Human Vision and
Electronic Imaging VIII, 2003.
"""

from __future__ import annotations

import numpy as np

from codec.video.picture import RgbArray


def colorfulness_m3(rgb_u8: RgbArray) -> float:
    """M3 of a picture: ``sqrt(var(rg) + var(yb)) + 0.3 sqrt(mean(rg)^2 + mean(yb)^2)``.

    Args:
        rgb_u8: (height, width, 3) uint8 sRGB.
    """
    red, green, blue = (rgb_u8[..., channel].astype(np.float32) for channel in range(3))
    # Halves up to 255, and quarters up to their square, are exact in float32; so are all sums in float64. No matrix
    # product: its threads are of no use here.
    opponents = red - green, (red + green) / 2 - blue
    mean = np.array([values.mean(dtype=np.float64) for values in opponents])
    squares = np.array([np.square(values).mean(dtype=np.float64) for values in opponents])
    variance = squares - np.square(mean)
    deviation = np.sqrt(np.maximum(variance, 0))
    return float(np.hypot(*deviation) + 0.3 * np.hypot(*mean))

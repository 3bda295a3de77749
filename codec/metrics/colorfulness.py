"""Colorfulness of a picture: 0 is gray, 15 slightly, 33 moderately, 59 quite, 109 extremely colorful.

The metric is M3 of D. Hasler, S. Suesstrunk, "Measuring colourfulness in natural images", SPIE Human Vision and
Electronic Imaging VIII, 2003.
"""

from __future__ import annotations

import numpy as np

from codec.video.picture import RgbArray

# Rows: rg = R - G and yb = (R + G) / 2 - B.
_OPPONENTS = np.array([[1.0, -1.0, 0.0], [0.5, 0.5, -1.0]], np.float32)


def colorfulness_m3(rgb_u8: RgbArray) -> float:
    """M3 of a picture: ``sqrt(var(rg) + var(yb)) + 0.3 sqrt(mean(rg)^2 + mean(yb)^2)``.

    Args:
        rgb_u8: (height, width, 3) uint8 sRGB.
    """
    # Halves up to 255, and quarters up to their square, are exact in float32; so are all sums in float64.
    opponents = rgb_u8.reshape(-1, 3).astype(np.float32) @ _OPPONENTS.T  # (height * width, 2)
    mean = opponents.mean(axis=0, dtype=np.float64)
    variance = np.square(opponents).mean(axis=0, dtype=np.float64) - np.square(mean)
    deviation = np.sqrt(np.maximum(variance, 0))
    return float(np.hypot(*deviation) + 0.3 * np.hypot(*mean))

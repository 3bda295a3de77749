"""Colorfulness of a picture: 0 is gray, 15 slightly, 33 moderately, 59 quite, 109 extremely colorful.

The metric is M3 of D. Hasler, S. Suesstrunk, "Measuring colourfulness in natural images", SPIE Human Vision and
Electronic Imaging VIII, 2003.
"""

from __future__ import annotations

import cv2
import numpy as np

from codec.video.picture import RgbArray

# Rows: rg = R - G and yb = (R + G) / 2 - B.
_OPPONENTS = np.array([[1.0, -1.0, 0.0], [0.5, 0.5, -1.0]], np.float32)


def colorfulness_m3(rgb_u8: RgbArray) -> float:
    """M3 of a picture: ``sqrt(var(rg) + var(yb)) + 0.3 sqrt(mean(rg)^2 + mean(yb)^2)``.

    Args:
        rgb_u8: (height, width, 3) uint8 sRGB.
    """
    opponents = cv2.transform(rgb_u8.astype(np.float32), _OPPONENTS)  # (height, width, 2)
    mean, deviation = cv2.meanStdDev(opponents)
    return float(np.hypot(*deviation.ravel()) + 0.3 * np.hypot(*mean.ravel()))

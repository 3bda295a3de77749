"""Chroma flicker: how much the color changes from frame to frame beyond the changes of the original. Less is steadier.

The metric compares with the original. So motion, cuts and fades that both videos have cancel, and no optical flow is
needed to separate them from flicker. The warping error of W.-S. Lai et al., "Learning Blind Video Temporal
Consistency", ECCV 2018, has no original and needs it. An error that does not change over time is not flicker; the
PSNR measures it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from codec.metrics.chroma import chroma_code_values
from codec.video.color import ColorConversion
from codec.video.picture import Picture

F32Array = npt.NDArray[np.float32]


class ChromaFlicker:
    """Measures the chroma flicker of a decoded video, one frame at a time. It keeps the error of one frame.

    Flicker is the mean of ``|(D[t] - D[t-1]) - (C[t] - C[t-1])|`` over all pairs of consecutive frames, both chroma
    planes and all samples. C is the chroma of the original and D that of the decoded video, as in
    :func:`codec.metrics.psnr.add_chroma_error`.

    Args:
        conversion: how the planes of both videos become R'G'B'.
    """

    def __init__(self, conversion: ColorConversion) -> None:
        self._conversion = conversion
        self._previous: tuple[F32Array, ...] | None = None
        self._total = 0.0
        self._num_samples = 0

    def add(self, original: Picture, decoded: Picture) -> None:
        """Compare the next frame.

        Raises:
            ValueError: the chroma of the two pictures, or of this and the previous frame, differs in shape.
        """
        errors = self._errors(original, decoded)
        if self._previous is not None:
            _require_one_shape(self._previous, errors)
            for earlier, error in zip(self._previous, errors, strict=True):
                # (D[t] - C[t]) - (D[t-1] - C[t-1]): the same sum in another order, exact for integers.
                self._total += float(np.abs(error - earlier).sum(dtype=np.float64))
                self._num_samples += error.size
        self._previous = errors

    @property
    def value(self) -> float | None:
        """Flicker in 8-bit code values, 0 to 510; None for fewer than two frames, and for gray video."""
        return self._total / self._num_samples if self._num_samples else None

    def _errors(self, original: Picture, decoded: Picture) -> tuple[F32Array, ...]:
        first, second = (chroma_code_values(self._conversion, picture) for picture in (original, decoded))
        _require_one_shape(first, second)
        return tuple(d.astype(np.float32) - o.astype(np.float32) for o, d in zip(first, second, strict=True))


def _require_one_shape(first: tuple[npt.NDArray[Any], ...], second: tuple[npt.NDArray[Any], ...]) -> None:
    shapes, others = [a.shape for a in first], [a.shape for a in second]
    if shapes != others:
        raise ValueError(f"expected chroma of one shape. Received: {shapes} and {others}")

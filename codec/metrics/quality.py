"""The quality of a decoded video's color: the figures that the encoder reports."""

from __future__ import annotations

import math
from dataclasses import dataclass

from codec.metrics.ciede2000 import ColorDifference
from codec.metrics.colorfulness import colorfulness_m3
from codec.metrics.psnr import CHROMA_PEAK, SquaredError, add_chroma_error, psnr_db
from codec.video.color import ColorConversion
from codec.video.picture import Picture


@dataclass(frozen=True)
class Quality:
    """Quality of a decoded video's color.

    Attributes:
        psnr_chroma_db: PSNR over both chroma planes of all frames together, peak 255
            (:func:`codec.metrics.psnr.add_chroma_error`); infinite if the chroma is exact, None for gray video.
        ciede2000_mean: the mean CIEDE2000 difference. It includes errors of the gray, if there are any.
        ciede2000_p95: the 95th percentile of the CIEDE2000 difference.
        colorfulness_original: the mean colorfulness (M3) of the original frames.
        colorfulness_decoded: the mean colorfulness (M3) of the decoded frames.
        num_frames: the number of frames compared.
    """

    psnr_chroma_db: float | None
    ciede2000_mean: float
    ciede2000_p95: float
    colorfulness_original: float
    colorfulness_decoded: float
    num_frames: int

    @property
    def is_chroma_exact(self) -> bool:
        """Whether every chroma sample equals the original's; always true for gray video."""
        return self.psnr_chroma_db is None or math.isinf(self.psnr_chroma_db)

    def as_json(self) -> dict[str, float | int | bool | None]:
        """All fields, and ``chroma_exact``; an infinite PSNR becomes null, since JSON has no infinity."""
        return {
            "psnr_chroma_db": None if self.is_chroma_exact else self.psnr_chroma_db,
            "chroma_exact": self.is_chroma_exact,
            "ciede2000_mean": self.ciede2000_mean,
            "ciede2000_p95": self.ciede2000_p95,
            "colorfulness_original": self.colorfulness_original,
            "colorfulness_decoded": self.colorfulness_decoded,
            "num_frames": self.num_frames,
        }


class QualityMeter:
    """Compares a decoded video with its original, one frame at a time, in bounded memory.

    Args:
        conversion: how the planes of both videos become R'G'B'.
        stride: the step of the grid on which CIEDE2000 is computed; None adapts it to the picture's size
            (:class:`codec.metrics.ciede2000.ColorDifference`). The other figures use every pixel.
    """

    def __init__(self, conversion: ColorConversion, *, stride: int | None = None) -> None:
        self._conversion = conversion
        self._chroma_error = SquaredError()
        self._difference = ColorDifference(stride=stride)
        self._colorfulness_original = 0.0
        self._colorfulness_decoded = 0.0
        self._num_frames = 0

    def add(self, original: Picture, decoded: Picture) -> None:
        """Compare the next frame.

        Raises:
            ValueError: the planes of the two pictures differ in shape.
        """
        add_chroma_error(self._chroma_error, self._conversion, original, decoded)
        original_rgb, decoded_rgb = (self._conversion.rgb_of_8_bits(picture) for picture in (original, decoded))
        self._difference.add(original_rgb, decoded_rgb)
        self._colorfulness_original += colorfulness_m3(original_rgb)
        self._colorfulness_decoded += colorfulness_m3(decoded_rgb)
        self._num_frames += 1

    def merge(self, other: QualityMeter) -> None:
        """Add the frames that another meter has compared, such as one for the same video in another process."""
        self._chroma_error.merge(other._chroma_error)
        self._difference.merge(other._difference)
        self._colorfulness_original += other._colorfulness_original
        self._colorfulness_decoded += other._colorfulness_decoded
        self._num_frames += other._num_frames

    def result(self) -> Quality:
        """The figures over all frames so far.

        Raises:
            ValueError: no frame was added.
        """
        if self._num_frames == 0:
            raise ValueError("expected frames to compare. Received: none")
        has_chroma = self._chroma_error.num_samples > 0
        return Quality(
            psnr_chroma_db=psnr_db(self._chroma_error.mse, CHROMA_PEAK) if has_chroma else None,
            ciede2000_mean=self._difference.mean,
            ciede2000_p95=self._difference.percentile(95),
            colorfulness_original=self._colorfulness_original / self._num_frames,
            colorfulness_decoded=self._colorfulness_decoded / self._num_frames,
            num_frames=self._num_frames,
        )

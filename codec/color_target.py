"""The color target: the quality that the color of a stream must reach (``--color-target``)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from codec.errors import InputError
from codec.video.color import ColorConversion
from codec.video.picture import Picture

_MAX_PIXELS = 16_384  # how many pixels of a picture are compared for the margin, which is computed often
_GRID_DB = 0.04  # by how much figures from such a grid may be better than those of all pixels
_LIMITS = {"ciede": (0.05, 50.0), "p95": (0.1, 100.0), "psnr": (10.0, 80.0)}


@dataclass(frozen=True)
class ColorTarget:
    """The quality that the color must reach: limits of CIEDE2000, of the chroma PSNR, or of both.

    Attributes:
        ciede: the largest mean of CIEDE2000, 0.05 to 50; None for no such limit.
        p95: the largest 95th percentile of CIEDE2000, 0.1 to 100; None for no such limit.
        psnr: the smallest chroma PSNR in dB (peak 255), 10 to 80; None for no such limit.

    Raises:
        InputError: there is no limit, or one is out of its range.
    """

    ciede: float | None = None
    p95: float | None = None
    psnr: float | None = None

    def __post_init__(self) -> None:
        given = {name: getattr(self, name) for name in _LIMITS if getattr(self, name) is not None}
        if not given:
            raise InputError("expected a color target such as ciede=1.0,p95=2.5 or psnr=42. Received: none")
        for name, value in given.items():
            low, high = _LIMITS[name]
            if not low <= value <= high:
                raise InputError(f"expected a color target {name} from {low:g} to {high:g}. Received: {value:g}")

    @classmethod
    def parse(cls, text: str) -> ColorTarget:
        """The inverse of ``str``: ``NAME=NUMBER`` pairs with commas between them, such as ``ciede=1.0,p95=2.5``.

        Raises:
            InputError: the text has another form, or a number is out of range.
        """
        values: dict[str, float] = {}
        for pair in text.split(","):
            name, equals, number = pair.partition("=")
            try:
                value = float(number)
            except ValueError:
                value = math.nan
            if name not in _LIMITS or name in values or not equals or not math.isfinite(value):
                raise InputError(f"expected a color target such as ciede=1.0,p95=2.5 or psnr=42. Received: {text}")
            values[name] = value
        return cls(**values)

    def __str__(self) -> str:
        given = ((name, getattr(self, name)) for name in _LIMITS)
        return ",".join(f"{name}={value:g}" for name, value in given if value is not None)

    def is_met(self, *, ciede: float, p95: float, psnr: float) -> bool:
        """Whether these figures reach the target.

        Args:
            ciede: the mean of CIEDE2000.
            p95: the 95th percentile of CIEDE2000.
            psnr: the chroma PSNR in dB.
        """
        return self.margin(ciede=ciede, p95=p95, psnr=psnr) >= 0

    def margin_db(self, conversion: ColorConversion, pairs: Iterable[tuple[Picture, Picture]]) -> float:
        """The margin of some pictures: by how many dB their color is better than the target; below 0 if it misses it.

        CIEDE2000 grows roughly in proportion to the error of the chroma, so its ratio to the limit is also converted to
        dB. Large pictures are compared on a grid, and their margin is reduced a little for the uncertainty of that.

        Args:
            conversion: how the planes of the video become R'G'B'.
            pairs: pairs of an original and a decoded picture, one or more.
        """
        # Metrics take a second to import, which an encode without hints does not need.
        from codec.metrics import ColorDifference, SquaredError, psnr_db
        from codec.metrics.ciede2000 import grid_stride
        from codec.metrics.psnr import CHROMA_PEAK, add_chroma_error

        error = SquaredError()
        difference, is_sampled = ColorDifference(), False
        for original, decoded in pairs:
            add_chroma_error(error, conversion, original, decoded)
            if self.ciede is not None or self.p95 is not None:
                stride = grid_stride(*original.luma.shape, max_pixels=_MAX_PIXELS)
                is_sampled |= stride > 1
                first, second = (conversion.rgb(picture)[::stride, ::stride] for picture in (original, decoded))
                difference.add(first, second)
        psnr = psnr_db(error.mse, CHROMA_PEAK)
        if difference.num_pixels == 0:
            return self.margin(ciede=0, p95=0, psnr=psnr)
        factor = 10 ** (_GRID_DB / 20) if is_sampled else 1.0
        return self.margin(ciede=factor * difference.mean, p95=factor * difference.percentile(95), psnr=psnr)

    def margin(self, *, ciede: float, p95: float, psnr: float) -> float:
        """By how many dB these figures are better than the target; below 0 if they miss it. As :meth:`is_met`."""
        margins = [] if self.psnr is None else [psnr - self.psnr]
        for limit, value in ((self.ciede, ciede), (self.p95, p95)):
            if limit is not None:
                margins.append(20 * math.log10(limit / value) if value > 0 else math.inf)
        return min(margins)


DEFAULT_TARGET = ColorTarget(ciede=1.0, p95=2.5)

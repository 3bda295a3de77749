"""Decoded frames beside the source's: what is promised must hold, and what is not is measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from codec.decoder.promise import Promise
from codec.metrics.psnr import CHROMA_PEAK, SquaredError, add_chroma_error, psnr_db
from codec.video.color import ColorConversion
from codec.video.frame_md5 import VideoMd5
from codec.video.info import VideoInfo
from codec.video.picture import Frame, Picture
from codec.video.source import Source

_PLANES = ("gray", "the first chroma plane", "the second chroma plane")


@dataclass(frozen=True)
class Measured:
    """What was measured where nothing is promised, over all frames.

    Attributes:
        psnr_luma_db: of the gray, its peak the largest sample, 255 for 8 bits; None if it is promised to be exact.
        psnr_chroma_db: as :class:`codec.metrics.Quality` has it; None if an error is promised, or there is no color.
    """

    psnr_luma_db: float | None
    psnr_chroma_db: float | None


class Comparison:
    """Compares a decoded video with its source, which is read once, a frame at a time.

    Args:
        source: the source.
        info: of the decoded video.
        promise: what must hold.

    Attributes:
        difference: the first one that breaks the promise, as a clause; None while there is none. Nothing is compared
            behind it.
    """

    def __init__(self, source: Source, info: VideoInfo, promise: Promise) -> None:
        self._source = source
        self._info = info
        self._promise = promise
        self._conversion = ColorConversion.of(source.info)
        self._frames: Iterator[Frame] = iter(source.frames())
        self._luma_error, self._chroma_error = SquaredError(), SquaredError()
        self._md5 = VideoMd5(source.info.pixel_format)
        self._num_frames = 0
        self.difference = _of_descriptions(source.info, info)

    def add(self, decoded: Frame) -> None:
        """Compare the next frame.

        Raises:
            InputError: the source cannot be read.
        """
        if self.difference is not None:
            return
        number = self._num_frames
        original = next(self._frames, None)
        if original is None:
            self.difference = f"frame {number} differs: the source has {number} frames, the stream more"
            return
        self._num_frames += 1
        found = self._of_times(original, decoded) or self._of_pictures(original.picture, decoded.picture)
        if found:
            self.difference = f"frame {number} differs in {found}"
            return
        self._measure(original.picture, decoded.picture)

    def finish(self, source_md5: str | None) -> None:
        """All frames were decoded.

        Args:
            source_md5: the stream's own MD5 of its source; None if it has none.

        Raises:
            InputError: the source cannot be read.
        """
        if self.difference is not None:
            return
        if next(self._frames, None) is not None:
            count = self._num_frames
            self.difference = f"frame {count} differs: the stream has {count} frames, the source more"
        elif source_md5 not in (None, self.md5):
            self.difference = f"the source differs in its MD5: expected {source_md5}. Received: {self.md5}"

    @property
    def md5(self) -> str:
        """Of the source's frames."""
        return self._md5.hexdigest()

    def measured(self) -> Measured:
        """What was measured so far."""
        luma, chroma = self._luma_error, self._chroma_error
        return Measured(
            psnr_db(luma.mse, self._info.pixel_format.peak) if luma.num_samples else None,
            psnr_db(chroma.mse, CHROMA_PEAK) if chroma.num_samples else None,
        )

    def _of_times(self, original: Frame, decoded: Frame) -> str | None:
        expected, received = original.pts * self._source.info.time_base, decoded.pts * self._info.time_base
        return None if expected == received else f"its time: expected {expected} s. Received: {received} s"

    def _of_pictures(self, original: Picture, decoded: Picture) -> str | None:
        luma_bound = 0 if self._promise.luma_is_lossless else self._promise.luma_max_error
        bounds = (luma_bound, *[self._promise.max_error] * 2)
        planes = [*zip(_PLANES, bounds, original.planes(), decoded.planes(), strict=False)]
        if original.alpha is not None and decoded.alpha is not None:
            planes = [*planes[: len(original.planes()) - 1], ("the alpha", 0, original.alpha, decoded.alpha)]
        for name, bound, first, second in planes:
            if bound is not None:
                found = _beyond(first, second, bound)
                if found:
                    return f"{name}: {found}"
        return None

    def _measure(self, original: Picture, decoded: Picture) -> None:
        self._md5.add(original)
        if not self._promise.luma_is_lossless:
            self._luma_error.add(original.luma, decoded.luma)
        if self._promise.max_error is None and self._promise.has_color:
            add_chroma_error(self._chroma_error, self._conversion, original, decoded)


def _of_descriptions(source: VideoInfo, decoded: VideoInfo) -> str | None:
    expected, received = (f"{info.width}x{info.height} {info.pixel_format.name}" for info in (source, decoded))
    return None if expected == received else f"frame 0 differs in its form: expected {expected}. Received: {received}"


def _beyond(original: npt.NDArray[Any], decoded: npt.NDArray[Any], bound: int) -> str | None:
    """Where the first sample is that is further from the original's than ``bound``; None if there is none."""
    if bound == 0 and np.array_equal(original, decoded):
        return None
    places = np.flatnonzero(np.abs(original.astype(np.int32) - decoded.astype(np.int32)) > bound)
    if not places.size:
        return None
    row, column = divmod(int(places[0]), original.shape[1])
    within = f" within {bound}" if bound else ""
    return f"expected {original[row, column]}{within} at row {row}, column {column}. Received: {decoded[row, column]}"

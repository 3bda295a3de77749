"""MD5 of frames as raw bytes, in the words of FFmpeg's muxers ``md5`` and ``framemd5``.

Other tools can then check a video without gvc. The bytes of a frame are those of
:meth:`codec.video.pixel_formats.PixelFormat.pack`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from codec.version import PROGRAM
from codec.video.info import VideoInfo
from codec.video.picture import Frame, Picture
from codec.video.pixel_formats import PixelFormat

if TYPE_CHECKING:
    import hashlib


class VideoMd5:
    """The MD5 of all frames, one after another.

    Args:
        pixel_format: of the bytes.
    """

    def __init__(self, pixel_format: PixelFormat) -> None:
        self._pixel_format = pixel_format
        self._md5 = _md5()

    def add(self, picture: Picture) -> None:
        """Count in the next picture."""
        self._md5.update(self._pixel_format.pack(picture))

    def hexdigest(self) -> str:
        """So far, as 32 lower-case digits."""
        return self._md5.hexdigest()


def md5_line(md5: str) -> str:
    """What the muxer ``md5`` prints."""
    return f"MD5={md5}"


class FrameMd5:
    """The lines of the muxer ``framemd5``, version 2.

    Times count in frames of the nominal frame rate, rounded to the nearest, as FFmpeg's programs do. Where there is no
    frame rate, they count in the video's time base.

    Args:
        info: of the video.
    """

    def __init__(self, info: VideoInfo) -> None:
        self._info = info
        self._unit = 1 / info.frame_rate if info.frame_rate else info.time_base

    def head(self) -> list[str]:
        """The lines before the first frame."""
        info, ratio = self._info, self._info.sample_aspect_ratio or Fraction(0)
        return [
            "#format: frame checksums",
            "#version: 2",
            "#hash: MD5",
            f"#software: {PROGRAM}",
            f"#tb 0: {self._unit.numerator}/{self._unit.denominator}",
            "#media_type 0: video",
            "#codec_id 0: rawvideo",
            f"#dimensions 0: {info.width}x{info.height}",
            f"#sar 0: {ratio.numerator}/{ratio.denominator}",
            "#stream#, dts,        pts, duration,     size, hash",
        ]

    def line(self, frame: Frame) -> str:
        """The line of a frame."""
        samples = self._info.pixel_format.pack(frame.picture)
        md5 = _md5(samples).hexdigest()
        pts = self._in_units(frame.pts)
        # FFmpeg lets a frame without a duration last as long as the frame rate says.
        duration = int(bool(self._info.frame_rate)) if frame.duration is None else self._in_units(frame.duration)
        return f"0, {pts:>10}, {pts:>10}, {duration:>8}, {len(samples):>8}, {md5}"

    def _in_units(self, time: int) -> int:
        return round(time * self._info.time_base / self._unit)


def _md5(data: bytes = b"") -> hashlib._Hash:
    import hashlib  # loads OpenSSL, which most videos have no use for

    return hashlib.md5(data, usedforsecurity=False)

"""The description of a colored video."""

from __future__ import annotations

from dataclasses import replace

from codec.video.color import ColorConversion
from codec.video.info import VideoInfo
from codec.video.pixel_formats import ColorModel, PixelFormat, pixel_format

_LIMITED, _FULL = 1, 2


def colored_info(info: VideoInfo) -> VideoInfo:
    """The description of a video after colorization.

    A gray video becomes 4:4:4 with the same gray, depth and range. A sink reduces the chroma if necessary. A video
    with chroma planes, even if they have no color, keeps its description.
    """
    if info.pixel_format.model is not ColorModel.GRAY:
        return info
    conversion = ColorConversion.of(info)
    color = replace(info.color, color_range=_FULL if conversion.full_range else _LIMITED, matrix=conversion.matrix)
    return replace(info, pixel_format=_of_depth(info.pixel_format), color=color)


def _of_depth(gray: PixelFormat) -> PixelFormat:
    return pixel_format("yuv444p" if gray.depth == 8 else f"yuv444p{gray.depth}le")

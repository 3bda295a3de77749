"""What a header says of video that is coded as another one."""

from __future__ import annotations

from codec.errors import StreamError
from codec.video.levels import Levels
from codec.video.pixel_formats import ColorModel, PixelFormat
from codec.video.recoding import Recoding
from codec.video.yuv_origin import CODED_FORMAT, YuvOrigin, may_have_origin
from container_format import HeaderRecord
from container_format.records import Color

_ORIGIN_SUFFIX = f" of {CODED_FORMAT}"


def format_name(own: PixelFormat, recoding: Recoding | None) -> str:
    """The header's name of a pixel format.

    With an origin in YUV it has a suffix, so that no reader that is older takes what is coded for R'G'B'.
    """
    return f"{own.name}{_ORIGIN_SUFFIX}" if isinstance(recoding, YuvOrigin) else own.name


def unpack_format_name(header: HeaderRecord) -> str:
    """The name of the video's own pixel format, or of one that nobody knows."""
    return header.pixel_format.removesuffix(_ORIGIN_SUFFIX) if header.yuv_origin else header.pixel_format


def unpack_recoding(header: HeaderRecord, pixel_format: PixelFormat) -> Recoding | None:
    """How the video is coded as another one; None if it is not.

    Args:
        header: of the stream.
        pixel_format: of the video.

    Raises:
        StreamError: such video cannot be coded so.
    """
    if not header.yuv_origin:
        return _unpack_levels(header.levels, pixel_format)
    is_lossless = header.color == Color.LOSSLESS and header.luma_is_lossless
    if header.levels or not is_lossless or not may_have_origin(pixel_format):
        raise StreamError(
            f"expected an origin in YUV of exact R'G'B' of 8 bits. Received: one of {pixel_format.name}, {header.color}"
        )
    return YuvOrigin.of_numbers(header.yuv_origin)


def _unpack_levels(steps: tuple[int, ...], pixel_format: PixelFormat) -> Levels | None:
    if not steps:
        return None
    if pixel_format.model is not ColorModel.GRAY or pixel_format.depth == 8 or pixel_format.has_alpha:
        raise StreamError(f"the stream has levels of {pixel_format.name} video, which only deep gray video may have")
    return Levels.of_steps(steps, pixel_format.depth)

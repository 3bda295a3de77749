"""The pixel formats that gvc reads and writes: their geometry, and their raw bytes.

All have 8 bits a sample. Names are FFmpeg's. :meth:`PixelFormat.unpack` and :meth:`PixelFormat.pack` are
inverse to each other, bit for bit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

import numpy as np

from codec.errors import InputError
from codec.video.picture import Picture, rgb_to_ycocg_r, ycocg_r_to_rgb


class ColorModel(Enum):
    """What the chroma planes of a picture are."""

    GRAY = "gray"  # none
    YUV = "yuv"  # U and V, uint8, as they come
    RGB = "rgb"  # Co and Cg of YCoCg-R, int16 in [-255, 255]


class Layout(Enum):
    """How the samples of a raw frame follow each other."""

    PLANAR = "planar"  # Y, then U, then V
    SEMI_PLANAR = "semi-planar"  # Y, then U and V in turn
    RGB = "rgb"  # R G B, R G B, ...
    BGR = "bgr"  # B G R, B G R, ...


@dataclass(frozen=True)
class PixelFormat:
    """One pixel format.

    Attributes:
        name: FFmpeg's name, such as ``yuv420p``.
        model: what its chroma planes are.
        layout: order of the samples in a raw frame.
        log2_chroma_w: chroma planes are ``ceil(width / 2**log2_chroma_w)`` wide.
        log2_chroma_h: chroma planes are ``ceil(height / 2**log2_chroma_h)`` high.
    """

    name: str
    model: ColorModel
    layout: Layout
    log2_chroma_w: int = 0
    log2_chroma_h: int = 0

    def chroma_shape(self, width: int, height: int) -> tuple[int, int]:
        """Shape ``(rows, columns)`` of each chroma plane of a ``width`` x ``height`` picture."""
        return -(-height >> self.log2_chroma_h), -(-width >> self.log2_chroma_w)

    def frame_bytes(self, width: int, height: int) -> int:
        """Bytes of one raw frame."""
        if self.model is ColorModel.GRAY:
            return width * height
        rows, columns = self.chroma_shape(width, height)
        return width * height + 2 * rows * columns

    def unpack(self, data: bytes | memoryview, width: int, height: int) -> Picture:
        """Raw bytes of one frame to its picture.

        Raises:
            InputError: ``data`` is not exactly one frame long.
        """
        expected = self.frame_bytes(width, height)
        if len(data) != expected:
            raise InputError(
                f"expected {expected} bytes for a {width}x{height} {self.name} frame. Received: {len(data)}"
            )
        samples = np.frombuffer(data, np.uint8)
        if self.layout in (Layout.RGB, Layout.BGR):
            rgb = samples.reshape(height, width, 3)  # (height, width, 3)
            return rgb_to_ycocg_r(rgb if self.layout is Layout.RGB else rgb[..., ::-1])
        luma = samples[: width * height].reshape(height, width)
        if self.model is ColorModel.GRAY:
            return Picture(luma)
        rows, columns = self.chroma_shape(width, height)
        chroma = samples[width * height :]
        if self.layout is Layout.SEMI_PLANAR:
            pairs = chroma.reshape(rows, columns, 2)
            return Picture(luma, (np.ascontiguousarray(pairs[..., 0]), np.ascontiguousarray(pairs[..., 1])))
        first, second = chroma.reshape(2, rows, columns)
        return Picture(luma, (first, second))

    def pack(self, picture: Picture) -> bytes:
        """A picture in this format's color model and chroma shape to the raw bytes of one frame."""
        if self.layout in (Layout.RGB, Layout.BGR):
            rgb = ycocg_r_to_rgb(picture)
            return (rgb if self.layout is Layout.RGB else rgb[..., ::-1]).tobytes()
        luma = picture.luma.tobytes()
        if self.model is ColorModel.GRAY:
            return luma
        first, second = picture.chroma_planes()
        if self.layout is Layout.SEMI_PLANAR:
            return luma + np.stack([first, second], axis=-1).tobytes()
        return luma + first.tobytes() + second.tobytes()


PIXEL_FORMATS: dict[str, PixelFormat] = {
    f.name: f
    for f in (
        PixelFormat("rgb24", ColorModel.RGB, Layout.RGB),
        PixelFormat("bgr24", ColorModel.RGB, Layout.BGR),
        PixelFormat("gray", ColorModel.GRAY, Layout.PLANAR),
        PixelFormat("yuv420p", ColorModel.YUV, Layout.PLANAR, 1, 1),
        PixelFormat("yuv422p", ColorModel.YUV, Layout.PLANAR, 1, 0),
        PixelFormat("yuv444p", ColorModel.YUV, Layout.PLANAR, 0, 0),
        PixelFormat("yuv440p", ColorModel.YUV, Layout.PLANAR, 0, 1),
        PixelFormat("yuv411p", ColorModel.YUV, Layout.PLANAR, 2, 0),
        PixelFormat("yuv410p", ColorModel.YUV, Layout.PLANAR, 2, 2),
        PixelFormat("nv12", ColorModel.YUV, Layout.SEMI_PLANAR, 1, 1),
    )
}


def pixel_format(name: str) -> PixelFormat:
    """The pixel format of that name.

    Raises:
        InputError: the format is unknown, or has more than 8 bits a sample.
    """
    if name in PIXEL_FORMATS:
        return PIXEL_FORMATS[name]
    # nv16, yv12 and rgb32 count samples or bits of a whole pixel, and have 8 bits a sample.
    if re.search(r"(?:9|10|12|14|16|32|48|64)(?:le|be)?$", name) and not re.fullmatch(r"nv16|yv12|(?:rgb|bgr)32", name):
        raise InputError(
            f"pixel format {name} has more than 8 bits a sample, and gvc handles 8 bits only for now. "
            "Convert the video to an 8-bit format first"
        )
    raise InputError(f"expected one of the pixel formats {', '.join(PIXEL_FORMATS)}. Received: {name}")


def planar_twin(source: PixelFormat) -> PixelFormat:
    """The planar format with the same samples, which codecs take (nv12 to yuv420p, bgr24 to rgb24)."""
    if source.layout is Layout.SEMI_PLANAR:
        return PIXEL_FORMATS["yuv420p"]
    return PIXEL_FORMATS["rgb24"] if source.layout is Layout.BGR else source

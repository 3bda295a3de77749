"""Frames as FFmpeg's decoders give them, to pictures: planes as they come, RGB without loss.

No scaler ever touches YUV. Packed layouts are taken apart, and everything that is RGB becomes YCoCg-R.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from av.video.frame import VideoFrame

from codec.errors import InputError
from codec.video.ffmpeg import raw_planes_of, rows_of
from codec.video.info import ColorDescription
from codec.video.picture import Picture, ycocg_r_of
from codec.video.pixel_formats import PIXEL_FORMATS, Layout, PixelFormat, pixel_format, planar_twin

_FULL_RANGE = 2
_UNIT = 1 << 16  # a display matrix is 16.16 fixed point; its last column is 2.30
_IDENTITY = (_UNIT, 0, 0, 0, _UNIT, 0, 0, 0, 1 << 30)
_ROTATIONS = {
    90: (0, -_UNIT, 0, _UNIT, 0, 0, 0, 0, 1 << 30),
    180: (-_UNIT, 0, 0, 0, -_UNIT, 0, 0, 0, 1 << 30),
    270: (0, _UNIT, 0, -_UNIT, 0, 0, 0, 0, 1 << 30),
}

# Formats with fewer than 8 bits a component: FFmpeg's own expansion says what their colors are.
_COARSE_RGB = frozenset(
    [
        *("rgb8", "bgr8", "rgb4_byte", "bgr4_byte"),
        *(f"{order}{bits}{end}" for order in ("rgb", "bgr") for bits in (444, 555, 565) for end in ("le", "be")),
    ]
)
_ONE_BIT = frozenset({"monow", "monob"})


def source_format(frame: VideoFrame) -> PixelFormat:
    """The format in which a decoded frame is taken over.

    Raises:
        InputError: the frame has a layout that gvc does not know.
    """
    name = frame.format.name
    if name in _ONE_BIT:
        return PIXEL_FORMATS["gray"]
    if name in _COARSE_RGB:
        return PIXEL_FORMATS["rgb24"]
    if name == "pal8":
        return PIXEL_FORMATS["rgb24" if _palette_picture(frame).alpha is None else "rgba"]
    own = pixel_format(name)
    return own if own.layout is Layout.SEMI_PLANAR else planar_twin(own)


def picture_of(frame: VideoFrame) -> Picture:
    """The picture of a decoded frame, bit for bit; it does not share memory with the frame.

    Raises:
        InputError: as :func:`source_format`.
    """
    name = frame.format.name
    if name in _ONE_BIT:
        return _one_bit_picture(frame)
    if name == "pal8":
        return _palette_picture(frame)
    if name in _COARSE_RGB:
        frame = frame.reformat(format="rgb24")
        name = "rgb24"
    own = pixel_format(name)
    return own.picture_of(raw_planes_of(frame, own), frame.width, frame.height)


def is_opaque(picture: Picture, peak: int) -> bool:
    """Whether no sample of a picture is transparent, not even in part; ``peak`` is the largest sample."""
    return picture.alpha is None or picture.alpha.min() == peak


def with_alpha_of(picture: Picture, own: PixelFormat) -> Picture:
    """The picture with alpha if the format has it, and without it otherwise.

    Raises:
        InputError: alpha would be lost.
    """
    if own.has_alpha == (picture.alpha is not None):
        return picture
    if own.has_alpha:
        return replace(picture, alpha=own.opaque(picture.luma))
    if not is_opaque(picture, own.peak):
        raise InputError("it is transparent, and the first one has no alpha")
    return Picture(picture.luma, picture.chroma)


def color_of(frame: VideoFrame) -> ColorDescription:
    """What a frame says of its colors. The ``yuvj`` formats are full-range by definition."""
    color_range = _FULL_RANGE if frame.format.name.startswith("yuvj") else int(frame.color_range)
    return ColorDescription(color_range, int(frame.color_primaries), int(frame.color_trc), int(frame.colorspace))


def display_matrix_of(frame: VideoFrame) -> tuple[int, ...] | None:
    """The nine integers of a frame's display matrix; None if it has none, or one that changes nothing."""
    try:
        side_data = frame.side_data["DISPLAYMATRIX"]  # type: ignore[typeddict-item]
        matrix = tuple(int(value) for value in np.frombuffer(side_data, np.int32))
    except KeyError:
        return None
    except ValueError:
        # PyAV cannot list the side data of a frame with a kind that it has no name for (Exif of a photo, for one).
        # The rotation can still be asked for.
        return _ROTATIONS.get(frame.rotation % 360)
    return matrix if len(matrix) == len(_IDENTITY) and matrix != _IDENTITY else None


def _palette_picture(frame: VideoFrame) -> Picture:
    """With alpha only if it is not opaque everywhere."""
    palette = np.frombuffer(memoryview(frame.planes[1]), np.uint32)  # 256 colors as 0xAARRGGBB
    colors = palette[rows_of(frame.planes[0])[: frame.height, : frame.width]]
    alpha, red, green, blue = ((colors >> shift & 255).astype(np.uint8) for shift in (24, 16, 8, 0))
    return replace(ycocg_r_of(red, green, blue, 8), alpha=None if alpha.min() == 255 else alpha)


def _one_bit_picture(frame: VideoFrame) -> Picture:
    bits = np.unpackbits(rows_of(frame.planes[0]), axis=1)[: frame.height, : frame.width]
    ink = 255 if frame.format.name == "monob" else 0  # monob: a set bit is white
    return Picture(np.where(bits == 1, np.uint8(ink), np.uint8(255 - ink)))

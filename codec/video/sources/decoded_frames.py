"""Frames as FFmpeg's decoders give them, to pictures: planes as they come, RGB without loss.

No scaler ever touches YUV. Packed layouts are taken apart, alpha is dropped, and everything that is RGB becomes
YCoCg-R. Formats of more than 8 bits a sample are refused.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from codec.errors import InputError
from codec.video.info import ColorDescription
from codec.video.picture import ChromaArray, Picture, PlaneArray, rgb_to_ycocg_r
from codec.video.pixel_formats import PIXEL_FORMATS, PixelFormat, pixel_format

_FULL_RANGE = 2
_UNIT = 1 << 16  # a display matrix is 16.16 fixed point; its last column is 2.30
_IDENTITY = (_UNIT, 0, 0, 0, _UNIT, 0, 0, 0, 1 << 30)
_ROTATIONS = {
    90: (0, -_UNIT, 0, _UNIT, 0, 0, 0, 0, 1 << 30),
    180: (-_UNIT, 0, 0, 0, -_UNIT, 0, 0, 0, 1 << 30),
    270: (0, _UNIT, 0, -_UNIT, 0, 0, 0, 0, 1 << 30),
}

# Where R, G and B lie in packed RGB, bytes a sample, and where alpha lies if there is any.
_PACKED_RGB: dict[str, tuple[slice, int, int | None]] = {
    "rgb24": (slice(0, 3), 3, None),
    "bgr24": (slice(2, None, -1), 3, None),
    "rgb0": (slice(0, 3), 4, None),
    "bgr0": (slice(2, None, -1), 4, None),
    "0rgb": (slice(1, 4), 4, None),
    "0bgr": (slice(3, 0, -1), 4, None),
    "rgba": (slice(0, 3), 4, 3),
    "bgra": (slice(2, None, -1), 4, 3),
    "argb": (slice(1, 4), 4, 0),
    "abgr": (slice(3, 0, -1), 4, 0),
}
# Formats with fewer than 8 bits a component: FFmpeg's own expansion says what their colors are.
_COARSE_RGB = frozenset(
    [
        *("rgb8", "bgr8", "rgb4_byte", "bgr4_byte"),
        *(f"{order}{bits}{end}" for order in ("rgb", "bgr") for bits in (444, 555, 565) for end in ("le", "be")),
    ]
)
_PLANAR_YUV = {
    f"{prefix}{name[3:]}": name
    for name in PIXEL_FORMATS
    if name.startswith("yuv")
    for prefix in ("yuv", "yuvj", "yuva")
}
_SEMI_PLANAR_YUV = {"nv12": ("nv12", 0), "nv21": ("nv12", 1), "nv16": ("yuv422p", 0), "nv24": ("yuv444p", 0)}
# Byte positions of Y, U and V in the four bytes of two samples.
_PACKED_YUV = {"yuyv422": (0, 1, 3), "uyvy422": (1, 0, 2), "yvyu422": (0, 3, 1)}
_GRAY = frozenset({"gray", "ya8", "monow", "monob"})


def source_format(frame: VideoFrame) -> PixelFormat:
    """The format in which a decoded frame is taken over.

    Raises:
        InputError: the frame has more than 8 bits a sample, or a layout that gvc does not know.
    """
    name = frame.format.name
    if name in _PLANAR_YUV:
        return PIXEL_FORMATS[_PLANAR_YUV[name]]
    if name in _SEMI_PLANAR_YUV:
        return PIXEL_FORMATS[_SEMI_PLANAR_YUV[name][0]]
    if name in _PACKED_YUV:
        return PIXEL_FORMATS["yuv422p"]
    if name in _GRAY:
        return PIXEL_FORMATS["gray"]
    if name in _PACKED_RGB or name in _COARSE_RGB or name in ("gbrp", "gbrap", "pal8"):
        return PIXEL_FORMATS["rgb24"]
    if any(component.bits > 8 for component in frame.format.components):
        raise InputError(
            f"pixel format {name} has more than 8 bits a sample, and gvc handles 8 bits only for now. "
            "Convert the video to an 8-bit format first"
        )
    return pixel_format(name)


def picture_of(frame: VideoFrame) -> Picture:
    """The picture of a decoded frame, bit for bit; it does not share memory with the frame.

    Raises:
        InputError: as :func:`source_format`.
    """
    name = frame.format.name
    if name in _PLANAR_YUV:
        shape = source_format(frame).chroma_shape(frame.width, frame.height)
        return Picture(_plane(frame, 0), (_plane(frame, 1, shape), _plane(frame, 2, shape)))
    reader = _READERS.get(name, _rgb_picture)
    source_format(frame)  # refuses what the readers do not know
    return reader(frame)


def has_transparency(frame: VideoFrame) -> bool:
    """Whether a frame has an alpha channel that is not fully opaque."""
    name = frame.format.name
    if name == "pal8":
        used = np.unique(_plane(frame, 0))
        return bool((_palette(frame)[used] >> 24 != 255).any())
    if name.startswith("yuva") or name == "gbrap":
        alpha: PlaneArray = _plane(frame, 3)
    elif name == "ya8":
        alpha = _packed(frame, 2)[..., 1]
    else:
        position = _PACKED_RGB[name][2] if name in _PACKED_RGB else None
        if position is None:
            return False
        alpha = _packed(frame, 4)[..., position]
    return bool((alpha != 255).any())


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


def _rows(frame: VideoFrame, index: int) -> PlaneArray:
    """All bytes of a plane, line by line from the top, padding included."""
    plane = frame.planes[index]
    lines: PlaneArray = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, abs(plane.line_size))
    return lines[::-1] if plane.line_size < 0 else lines


def _plane(frame: VideoFrame, index: int, shape: tuple[int, int] | None = None) -> PlaneArray:
    """A copy of a plane of single bytes; ``shape`` is that of the frame unless given."""
    rows, columns = shape or (frame.height, frame.width)
    return _rows(frame, index)[:rows, :columns].copy()


def _packed(frame: VideoFrame, bytes_per_sample: int) -> PlaneArray:
    """A view of the only plane of a packed format: (height, width, bytes_per_sample)."""
    lines = _rows(frame, 0)[: frame.height, : frame.width * bytes_per_sample]
    return lines.reshape(frame.height, frame.width, bytes_per_sample)


def _palette(frame: VideoFrame) -> npt.NDArray[np.uint32]:
    """256 colors as 0xAARRGGBB."""
    return np.frombuffer(memoryview(frame.planes[1]), np.uint32)


def _rgb_picture(frame: VideoFrame) -> Picture:
    name = frame.format.name
    if name in _PACKED_RGB:
        rgb, size, _ = _PACKED_RGB[name]
        return rgb_to_ycocg_r(_packed(frame, size)[..., rgb])
    if name in ("gbrp", "gbrap"):
        green, blue, red = (_plane(frame, index) for index in range(3))
        return rgb_to_ycocg_r(np.stack([red, green, blue], axis=-1))
    if name == "pal8":
        palette = _palette(frame)
        colors = np.stack([palette >> 16 & 255, palette >> 8 & 255, palette & 255], axis=-1).astype(np.uint8)
        return rgb_to_ycocg_r(colors[_plane(frame, 0)])
    return rgb_to_ycocg_r(_packed(frame.reformat(format="rgb24"), 3))


def _semi_planar_picture(frame: VideoFrame) -> Picture:
    target, first = _SEMI_PLANAR_YUV[frame.format.name]
    rows, columns = PIXEL_FORMATS[target].chroma_shape(frame.width, frame.height)
    pairs = _plane(frame, 1, (rows, 2 * columns)).reshape(rows, columns, 2)
    planes: list[ChromaArray] = [np.ascontiguousarray(pairs[..., index]) for index in (first, 1 - first)]
    return Picture(_plane(frame, 0), (planes[0], planes[1]))


def _packed_yuv_picture(frame: VideoFrame) -> Picture:
    luma_at, first_at, second_at = _PACKED_YUV[frame.format.name]
    columns = -(-frame.width // 2)
    lines = _rows(frame, 0)[: frame.height, : 4 * columns]
    luma = lines[:, luma_at::2][:, : frame.width].copy()
    return Picture(luma, (lines[:, first_at::4].copy(), lines[:, second_at::4].copy()))


def _gray_picture(frame: VideoFrame) -> Picture:
    name = frame.format.name
    if name == "gray":
        return Picture(_plane(frame, 0))
    if name == "ya8":
        return Picture(_packed(frame, 2)[..., 0].copy())
    bits = np.unpackbits(_rows(frame, 0), axis=1)[: frame.height, : frame.width]
    ink = 255 if name == "monob" else 0  # monob: a set bit is white
    return Picture(np.where(bits == 1, np.uint8(ink), np.uint8(255 - ink)))


_READERS: dict[str, Callable[[VideoFrame], Picture]] = {
    **dict.fromkeys(_SEMI_PLANAR_YUV, _semi_planar_picture),
    **dict.fromkeys(_PACKED_YUV, _packed_yuv_picture),
    **dict.fromkeys(_GRAY, _gray_picture),
}

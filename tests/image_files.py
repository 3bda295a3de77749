"""Image files that tests make: DPX, TIFF and PNG by FFmpeg's encoders, with the pictures that are in them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.video.codeccontext import VideoCodecContext

from codec.video.picture import Picture
from codec.video.pixel_formats import PixelFormat
from codec.video.sources.images import ImageList, ImageSource


def encoded_image(
    codec: str, pixel_format: str, width: int, height: int, *, seed: int = 0, options: dict[str, str] | None = None
) -> bytes:
    """One picture, a slope with noise, through one of FFmpeg's image encoders."""
    context = av.CodecContext.create(codec, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, height, pixel_format
    context.time_base = Fraction(1, 25)
    context.options = options or {}
    noise = np.random.default_rng(seed).integers(0, 300, (height, width, 3))
    slope = np.add.outer(np.arange(height) * 111, np.arange(width) * 185 + 259 * seed)[..., np.newaxis] * [1, 2, 3]
    frame = av.VideoFrame.from_ndarray((slope + noise).astype(np.uint16), format="rgb48le")
    packets = [*context.encode(frame.reformat(format=pixel_format)), *context.encode(None)]
    return b"".join(bytes(packet) for packet in packets)


def picture_in(path: Path) -> tuple[Picture, PixelFormat]:
    """The picture of an image file, as a source reads it, and its format."""
    source = ImageSource(ImageList((path,)), name=path.name)
    (frame,) = source.frames()
    return frame.picture, source.info.pixel_format


def png_file(
    lines: npt.NDArray[np.uint8], filters: Sequence[int], *, bits: int, color: int, compressed: bytes, chunk: int = 8192
) -> bytes:
    """A PNG by hand: its header, its compressed rows in chunks of so many bytes, and a text behind them."""

    def written(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixel_bytes = {0: 1, 2: 3, 4: 2, 6: 4}[color] * bits // 8
    header = struct.pack(">IIBBBBB", lines.shape[1] // pixel_bytes, len(filters), bits, color, 0, 0, 0)
    parts = [written(b"IDAT", compressed[begin : begin + chunk]) for begin in range(0, len(compressed), chunk)]
    text = written(b"tEXt", b"Comment\0scanned")
    return b"\x89PNG\r\n\x1a\n" + written(b"IHDR", header) + b"".join(parts) + text + written(b"IEND", b"") + b"tail"


def tiff_file(strips: Sequence[bytes], tags: dict[int, int], *, order: str = "<", rows: int) -> bytes:
    """A TIFF by hand: strips first, then its directory.

    Args:
        strips: as they stand in the file.
        tags: further ones, each a single SHORT.
        order: of bytes.
        rows: in a strip.
    """
    offsets, place = [], 8
    for strip in strips:
        offsets.append(place)
        place += len(strip)
    body = b"".join(strips)
    counts_at = place + 4 * len(strips)
    arrays = struct.pack(f"{order}{2 * len(strips)}I", *offsets, *map(len, strips))
    single = len(strips) == 1
    entries = {tag: (3, 1, value) for tag, value in tags.items()} | {
        273: (4, len(strips), offsets[0] if single else place),
        278: (3, 1, rows),
        279: (4, len(strips), len(strips[0]) if single else counts_at),
    }
    directory = struct.pack(f"{order}H", len(entries))
    for tag, (kind, count, value) in sorted(entries.items()):
        packed = struct.pack(f"{order}H2x", value) if kind == 3 else struct.pack(f"{order}I", value)
        directory += struct.pack(f"{order}HHI", tag, kind, count) + packed
    magic = b"II*\0" if order == "<" else b"MM\0*"
    start = struct.pack(f"{order}I", place + len(arrays))
    return magic + start + body + arrays + directory + struct.pack(f"{order}I", 0)

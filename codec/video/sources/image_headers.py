"""The pixel format of an image from its first bytes alone, where these tell: whole sequences are looked through so.

Only common kinds of 8 bits without alpha are told; anything else must be decoded to be known.
"""

from __future__ import annotations

import struct
from pathlib import Path

PNG_MAGIC, JPEG_MAGIC = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
TIFF_MAGICS = {b"II*\0": "<", b"MM\0*": ">"}
"""The first bytes of TIFF files, and the byte order that they mean, as :mod:`struct` writes it."""
_PNG_HEADER = struct.Struct(">8sI4sIIBB")  # magic; length and name of the first chunk; size, bits, color type
_PNG_FORMATS = {0: "gray", 2: "rgb24"}
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_FORMATS = {
    (2, 2): "yuv420p",
    (2, 1): "yuv422p",
    (1, 2): "yuv440p",
    (1, 1): "yuv444p",
    (4, 1): "yuv411p",
}
_ONCE = [(1, 1), (1, 1)]  # the sampling of U and V
_WIDEST_JPEG_HEADER = 2**20
_TIFF_BITS, _TIFF_PHOTOMETRIC, _TIFF_SAMPLES = 258, 262, 277
_MOST_TIFF_TAGS = 512
_SHORT = 3  # a type of values in TIFF


def format_name(path: Path) -> str | None:
    """FFmpeg's name of an image's pixel format, without its range; None if the first bytes do not tell.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as stream:
        data = stream.read(_PNG_HEADER.size)
        if data.startswith(PNG_MAGIC):
            return _of_png(data)
        if data.startswith(JPEG_MAGIC):
            return _of_jpeg(data + stream.read(_WIDEST_JPEG_HEADER))
        if data[:4] in TIFF_MAGICS:
            order = TIFF_MAGICS[data[:4]]
            stream.seek(struct.unpack_from(f"{order}I", data, 4)[0])
            return _of_tiff(stream.read(2 + 12 * _MOST_TIFF_TAGS), order)
    return None


def _of_png(data: bytes) -> str | None:
    if len(data) < _PNG_HEADER.size:
        return None
    *_, bits, color_type = _PNG_HEADER.unpack(data)
    return _PNG_FORMATS.get(color_type) if bits <= 8 else None


def _of_jpeg(data: bytes) -> str | None:
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:  # filling
            place += 1
            continue
        if marker in (0xEE, 0xD9, 0xDA):  # Adobe's marker may say RGB; or there is no more header
            return None
        if marker in _START_OF_FRAME:
            return _of_jpeg_frame(data[place + 4 :])
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return None


def _of_jpeg_frame(data: bytes) -> str | None:
    """Of a frame header: bits, height, width, number of components, then number, sampling and table of each."""
    if len(data) < 6 or data[0] != 8 or len(data) < 6 + 3 * data[5]:
        return None
    if data[5] == 1:
        return "gray"
    sampling = [(value >> 4, value & 15) for value in data[7 : 6 + 3 * data[5] : 3]]
    return _JPEG_FORMATS.get(sampling[0]) if data[5] == 3 and sampling[1:] == _ONCE else None


def _of_tiff(data: bytes, order: str) -> str | None:
    if len(data) < 2:
        return None
    tags = {}
    for number in range(min(struct.unpack_from(f"{order}H", data)[0], (len(data) - 2) // 12)):
        tag, kind, count, value = struct.unpack_from(f"{order}HHIH", data, 2 + 12 * number)
        tags[tag] = value if kind == _SHORT and count == 1 else None
    is_gray = tags.get(_TIFF_PHOTOMETRIC) in (0, 1) and tags.get(_TIFF_SAMPLES, 1) == 1
    return "gray" if is_gray and tags.get(_TIFF_BITS, 1) in (1, 8) else None

"""zstd for untrusted data: a frame is opened only if it states its content size, and that size is acceptable.

By default the library believes a 16-byte frame that claims a terabyte, and ignores bytes behind a frame. Both are
errors here.
"""

from __future__ import annotations

import zstandard

from container_format.errors import DamagedError, LimitError


def compress(data: bytes, *, level: int = 19, dictionary: bytes = b"") -> bytes:
    """Compress into one zstd frame that states its content size.

    Args:
        data: of any size.
        level: of zstd.
        dictionary: content that the frame may refer to, which the receiver must have.
    """
    known = _dictionary(dictionary)
    return zstandard.ZstdCompressor(level=level, write_content_size=True, dict_data=known).compress(data)


def decompress(frame: bytes | memoryview, *, max_bytes: int, dictionary: bytes = b"") -> bytes:
    """Decompress exactly one zstd frame.

    Args:
        frame: the frame, with no bytes behind it.
        max_bytes: the largest content that is accepted, in bytes.
        dictionary: as it was compressed with.

    Raises:
        DamagedError: no valid frame, no stated size, a wrong size, or bytes behind the frame.
        LimitError: the stated size is over ``max_bytes``.
    """
    data = bytes(frame)
    try:
        stated = zstandard.frame_content_size(data)
        if stated < 0:
            raise DamagedError("expected a zstd frame that states its content size")
        if stated > max_bytes:
            raise LimitError(f"expected at most {max_bytes} bytes in a zstd frame. Received: {stated}")
        reader = zstandard.ZstdDecompressor(max_window_size=2**27, dict_data=_dictionary(dictionary)).decompressobj()
        content = reader.decompress(data)
    except zstandard.ZstdError as error:
        raise DamagedError(f"a zstd frame is damaged ({error})") from None
    if not reader.eof or reader.unused_data or len(content) != stated:
        raise DamagedError(f"expected one zstd frame of {stated} bytes. Received: {len(content)} bytes")
    return content


def _dictionary(content: bytes) -> zstandard.ZstdCompressionDict | None:
    return zstandard.ZstdCompressionDict(content, dict_type=zstandard.DICT_TYPE_RAWCONTENT) if content else None

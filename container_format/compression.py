"""zstd with its teeth drawn: a frame is opened only if it states its size, and the size is acceptable.

A 16-byte frame can claim a terabyte, and the library believes it; checksums are off by default, and bytes behind a
frame are ignored. Here none of these pass.
"""

from __future__ import annotations

import zstandard

from container_format.errors import DamagedError, LimitError


def compress(data: bytes, *, level: int = 19) -> bytes:
    """One zstd frame that states its content size."""
    return zstandard.ZstdCompressor(level=level, write_content_size=True).compress(data)


def decompress(frame: bytes | memoryview, *, max_bytes: int) -> bytes:
    """The content of exactly one zstd frame.

    Args:
        frame: the frame, with nothing behind it.
        max_bytes: most bytes that the content may have.

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
        reader = zstandard.ZstdDecompressor(max_window_size=2**27).decompressobj()
        content = reader.decompress(data)
    except zstandard.ZstdError as error:
        raise DamagedError(f"a zstd frame is damaged ({error})") from None
    if not reader.eof or reader.unused_data or len(content) != stated:
        raise DamagedError(f"expected one zstd frame of {stated} bytes. Received: {len(content)} bytes")
    return content

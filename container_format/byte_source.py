"""Bytes from a file or a pipe. The source knows its offset, and takes bytes back, which a recovering reader needs."""

from __future__ import annotations

from typing import BinaryIO

_PIECE_BYTES = 2**20


class ByteSource:
    """Reads front to back. Bytes can be given back, and are then read again.

    Attributes:
        offset: the next byte's offset from the start of the stream.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._returned = memoryview(b"")
        self.offset = 0

    def read(self, num_bytes: int) -> bytes:
        """Read the next ``num_bytes`` bytes, or fewer at the end of the stream.

        Memory grows as bytes arrive: a length that a stream only claims takes none.
        """
        pieces: list[bytes | memoryview] = [self._returned[:num_bytes]]  # a view: the bytes given back may be many
        self._returned = self._returned[num_bytes:]
        missing = num_bytes - len(pieces[0])
        while missing > 0:
            piece = self._stream.read(min(missing, _PIECE_BYTES))
            if not piece:
                break
            pieces.append(piece)
            missing -= len(piece)
        data = b"".join(pieces)
        self.offset += len(data)
        return data

    def read_some(self, most_bytes: int) -> bytes:
        """Read what is there, at least a byte and at most ``most_bytes``; nothing at the end of the stream.

        So a search does not wait until a slow stream has brought as many bytes as it would like.
        """
        read = getattr(self._stream, "read1", None)
        if len(self._returned) or read is None:
            return self.read(min(most_bytes, len(self._returned)) or most_bytes)
        data: bytes = read(most_bytes)
        self.offset += len(data)
        return data

    def give_back(self, data: bytes) -> None:
        """Put bytes that were just read in front of those still to come."""
        self._returned = memoryview(b"".join((data, self._returned)))
        self.offset -= len(data)

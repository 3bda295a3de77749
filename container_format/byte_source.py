"""Bytes from a file or a pipe, with the two things that a reader of damaged streams needs: place and push-back."""

from __future__ import annotations

from typing import BinaryIO

_PIECE_BYTES = 2**20


class ByteSource:
    """Reads front to back; bytes can be given back, to be read again.

    Attributes:
        offset: place of the next byte, from the start of the stream.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._returned = memoryview(b"")
        self.offset = 0

    def read(self, num_bytes: int) -> bytes:
        """The next bytes; fewer at the end of the stream.

        Memory is taken as bytes arrive, never for a length that is only claimed.
        """
        pieces: list[bytes | memoryview] = [self._returned[:num_bytes]]  # a view: what is given back may be large
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

    def give_back(self, data: bytes) -> None:
        """Put bytes that were just read in front of those still to come."""
        self._returned = memoryview(b"".join((data, self._returned)))
        self.offset -= len(data)

"""A binary arithmetic coder with bytes, and its reference in whole numbers of Python.

The coder keeps an interval of 32-bit numbers, of which both ends are part, and narrows it bit by bit: of a bit that is
1 with probability p, the lower share p stands for 1. Leading bytes that both ends share are done (as in the compressors
of M. Mahoney, "Data Compression Explained", 2013, section 3.2).
"""

from __future__ import annotations

from codec.errors import StreamError
from codec.lossless.adaptive.symbols import ReferenceSymbols
from codec.lossless.adaptive.tables import PROBABILITY_BITS
from codec.native.adaptive import AdaptiveLevel, NativeBits, past_end, wrong_end
from codec.native.library import library

_MASK = 0xFFFFFFFF
_SEAL_BYTES = 4


class ReferenceBits:
    """One side of the coder.

    Args:
        data: what to read; None to write.
    """

    def __init__(self, data: bytes | None) -> None:
        self.is_writing = data is None
        self._data = bytearray() if data is None else data
        self._size = 0  # bytes written, or read
        self._low, self._high, self._value = 0, _MASK, 0
        if data is not None:
            for _ in range(_SEAL_BYTES):
                self._take_byte()

    def _take_byte(self) -> None:
        byte = self._data[self._size] if self._size < len(self._data) else 0
        self._size += 1
        self._value = (self._value << 8 | byte) & _MASK

    def code(self, bit: int, probability: int) -> int:
        """Code a bit.

        Args:
            bit: ignored where bits are read.
            probability: that it is 1, in 1/65536, above 0 and below 1.

        Returns:
            The bit.
        """
        middle = self._low + ((self._high - self._low) * probability >> PROBABILITY_BITS)
        if not self.is_writing:
            bit = int(self._value <= middle)
        if bit:
            self._high = middle
        else:
            self._low = middle + 1
        while (self._low ^ self._high) >> 24 == 0:
            if isinstance(self._data, bytearray):
                self._data.append(self._high >> 24)
                self._size += 1
            else:
                self._take_byte()
            self._low = self._low << 8 & _MASK
            self._high = (self._high << 8 | 255) & _MASK
        return bit

    def check(self) -> None:
        """Check that what was read was there.

        Raises:
            StreamError: it was not.
        """
        if not self.is_writing and self._size > len(self._data) + _SEAL_BYTES:
            raise past_end()

    @property
    def num_bytes(self) -> int:
        """Bytes that are written, or read, so far."""
        return self._size

    def end(self) -> bytes:
        """All that is written."""
        return bytes(self._data) + self._high.to_bytes(_SEAL_BYTES, "big")

    def ends_well(self) -> bool:
        """Whether what was read ends where a sender ends it; the number of bytes tells it."""
        return True

    def begin_component(self) -> None:
        """Begin a component of a picture."""

    def end_component(self) -> None:
        """End a component of a picture."""


Bits = ReferenceBits | ReferenceSymbols | NativeBits


def _bits(level: AdaptiveLevel, data: bytes | None) -> Bits:
    loaded = library()
    if loaded is not None:
        return NativeBits(loaded, data, is_symbols=level.is_symbols)
    return ReferenceSymbols(data) if level.is_symbols else ReferenceBits(data)


class BitEncoder:
    """The sender's side.

    Args:
        level: of the planes.
    """

    def __init__(self, level: AdaptiveLevel) -> None:
        self.bits = _bits(level, None)

    def finish(self) -> bytes:
        """All bytes, once the last sample is coded."""
        return self.bits.end()


class BitDecoder:
    """The receiver's side.

    Args:
        level: of the planes.
        data: the bytes that :meth:`BitEncoder.finish` returned.
    """

    def __init__(self, level: AdaptiveLevel, data: bytes) -> None:
        self.bits = _bits(level, data)
        self._num_bytes = len(data)

    def finish(self) -> None:
        """Check that all data were read.

        Raises:
            StreamError: some are left, or were missing, or the end is not what it must be.
        """
        if self.bits.num_bytes != self._num_bytes:
            raise StreamError(
                f"expected {self.bits.num_bytes} bytes of adaptive planes. Received: {self._num_bytes} bytes"
            )
        if not self.bits.ends_well():
            raise wrong_end()

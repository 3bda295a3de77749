"""zlib streams made again: the parameters that an encoder gave to zlib are found by trying them."""

from __future__ import annotations

import functools
import itertools
import zlib
from collections.abc import Iterator
from dataclasses import replace

from codec.errors import StreamError
from codec.kept_files.samples import ByteRows
from container_format.kept_files import DeflateRecord

_HEADER_BYTES, _CHECKSUM_BYTES = 2, 4
_PREFIX_BYTES = 2**17
_LEVELS_OF_HINT = ((1,), (2, 3, 4, 5), (6,), (7, 8, 9))
"""The levels that the upper bits of a zlib stream's second byte stand for."""
_DEFAULT, _FILTERED, _HUFFMAN_ONLY, _RLE, _FIXED = range(5)
_USUAL_MEMORY = (8, 9)
_KNOWN_ANSWER = 0x0CA15F47
"""CRC-32 over the streams of :func:`is_usual_zlib`, by zlib 1.2.13."""


def deflated(rows: ByteRows, record: DeflateRecord) -> bytes:
    """The zlib streams of rows, one behind the other.

    Raises:
        StreamError: this Python's zlib makes other streams than zlib itself, or the parameters are not ones of zlib.
    """
    if not is_usual_zlib():
        raise StreamError(
            f"expected a Python with zlib itself, to make this file's zlib streams again. "
            f"Received: one with zlib {zlib.ZLIB_RUNTIME_VERSION}, which makes other streams"
        )
    return b"".join(_stream(part.tobytes(), record) for part in _parts(rows, record.rows))


def find_deflate(
    rows: ByteRows, streams: list[bytes], rows_each: int, known: DeflateRecord | None
) -> DeflateRecord | None:
    """The parameters with which zlib makes these streams of rows; None if there are none.

    Args:
        rows: before compression.
        streams: as they are in the file.
        rows_each: rows in a stream.
        known: parameters of another file of the sequence, which are tried first.
    """
    if not is_usual_zlib() or not streams or len(streams[0]) < _HEADER_BYTES + _CHECKSUM_BYTES:
        return None
    first, header = next(_parts(rows, rows_each)).tobytes(), streams[0][:_HEADER_BYTES]
    candidates = _candidates(header, rows_each)
    if known is not None:
        candidates = iter((replace(known, header=header, rows=rows_each), *candidates))
    for candidate in candidates:
        if _fits(first, streams[0], candidate) and _fits_all(rows, streams, candidate):
            return candidate
    return None


@functools.cache
def is_usual_zlib() -> bool:
    """Whether this Python's zlib makes the streams that zlib itself makes, and not those of a faster replacement."""
    text = b"".join(b"%d %d;" % (number, number * number % 1009) for number in range(6000))
    answer = 0
    for level in range(1, 10):
        answer = zlib.crc32(_raw(text, level, 15, 8, _DEFAULT), answer)
    return answer == _KNOWN_ANSWER


def _parts(rows: ByteRows, rows_each: int) -> Iterator[ByteRows]:
    return (rows[begin : begin + rows_each] for begin in range(0, len(rows), rows_each))


def _stream(data: bytes, record: DeflateRecord) -> bytes:
    body = _raw(data, record.level, record.window_bits, record.memory_level, record.strategy)
    return record.header + body + zlib.adler32(data).to_bytes(_CHECKSUM_BYTES, "big")


def _raw(data: bytes, level: int, window_bits: int, memory_level: int, strategy: int) -> bytes:
    try:
        compressor = zlib.compressobj(level, zlib.DEFLATED, -window_bits, memory_level, strategy)
        return compressor.compress(data) + compressor.flush()
    except (ValueError, zlib.error) as error:
        raise StreamError(f"a kept file has parameters that zlib does not take: {error}") from None


def _candidates(header: bytes, rows_each: int) -> Iterator[DeflateRecord]:
    """What encoders give to zlib, likely ones first."""
    window = min(15, max(9, (header[0] >> 4) + 8))
    windows = (window,) if window == 15 else (window, 15)  # some encoders write a smaller window than they used
    hinted = _LEVELS_OF_HINT[header[1] >> 6]
    levels = (*hinted, *(level for level in range(1, 10) if level not in hinted))
    usual = [(strategy, level) for strategy in (_DEFAULT, _FILTERED) for level in levels]
    usual += [(_RLE, 6), (_HUFFMAN_ONLY, 6), (_FIXED, hinted[0])]  # their level means little
    for bits, memory, (strategy, level) in itertools.product(windows, _USUAL_MEMORY, usual):
        yield DeflateRecord(
            level=level, window_bits=bits, memory_level=memory, strategy=strategy, header=header, rows=rows_each
        )


def _fits(data: bytes, stream: bytes, record: DeflateRecord) -> bool:
    """Whether a stream begins as zlib makes it of the first data."""
    if len(data) <= _PREFIX_BYTES:
        return _stream(data, record) == stream
    compressor = zlib.compressobj(
        record.level, zlib.DEFLATED, -record.window_bits, record.memory_level, record.strategy
    )
    return stream.startswith(compressor.compress(data[:_PREFIX_BYTES]), _HEADER_BYTES)


def _fits_all(rows: ByteRows, streams: list[bytes], record: DeflateRecord) -> bool:
    parts = list(_parts(rows, record.rows))
    return len(parts) == len(streams) and all(
        _stream(part.tobytes(), record) == stream for part, stream in zip(parts, streams, strict=True)
    )

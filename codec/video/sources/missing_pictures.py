"""Pictures that are missing from a coded stream, found by the numbers that the pictures carry.

FFmpeg copies an older picture in place of a missing reference of H.264, and says nothing of one that is missing from
MPEG-1 or MPEG-2. The streams themselves tell: H.264 counts its references (``frame_num``, ITU-T H.264, 7.4.3), MPEG
counts the pictures of a group (``temporal_reference``, ITU-T H.262, 6.3.9).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

_START_CODE = b"\0\0\1"
_HEADER_BYTES = 64  # of a slice: far more than what is read of its header
_HIGH_PROFILES = frozenset({44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 144, 244})
_NAL_SLICE, _NAL_IDR, _NAL_SPS, _NAL_PPS = 1, 5, 7, 8
_AVCC_VERSION = 1
_PICTURE, _GROUP = b"\0\0\1\0", b"\0\0\1\xb8"
_TYPE_I, _TYPE_P, _TYPE_B = 1, 2, 3
_TEMPORAL_REFERENCES = 1024


class PictureNumbers(Protocol):
    """Looks at the packets of a stream, in the order of decoding."""

    def missing_before(self, data: bytes) -> int | None:
        """Say whether a picture is missing that this one, or some before it, refers to.

        Returns:
            None if nothing is known to be missing; else the number of packets before this one that lack it too.
        """


def picture_numbers(codec: str, extradata: bytes) -> PictureNumbers | None:
    """What checks the streams of a codec; None where the codec does not number its pictures.

    Args:
        codec: FFmpeg's name.
        extradata: of the stream.
    """
    if codec == "h264":
        return _FrameNumbers(extradata)
    return _TemporalReferences() if codec in ("mpeg1video", "mpeg2video") else None


@dataclass(frozen=True)
class _SequenceParameters:
    """What the header of a slice depends on, of a sequence parameter set."""

    frame_num_bits: int
    has_separate_planes: bool
    may_have_gaps: bool


class _FrameNumbers:
    """The frame numbers of H.264."""

    def __init__(self, extradata: bytes) -> None:
        self._sequences: dict[int, _SequenceParameters] = {}
        self._sequence_of_picture: dict[int, int] = {}
        self._last_reference: int | None = None
        self._length_bytes = 0
        if extradata[:1] == bytes([_AVCC_VERSION]) and len(extradata) > 6:
            self._length_bytes = (extradata[4] & 3) + 1
            for unit in _avcc_units(extradata):
                self._take(unit)
        else:
            self.missing_before(extradata)

    def missing_before(self, data: bytes) -> int | None:
        units = _counted_units(data, self._length_bytes) if self._length_bytes else _started_units(data)
        for unit in units:
            if unit and unit[0] & 31 in (_NAL_SLICE, _NAL_IDR):
                try:
                    return self._slice(unit)
                except IndexError:
                    return None  # the header is cut off, which the decoder reports
            self._take(unit)
        return None

    def _take(self, unit: bytes) -> None:
        try:
            if unit[0] & 31 == _NAL_SPS:
                number, sequence = _sequence_parameters(_Bits(_without_escapes(unit[1:])))
                self._sequences[number] = sequence
            elif unit[0] & 31 == _NAL_PPS:
                bits = _Bits(_without_escapes(unit[1:_HEADER_BYTES]))
                number = bits.unsigned()
                self._sequence_of_picture[number] = bits.unsigned()
        except IndexError:
            return

    def _slice(self, unit: bytes) -> int | None:
        bits = _Bits(_without_escapes(unit[1:_HEADER_BYTES]))
        is_first = bits.unsigned() == 0
        bits.unsigned()  # the type of the slice
        sequence = self._sequences.get(self._sequence_of_picture.get(bits.unsigned(), -1))
        if sequence is None or not is_first:
            return None
        if sequence.has_separate_planes:
            bits.take(2)
        number = bits.take(sequence.frame_num_bits)
        before = 0 if unit[0] & 31 == _NAL_IDR else self._last_reference
        if unit[0] >> 5 & 3 or before is None:
            self._last_reference = number
        if before is None or sequence.may_have_gaps:
            return None
        # After a picture that resets the count without being an IDR picture, the next reference has number 1.
        in_order = number in (before, (before + 1) % (1 << sequence.frame_num_bits), 1)
        return None if in_order else 0


class _TemporalReferences:
    """The temporal references of MPEG-1 and MPEG-2.

    Between two reference pictures in the order of decoding lie as many B pictures as their numbers leave room for.
    """

    def __init__(self) -> None:
        self._earlier: int | None = None  # the reference before the last one
        self._last: int | None = None
        self._num_between = 0
        self._is_counted = True

    def missing_before(self, data: bytes) -> int | None:
        place = data.find(_PICTURE)
        if place < 0 or len(data) < place + 6 or not self._is_counted:
            return None
        number = data[place + 4] << 2 | data[place + 5] >> 6
        kind = data[place + 5] >> 3 & 7
        if kind == _TYPE_I or data.find(_GROUP, 0, place) >= 0:
            self._earlier, self._last, self._num_between = None, number, 0
            return None
        if self._last is None or kind not in (_TYPE_P, _TYPE_B):
            return None
        if kind == _TYPE_B:
            self._num_between += 1
            is_behind = 0 < (number - self._last) % _TEMPORAL_REFERENCES < _TEMPORAL_REFERENCES // 2
            return 0 if is_behind else None
        return self._reference(number)

    def _reference(self, number: int) -> int | None:
        if number == self._last:
            return None  # the second field of the same picture
        earlier, last, found = self._earlier, self._last or 0, self._num_between
        self._earlier, self._last, self._num_between = last, number, 0
        if earlier is None:
            return None
        room = (last - earlier) % _TEMPORAL_REFERENCES - 1
        if room >= _TEMPORAL_REFERENCES // 2:
            self._is_counted = False  # some encoders write any number
            return None
        return None if found >= room else found + 1


class _Bits:
    """Bits, from the most significant one on; ends with an IndexError."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def take(self, count: int) -> int:
        value = 0
        for _ in range(count):
            value = value << 1 | self._data[self._position >> 3] >> (7 - (self._position & 7)) & 1
            self._position += 1
        return value

    def unsigned(self) -> int:
        """An Exp-Golomb code (ITU-T H.264, 9.1)."""
        zeros = 0
        while self.take(1) == 0:
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        code = self.unsigned()
        return (code + 1) // 2 if code & 1 else -(code // 2)


def _sequence_parameters(bits: _Bits) -> tuple[int, _SequenceParameters]:
    """Number and content of a sequence parameter set (ITU-T H.264, 7.3.2.1.1)."""
    profile = bits.take(8)
    bits.take(16)
    number = bits.unsigned()
    has_separate_planes = False
    if profile in _HIGH_PROFILES:
        num_lists = 8
        if bits.unsigned() == 3:
            has_separate_planes = bool(bits.take(1))
            num_lists = 12
        bits.unsigned()
        bits.unsigned()
        bits.take(1)
        if bits.take(1):
            for index in range(num_lists):
                if bits.take(1):
                    _skip_scaling_list(bits, 16 if index < 6 else 64)
    frame_num_bits = bits.unsigned() + 4
    order = bits.unsigned()
    if order == 0:
        bits.unsigned()
    elif order == 1:
        bits.take(1)
        bits.signed()
        bits.signed()
        for _ in range(bits.unsigned()):
            bits.signed()
    bits.unsigned()
    return number, _SequenceParameters(frame_num_bits, has_separate_planes, bool(bits.take(1)))


def _skip_scaling_list(bits: _Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last


def _without_escapes(data: bytes) -> bytes:
    return data.replace(b"\0\0\3", b"\0\0")


def _avcc_units(extradata: bytes) -> Iterator[bytes]:
    """The parameter sets of an AVCDecoderConfigurationRecord (ISO/IEC 14496-15)."""
    position = 5
    for mask in (31, 255):
        if position >= len(extradata):
            return
        count = extradata[position] & mask
        position += 1
        for _ in range(count):
            size = int.from_bytes(extradata[position : position + 2], "big")
            yield extradata[position + 2 : position + 2 + size]
            position += 2 + size


def _counted_units(data: bytes, length_bytes: int) -> Iterator[bytes]:
    position = 0
    while position + length_bytes < len(data):
        size = int.from_bytes(data[position : position + length_bytes], "big")
        position += length_bytes
        yield data[position : position + size]
        position += size


def _started_units(data: bytes) -> Iterator[bytes]:
    start = data.find(_START_CODE)
    while start >= 0:
        start += len(_START_CODE)
        end = data.find(_START_CODE, start, start + 4 * _HEADER_BYTES)
        if end < 0 and data[start : start + 1] and data[start] & 31 in (_NAL_SLICE, _NAL_IDR):
            yield data[start : start + _HEADER_BYTES]
            return
        if end < 0:
            end = data.find(_START_CODE, start)
        yield data[start : end if end >= 0 else len(data)]
        start = end

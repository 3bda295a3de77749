"""Closed captions put back into coded frames, as supplemental enhancement information of H.264 and H.265.

ATSC A/53 part 4, 6.2: ``cc_data`` in ``ATSC_user_data``, in a message of registered user data (ITU-T T.35).
"""

from __future__ import annotations

import re

CODECS_WITH_CAPTIONS = ("h264", "h265", "x264rgb")
"""Output codecs that take them."""

_START_CODE = b"\0\0\0\1"
_NAL_UNITS = re.compile(rb"\x00\x00\x01")
_USER_DATA = 4  # payload type: registered by ITU-T T.35
_UNITED_STATES_ATSC = b"\xb5\x00\x31GA94\x03"
_MOST_TRIPLETS = 31


def with_captions(packet: bytes, triplets: bytes, *, is_h265: bool) -> bytes:
    """A packet of one coded frame, with the frame's captions before its first slice.

    Args:
        packet: Annex B byte stream.
        triplets: ``cc_data``, three bytes each.
        is_h265: the packet is H.265, otherwise H.264.
    """
    message = _message(triplets)
    head = b"\x4e\x01" if is_h265 else b"\x06"  # a prefix message before the slices
    for match in _NAL_UNITS.finditer(packet):
        if match.end() < len(packet) and _is_slice(packet[match.end()], is_h265=is_h265):
            # Four bytes long or three: the zero before belongs to the start code.
            begin = match.start() - (match.start() > 0 and packet[match.start() - 1] == 0)
            return packet[:begin] + _START_CODE + head + _escaped(message) + packet[begin:]
    return packet


def _message(triplets: bytes) -> bytes:
    count = min(len(triplets) // 3, _MOST_TRIPLETS)
    payload = _UNITED_STATES_ATSC + bytes([0x40 | count, 0xFF]) + triplets[: 3 * count] + b"\xff"
    return bytes([_USER_DATA, len(payload)]) + payload + b"\x80"


def _escaped(data: bytes) -> bytes:
    """No start code may come up inside: a 3 is put between two zeros and a number below 4."""
    return re.sub(rb"\x00\x00(?=[\x00-\x03])", b"\0\0\3", data)


def _is_slice(first_byte: int, *, is_h265: bool) -> bool:
    return (first_byte >> 1 & 63) < 32 if is_h265 else 1 <= first_byte & 31 <= 5

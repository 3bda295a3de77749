"""DPX files (SMPTE 268M) with one element of uncompressed samples."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from codec.kept_files.layouts import FileLayout, row_places
from codec.kept_files.samples import Packing
from container_format.kept_files import SampleLayoutRecord

MAGICS = (b"SDPX", b"XPDS")
_HEADER_BYTES = 832  # up to the end of the first element; the rest of the header may be missing
_ORDERS = {6: ("y",), 50: ("rgb", "bgr"), 51: ("rgba", "bgra"), 52: ("abgr",)}
"""The components that a descriptor stands for; readers disagree about the order of some."""
_PACKINGS = {
    (8, 0): (Packing.BYTES,),
    (8, 1): (Packing.BYTES,),
    (8, 2): (Packing.BYTES,),
    (10, 1): (Packing.TRIPLES_HIGH, Packing.TRIPLES_HIGH_REVERSED),
    (10, 2): (Packing.TRIPLES_LOW, Packing.TRIPLES_LOW_REVERSED),
    (12, 0): (Packing.STREAM_12,),
    (12, 1): (Packing.WORDS_12_HIGH,),
    (12, 2): (Packing.WORDS,),
    (16, 0): (Packing.WORDS,),
    (16, 1): (Packing.WORDS,),
    (16, 2): (Packing.WORDS,),
}


def layouts(data: bytes) -> Iterator[FileLayout]:
    """Ways in which a DPX file may have been made; none for kinds that are kept whole."""
    if len(data) < _HEADER_BYTES:
        return
    order = ">" if data.startswith(b"SDPX") else "<"
    (offset,) = struct.unpack_from(f"{order}I", data, 4)
    elements, width, height = struct.unpack_from(f"{order}HII", data, 770)
    descriptor, bits, packing, encoding, own_offset, line_filling = struct.unpack_from(f"{order}BxxBHHII", data, 800)
    if elements != 1 or encoding != 0 or not 0 < width < 2**16 or not 0 < height < 2**16:
        return
    starts = dict.fromkeys(start for start in (offset, own_offset) if _HEADER_BYTES <= start <= len(data))
    for components in _ORDERS.get(descriptor, ()):
        for name in _PACKINGS.get((bits, packing), ()):
            layout = SampleLayoutRecord(order=components, packing=name.value, is_big_endian=order == ">")
            row_bytes = _row_bytes(name, width * len(components))
            filling = line_filling if line_filling < 2**16 else 0
            strides = dict.fromkeys((row_bytes + filling, row_bytes, -(-row_bytes // 4) * 4))
            for start in starts:
                for stride in strides:
                    if start + stride * (height - 1) + row_bytes <= len(data):
                        yield FileLayout(layout, row_places(start, row_bytes, stride, height))


def _row_bytes(packing: Packing, samples: int) -> int:
    if packing is Packing.BYTES:
        return samples
    if packing in (Packing.WORDS, Packing.WORDS_12_HIGH):
        return 2 * samples
    if packing is Packing.STREAM_12:
        return -(-samples * 12 // 32) * 4
    return -(-samples // 3) * 4

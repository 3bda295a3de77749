"""What the Python receiver makes of a stream: the CRC-32 of each plane of each frame, as the page's tests give them."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import numpy as np

from codec.decoder.networks import StreamNetworks
from codec.decoder.segment import Receiver, decode_segment
from codec.stream_header import unpack_header
from container_format import NetworkRecord, SegmentRecord, StreamReader, UpdateRecord

CONFORMANCE = Path(__file__).parents[1] / "conformance" / "v1"
BUILT = Path(__file__).parents[2] / "web" / "built"


def plane_checksums(path: Path, *, gray: bool = False) -> list[list[int]]:
    """For each frame, the CRC-32 of gray, chroma planes and alpha, samples in little-endian order.

    Args:
        path: of the stream.
        gray: the color is left out: chroma planes are those of a picture without color.
    """
    reader = StreamReader(io.BytesIO(path.read_bytes()))
    description, networks = unpack_header(reader.header), StreamNetworks()
    found = []
    for record in reader.records():
        if isinstance(record, NetworkRecord):
            networks.add(record)
        elif isinstance(record, UpdateRecord):
            networks.take_update(record)
        elif isinstance(record, SegmentRecord):
            receiver = Receiver.of(description, networks, reader.header.color, gray=gray, verify=True)
            for _, coded in decode_segment(receiver, record):
                picture = coded if description.recoding is None else description.recoding.restored(coded)
                found.append([zlib.crc32(np.ascontiguousarray(plane).tobytes()) for plane in picture.planes()])
    return found

"""What must not change in how a conformance stream is decoded."""

from __future__ import annotations

import io
import zlib
from typing import Any

from codec.decoder import DecodeOptions, decode
from codec.networks.record import unpack_network
from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame
from container_format import NetworkRecord, StreamReader


class Recorder:
    """A sink that notes what must not change."""

    notes: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.times: list[int] = []
        self.gray_crc32: list[int] = []
        self.num_packets = 0

    def write(self, frame: Frame) -> None:
        self.times.append(frame.pts)
        self.gray_crc32.append(zlib.crc32(frame.picture.luma.tobytes()))

    def write_packet(self, packet: CopyPacket) -> None:
        del packet
        self.num_packets += 1

    def close(self) -> None:
        pass

    def abort(self) -> None:
        pass


def record(data: bytes, *, gray: bool = False) -> dict[str, Any]:
    """Decode a stream and note what must not change."""
    sink = Recorder()

    def open_sink(info: VideoInfo) -> Recorder:
        del info
        return sink

    decode(io.BytesIO(data), open_sink, DecodeOptions(gray=gray))
    return {
        "times": sink.times,
        "gray_crc32": sink.gray_crc32,
        "packets": sink.num_packets,
        "weights_crc32": weights_crc32(data),
    }


def weights_crc32(data: bytes) -> int | None:
    """CRC-32 of the first network's whole numbers, which are exact on every machine; None without a network."""
    for item in StreamReader(io.BytesIO(data)).records():
        if isinstance(item, NetworkRecord):
            _, tensors = unpack_network(item)
            return zlib.crc32(b"".join(t.values.astype("<i4").tobytes() for t in tensors))
    return None

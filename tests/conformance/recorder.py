"""What must not change in how a conformance stream is decoded."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Callable
from pathlib import Path
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


def write_new(
    folder: Path,
    decodable: Callable[[], dict[str, bytes]],
    faulty: Callable[[Path], dict[str, tuple[bytes, str]]],
) -> None:
    """Write what is not there yet.

    Args:
        folder: of a version's streams.
        decodable: makes streams, by their path without the extension.
        faulty: makes streams of those, by name, each with a part of its error.
    """
    for name, data in decodable().items():
        path = folder / f"{name}.gvc"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_bytes(data)
            path.with_suffix(".json").write_text(json.dumps(record(data)) + "\n", encoding="utf-8")
    errors_path = folder / "faulty" / "errors.json"
    errors_path.parent.mkdir(exist_ok=True)
    errors = json.loads(errors_path.read_text(encoding="utf-8")) if errors_path.exists() else {}
    for name, (data, message) in faulty(folder).items():
        path = folder / "faulty" / f"{name}.gvc"
        errors.setdefault(name, message)
        if not path.exists():
            path.write_bytes(data)
    errors_path.write_text(json.dumps(errors, indent=1, sort_keys=True) + "\n", encoding="utf-8")

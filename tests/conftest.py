"""What tests of several packages share: a small legal stream."""

from __future__ import annotations

import dataclasses
import io
import os
from fractions import Fraction

import hypothesis
import pytest

from codec.native.isa import NUMPY
from codec.native.library import Engine
from container_format import (
    CopyPacketRecord,
    CopyRecord,
    CopyStreamRecord,
    HeaderRecord,
    NetworkRecord,
    SegmentRecord,
    StreamReader,
    StreamWriter,
    TensorRecord,
)

# SVT-AV1 reads this once in a process, and tests that open it by themselves may come before ours that must be silent.
os.environ.setdefault("SVT_LOG", "0")

# `make test` tries the same examples each time, so that what it says of a change is about the change. `make test-all`
# takes Hypothesis' own profile and looks for new ones.
hypothesis.settings.register_profile("repeatable", derandomize=True)

SOUND = CopyStreamRecord(
    kind="audio",
    codec="aac",
    time_base=Fraction(1, 48000),
    extradata=b"\x12\x10",
    sample_rate=48000,
    channel_layout="stereo",
    sample_format="fltp",
)
WEIGHTS = TensorRecord(name="a", shape=(2, 3), step=0.25, table=b"table", payload=b"payload")


class Counted(io.BytesIO):
    """A file that counts the bytes that are read."""

    num_bytes = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.num_bytes += len(data)
        return data


def make_header(**changes: object) -> HeaderRecord:
    fields: dict[str, object] = {
        "width": 16,
        "height": 8,
        "pixel_format": "yuv420p",
        "time_base": Fraction(1, 25),
        "frame_rate": Fraction(25),
        "luma_codec": "raw",
        "coded_width": 16,
        "coded_height": 8,
        "luma_is_lossless": True,
        "color": "model",
        "conversion_matrix": 6,
        "conversion_full_range": False,
        "keyframe_deltas": (0, 3),
        "copy_streams": (SOUND,),
        "encoder": "test",
        **changes,
    }
    return HeaderRecord(**fields)  # type: ignore[arg-type]


def make_segment(index: int, num_frames: int = 3) -> SegmentRecord:
    return SegmentRecord(
        index=index,
        first_frame=index * 3,
        num_frames=num_frames,
        pts=index * 3,
        pts_steps=((1, num_frames - 1),) if num_frames > 1 else (),
        luma_crc32=index,
        luma_packets=tuple(bytes([index, i]) * 20 for i in range(num_frames)),
    )


def make_stream(num_segments: int = 3) -> bytes:
    """A small legal stream with every kind of chunk."""
    buffer = io.BytesIO()
    writer = StreamWriter(buffer, make_header())
    writer.write_network(NetworkRecord(architecture="test", parameters={"width": 4}, tensors=(WEIGHTS,)))
    for index in range(num_segments):
        packet = CopyPacketRecord(stream=0, pts=index, dts=index, duration=1, data=b"sound" * 5)
        writer.write_copy(CopyRecord(packets=(packet,)))
        writer.write_segment(make_segment(index))
    writer.finish()
    return buffer.getvalue()


def copied_stream(data: bytes, *, source_md5: str | None = None, **changes: object) -> bytes:
    """A stream written once more: with other values in every segment, and right checksums of its chunks."""
    reader, target = StreamReader(io.BytesIO(data)), io.BytesIO()
    writer = StreamWriter(target, reader.header)
    for record in reader.records():
        if isinstance(record, NetworkRecord):
            writer.write_network(record)
        elif isinstance(record, SegmentRecord):
            writer.write_segment(dataclasses.replace(record, **changes))  # type: ignore[arg-type]
        elif isinstance(record, CopyRecord):
            writer.write_copy(record)
    writer.finish(source_md5=source_md5)
    return target.getvalue()


@pytest.fixture
def small_stream() -> bytes:
    return make_stream()


@pytest.fixture
def without_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """NumPy computes what the native library would."""
    numpy = Engine(NUMPY, None)
    monkeypatch.setattr("codec.native.library._chosen", lambda: numpy)

"""Small streams that ask for much end soon: with little memory and little processor time."""

from __future__ import annotations

import dataclasses
import io
import json
import resource
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

from container_format import HeaderRecord, SegmentRecord, StreamWriter
from container_format.compression import compress
from tests.conftest import make_header

MEMORY_BYTES = 300 * 2**20
CPU_SECONDS = 10  # five times what the limits promise on an idle core
HERE = Path(__file__).parent
STATUS = Path("/proc/self/status")
FAULTY = sorted((HERE.parent / "conformance" / "v1" / "faulty").glob("*.gvc"))
MEASURED = r"""
import json, re, sys
from pathlib import Path
from codec.cli.decode import main
code = main(sys.argv[1:])
# Not of getrusage, whose peak begins with the memory of the process that started this one.
peak = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
print(json.dumps([code, 1024 * int(peak[1])]))
"""


pytestmark = pytest.mark.skipif(not STATUS.is_file(), reason="needs Linux, which says how much memory was used")


def decode(stream: Path, output: Path) -> tuple[int, int, str]:
    """Exit code, peak memory in bytes and messages of a decode that has little processor time."""
    result = subprocess.run(
        [sys.executable, "-c", MEASURED, str(stream), str(output), "--workers", "1", "-q"],
        capture_output=True,
        text=True,
        check=True,  # a stream that gets past the limits is ended by the system, and has no exit code
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS)),
    )
    code, memory = json.loads(result.stdout)
    return code, memory, result.stderr


def header(width: int, height: int, luma_codec: str) -> HeaderRecord:
    return dataclasses.replace(
        make_header(color="none"),
        **{"width": width, "height": height, "coded_width": width, "coded_height": height, "luma_codec": luma_codec},
    )


def stream_of(head: HeaderRecord, packet: bytes, frames: int, checksum: int = 1) -> bytes:
    """A stream whose writer does not know the limits."""
    target = io.BytesIO()
    writer = StreamWriter(target, head)
    steps = ((1, frames - 1),) if frames > 1 else ()
    record = SegmentRecord(
        index=0,
        first_frame=0,
        num_frames=frames,
        pts=0,
        pts_steps=steps,
        luma_crc32=checksum,
        luma_packets=(packet,) * frames,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("container_format.writer.check_segment_pixels", lambda *_: None)
        writer.write_segment(record)
    writer.finish()
    return target.getvalue()


def flat(width: int, height: int) -> bytes:
    return b"\0" + compress(bytes(width * height))


EXPENSIVE = {
    "a picture of 400 million pixels": stream_of(header(20000, 20000, "zstd"), flat(20000, 20000), 1),
    "64 pictures of 16 million pixels": stream_of(header(4096, 4096, "zstd"), flat(4096, 4096), 64),
    "a wrong picture of 16 million pixels": stream_of(header(4096, 4096, "zstd"), flat(4096, 4096), 4),
}


@pytest.mark.parametrize("name", EXPENSIVE)
def test_a_small_stream_of_large_pictures_is_refused_cheaply(name: str, tmp_path: Path) -> None:
    (tmp_path / "x.gvc").write_bytes(EXPENSIVE[name])
    assert len(EXPENSIVE[name]) < 100_000
    code, memory, message = decode(tmp_path / "x.gvc", tmp_path / "x.y4m")
    assert (code, message.count("\n")) == (4, 1), message
    assert memory < MEMORY_BYTES
    assert not list(tmp_path.glob("*x.y4m*"))


@pytest.mark.slow
@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_every_faulty_stream_is_refused_cheaply(path: Path, tmp_path: Path) -> None:
    code, memory, message = decode(path, tmp_path / "x.y4m")
    assert (code, message.count("\n")) == (4, 1), message
    assert memory < MEMORY_BYTES


def test_large_pictures_that_are_right_decode_in_memory_for_a_few(tmp_path: Path) -> None:
    """Many pictures wait nowhere: each is 16 million pixels."""
    side, frames = 4096, 4
    checksum = 0
    for _ in range(frames):
        checksum = zlib.crc32(np.zeros((side, side), np.uint8).data, checksum)
    (tmp_path / "x.gvc").write_bytes(stream_of(header(side, side, "zstd"), flat(side, side), frames, checksum))
    code, memory, message = decode(tmp_path / "x.gvc", tmp_path / "x.y4m")
    assert code == 0, message
    assert memory < MEMORY_BYTES

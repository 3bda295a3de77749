"""Every kind of stream is verified; what a decode writes is what its hash says."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from codec.decoder import decode
from codec.decoder.promise import Promise
from codec.errors import MismatchError, OutputError, StreamError
from codec.verification import VerifyOptions, verify
from codec.video.info import VideoInfo
from codec.video.sink import Sink
from codec.video.sinks.opening import open_sink
from codec.video.sinks.options import SinkOptions
from tests.conftest import copied_stream
from tests.framemd5 import frame_lines

STREAMS = Path(__file__).parents[2] / "conformance" / "v1"
NAMES = (
    *("coded_yuv420p", "gray_ffv1", "gray_x264_lossy", "guided_rgb24", "guided_yuv420p", "lossless_joint_yuv420p"),
    *("lossless_rgb24", "lossless_x264_yuv420p", "lossless_yuv444p", "model_compact", "sound"),
)


def stream_of(name: str, *, source_md5: str | None = None) -> io.BytesIO:
    """A conformance stream, with the MD5 of a source at its end."""
    return io.BytesIO(copied_stream((STREAMS / "valid" / f"{name}.gvc").read_bytes(), source_md5=source_md5))


def raw_of(stream: io.BytesIO, path: Path) -> bytes:
    decode(stream, lambda info: open_sink(str(path), info, SinkOptions()))
    return path.read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_hashes_are_those_of_what_a_decode_writes(name: str, tmp_path: Path) -> None:
    lines: list[str] = []
    found = verify(stream_of(name), VerifyOptions(md5=True, frame_md5=lines.append))
    raw = raw_of(stream_of(name), tmp_path / "out.raw")
    assert found.md5 == hashlib.md5(raw, usedforsecurity=False).hexdigest()
    frames = frame_lines(lines)
    size = len(raw) // found.num_frames
    pieces = [raw[start : start + size] for start in range(0, len(raw), size)]
    assert [cells[5] for cells in frames] == [hashlib.md5(piece, usedforsecurity=False).hexdigest() for piece in pieces]
    assert {cells[4] for cells in frames} == {str(size)}


@pytest.mark.parametrize("name", ["lossless_yuv420p", "gray_ffv1"])
def test_an_exact_stream_is_held_to_the_md5_of_its_source(name: str) -> None:
    md5 = verify(stream_of(name)).md5
    assert md5 is not None
    assert verify(stream_of(name, source_md5=md5)).is_source_md5_checked
    with pytest.raises(MismatchError, match=f"the MD5 of its frames differs: expected {'0' * 32}. Received: {md5}"):
        verify(stream_of(name, source_md5="0" * 32))


def test_color_that_is_not_exact_cannot_be_held_to_it() -> None:
    found = verify(stream_of("guided_yuv420p", source_md5="0" * 32))
    assert (found.source_md5, found.is_source_md5_checked, found.md5) == ("0" * 32, False, None)


@pytest.mark.parametrize(
    "name", ["color_checksum_wrong", "flipped_bit", "cut_in_a_segment", "no_end", "wrong_gray_checksum"]
)
def test_damage_is_not_taken_for_another_source(name: str) -> None:
    with (STREAMS / "faulty" / f"{name}.gvc").open("rb") as stream, pytest.raises(StreamError) as caught:
        verify(stream)
    assert not isinstance(caught.value, MismatchError)


def test_the_promise_comes_before_the_sink() -> None:
    promises: list[Promise] = []

    def refuse(info: VideoInfo) -> Sink:
        assert info.pixel_format.name == "yuv420p"
        assert [promise.color for promise in promises] == ["guided"]
        raise OutputError("refused")

    with pytest.raises(OutputError, match="refused"):
        decode(stream_of("guided_yuv420p"), refuse, on_promise=promises.append)

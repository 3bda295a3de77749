"""Every byte of a real small .gvc: a flipped bit or a cut is always noticed, and nothing is left behind."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codec.decoder import DecodeOptions, decode
from codec.errors import StreamError
from tests.end_to_end.conftest import call_ok, write_video
from tests.kept_frames import KeptFrames


def decode_bytes(data: bytes) -> KeptFrames:
    sink = KeptFrames()
    decode(io.BytesIO(data), sink.open, DecodeOptions(gray=True))
    return sink


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("damage")
    write_video(folder / "in.mkv", pixel_format="gray", width=16, height=16, frames=4)
    call_ok("gvc-encode", folder / "in.mkv", folder / "x.gvc", "--luma", "x264", "--segment-frames", "2")
    return (folder / "x.gvc").read_bytes()


def test_intact_stream_decodes(stream: bytes) -> None:
    assert len(decode_bytes(stream).frames) == 4


def test_a_flipped_bit_at_every_byte_is_noticed(stream: bytes) -> None:
    for position in range(len(stream)):
        damaged = bytearray(stream)
        damaged[position] ^= 1 << (position % 8)
        with pytest.raises(StreamError):
            decode_bytes(bytes(damaged))


def test_a_cut_at_every_byte_is_noticed(stream: bytes) -> None:
    for length in range(len(stream)):
        with pytest.raises(StreamError):
            decode_bytes(stream[:length])


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_hundreds_of_damages_are_noticed(stream: bytes, data: st.DataObject) -> None:
    damaged = bytearray(stream)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(stream) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    cut = data.draw(st.integers(0, len(stream)))
    result = bytes(damaged[:cut])
    if result != stream:
        with pytest.raises(StreamError):
            decode_bytes(result)


def test_decoding_writes_no_file_for_a_damaged_stream(stream: bytes, tmp_path: Path) -> None:
    from codec.jobs.decode import decode_file
    from codec.video.sinks.options import SinkOptions

    for position in range(0, len(stream), 97):
        damaged = bytearray(stream)
        damaged[position] ^= 0x80
        (tmp_path / "x.gvc").write_bytes(damaged)
        with pytest.raises(StreamError):
            decode_file(str(tmp_path / "x.gvc"), str(tmp_path / "x.y4m"), DecodeOptions(), sink_options=SinkOptions())
        assert [p.name for p in tmp_path.iterdir()] == ["x.gvc"]

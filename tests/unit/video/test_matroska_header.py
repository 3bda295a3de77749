"""A Matroska header with more in it: nothing behind it moves, and all that it refers to is where it says."""

from __future__ import annotations

import io
import zlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from codec.errors import OutputError
from codec.video.marks import ContentLight
from codec.video.sinks.matroska_header import ROOM_BYTES, Statement, state

STATEMENT = Statement(Fraction(16, 9), content_light=ContentLight(1000, 400))


def write(path: Path, *, room: bool, frames: int = 60) -> None:
    options = {"metadata_header_padding": str(ROOM_BYTES)} if room else {}
    with av.open(str(path), "w", format="matroska", container_options=options) as output:
        output.metadata["title"] = "a"
        output.set_chapters([{"id": 1, "start": 0, "end": 1, "time_base": Fraction(1), "metadata": {"title": "one"}}])
        output.add_attachment("font.ttf", "font/ttf", bytes(range(200)))
        stream = output.add_stream("ffv1", rate=1)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(np.full((54, 64), number, np.uint8), format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


def number_at(data: bytes, place: int) -> tuple[int, int]:
    size = 9 - data[place].bit_length()
    return int.from_bytes(data[place : place + size], "big"), size


def elements(data: bytes, place: int, end: int) -> list[tuple[int, int, int]]:
    """Id, place and end of each element."""
    found = []
    while place < end:
        number, id_size = number_at(data, place)
        size, size_size = number_at(data, place + id_size)
        begin = place + id_size + size_size
        found.append((number, place, begin + (size & ~(1 << 7 * size_size))))
        place = found[-1][2]
    assert place == end
    return found


def data_of(data: bytes, element: tuple[int, int, int]) -> bytes:
    _, place, end = element
    _, id_size = number_at(data, place)
    _, size_size = number_at(data, place + id_size)
    return data[place + id_size + size_size : end]


def test_everything_is_where_the_header_says(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    write(path, room=True)
    before = path.read_bytes()
    with path.open("r+b") as file:
        state(file, STATEMENT)
    after = path.read_bytes()
    assert len(after) == len(before)
    cluster = before.index(bytes.fromhex("1f43b675"), 600)
    assert after[cluster:] == before[cluster:]
    segment = elements(after, 0, len(after))[1]
    begin = segment[2] - len(data_of(after, segment))
    parts = elements(after, begin, segment[2])
    places = {number: place - begin for number, place, _ in reversed(parts)}
    (seek_head,) = [part for part in parts if part[0] == 0x114D9B74]
    children = data_of(after, seek_head)
    checksum, *seeks = elements(children, 0, len(children))
    assert int.from_bytes(data_of(children, checksum), "little") == zlib.crc32(children[checksum[2] :])
    stated = {}
    for seek in seeks:
        fields = data_of(children, seek)
        target, place = (data_of(fields, field) for field in elements(fields, 0, len(fields)))
        stated[int.from_bytes(target, "big")] = int.from_bytes(place, "big")
    assert stated
    assert stated == {number: places[number] for number in stated}


def test_the_file_plays_as_before(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    write(path, room=True)
    with path.open("r+b") as file:
        state(file, STATEMENT)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.sample_aspect_ratio == 1
        assert container.metadata["title"] == "a"
        assert len(container.chapters()) == 1
        assert container.streams[1].metadata["filename"] == "font.ttf"
        assert [int(frame.to_ndarray()[0, 0]) for frame in container.decode(stream)] == list(range(60))
        container.seek(40_000, stream=stream)
        assert 30 <= int(next(container.decode(stream)).to_ndarray()[0, 0]) <= 40  # a cue is not at every frame


def test_a_file_without_room_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    write(path, room=False)
    before = path.read_bytes()
    with path.open("r+b") as file, pytest.raises(OutputError, match="room"):
        state(file, STATEMENT)
    assert path.read_bytes() == before


@pytest.mark.parametrize("data", [b"", b"\0", b"\x1a\x45\xdf\xa3\x80", b"RIFF" * 100])
def test_another_file_is_refused(data: bytes) -> None:
    with pytest.raises(OutputError, match="Matroska"):
        state(io.BytesIO(data), STATEMENT)

"""Streams that were written once and are kept: what version 1 accepted or refused, it does so for ever.

``valid`` are streams as the encoder makes them, ``uncommon`` legal but rare ones; ``faulty`` are named after their
fault.
Beside each stream that decodes stands ``NAME.json`` with its frames' times and the CRC-32 of each gray plane.
``python -m tests.conformance.make_v1`` made them; it is run again only to add files.
"""

from __future__ import annotations

import io
import json
import zlib
from pathlib import Path

import pytest

import gvc
from codec.errors import StreamError
from codec.stream_header import unpack_header
from codec.video.info import VideoInfo
from container_format import StreamReader
from container_format.describe import describe
from tests.conformance.recorder import record

FOLDER = Path(__file__).parent / "v1"
DECODABLE = sorted([*(FOLDER / "valid").glob("*.gvc"), *(FOLDER / "uncommon").glob("*.gvc")])
FAULTY = sorted((FOLDER / "faulty").glob("*.gvc"))
EXPECTED_ERRORS: dict[str, str] = json.loads((FOLDER / "faulty" / "errors.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", DECODABLE, ids=lambda p: p.stem)
def test_decodes_as_it_did(path: Path) -> None:
    assert record(path.read_bytes()) == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", DECODABLE, ids=lambda p: p.stem)
def test_any_frame_by_itself_is_what_it_was(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    with gvc.open(path) as video:
        numbers = range(len(video) - 1, -1, -1)  # the last one first
        assert [zlib.crc32(video.gray[number].data.tobytes()) for number in numbers] == expected["gray_crc32"][::-1]
        unit = decoded_info(path).time_base
        assert [frame.pts_seconds for frame in video.gray] == [float(pts * unit) for pts in expected["times"]]


def decoded_info(path: Path) -> VideoInfo:
    return unpack_header(StreamReader(io.BytesIO(path.read_bytes())).header).info


@pytest.mark.parametrize("path", DECODABLE, ids=lambda p: p.stem)
def test_can_be_described(path: Path) -> None:
    description = describe(io.BytesIO(path.read_bytes()))
    assert description["total_bytes"] == path.stat().st_size


@pytest.mark.parametrize("path", FAULTY, ids=lambda p: p.stem)
def test_is_refused_for_its_fault(path: Path) -> None:
    with pytest.raises(StreamError) as caught:
        record(path.read_bytes(), gray=not path.stem.startswith("color_"))
    assert EXPECTED_ERRORS[path.stem] in str(caught.value)


def test_there_is_something_of_each_kind() -> None:
    assert len(DECODABLE) >= 8
    assert len(FAULTY) >= 10
    assert {path.stem for path in FAULTY} == set(EXPECTED_ERRORS)

"""An encode that goes on: the same bytes, whatever part of it was kept, and no code from what was kept."""

from __future__ import annotations

import dataclasses
import io
import json
import struct
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from codec.encoder.encode import encode
from codec.encoder.modes import Coded, GrayOnly, Guided, Lossless, Mode, Shared
from codec.encoder.resume import KeptWork
from codec.encoder.resume.values import pack_value, unpack_value
from codec.errors import InputError
from codec.hints.coder import HintSettings
from codec.plane_codecs import PlaneCodecSpec
from codec.video.damage import NO_DAMAGE
from codec.video.info import Chapter, CopyPacket, CopyStream, VideoInfo
from codec.video.picture import Frame
from codec.video.pixel_formats import PIXEL_FORMATS

WIDTH, HEIGHT, FRAMES, SEGMENTS = 48, 32, 20, 5
SHARED = Shared(segment_frames=4)
RAW = PlaneCodecSpec("raw")
HINTS = HintSettings.parse("2:x265:crf=20")
MODES: dict[str, tuple[str, Mode]] = {
    "gray": ("yuv420p", GrayOnly(luma=PlaneCodecSpec.parse("x265:crf=30"), shared=SHARED)),
    "levels": ("gray16le", GrayOnly(luma=PlaneCodecSpec("ffv1"), shared=SHARED)),
    "hints": ("yuv420p", Coded(luma=RAW, hints=HINTS, shared=SHARED, quality_frames=7)),
    "network": ("yuv420p", Guided(luma=RAW, hints=HINTS, effort="fast", max_seconds=1, shared=SHARED)),
    "adaptive": ("rgb24", Lossless(speed="swift", shared=SHARED)),
    "stacked": ("yuva444p", Lossless(luma=RAW, chroma="ffv1", effort="none", shared=SHARED)),
    "joint": ("yuv422p10le", Lossless(luma=PlaneCodecSpec("ffv1"), chroma="joint", effort="none", shared=SHARED)),
    "predicted": (
        "yuv420p",
        Lossless(luma=PlaneCodecSpec("network"), chroma="network", effort="none", max_error=1, shared=SHARED),
    ),
}
SOUND = CopyStream("audio", "pcm_s16le", Fraction(1, 8000), b"\1", 8000, "mono", "s16", tags={"language": "eng"})


class Waves:
    """A source whose picture moves, with a chapter and packets of sound between its frames."""

    notes: tuple[str, ...] = ()
    damage = NO_DAMAGE

    def __init__(self, pixel_format: str, shift: int = 0) -> None:
        chapters = (Chapter(0, 9, Fraction(1, 3), {"title": "one"}),)
        self.info = VideoInfo(
            *(WIDTH, HEIGHT, PIXEL_FORMATS[pixel_format], Fraction(1, 25), Fraction(25)),
            chapters=chapters,
            copy_streams=(SOUND,),
        )
        self._shift = shift
        self.num_readings = 0

    def frames(self) -> Iterator[Frame]:
        return (item for item in self.read() if isinstance(item, Frame))

    def read(self) -> Iterator[Frame | CopyPacket]:
        self.num_readings += 1
        own = self.info.pixel_format
        rows, columns = np.mgrid[:HEIGHT, :WIDTH]
        for index in range(FRAMES):
            waves = 8 + 5 * np.sin((columns + 2 * index + self._shift) / 9) + 2 * np.cos((rows - index) / 7)
            planes = [np.resize(waves.astype(own.raw_dtype), shape) for shape in own.raw_shapes(WIDTH, HEIGHT)]
            yield CopyPacket(0, 320 * index, 320 * index, 320, True, bytes([index]) * 3)
            yield Frame(own.picture_of(planes, WIDTH, HEIGHT), 2 * index, 2)

    def close(self) -> None:
        pass


class Pieces(dict[str, bytes]):
    """A folder in memory."""

    def read(self, name: str) -> bytes | None:
        return self.get(name)

    def write(self, name: str, data: bytes) -> None:
        self[name] = data


def coded(name: str, pieces: Pieces | None, workers: int = 1) -> tuple[bytes, dict[str, Any], int]:
    """The stream, the report without its times, and how many segments were taken from the pieces."""
    pixel_format, mode = MODES[name]
    target, work = io.BytesIO(), None if pieces is None else KeptWork(pieces)
    source = Waves(pixel_format)
    report = encode(source, target, mode, source_md5=True, workers=workers, kept=work)
    fields = dataclasses.asdict(dataclasses.replace(report, seconds=0.0, stage_seconds={}))
    return target.getvalue(), fields, 0 if work is None else work.num_taken


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, tuple[bytes, dict[str, Any], Pieces]]:
    """Each mode's stream, report, and all pieces of it."""
    found = {}
    for name in MODES:
        pieces = Pieces()
        stream, report, _ = coded(name, pieces)
        found[name] = stream, report, pieces
    return found


Undisturbed = dict[str, tuple[bytes, dict[str, Any], Pieces]]


@pytest.mark.parametrize("name", MODES)
def test_it_goes_on_from_any_part(name: str, undisturbed: Undisturbed) -> None:
    stream, report, pieces = undisturbed[name]
    assert sum(piece.startswith("segment") for piece in pieces) == report["segments"] == SEGMENTS
    for missing in ((), (1, 2), (0, 3, 4)):
        left = Pieces(pieces)
        for number in missing:
            del left[f"segment-{number:06}"]
        for workers in (1, 2) if name == "hints" else (1,):
            again, facts, num_taken = coded(name, Pieces(left), workers)
            assert again == stream
            assert facts == report
            assert num_taken == SEGMENTS - len(missing)


def test_what_was_found_out_is_not_found_out_again(undisturbed: Undisturbed) -> None:
    source, target = Waves("rgb24"), io.BytesIO()
    encode(source, target, MODES["adaptive"][1], kept=KeptWork(Pieces(undisturbed["adaptive"][2])))
    assert source.num_readings == 1


def test_without_what_was_kept_it_begins_anew(undisturbed: Undisturbed) -> None:
    stream, _, pieces = undisturbed["hints"]
    for lost in ("survey", "prepared", "hints-000002"):
        left = Pieces(pieces)
        del left[lost]
        again, _, num_taken = coded("hints", left)
        assert again == stream
        assert num_taken == SEGMENTS  # the same recipe was found again
        assert left.keys() == pieces.keys()


def test_segments_of_another_recipe_are_not_taken(undisturbed: Undisturbed) -> None:
    stream, _, pieces = undisturbed["gray"]
    other = Pieces(undisturbed["joint"][2])
    mixed = Pieces({**other, "prepared": pieces["prepared"], "survey": pieces["survey"]})
    again, _, num_taken = coded("gray", mixed)
    assert (again, num_taken) == (stream, 0)


def test_other_frames_are_an_error(undisturbed: Undisturbed) -> None:
    source = Waves("rgb24", shift=1)
    with pytest.raises(InputError, match="frames 0 to 3 are not those that segment 0"):
        encode(source, io.BytesIO(), MODES["adaptive"][1], kept=KeptWork(Pieces(undisturbed["adaptive"][2])))


def test_pieces_that_are_no_values_count_as_lost(undisturbed: Undisturbed) -> None:
    stream, _, pieces = undisturbed["gray"]
    for name in pieces:
        for data in (b"", b"\0" * 40, pieces[name][:-1], pieces[name][:20], pack_value(("a", 1))):
            again, _, _ = coded("gray", Pieces({**pieces, name: data}))
            assert again == stream


VALUES = [None, True, 7, -(2**70), 1.5, float("inf"), "ü", b"\0\xff", Fraction(-1, 3), (1, (2,)), [1], {3: "x"}]


@pytest.mark.parametrize("value", [*VALUES, frozenset({1, 5}), MODES["gray"][1].luma, Waves("rgb24").info])
def test_values_come_back(value: object) -> None:
    again = unpack_value(pack_value(value))
    assert again == value
    assert type(again) is type(value)


def test_arrays_come_back() -> None:
    for dtype in ("u1", "<i4", "<f8", ">u2", "?"):
        array = np.arange(6).astype(dtype).reshape(2, 3)
        again = unpack_value(pack_value(array))
        assert again.dtype == array.dtype
        assert np.array_equal(again, array)


class Trap:
    """Not among the known types."""


def test_other_types_are_refused() -> None:
    with pytest.raises(TypeError, match="Trap"):
        pack_value(Trap())
    with pytest.raises(TypeError, match="ndarray"):
        pack_value(np.array([Trap()]))


def packed(plain: Any, body: bytes = b"") -> bytes:
    text = json.dumps(plain).encode()
    return struct.pack("<Q", len(text)) + text + body


@pytest.mark.parametrize(
    "plain",
    [
        {"o": ["Popen", {"args": ["true"]}]},
        {"o": ["Trap", {}]},
        {"o": ["Color", {"value": "guided"}]},
        {"e": ["VideoInfo", "of"]},
        {"e": ["Color", "no_such"]},
        {"o": ["PlaneCodecSpec", {"codec": "no_such"}]},
        {"o": ["PlaneCodecSpec", {"codec": "raw", "other": 1}]},
        {"a": [0, 8, "O", [1]]},
        {"a": [0, 8, "<f8", [2]]},
        {"b": [-4, 4]},
        {"b": [0, 100]},
        {"q": [1, 0]},
        {"t": 3},
        {"x": []},
        {"t": [], "s": []},
        {},
    ],
)
def test_texts_that_gvc_does_not_write_are_errors(plain: Any) -> None:
    with pytest.raises(ValueError, match="expected"):
        unpack_value(packed(plain, bytes(8)))

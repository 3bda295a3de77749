"""Segments in worker processes: the same segments in the same order, and no more of them at a time than is allowed."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Iterator
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from codec.encoder import in_workers as tested
from codec.encoder.encode import encode
from codec.encoder.in_workers import SEGMENTS_IN_FLIGHT, useful_workers
from codec.encoder.modes import Coded, GrayOnly, Mode, Shared
from codec.encoder.survey import Survey
from codec.errors import InputError
from codec.hints.coder import HintSettings
from codec.plane_codecs import PlaneCodecSpec
from codec.video.damage import NO_DAMAGE
from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame, Picture
from codec.video.pixel_formats import PIXEL_FORMATS

FRAMES, SEGMENT_FRAMES = 40, 4
INFO = VideoInfo(32, 16, PIXEL_FORMATS["yuv420p"], Fraction(1, 25), Fraction(25))
MODES: dict[str, Mode] = {
    "gray": GrayOnly(luma=PlaneCodecSpec("zstd"), shared=Shared(segment_frames=SEGMENT_FRAMES)),
    "hints": Coded(
        luma=PlaneCodecSpec("raw"),
        hints=HintSettings.parse("2:raw"),
        quality_frames=7,
        shared=Shared(segment_frames=SEGMENT_FRAMES),
    ),
}


class Moving:
    """A source with packets to copy between its frames."""

    notes: tuple[str, ...] = ()
    damage = NO_DAMAGE

    def __init__(self) -> None:
        self.info = INFO
        self.num_read = 0

    def frames(self) -> Iterator[Frame]:
        return (item for item in self.read() if isinstance(item, Frame))

    def read(self) -> Iterator[Frame | CopyPacket]:
        luma = np.add.outer(np.arange(16), np.arange(32)).astype(np.uint8)
        for self.num_read in range(1, FRAMES + 1):
            moved = np.roll(luma, self.num_read, axis=1)
            yield Frame(Picture(moved, (moved[::2, ::2], 255 - moved[::2, ::2])), self.num_read, 1)

    def close(self) -> None:
        pass


class Watching:
    """Progress of the last stage."""

    def __init__(self) -> None:
        self.done: list[int] = []
        self.details: list[str] = []

    def start(self, stage: str, total: int | None, unit: str) -> None:
        del stage, total, unit
        self.done, self.details = [], []

    def advance(self, done: int, detail: str = "") -> None:
        self.done.append(done)
        self.details.append(detail)

    def finish(self) -> None:
        pass


def coded(mode: Mode, workers: int, progress: Any = None) -> tuple[bytes, dict[str, Any]]:
    target = io.BytesIO()
    report = encode(Moving(), target, mode, workers=workers, progress=progress)  # type: ignore[arg-type]
    return target.getvalue(), dataclasses.asdict(dataclasses.replace(report, seconds=0.0, stage_seconds={}))


@pytest.mark.parametrize("mode", MODES)
def test_the_bytes_and_the_report_are_those_of_one_process(mode: str) -> None:
    here, watching = coded(MODES[mode], 1), Watching()
    assert coded(MODES[mode], 2, watching) == here
    assert watching.done == list(range(1, FRAMES + 1))
    assert any(re.fullmatch(r"\d+\.\d MB of about \d+\.\d MB", detail) for detail in watching.details)


def test_no_more_segments_are_in_flight_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first segment is slow to be written: reading must stop, however fast the workers are."""
    source, most = Moving(), 0
    finished = tested._finished

    def watched(waiting: Any, max_jobs: int) -> Iterator[Any]:
        nonlocal most
        most = max(most, sum(isinstance(item, tested.Job) for item in waiting))
        yield from finished(waiting, max_jobs)

    monkeypatch.setattr(tested, "_finished", watched)
    encode(source, io.BytesIO(), MODES["gray"], workers=2)  # type: ignore[arg-type]
    assert 2 <= most <= 2 + SEGMENTS_IN_FLIGHT


def break_down(*_: object) -> None:
    raise InputError("the codec refuses this", option="--luma")


def test_an_error_in_a_worker_ends_the_encode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tested, "encode_placed", break_down)
    with pytest.raises(InputError, match="the codec refuses this") as raised:
        coded(MODES["gray"], 2)
    assert raised.value.option == "--luma"


def survey_of(num_segments: int) -> Survey:
    borders = tuple((number * 10, number * 10 + 10) for number in range(num_segments))
    return Survey(10 * num_segments, None, borders)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("count", "num_segments", "runs", "size", "expected"),
    [
        (8, 1, True, 64, 1),
        (8, 3, True, 64, 3),
        (2, 9, True, 64, 2),
        (8, 9, False, 64, 1),
        (8, 9, True, 8192, 1),  # 10 frames of 8192 x 8192 are over a gigabyte
    ],
)
def test_as_many_workers_as_are_useful(count: int, num_segments: int, runs: bool, size: int, expected: int) -> None:
    recipe: Any = SimpleNamespace(color=SimpleNamespace(runs_in_workers=runs))
    info = dataclasses.replace(INFO, width=size, height=size)
    assert useful_workers(count, recipe, survey_of(num_segments), info) == expected

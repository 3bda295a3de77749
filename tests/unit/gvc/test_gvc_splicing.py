"""gvc.cut and gvc.join: the frames of the segments, wherever the streams are; nothing is there after an error."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gvc
from codec.plane_codecs import PlaneCodecSpec
from tests.unit.splicing.spliced_streams import border_frames, frames_of, long_stream

DATA = long_stream("adaptive_420")
FRAMES = frames_of(DATA)
BORDERS = border_frames(DATA)
PART = gvc.Selection(first=BORDERS[1], stop=BORDERS[3])


@pytest.fixture
def stream(tmp_path: Path) -> Path:
    (tmp_path / "in.gvc").write_bytes(DATA)
    return tmp_path / "in.gvc"


def test_a_part_of_a_path(stream: Path, tmp_path: Path) -> None:
    steps: list[int] = []

    class Counted:
        def start(self, stage: str, total: int | None, unit: str) -> None:
            assert (stage, total, unit) == ("cutting", 2, "segments")

        def advance(self, done: int, detail: str = "") -> None:
            del detail
            steps.append(done)

        def finish(self) -> None:
            pass

    report = gvc.cut(stream, tmp_path / "part.gvc", PART, exact=True, progress=Counted())
    assert isinstance(report, gvc.SpliceReport)
    assert (report.event, report.inputs, report.output) == ("cut", (str(stream),), str(tmp_path / "part.gvc"))
    assert (report.first_frame, report.frames, report.segments) == (BORDERS[1], BORDERS[3] - BORDERS[1], 2)
    part = (tmp_path / "part.gvc").read_bytes()
    assert report.total_bytes == len(part)
    assert frames_of(part) == FRAMES[BORDERS[1] : BORDERS[3]]
    assert steps == [1, 2]


def test_a_part_grows_to_its_segments_and_the_report_says_so(stream: Path, tmp_path: Path) -> None:
    wanted = gvc.Selection(first=BORDERS[1] + 1, stop=BORDERS[2])
    report = gvc.cut(stream, tmp_path / "part.gvc", wanted)
    assert (report.first_frame, report.frames) == (BORDERS[1], BORDERS[2] - BORDERS[1])
    assert report.notes[0].startswith(f"kept frames {BORDERS[1]} to {BORDERS[2] - 1}: ")
    with pytest.raises(gvc.InputError, match="expected borders of segments"):
        gvc.cut(stream, tmp_path / "part.gvc", wanted, exact=True, overwrite=True)
    assert frames_of((tmp_path / "part.gvc").read_bytes()) == FRAMES[BORDERS[1] : BORDERS[2]]


def test_times_of_float_mean_the_frames_that_begin_then(stream: Path, tmp_path: Path) -> None:
    with gvc.open(stream) as video:
        for border in BORDERS[1:-1]:
            begin = video[border].pts_seconds - video.begin_seconds
            part = gvc.Selection(start_seconds=begin)
            report = gvc.cut(stream, tmp_path / "part.gvc", part, exact=True, overwrite=True)
            assert report.first_frame == border


def test_parts_joined_are_the_whole(stream: Path, tmp_path: Path) -> None:
    middle = BORDERS[2]
    gvc.cut(stream, tmp_path / "a.gvc", gvc.Selection(stop=middle), exact=True)
    gvc.cut(stream, tmp_path / "b.gvc", gvc.Selection(first=middle), exact=True)
    report = gvc.join([tmp_path / "a.gvc", str(tmp_path / "b.gvc")], tmp_path / "ab.gvc")
    assert (report.event, report.frames) == ("joined", len(FRAMES))
    assert report.inputs == (str(tmp_path / "a.gvc"), str(tmp_path / "b.gvc"))
    assert (tmp_path / "ab.gvc").read_bytes() == DATA


def test_file_objects_and_urls() -> None:
    import fsspec

    with fsspec.open("memory://splices/in.gvc", "wb") as target:
        target.write(DATA)
    first, second = io.BytesIO(), io.BytesIO()
    report = gvc.cut("memory://splices/in.gvc", first, gvc.Selection(stop=BORDERS[2]))
    assert (report.inputs, report.output) == (("memory://splices/in.gvc",), "BytesIO")
    gvc.cut(io.BytesIO(DATA), second, gvc.Selection(first=BORDERS[2]))
    for overwrite in (False, True):
        gvc.join([first, second], "memory://splices/out.gvc", overwrite=overwrite)
    assert not first.closed
    with pytest.raises(gvc.OutputError, match="exists"):
        gvc.join([first, second], "memory://splices/out.gvc")
    with fsspec.open("memory://splices/out.gvc", "rb") as source:
        assert source.read() == DATA


def test_segments_outside_of_the_part_are_not_read() -> None:
    class Counted(io.BytesIO):
        num_bytes = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            self.num_bytes += len(data)
            return data

    source = Counted()
    mode = gvc.GrayOnly(shared=gvc.Shared(segment_frames=2), luma=PlaneCodecSpec("raw"))
    with gvc.Writer(source, fps=25, mode=mode) as writer:
        writer.write_batch(np.random.default_rng(1).integers(0, 256, (100, 64, 64), np.uint8))
    source.num_bytes = 0
    report = gvc.cut(source, io.BytesIO(), gvc.Selection(first=40, stop=42))
    assert report.frames == 2
    assert source.num_bytes < len(source.getvalue()) / 2


def test_a_pipe_is_kept_until_it_was_read_twice(tmp_path: Path) -> None:
    receiver, sender = os.pipe()
    with ThreadPoolExecutor(1) as pool, os.fdopen(receiver, "rb") as pipe:

        def send() -> None:
            with os.fdopen(sender, "wb") as target:
                target.write(DATA)

        sent = pool.submit(send)
        gvc.join([pipe, io.BytesIO(DATA)], tmp_path / "twice.gvc")
        sent.result()
    assert frames_of((tmp_path / "twice.gvc").read_bytes()) == FRAMES * 2


@pytest.mark.parametrize(
    ("work", "error", "words"),
    [
        (lambda path: gvc.cut(path, path, PART, overwrite=True), gvc.OutputError, "other than the input"),
        (lambda path: gvc.cut(path, path, PART), gvc.OutputError, "exists. Give overwrite=True to"),
        (lambda path: gvc.cut(path, path.with_name("part.mp4"), PART), gvc.OutputError, "such as out.gvc"),
        (lambda path: gvc.cut(path.parent, path.with_name("part.gvc"), PART), gvc.InputError, "expected a .gvc file"),
        (lambda path: gvc.cut(3, path.with_name("part.gvc"), PART), gvc.InputError, "Received: int"),
        (
            lambda path: gvc.cut(path, path.with_name("part.gvc"), gvc.Selection(first=99)),
            gvc.InputError,
            "none of them there",
        ),
        (lambda path: gvc.cut(path, path.with_name("part.gvc"), gvc.Selection(every=2)), gvc.InputError, "every"),
        (lambda path: gvc.join([path], path.with_name("out.gvc")), gvc.InputError, "two streams or more"),
        (lambda path: gvc.join([], path.with_name("out.gvc")), gvc.InputError, "Received: none"),
        (lambda path: gvc.join(str(path), path.with_name("out.gvc")), gvc.InputError, "a list of streams"),
        (
            lambda path: gvc.join([path, io.BytesIO(b"text")], path.with_name("out.gvc")),
            gvc.StreamError,
            "BytesIO: expected a .gvc stream",
        ),
        (
            lambda path: gvc.join([path, io.BytesIO(long_stream("segments"))], path.with_name("out.gvc")),
            gvc.InputError,
            "agree in width",
        ),
    ],
)
def test_what_cannot_be_done(stream: Path, work: Callable[[Path], Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error) as caught:
        work(stream)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [path.name for path in stream.parent.iterdir()] == ["in.gvc"]
    assert stream.read_bytes() == DATA

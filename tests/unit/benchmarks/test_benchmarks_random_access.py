"""The measurement of random access gives a row for each coder and length of segments, and compares the frames."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

import gvc
from benchmarks import random_access
from benchmarks.measure import BenchmarkError
from benchmarks.random_access import HEAD, Clip, Gvc, main, measure
from benchmarks.seeking_rivals import RIVALS, Rival
from codec.hints.coder import HintSettings
from codec.lossless.parameters import Speed
from codec.video.pixel_formats import pixel_format
from codec.video.sinks.options import SinkOptions
from codec.video.sources.options import SourceOptions
from tests.random_video import random_picture

WIDTH, HEIGHT = 64, 48


@pytest.fixture(autouse=True)
def hints_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking for the smallest hints takes seconds."""
    hints = HintSettings.parse("2:x265:crf=20")
    given = Gvc("gvc coded", lambda shared: gvc.Coded(shared=shared, hints=hints), is_exact=False)
    coders = tuple(given if coder.name == given.name else coder for coder in random_access.CODERS)
    monkeypatch.setattr(random_access, "CODERS", coders)


def noise(path: Path, pixel_format_name: str, num_frames: int) -> Path:
    """A video that differs in every sample from frame to frame."""
    own, raw = pixel_format(pixel_format_name), path.with_suffix(".raw")
    pictures = (random_picture(own, HEIGHT, WIDTH, seed=seed) for seed in range(num_frames))
    raw.write_bytes(b"".join(map(own.pack, pictures)))
    stream = path.with_suffix(".gvc")
    geometry = SourceOptions(size=(WIDTH, HEIGHT), pixel_format=own.name, frame_rate=Fraction(25))
    gvc.encode(raw, stream, gvc.Lossless(speed=Speed.SWIFT), source_options=geometry)
    gvc.decode(stream, path, sink_options=SinkOptions(codec="ffv1" if path.suffix == ".mkv" else None))
    return path


def table(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    head, _, *rows = capsys.readouterr().out.splitlines()
    assert head == "| " + " | ".join(HEAD) + " |"
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_a_small_video(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    video = noise(tmp_path / "small.y4m", "yuv420p", 4)
    assert main([str(video), "--gop", "4", "2", "--frames", "3"]) == 0
    rows = table(capsys)
    names = [coder.name for coder in random_access.CODERS if coder.name != "FFV1"]
    chosen = [(name, gop) for name in names for gop in ("4", "2")]
    assert sorted((row[1], row[2]) for row in rows) == sorted([*chosen, ("FFV1", "1")])
    for _, coder, gop, segments, *_ in rows:
        least = 4 // int(gop)
        if coder in ("x264", "x265"):  # noise may look like scenes
            assert least <= int(segments) <= 4
        else:
            assert int(segments) == least
    assert {row[0] for row in rows} == {"small"}
    for row in rows:
        numbers = [float(cell.replace(",", "")) for cell in row[4:] if cell != "\N{EN DASH}"]
        assert len(numbers) == (6 if row[1].startswith("gvc ") else 5)
        assert min(numbers) >= 0
        assert numbers[0] > 4 * WIDTH * HEIGHT  # noise stays as large as it is


def test_several_videos(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    videos = [noise(tmp_path / f"{name}.y4m", "yuv420p", 2) for name in ("first", "second")]
    assert main([*map(str, videos), "--frames", "3", "--only", "FFV1", "gvc swift"]) == 0
    rows = table(capsys)
    assert [row[:4] for row in rows] == [
        [clip, coder, gop, segments]
        for clip, ffv1, swift in (("first", "2", "1"), ("second", "2", "1"), ("all", "4", "2"))
        for coder, gop, segments in (("gvc swift", "48", swift), ("FFV1", "1", ffv1))
    ]
    sizes = [int(row[4].replace(",", "")) for row in rows]
    assert [sizes[0] + sizes[2], sizes[1] + sizes[3]] == sizes[4:]


@pytest.mark.parametrize("rival", RIVALS, ids=lambda rival: rival.name)
@pytest.mark.parametrize("name", ["rgb24", "gray"])
def test_other_pixel_formats(rival: Rival, name: str, tmp_path: Path) -> None:
    clip = Clip.of(noise(tmp_path / "small.mkv", name, 3), 4)
    assert clip.info.pixel_format.model is pixel_format(name).model
    assert rival.takes(clip.info)
    measured = measure(clip, rival, 2, tmp_path / "coded.mkv")
    assert (len(measured.frames), measured.num_frames, measured.grays) == (4, 3, [])


def test_formats_that_a_rival_does_not_have(tmp_path: Path) -> None:
    clip = Clip.of(noise(tmp_path / "small.mkv", "gray", 1), 1)
    info = replace(clip.info, pixel_format=pixel_format("gray16le"))
    assert [rival.takes(info) for rival in RIVALS] == [True, False, False]


def test_other_frames_are_noticed(tmp_path: Path) -> None:
    clip = Clip.of(noise(tmp_path / "small.y4m", "yuv420p", 3), 2)
    others = replace(clip, digests=(clip.digests[-1], *clip.digests[:-1]))
    coders = {coder.name: coder for coder in random_access.CODERS}
    for name in ("FFV1", "gvc swift", "gvc coded"):
        with pytest.raises(BenchmarkError, match=r"expected (the gray of )?frame \d of"):
            measure(others, coders[name], 3, tmp_path / "coded")

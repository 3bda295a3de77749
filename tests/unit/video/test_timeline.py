"""Recordings whose times start anew: picture and sound go on together."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import pytest
from recordings import write_recording

from codec.video.info import CopyPacket
from codec.video.picture import Frame
from codec.video.sources.container import ContainerSource


def times(source: ContainerSource) -> tuple[list[float], list[float]]:
    """Seconds of the frames and of the packets of the sound."""
    items = list(source.read())
    sound = source.info.copy_streams[0].time_base if source.info.copy_streams else Fraction(1)
    frames = [float(item.pts * source.info.time_base) for item in items if isinstance(item, Frame)]
    packets = [float((item.pts or 0) * sound) for item in items if isinstance(item, CopyPacket)]
    return frames, packets


def steps(values: list[float]) -> list[float]:
    return [round(later - earlier, 3) for earlier, later in itertools.pairwise(values)]


@pytest.mark.parametrize("starts", [(0, 100), (100, 0), (50, 50), (30, 31), (0, 90000, 7)])
@pytest.mark.parametrize("sound", ["mp2", None])
def test_joined_transport_streams(tmp_path: Path, starts: tuple[int, ...], sound: str | None) -> None:
    parts = [
        write_recording(tmp_path / f"{number}.ts", options={"bf": "2"}, sound=sound, start_seconds=start)
        for number, start in enumerate(starts)
    ]
    path = tmp_path / "joined.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    source = ContainerSource(path)
    frames, packets = times(source)
    assert len(frames) == 30 * len(starts)
    assert [float(frame.pts * source.info.time_base) for frame in source.frames()] == frames
    rest = [step for number, step in enumerate(steps(frames), 1) if number % 30]
    assert set(rest) == {0.04}
    assert all(0.04 <= step < 0.15 for step in steps(frames)[29::30])
    if sound:
        assert all(0 < step < 0.1 for step in steps(packets))
        alone = [times(ContainerSource(part)) for part in parts]
        assert len(packets) == sum(len(one[1]) for one in alone)
        # Picture and sound of each part keep their distance.
        for number, (part_frames, part_packets) in enumerate(alone):
            first = sum(len(one[1]) for one in alone[:number])
            assert frames[30 * number] - packets[first] == pytest.approx(part_frames[0] - part_packets[0], abs=1e-4)
    assert sum("start anew" in note for note in source.notes) == len(starts) - 1


def test_cells_of_a_program_stream(tmp_path: Path) -> None:
    part = write_recording(tmp_path / "a.vob", "mpeg2video", {"g": "6"}, sound="mp2")
    path = tmp_path / "cells.vob"
    path.write_bytes(part.read_bytes() * 2)
    frames, packets = times(ContainerSource(path))
    assert len(frames) == 60
    assert max(steps(frames)) < 0.15
    assert min(steps(frames)) > 0.03
    assert len(packets) == 2 * len(times(ContainerSource(part))[1])
    assert all(0 < step < 0.1 for step in steps(packets))


@pytest.mark.parametrize(("name", "codec", "sound"), [("a.mkv", "libx264", "mp2"), ("a.webm", "libvpx", None)])
def test_joined_matroska(tmp_path: Path, name: str, codec: str, sound: str | None) -> None:
    part = write_recording(tmp_path / name, codec, sound=sound, num_frames=50)
    path = tmp_path / f"joined-{name}"
    path.write_bytes(part.read_bytes() * 2)
    source = ContainerSource(path)
    frames, packets = times(source)
    assert [float(frame.pts * source.info.time_base) for frame in source.frames()] == frames
    assert len(frames) == 100
    assert source.info.frame_rate == 25
    assert set(steps(frames)[:49] + steps(frames)[50:]) == {0.04}
    assert 0.04 <= steps(frames)[49] < 0.1
    assert all(0 < step < 0.1 for step in steps(packets))
    assert len(packets) == 2 * len(times(ContainerSource(part))[1])


def test_a_counter_that_wraps(tmp_path: Path) -> None:
    start = 2**33 // 90000 - 1
    path = write_recording(tmp_path / "a.ts", sound="mp2", num_frames=100, start_seconds=start)
    source = ContainerSource(path)
    frames, packets = times(source)
    assert set(steps(frames)) == {0.04}
    assert all(0 < step < 0.1 for step in steps(packets))
    assert source.notes == ()


def test_a_picture_that_pauses_is_no_joint(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.ts", "mpeg2video", sound="mp2", num_frames=400, pause=(10, 390))
    source = ContainerSource(path)
    frames, packets = times(source)
    assert steps(frames) == [0.04] * 9 + [380 * 0.04 + 0.04] + [0.04] * 9
    assert all(0 < step < 0.1 for step in steps(packets))
    assert source.notes == ()

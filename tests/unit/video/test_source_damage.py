"""Recordings that lack pictures or their end: refused with the place, or kept and counted."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from recordings import copy_packets, write_recording

from codec.errors import InputError
from codec.video.sources.container import ContainerSource

X264 = {"x264-params": "keyint=48:bframes=0:ref=1:scenecut=0"}
X265 = {"x265-params": "keyint=48:bframes=0:ref=1:scenecut=0:log-level=none:pools=none"}
OPEN_X264 = {"x264-params": "open-gop=1:keyint=12:min-keyint=12:bframes=3:b-adapt=0:scenecut=0"}
OPEN_X265 = {"x265-params": "open-gop=1:keyint=12:min-keyint=12:bframes=3:b-adapt=0:scenecut=0:log-level=none"}
OPEN_MPEG2 = {"g": "12", "bf": "2", "qscale": "2"}


def kept(path: Path) -> ContainerSource:
    source = ContainerSource(path, keep_damaged=True)
    assert len(list(source.frames())) > 0
    return source


@pytest.mark.parametrize(
    ("codec", "options", "first"),
    [
        ("libx264", X264, 12),
        ("libx264", X264 | {"bf": "3", "x264-params": "keyint=48:scenecut=0:b-adapt=0"}, None),
        ("libx265", X265, 12),
        ("mpeg2video", {"g": "48", "bf": "0"}, 12),
        ("mpeg2video", {"g": "48", "bf": "2"}, None),
        ("mpeg1video", {"g": "48", "bf": "0"}, 12),
    ],
)
@pytest.mark.parametrize("container", ["mkv", "ts"])
def test_a_lost_reference(
    tmp_path: Path, codec: str, options: dict[str, str], first: int | None, container: str
) -> None:
    if codec == "mpeg1video" and container == "ts":
        pytest.skip("FFmpeg does not copy it there")
    full = write_recording(tmp_path / "full.mkv", codec, options)
    with av.open(str(full)) as file:
        times = [packet.pts for packet in file.demux(video=0) if packet.size]
    # One that is shown behind all before it: others refer to it.
    lost = next(number for number in range(12, 30) if times[number] > max(times[:number]))
    path = copy_packets(full, tmp_path / f"lost.{container}", lambda number: number != lost)
    with pytest.raises(InputError, match=r"cannot decode frame \d+ of .*lost.*, at \d+\.\d{3} s: .*--keep-damaged"):
        list(ContainerSource(path).frames())
    damage = kept(path).damage
    assert damage.num_missing == 0
    if first is not None:
        assert damage.frames == tuple(range(first, 29))
    assert damage.frames
    assert list(ContainerSource(full).frames())
    assert kept(full).damage.frames == ()


@pytest.mark.parametrize(
    ("codec", "options", "start", "num_damaged", "num_missing"),
    [
        ("libx264", OPEN_X264, 9, 3, 0),
        ("libx265", OPEN_X265, 9, 0, 3),
        ("mpeg2video", OPEN_MPEG2, 10, 0, 2),
        ("mpeg2video", OPEN_MPEG2, 5, 0, 7),
        ("libx264", {"g": "24", "bf": "2"}, 5, 19, 0),
        ("mpeg4", {"g": "12", "bf": "0"}, 5, 7, 0),
    ],
)
def test_a_start_in_the_middle(
    tmp_path: Path, codec: str, options: dict[str, str], start: int, num_damaged: int, num_missing: int
) -> None:
    full = write_recording(tmp_path / "full.ts", codec, options, num_frames=40)
    path = copy_packets(full, tmp_path / "cut.ts", lambda number: number >= start)
    with pytest.raises(InputError, match=r"cannot decode frame 0 of .*cut\.ts, at \d\.\d{3} s"):
        list(ContainerSource(path).frames())
    damage = kept(path).damage
    assert (len(damage.frames), damage.num_missing) == (num_damaged, num_missing)


@pytest.mark.parametrize(
    ("codec", "options"), [("mpeg4", {"g": "48"}), ("libvpx-vp9", {"g": "48", "lag-in-frames": "0"})]
)
def test_codecs_that_do_not_say_what_is_missing(tmp_path: Path, codec: str, options: dict[str, str]) -> None:
    full = write_recording(tmp_path / "full.mkv", codec, options)
    source = ContainerSource(copy_packets(full, tmp_path / "lost.mkv", lambda number: number != 12))
    assert len(list(source.frames())) == 29
    assert any(
        f"a gap in its times before frame 12, at 0.520 s: if pictures are missing there, which {name}" in note
        for note in source.notes
        for name in ("mpeg4", "vp9")
    )
    sound = ContainerSource(full)
    assert list(sound.frames())
    assert sound.notes == ()


def test_the_same_pictures_come_in_each_pass(tmp_path: Path) -> None:
    full = write_recording(tmp_path / "full.mkv", "libx264", X264)
    source = kept(copy_packets(full, tmp_path / "lost.mkv", lambda number: number != 12))
    passes = [[frame.picture.luma.tobytes() for frame in source.frames()] for _ in range(2)]
    assert passes[0] == passes[1]
    assert len(passes[0]) == 29
    assert source.damage.ranges == ((12, 28),)


def video_packets(data: bytearray, stream_id: int) -> list[int]:
    return [at for at in range(0, len(data), 188) if (data[at + 1] & 31) << 8 | data[at + 2] == stream_id]


def test_a_counter_that_steps_between_pictures_harms_nothing(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.ts", options={"g": "12", "bf": "2"}, sound="mp2")
    frames = [frame.picture.luma.tobytes() for frame in ContainerSource(path).frames()]
    data = bytearray(path.read_bytes())
    packets = video_packets(data, 256)
    starts = [at for at in packets if data[at + 1] & 0x40]
    for at in packets:
        if at >= starts[15]:
            data[at + 3] = data[at + 3] & 0xF0 | data[at + 3] + 5 & 15
    path.write_bytes(data)
    source = ContainerSource(path)
    assert [frame.picture.luma.tobytes() for frame in source.frames()] == frames
    assert source.notes == ()


def test_bytes_that_are_lost_within_a_picture(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.ts", options={"g": "12", "bf": "0", "crf": "5"})
    data = bytearray(path.read_bytes())
    packets = video_packets(data, 256)
    starts = [number for number, at in enumerate(packets) if data[at + 1] & 0x40]
    inner = packets[starts[15] + 2]
    path.write_bytes(data[:inner] + data[inner + 188 :])
    with pytest.raises(InputError, match=r"cannot decode frame 1[3-6] of"):
        list(ContainerSource(path).frames())
    assert kept(path).damage.frames


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.mkv", "libx264", {}),
        ("a.ts", "libx264", {}),
        ("a.avi", "mpeg4", {"g": "1"}),
        ("a.mp4", "libx264", {}),
    ],
)
def test_a_recording_that_is_cut_off(tmp_path: Path, name: str, codec: str, options: dict[str, str]) -> None:
    path = tmp_path / name
    if name == "a.mp4":
        with av.open(str(path), "w", container_options={"movflags": "frag_keyframe+empty_moov"}) as output:
            copied = write_recording(tmp_path / "b.mkv", codec, {"g": "6"})
            with av.open(str(copied)) as source:
                stream = output.add_stream_from_template(source.streams.video[0])
                for packet in source.demux(video=0):
                    if packet.size:
                        packet.stream = stream
                        output.mux(packet)
    else:
        write_recording(path, codec, options)
    assert len(list(ContainerSource(path).frames())) == 30
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3 + 7])
    with pytest.raises(InputError, match=r"expected the whole of .*cut off: [0-9,]+ bytes or more are missing"):
        ContainerSource(path)
    source = ContainerSource(path, keep_damaged=True)
    assert 5 <= len(list(source.frames())) < 30
    assert any("is cut off" in note for note in source.notes)


def test_a_live_recording_of_unknown_size(tmp_path: Path) -> None:
    full = write_recording(tmp_path / "full.mkv", "libx264", X264)
    buffer = io.BytesIO()
    with av.open(str(full)) as source, av.open(buffer, "w", format="matroska", container_options={"live": "1"}) as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                out.mux(packet)
    path = tmp_path / "live.mkv"
    path.write_bytes(buffer.getvalue())
    assert len(list(ContainerSource(path).frames())) == 30
    path.write_bytes(buffer.getvalue()[:-100])
    with pytest.raises(InputError, match="cut off"):
        ContainerSource(path)


def test_bytes_behind_a_recording_are_no_damage(tmp_path: Path) -> None:
    for name, codec in (("a.mkv", "libx264"), ("a.avi", "mpeg4"), ("a.mp4", "libx264")):
        path = write_recording(tmp_path / name, codec)
        path.write_bytes(path.read_bytes() + np.random.default_rng(1).bytes(100))
        assert len(list(ContainerSource(path).frames())) == 30

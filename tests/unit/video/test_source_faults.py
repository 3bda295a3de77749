"""Containers as sources: what is damaged, cut off or no video is named."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from codec.errors import InputError
from codec.video.sources.container import ContainerSource
from tests.unit.video.written_clips import X264_LOSSLESS, make_frame, read_all, write_clip


def test_change_of_size_names_the_frame(tmp_path: Path) -> None:
    parts = []
    for size in ((32, 16), (48, 16)):
        path = tmp_path / f"{size[0]}.h264"
        write_clip(path, "libx264", [make_frame(*size, "yuv420p", seed) for seed in range(3)], options=X264_LOSSLESS)
        parts.append(path.read_bytes())
    path = tmp_path / "both.h264"
    path.write_bytes(b"".join(parts))
    source = ContainerSource(path)
    with pytest.raises(InputError, match=r"expected 32x16 yuv420p .*48x16 yuv420p in frame 3"):
        list(source.frames())


def damage(path: Path, packet: bytes, offset: int, num_bytes: int) -> None:
    """Overwrite bytes inside one packet of the file."""
    data = bytearray(path.read_bytes())
    start = data.index(packet) + offset
    data[start : start + num_bytes] = bytes(value ^ 0x5A for value in data[start : start + num_bytes])
    path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    ("codec", "name", "options"),
    [
        ("libx264", "a.mp4", {"crf": "10", "tune": "zerolatency"}),
        ("mjpeg", "a.mkv", {}),
        ("mpeg2video", "a.mkv", {"b": "8000000"}),
    ],
)
@pytest.mark.parametrize("number", [2, 7])
def test_damage_names_the_frame(tmp_path: Path, codec: str, name: str, options: dict[str, str], number: int) -> None:
    path = tmp_path / name
    frames = [make_frame(64, 48, "yuvj420p" if codec == "mjpeg" else "yuv420p", seed) for seed in range(8)]
    write_clip(path, codec, frames, options=options)
    with av.open(str(path)) as container:
        packets = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    assert len(packets) == 8
    half = len(packets[number]) // 2
    if codec == "mjpeg":  # without its tables; noise more or less is still a JPEG image
        damage(path, packets[number], 0, half)
    else:
        damage(path, packets[number], half, 40)
    source = ContainerSource(path)
    with pytest.raises(InputError, match=rf"cannot decode frame {number} of "):
        list(source.frames())


def test_mp4_that_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    frames = [make_frame(64, 48, "yuv420p", seed) for seed in range(8)]
    write_clip(path, "libx264", frames, options=X264_LOSSLESS, container_options={"movflags": "faststart"})
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    with pytest.raises(InputError, match=r"the whole of .*a\.mp4.*cut off: [0-9,]+ bytes or more are missing"):
        ContainerSource(path)


def test_not_a_video(tmp_path: Path) -> None:
    cases = {
        "a.txt": b"Dear diary\n" * 50,
        "a.mp4": b"Dear diary\n" * 50,
        "noise": np.random.default_rng(1).bytes(5000),
        "list.m3u8": b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:1,\nother.ts\n",
        "list.ffconcat": b"ffconcat version 1.0\nfile a.mp4\n",
    }
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=r"cannot read .*as video"):
            ContainerSource(tmp_path / name)
    (tmp_path / "a.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    with pytest.raises(InputError, match=r"expected a video stream.*subtitle \(subrip\)"):
        ContainerSource(tmp_path / "a.srt")
    with pytest.raises(InputError, match="cannot read"):
        ContainerSource(tmp_path / "none.mkv")


def test_sound_without_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("pcm_s16le", rate=8000)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        frame.sample_rate = 8000
        output.mux(stream.encode(frame))
    with pytest.raises(InputError, match=r"expected a video stream.*audio \(pcm_s16le\)"):
        ContainerSource(path)


def test_a_name_with_a_colon_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "take:1 100%d.mkv"
    plain = write_clip(tmp_path / "a.mkv", "ffv1", [make_frame(32, 16, "yuv420p", 1)])
    plain.rename(path)
    assert len(read_all(path)) == 1

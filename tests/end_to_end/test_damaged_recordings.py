"""`--keep-damaged` as a person meets it: refused without it, reported with it."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from conftest import assert_one_line_error, call, call_json

from codec.cli import encode

FAST = ("--color", "lossless", "--effort", "none", "--luma", "ffv1", "--chroma", "ffv1")


def write_with_a_lost_picture(path: Path) -> Path:
    full = path.with_name("full.mkv")
    with av.open(str(full), "w") as output:
        video = output.add_stream("libx264", rate=25, options={"x264-params": "keyint=48:bframes=0:ref=1:scenecut=0"})
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        for number in range(12):
            frame = av.VideoFrame(64, 48, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([10 * number + 40]) * plane.buffer_size)
            frame.pts = number
            output.mux(video.encode(frame))
        output.mux(video.encode(None))
    with av.open(str(full)) as source, av.open(str(path), "w") as output:
        stream = output.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(source.demux(video=0)):
            if packet.size and number != 5:
                packet.stream = stream
                output.mux(packet)
    return path


def test_a_lost_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, stream = write_with_a_lost_picture(tmp_path / "lost.mkv"), tmp_path / "a.gvc"
    assert_one_line_error(call("gvc-encode", path, stream, *FAST), 3, "frame 5 of", "0.240 s", "--keep-damaged")
    assert not stream.exists()
    report = call_json("gvc-encode", path, stream, *FAST, "--keep-damaged", "--verify")
    assert (report["frames"], report["damaged_frames"], report["missing_frames"]) == (11, ["5-10"], 0)
    assert call_json("gvc-verify", stream, path, "--keep-damaged")["frames"] == 11
    assert encode.main([str(path), str(stream), *FAST, "--keep-damaged", "-y"]) == 0
    assert "5-10: not as recorded" in " ".join(capsys.readouterr().err.split())

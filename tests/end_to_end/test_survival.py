"""What is in a video beside its pictures comes out again: sound, subtitles, chapters, times, rotation, colors."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.end_to_end.conftest import call_ok, moving_picture, run_ok

CODED = ("--color", "coded", "--hints", "2:svtav1:crf=30,preset=8", "--quality-frames", "4")
VFR_TIMES = [0, 40, 80, 200, 240, 500, 540, 580, 620, 1000, 1040, 1080]  # milliseconds


@pytest.fixture(scope="module")
def rich_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video with AAC sound, a variable frame rate, a rotation of 90 degrees, two chapters and BT.709 colors."""
    path = tmp_path_factory.mktemp("rich") / "rich.mp4"
    with av.open(str(path), "w") as container:
        container.metadata["title"] = "a rich video"
        video = container.add_stream("libx264", rate=Fraction(25), options={"qp": "0"})
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        video.codec_context.time_base = Fraction(1, 1000)
        video.codec_context.color_primaries = 1
        video.codec_context.color_trc = 1
        video.codec_context.colorspace = 1
        video.codec_context.color_range = 1
        video.set_display_rotation(90)
        sound = container.add_stream("aac", rate=48000)
        sound.metadata["language"] = "fin"
        container.set_chapters(
            [
                {"id": 1, "start": 0, "end": 500, "time_base": Fraction(1, 1000), "metadata": {"title": "first"}},
                {"id": 2, "start": 500, "end": 1120, "time_base": Fraction(1, 1000), "metadata": {"title": "second"}},
            ]
        )
        for index, milliseconds in enumerate(VFR_TIMES):
            frame = av.VideoFrame.from_ndarray(moving_picture(64, 48, index)).reformat(format="yuv420p")
            frame.pts, frame.time_base = milliseconds, Fraction(1, 1000)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        tone = np.sin(np.arange(53760) * 2 * np.pi * 440 / 48000).astype(np.float32) * 0.3
        for start in range(0, len(tone), 1024):
            piece = av.AudioFrame.from_ndarray(np.stack([tone[start : start + 1024]] * 2), "fltp", "stereo")
            piece.sample_rate, piece.pts, piece.time_base = 48000, start, Fraction(1, 48000)
            container.mux(sound.encode(piece))
        container.mux(sound.encode(None))
    return path


@pytest.fixture(scope="module")
def stream(rich_video: Path) -> Path:
    path = rich_video.with_suffix(".gvc")
    call_ok("gvc-encode", rich_video, path, *CODED, "--segment-frames", "5")
    return path


def facts(path: Path) -> dict[str, Any]:
    """What must survive, read with plain PyAV."""
    with av.open(str(path)) as container:
        video, sound = container.streams.video[0], container.streams.audio[0]
        chapters = [
            (
                float(c["start"] * (c["time_base"] or 1)),
                float(c["end"] * (c["time_base"] or 1)),
                c["metadata"].get("title"),
            )
            for c in container.chapters()
        ]
        language = sound.metadata.get("language")
        rate, layout = sound.codec_context.sample_rate, sound.codec_context.layout.name
        packets, times, rotation, colors = [], [], 0, ()
        for packet in container.demux():
            if packet.size == 0:
                continue
            if packet.stream is sound or packet.stream.type == "audio":
                packets.append((float(packet.pts * packet.time_base), bytes(packet)))
        container.seek(0)
        for frame in container.decode(video=0):
            times.append(round(frame.time, 3))
            rotation = frame.rotation
            colors = (frame.color_primaries, frame.color_trc, frame.colorspace, frame.color_range)
        assert video.width == 64
    return {
        "chapters": chapters,
        "language": language,
        "sound": (rate, layout),
        "packets": packets,
        "times": times,
        "rotation": rotation,
        "colors": colors,
    }


@pytest.mark.parametrize("name", ["out.mp4", "out.mkv", "out.mov"])
def test_all_of_it_survives(rich_video: Path, stream: Path, tmp_path: Path, name: str) -> None:
    call_ok("gvc-decode", stream, tmp_path / name)
    before, after = facts(rich_video), facts(tmp_path / name)
    assert before["rotation"] in (90, -90, 270)
    assert before["times"] == [t / 1000 for t in VFR_TIMES]
    for key in ("chapters", "language", "sound", "times", "rotation", "colors"):
        assert after[key] == pytest.approx(before[key]) if key == "times" else after[key] == before[key], key
    assert [data for _, data in after["packets"]] == [data for _, data in before["packets"]]
    np.testing.assert_allclose([t for t, _ in after["packets"]], [t for t, _ in before["packets"]], atol=0.0011)


def test_sound_decodes_to_the_same_samples(rich_video: Path, stream: Path, tmp_path: Path) -> None:
    call_ok("gvc-decode", stream, tmp_path / "out.mp4", "--gray")

    def samples(path: Path) -> np.ndarray[Any, Any]:
        with av.open(str(path)) as container:
            return np.concatenate([f.to_ndarray() for f in container.decode(audio=0)], axis=-1)

    np.testing.assert_array_equal(samples(tmp_path / "out.mp4"), samples(rich_video))


def test_subtitles_survive(tmp_path: Path) -> None:
    source, lines = tmp_path / "in.mkv", [(100, "Hello"), (700, "Good-bye")]
    with av.open(str(source), "w") as container:
        video = container.add_stream("ffv1", rate=Fraction(25))
        video.width, video.height, video.pix_fmt = 32, 32, "gray"
        text = container.add_mux_stream("subrip")
        text.metadata["language"] = "eng"
        for index in range(25):
            container.mux(
                video.encode(av.VideoFrame.from_ndarray(moving_picture(32, 32, index)).reformat(format="gray"))
            )
        container.mux(video.encode(None))
        for milliseconds, words in lines:
            packet = av.Packet(words.encode())
            packet.stream, packet.time_base = text, Fraction(1, 1000)
            packet.pts = packet.dts = milliseconds
            packet.duration = 500
            container.mux(packet)
    run_ok("gvc-encode", source, tmp_path / "x.gvc")
    run_ok("gvc-decode", tmp_path / "x.gvc", tmp_path / "out.mkv")
    with av.open(str(tmp_path / "out.mkv")) as container:
        subtitles = container.streams.subtitles[0]
        assert subtitles.metadata["language"] == "eng"
        found = [(round(p.pts * p.time_base * 1000), bytes(p)) for p in container.demux(subtitles) if p.size]
    assert found == [(milliseconds, words.encode()) for milliseconds, words in lines]
    # What mp4 cannot hold is left out, and said.
    result = run_ok("gvc-decode", tmp_path / "x.gvc", tmp_path / "out.mp4")
    assert b"subrip" in result.stderr

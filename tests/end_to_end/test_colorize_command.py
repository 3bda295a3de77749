"""``gvc-colorize`` from path to path: references learned from, keyframes exported and put back, pictures, sound."""

from __future__ import annotations

import json
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from codec.cli.colorize import main
from tests.end_to_end.conftest import brief_settling, call_ok, gray_planes, moving_picture, write_video

BRIEFLY = ("--epochs", "12", "--train-size", "32", "-q")


@pytest.fixture(scope="module")
def gray_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small video without color, with sound."""
    folder = tmp_path_factory.mktemp("gray")
    write_video(folder / "color.mkv", frames=12)
    add_sound(folder / "color.mkv", folder / "sound.mkv")
    assert main([str(folder / "sound.mkv"), str(folder / "gray.mkv"), "--to-gray", "--codec", "ffv1", "-q"]) == 0
    return folder / "gray.mkv"


def add_sound(video: Path, path: Path) -> None:
    with av.open(str(video)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        sound = target.add_stream("pcm_s16le", rate=8000, layout="mono")
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
        samples = (3000 * np.sin(np.arange(4000) / 5)).astype(np.int16)[None]
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate, frame.pts = 8000, 0
        target.mux(sound.encode(frame))
        target.mux(sound.encode(None))


def sound_of(path: Path) -> bytes:
    with av.open(str(path)) as container:
        return b"".join(bytes(packet) for packet in container.demux(audio=0))


def colors_of(path: Path) -> np.ndarray:
    """(frames, height, width, 3) uint8."""
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


def test_to_gray_keeps_gray_and_sound(gray_video: Path) -> None:
    assert gray_planes(gray_video) == gray_planes(gray_video.parent / "color.mkv")
    assert sound_of(gray_video) == sound_of(gray_video.parent / "sound.mkv") != b""


def test_keyframes_are_exported_recolored_and_put_back(
    gray_video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "keyframes"
    assert main([str(gray_video), "--export-keyframes", str(folder), "--keyframe-every", "6", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    files = sorted(folder.glob("frame_*.png"))
    assert (report["event"], report["frames"]) == ("exported", len(files))
    for file in files:
        gray = cv2.imread(str(file))
        assert np.ptp(gray, axis=-1).max() == 0
        cv2.imwrite(str(file), gray // 2 + np.array([0, 20, 110], np.uint8))  # B, G, R
    output = tmp_path / "out.mkv"
    assert main([str(gray_video), str(output), "--reference", str(folder), "--codec", "ffv1", *BRIEFLY]) == 0
    assert gray_planes(output) == gray_planes(gray_video)
    assert sound_of(output) == sound_of(gray_video)
    red, _, blue = colors_of(output).astype(float).mean(axis=(0, 1, 2))
    assert red > blue + 20
    assert main([str(gray_video), "--export-keyframes", str(folder)]) == 6  # what was colored is not replaced


def test_a_stream_has_the_exact_gray_and_the_network(
    gray_video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codec.jobs.colorize.DEFAULT_MAX_LOSS_DB", 30)  # the first trial of rounding will do
    cv2.imwrite(str(tmp_path / "frame_000001.png"), moving_picture(64, 48, 0)[..., ::-1])
    stream, decoded, again = (tmp_path / name for name in ("out.gvc", "decoded.mkv", "again.mkv"))
    learning = ("--reference", str(tmp_path / "frame_000001.png"), *BRIEFLY)
    with brief_settling():
        assert main([str(gray_video), str(stream), *learning, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["color"], report["network"], report["luma_is_lossless"]) == ("model", "singh2020", True)
    assert report["total_bytes"] == stream.stat().st_size
    assert report["total_bytes"] > report["network_bytes"] > 0
    call_ok("gvc-decode", stream, decoded, "--codec", "ffv1")
    assert gray_planes(decoded) == gray_planes(gray_video)
    assert sound_of(decoded) == sound_of(gray_video) != b""
    # The same network, on the video itself and not behind a stream, makes the same pictures.
    assert main([str(gray_video), str(again), "--weights", str(stream), "--codec", "ffv1", "-q"]) == 0
    assert np.array_equal(colors_of(decoded), colors_of(again))
    assert np.ptp(colors_of(decoded).astype(int), axis=-1).max() > 10
    assert main([str(gray_video), str(stream), *learning]) == 6  # exists


@pytest.mark.slow
def test_a_picture_learns_from_a_picture(tmp_path: Path) -> None:
    rgb_u8 = moving_picture(64, 48, 3)
    cv2.imwrite(str(tmp_path / "reference.png"), rgb_u8[..., ::-1])
    cv2.imwrite(str(tmp_path / "gray.png"), cv2.cvtColor(rgb_u8, cv2.COLOR_RGB2GRAY))
    arguments = [str(tmp_path / "gray.png"), str(tmp_path / "out.png"), "--reference", str(tmp_path / "reference.png")]
    assert main([*arguments, *BRIEFLY, "--stabilize"]) == 0
    colored = cv2.imread(str(tmp_path / "out.png"))
    assert colored.shape == (48, 64, 3)
    assert np.ptp(colored.astype(int), axis=-1).max() > 10
    assert main([*arguments, *BRIEFLY]) == 6  # exists


def test_a_video_is_no_single_picture(gray_video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(gray_video), str(tmp_path / "out.png"), "--to-gray"]) == 6
    assert "expected a folder for the pictures of a video" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--weights", "{}/no.gvc"], 3, "no.gvc: No such file"),
        (["--weights", "{}/text.gvc"], 4, "expected a .gvc stream"),
        (["--network", "colornn", "--reference", "{}/no.png"], 3, "no.png, which does not exist"),
        (["--reference", "{}/frame_000099.png"], 3, "Received: one to frame 99"),
        (["--network", "compact", "--reference", "a.png"], 3, "Received: compact"),
        (["out.gvc", "--reference", "{}/no.png"], 3, "no.png, which does not exist"),
        (["out.gvc", "--weights", "{}/text.gvc"], 3, "expected --reference with a .gvc as output"),
        (["out.gvc", "--to-gray"], 3, "expected a video as output of --to-gray"),
        (["out.gvc", "--reference", "a.png", "--stabilize"], 3, "expected no --stabilize with a .gvc"),
        (["out.gvc", "--reference", "a.png", "--codec", "ffv1"], 2, "expected --codec with a video as output"),
    ],
)
def test_errors_are_one_line(
    gray_video: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    (tmp_path / "text.gvc").write_text("no stream")
    cv2.imwrite(str(tmp_path / "frame_000099.png"), np.zeros((48, 64, 3), np.uint8))
    (tmp_path / "new").mkdir()
    name, *line = arguments if arguments[0] == "out.gvc" else ["out.mkv", *arguments]
    line = [argument.format(tmp_path) for argument in line]
    assert main([str(gray_video), str(tmp_path / "new" / name), *line, "-q"]) == code
    (message,) = capsys.readouterr().err.splitlines()
    assert words in message
    assert not list((tmp_path / "new").iterdir())


def test_an_output_or_an_export(gray_video: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([str(gray_video)])

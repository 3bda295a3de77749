"""gvc-cut and gvc-join: what was cut and joined decodes to the same frames with its sound; nothing is half there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

import gvc
from tests.end_to_end.conftest import assert_one_line_error, call, call_json, command, gray_planes, run_ok
from tests.image_files import encoded_image
from tests.unit.splicing.spliced_streams import SOUND_RATE, border_frames, frames_of, long_stream

RATE = 25
FILES = ("--color", "lossless", "--luma", "ffv1", "--chroma", "ffv1", "--segment-frames", "2", "--keep-files")


@pytest.fixture(params=["guided_yuv420p", "coded_yuv420p", "adaptive_420", "model_compact"])
def stream(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """15 frames in segments, with sound."""
    path = tmp_path / "whole.gvc"
    path.write_bytes(long_stream(request.param, keyframe_deltas=()))
    return path


def test_parts_and_their_join_decode_to_the_same_frames(stream: Path, tmp_path: Path) -> None:
    middle = border_frames(stream.read_bytes())[2]
    for name, frames in (("a", f":{middle}"), ("b", f"{middle}:")):
        report = call_json("gvc-cut", stream, tmp_path / f"{name}.gvc", "--frames", frames, "--exact")
        assert report["event"] == "cut"
        assert report["notes"] == []
    report = call_json("gvc-join", tmp_path / "a.gvc", tmp_path / "b.gvc", tmp_path / "ab.gvc")
    assert (report["event"], report["frames"]) == ("joined", 15)
    whole = frames_of(stream.read_bytes())
    with gvc.open(tmp_path / "b.gvc") as part, gvc.open(stream) as video:
        for index in range(len(part)):
            assert all(map(np.array_equal, part[index].data, video[middle + index].data))
        assert part[0].pts_seconds == 0
    for path, frames in ((tmp_path / "b.gvc", whole[middle:]), (tmp_path / "ab.gvc", whole)):
        assert call_json("gvc-verify", path, "--workers", "1")["frames"] == len(frames)
        call_json("gvc-decode", path, path.with_suffix(".mkv"), "--codec", "ffv1", "--workers", "1")
        num_luma = len(gray_planes(path.with_suffix(".mkv"))[0])
        assert gray_planes(path.with_suffix(".mkv")) == [frame[:num_luma] for frame in frames]
    assert sound_of(tmp_path / "ab.mkv").tolist() == list(range(15 * SOUND_RATE // RATE))
    first = middle * SOUND_RATE // RATE
    assert sound_of(tmp_path / "b.mkv").tolist() == list(range(first, 15 * SOUND_RATE // RATE))


def sound_of(path: Path) -> np.ndarray:
    """Samples, which are their own numbers."""
    import av

    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray().ravel() for frame in container.decode(audio=0)])


def test_what_is_printed(tmp_path: Path) -> None:
    path = tmp_path / "in.gvc"
    path.write_bytes(long_stream("segments"))
    out = tmp_path / "out.gvc"
    result = run_ok("gvc-cut", path, out, "--start", "0.1", "--end", "0.26")
    assert result.stdout == b""
    assert result.stderr.decode().splitlines() == [
        "gvc-cut: note: kept frames 3 to 7: the segments that hold 3 to 6",
        f"{out}: 5 frames in 3 segments, {out.stat().st_size:,} bytes",
    ]
    piped = subprocess.run([command("gvc-join"), path, out, "-", "-q"], capture_output=True, check=True, timeout=60)
    assert piped.stderr == b""
    assert (
        run_ok("gvc-verify", "-", stdin=piped.stdout).stdout == b"-: 20 frames in 12 segments, every checksum holds\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("gvc-cut", "in.gvc", "out.gvc"), 2, ("expected --start, --end or --frames",)),
        (("gvc-cut", "in.gvc", "out.gvc", "--frames", "7"), 3, ("expected frames such as 100:200",)),
        (("gvc-cut", "in.gvc", "out.gvc", "--frames", "20:"), 3, ("a stream of 15 frames, none of them there",)),
        (("gvc-cut", "in.gvc", "out.gvc", "--frames", "4:5", "--exact"), 3, ("between 3 (0.12 s) and 5 (0.2 s)",)),
        (("gvc-cut", "in.gvc", "in.gvc", "--frames", "4:5", "-y"), 6, ("other than the input",)),
        (("gvc-cut", "in.gvc", "out.mp4", "--frames", "4:5"), 6, ("such as out.gvc",)),
        (("gvc-cut", "-", "out.gvc", "--frames", "4:5"), 3, ("expected a .gvc file", "Received: -")),
        (("gvc-cut", "cut_off.gvc", "out.gvc", "--frames", "4:5"), 4, ("the stream stops",)),
        (("gvc-cut", "none.gvc", "out.gvc", "--frames", "4:5"), 3, ("cannot read none.gvc",)),
        (("gvc-cut", "in.gvc", "there.gvc", "--frames", "4:5"), 6, ("exists. Give -y",)),
        (("gvc-join", "in.gvc", "out.gvc"), 2, ("expected two streams or more",)),
        (("gvc-join", "in.gvc", "other.gvc", "out.gvc"), 3, ("agree in pixel_format", "gray in in.gvc, yuv420p in")),
        (("gvc-join", "in.gvc", "in.gvc", "in.gvc", "-y"), 6, ("other than the input",)),
        (("gvc-join", "in.gvc", "text.gvc", "out.gvc"), 4, ("text.gvc: ", "expected a .gvc stream")),
        (("gvc-join", "in.gvc", ".", "out.gvc"), 3, ("expected a .gvc file", "Received: .")),
    ],
)
def test_what_cannot_be_done(
    arguments: tuple[str, ...], code: int, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = long_stream("segments")
    files = {"in": data, "other": long_stream("coded_yuv420p"), "cut_off": data[:-30], "text": b"text", "there": b""}
    for name, content in files.items():
        Path(f"{name}.gvc").write_bytes(content)
    assert_one_line_error(call(*arguments), code, *words)
    assert {path.stem: path.read_bytes() for path in tmp_path.iterdir()} == files


def test_files_of_a_part_come_back(tmp_path: Path) -> None:
    source = tmp_path / "scan"
    source.mkdir()
    for number in range(6):
        data = encoded_image("png", "rgb24", 33, 20, seed=number, options={"pred": "mixed"})
        (source / f"scan {number}.png").write_bytes(data)
    files = {path.name: path.read_bytes() for path in sorted(source.iterdir())}
    whole, part, rest = (tmp_path / f"{name}.gvc" for name in ("whole", "part", "rest"))
    call_json("gvc-encode", source, whole, *FILES)
    assert call_json("gvc-cut", whole, part, "--frames", "2:4", "--exact")["notes"] == []
    call_json("gvc-cut", whole, rest, "--frames", "4:", "--exact")
    call_json("gvc-join", part, rest, tmp_path / "both.gvc")
    for stream, names in ((part, list(files)[2:4]), (tmp_path / "both.gvc", list(files)[2:])):
        folder = tmp_path / stream.stem
        call_json("gvc-decode", stream, f"{folder}/")
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == {name: files[name] for name in names}
    twice = call_json("gvc-join", part, part, tmp_path / "twice.gvc")
    assert twice["notes"] == ["what restores the sources' files is left out: two files have the name scan 2.png"]
    result = call("gvc-decode", tmp_path / "twice.gvc", tmp_path / "twice/", "--restore-files")
    assert_one_line_error(result, 6, "expected a stream that keeps the source's files")


def test_a_file_of_all_frames_does_not_come_back(tmp_path: Path) -> None:
    frames = b"".join(b"FRAME\n" + bytes([number]) * (32 * 18) for number in range(6))
    (tmp_path / "in.y4m").write_bytes(b"YUV4MPEG2 W32 H18 F25:1 Cmono\n" + frames)
    whole, part = tmp_path / "whole.gvc", tmp_path / "part.gvc"
    call_json("gvc-encode", tmp_path / "in.y4m", whole, *FILES)
    report = call_json("gvc-cut", whole, part, "--frames", "2:4")
    assert report["notes"] == ["what restores the source's file is left out, since that file has all frames"]
    assert call_json("gvc-verify", part)["frames"] == 2


@pytest.mark.slow
def test_a_network_of_floats(encoded: Path, tmp_path: Path) -> None:
    """The papers' network goes along: the part's color is that of the whole, but for the last bits of floats."""
    part = tmp_path / "part.gvc"
    assert call_json("gvc-cut", encoded, part, "--frames", "6:12", "--exact")["frames"] == 6
    call_json("gvc-decode", encoded, tmp_path / "whole.y4m", "--frames", "6:12")
    call_json("gvc-decode", part, tmp_path / "part.y4m")
    whole, cut = (
        np.frombuffer((tmp_path / name).read_bytes(), np.uint8).astype(int) for name in ("whole.y4m", "part.y4m")
    )
    assert np.abs(whole - cut).max() <= 1

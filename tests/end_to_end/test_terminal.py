"""What the commands print, where it is printed, and what happens if it cannot be."""

from __future__ import annotations

import dataclasses
import io
import json
import subprocess
from pathlib import Path

import pytest

from container_format import StreamReader, StreamWriter
from tests.end_to_end.conftest import assert_one_line_error, call_json, call_ok, command, run_ok

ESCAPE = "\x1b]0;own\x07\x1b[2J\n"
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")


@pytest.fixture(scope="module")
def hostile(encoded_gray: Path) -> Path:
    """A stream whose tags would clear the screen and give the window a title."""
    reader = StreamReader(io.BytesIO(encoded_gray.read_bytes()))
    from tests.conftest import SOUND

    sound = dataclasses.replace(SOUND, codec=f"aac{ESCAPE}", tags={"language": ESCAPE, "title": ESCAPE})
    path = encoded_gray.with_name("hostile.gvc")
    with path.open("wb") as file:
        writer = StreamWriter(file, dataclasses.replace(reader.header, copy_streams=(sound,), tags={"title": ESCAPE}))
        for record in reader.records():
            writer.write_segment(record)  # type: ignore[arg-type]
        writer.finish()
    return path


def shell(line: str, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """A line of shell script; ``$1`` and on are the arguments."""
    return subprocess.run(
        ["bash", "-c", line, "bash", *map(str, arguments)], capture_output=True, timeout=300, check=False
    )


def test_no_control_character_reaches_the_terminal(hostile: Path, tmp_path: Path) -> None:
    for arguments in (
        ("gvc-info", hostile),
        ("gvc-info", hostile, "--json"),
        ("gvc-decode", hostile, tmp_path / "out.mp4"),
        ("gvc-decode", hostile, tmp_path / "out.y4m", "--json"),
    ):
        result = call_ok(*arguments)
        text = (result.stdout + result.stderr).decode()
        assert text.replace("\n", "").isprintable()
        assert "own" in text
    # Programs get the tags as they are.
    assert call_json("gvc-info", hostile)["header"]["tags"] == {"title": ESCAPE}


def test_names_of_files_are_printed_alike(encoded_gray: Path, tmp_path: Path) -> None:
    strange = tmp_path / "a\x1b[2Jb.y4m"
    result = call_ok("gvc-decode", encoded_gray, strange)
    assert b"\x1b" not in result.stderr
    assert b"a?[2Jb.y4m: 24 frames" in result.stderr
    result = subprocess.run([command("gvc-info"), str(strange)], capture_output=True, check=False)
    assert_one_line_error(result, 4, "a?[2Jb.y4m")
    assert b"\x1b" not in result.stderr


def test_closed_standard_error_leaves_the_video_alone(encoded_gray: Path, video: Path, tmp_path: Path) -> None:
    out, same = tmp_path / "out.y4m", tmp_path / "same.y4m"
    run_ok("gvc-decode", encoded_gray, out)
    for line in ('"$1" "$2" "$3" 2>&-', '"$1" "$2" - 2>&- >"$3"', '"$1" "$2" "$3" <&- >&- 2>&-'):
        result = shell(line, command("gvc-decode"), encoded_gray, same)
        assert (result.returncode, result.stderr) == (0, b"")
        assert same.read_bytes() == out.read_bytes()
        same.unlink()
    options = "--color coded --luma zstd --hints 2:x264:crf=30 --quality-frames 4"
    for number, end in enumerate(("", "2>&-")):
        line = f'"$1" "$2" "$3" {options} {end}'
        assert shell(line, command("gvc-encode"), video, tmp_path / f"{number}.gvc").returncode == 0
    assert (tmp_path / "0.gvc").read_bytes() == (tmp_path / "1.gvc").read_bytes()


@needs_full
@pytest.mark.parametrize("option", ["", "--json"])
@pytest.mark.parametrize(("end", "word"), [(">/dev/full", "No space left"), (">&-", "closed")])
def test_a_description_that_cannot_be_printed(encoded_gray: Path, option: str, end: str, word: str) -> None:
    result = shell(f'"$1" "$2" {option} {end}', command("gvc-info"), encoded_gray)
    assert_one_line_error(result, 6, "standard output", word)
    assert result.stderr.count(b"\n") == 1


@needs_full
def test_other_results_that_cannot_be_printed(encoded_gray: Path, video: Path, tmp_path: Path) -> None:
    decode, encode = command("gvc-decode"), command("gvc-encode")
    result = shell('"$1" "$2" "$3" --json >/dev/full', decode, encoded_gray, tmp_path / "a.y4m")
    assert_one_line_error(result, 6, "standard output", "No space left")
    result = shell('"$1" "$2" "$3" --color none --json >&-', encode, video, tmp_path / "a.gvc")
    assert_one_line_error(result, 6, "standard output", "closed")
    # Nothing can be said where standard error is full: the exit code alone must do.
    assert shell('"$1" "$2" "$3" 2>/dev/full', decode, encoded_gray, tmp_path / "b.y4m").returncode == 6
    assert shell('"$1" "$2" "$3" --color none 2>/dev/full', encode, video, tmp_path / "b.gvc").returncode == 6
    assert shell('"$1" --help >/dev/full', decode).returncode == 6
    # The work was done.
    assert json.loads(call_ok("gvc-info", tmp_path / "a.gvc", "--json").stdout)["num_frames"] == 18
    assert (tmp_path / "a.y4m").read_bytes() == (tmp_path / "b.y4m").read_bytes()

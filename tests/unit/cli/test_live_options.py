"""Options of ``gvc-encode --live``: what does not go together is said before anything is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from codec.cli.encode import command_parser, main
from codec.cli.live import live_options


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--live", "--verify"), 2, ("no --verify with --live",)),
        (("--live", "--workers", "2"), 2, ("no --workers with --live",)),
        (("--live", "--color", "model"), 3, ("expected --color guided, coded, lossless or none",)),
        (("--live", "--latency", "0"), 3, ("expected --latency from 0.2 to 60",)),
        (("--latency", "2s"), 2, ("expected --latency with --live",)),
    ],
)
def test_options_that_do_not_go_together(
    options: tuple[str, ...], code: int, words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "in.y4m"
    source.write_bytes(b"YUV4MPEG2 W16 H16 F20:1 Ip C420jpeg\nFRAME\n" + bytes(384))
    assert main([str(source), str(tmp_path / "out.gvc"), *options]) == code
    error = capsys.readouterr().err
    assert error.count("error:") == 1
    assert all(word in error for word in words)
    assert list(tmp_path.iterdir()) == [source]


def test_times_are_seconds_with_or_without_their_letter() -> None:
    parsed = live_options(command_parser().parse_args(["-", "-", "--live", "--latency", "1.5s", "--repeat", "3"]))
    assert (parsed.latency_seconds, parsed.repeat_seconds, parsed.max_frames) == (1.5, 3.0, None)
    assert parsed.segment_seconds == 0.75


def test_several_inputs_are_not_live(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["a.mp4", "b.mp4", str(tmp_path), "--live"]) == 2
    assert "expected one input with --live" in capsys.readouterr().err

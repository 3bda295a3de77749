"""Several inputs: outputs that are checked before the work, and errors that do not stop the others."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from codec.cli import decode, encode, info, join, verify
from codec.cli.many import Result, make_folder, outputs_of, run_many
from codec.errors import ClosedPipeError, InputError, OutputError, TrainingError


def test_each_output_has_the_name_of_its_input(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    outputs = outputs_of(["a/x.mp4", "b/y.tar.mkv", "frames/"], str(folder), suffix=".gvc", overwrite=False)
    assert list(outputs) == ["a/x.mp4", "b/y.tar.mkv", "frames/"]
    assert [Path(output).name for output in outputs.values()] == ["x.gvc", "y.tar.gvc", "frames.gvc"]
    assert not folder.exists()
    make_folder(str(folder))
    make_folder(str(folder))
    assert folder.is_dir()


@pytest.mark.parametrize("inputs", [("a/x.mp4", "b/x.mp4"), ("x.mp4", "x.mkv"), ("x.mp4", "X.mp4"), ("x.mp4", "x.mp4")])
def test_clashes_of_names_are_found_first(tmp_path: Path, inputs: tuple[str, str]) -> None:
    with pytest.raises(InputError, match=f"Received: {inputs[0]} and {inputs[1]}, both for "):
        outputs_of(inputs, str(tmp_path), suffix=".gvc", overwrite=True)


def test_what_cannot_be_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (str(tmp_path / "file"), "-", str(tmp_path / "no" / "out")):
        with pytest.raises(OutputError, match="expected a folder"):
            outputs_of(["x.mp4", "y.mp4"], folder, suffix=".gvc", overwrite=False)
    with pytest.raises(InputError, match="a pipe"):
        outputs_of(["x.mp4", "-"], str(tmp_path), suffix=".gvc", overwrite=False)
    with pytest.raises(OutputError, match="cannot make the folder"):
        make_folder(str(tmp_path / "file"))


def test_outputs_that_exist_are_found_first(tmp_path: Path) -> None:
    (tmp_path / "y.gvc").touch()
    with pytest.raises(OutputError, match=r"y\.gvc exists\. Give -y"):
        outputs_of(["x.mp4", "y.mp4"], str(tmp_path), suffix=".gvc", overwrite=False)
    assert len(outputs_of(["x.mp4", "y.mp4"], str(tmp_path), suffix=".gvc", overwrite=True)) == 2


def test_an_error_is_one_line_and_the_next_input_follows(capsys: pytest.CaptureFixture[str]) -> None:
    def work(source: str, target: str) -> str:
        if source == "bad":
            raise TrainingError("no training")
        if source == "worse":
            raise OutputError("cannot write worse.gvc")
        return target

    results, code = run_many("gvc-x", {"bad": "1", "worse": "2", "good": "3"}, work)
    assert code == 6
    assert results == [Result("1", None), Result("2", None), Result("3", "3")]
    assert capsys.readouterr().err.splitlines() == [
        "gvc-x: 1 of 3: bad",
        "gvc-x: error: bad: no training",
        "gvc-x: 2 of 3: worse",
        "gvc-x: error: cannot write worse.gvc",
        "gvc-x: 3 of 3: good",
    ]
    assert run_many("gvc-x", {"good": "3"}, work, is_silent=True) == ([Result("3", "3")], 0)
    assert capsys.readouterr().err == ""


def test_nobody_reads_any_more() -> None:
    def work(source: str, target: str) -> str:
        raise ClosedPipeError(f"{source} to {target}")

    with pytest.raises(ClosedPipeError):
        run_many("gvc-x", {"a": "b"}, work, is_silent=True)


@pytest.mark.parametrize("parser", [encode.command_parser(), decode.command_parser(), join.command_parser()])
def test_options_may_stand_anywhere(parser: argparse.ArgumentParser) -> None:
    for words in ("a b -y out", "-y a b out", "a -y b out", "a b out -y", "a b -y -- out"):
        parsed = parser.parse_args(words.split())
        assert (parsed.input, parsed.output, parsed.overwrite) == (["a", "b"], "out", True)


def test_nothing_to_do_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], ["-y"], ["a"]):
        with pytest.raises(SystemExit) as caught:
            encode.command_parser().parse_args(words)
        assert caught.value.code == 2
        assert "the following arguments are required" in capsys.readouterr().err
    assert info.command_parser().parse_args(["--system"]).input == []
    assert verify.command_parser().parse_args(["a", "--json"]).source is None

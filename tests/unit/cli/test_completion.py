"""What completes options in a shell: made from the parsers, and tried in each shell that is here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from codec.cli.commands import NAMES, commands
from codec.cli.completion import SHELLS, completion
from codec.cli.info import main
from codec.lossless.parameters import Speed

BASH = r"""
source "$1"
compopt() { :; }  # bash has it only while it completes
complete_line() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); "_${1//-/_}"; echo "${COMPREPLY[@]}"; }
complete_line gvc-encode in.mp4 --sp
complete_line gvc-encode in.mp4 --speed ''
complete_line gvc-encode in.mp4 --fps ''
complete_line gvc-decode in.gvc --format m
complete_line gvc-decode in.gvc o
complete -p gvc-verify
"""


def test_the_commands_are_those_that_are_installed() -> None:
    described = {command.name: command for command in commands()}
    assert tuple(described) == NAMES
    flags = {flag: option for option in described["gvc-encode"].options for flag in option.flags}
    assert flags["--speed"].values == tuple(map(str, Speed))
    assert flags["--overwrite"] is flags["-y"]
    assert not flags["-y"].takes_value
    assert flags["--export-keyframes"].takes_path
    assert "none" in flags["--effort"].values


@pytest.mark.parametrize("shell", SHELLS)
def test_every_option_of_every_command_is_in_the_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--completion", shell]) == 0
    script = capsys.readouterr().out
    assert script == completion(shell) + "\n"
    for command in commands():
        for flag in (flag for option in command.options for flag in option.flags):
            assert (flag.lstrip("-") if shell == "fish" else flag) in script


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash(tmp_path: Path) -> None:
    script = tmp_path / "gvc.bash"
    script.write_text(completion("bash"))
    lines = subprocess.run(["bash", "-c", BASH, "bash", script], capture_output=True, text=True, check=True)
    assert lines.stdout.splitlines() == [
        "--speed",
        " ".join(Speed),
        "",
        "mp4 mkv mov",
        "",
        "complete -o bashdefault -o default -F _gvc_verify gvc-verify",
    ]


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh here")
def test_zsh(tmp_path: Path) -> None:
    script = tmp_path / "_gvc"
    script.write_text(completion("zsh"))
    program = f"autoload -Uz compinit; compinit -u -D; source {script}; print $_comps[gvc-encode] $_comps[gvc-info]"
    assert subprocess.check_output(["zsh", "-f", "-c", program], text=True) == "_gvc _gvc\n"


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish here")
def test_fish(tmp_path: Path) -> None:
    script = tmp_path / "gvc.fish"
    script.write_text(completion("fish"))
    program = f"source {script}; complete -C 'gvc-encode in.mp4 --speed '; complete -C 'gvc-encode in.mp4 -pix_f'"
    found = subprocess.check_output(["fish", "--no-config", "-c", program], text=True)
    assert [line.split("\t")[0] for line in found.splitlines()] == [*sorted(Speed), "-pix_fmt"]


def test_it_stands_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--completion", "bash", "out.gvc"])
    assert "expected .gvc files, or --system or --completion without any" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--json", "--quiet", "--recover"])
def test_what_changes_no_script_is_refused(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--completion", "bash", option])
    assert caught.value.code == 2
    assert "expected --completion alone" in capsys.readouterr().err

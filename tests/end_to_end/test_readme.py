"""What the README shows is what happens: its commands are run in an empty folder, and what they print is compared."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from codec.cli import cut, decode, encode, info, join, play, verify
from codec.cli.mode_arguments import mode_of

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
TIME = re.compile(r"\d+\.\d s(?: \(\d+\.\d fps\))?")
"""Seconds and frames a second, which no two runs share."""
NUMBER_TOLERANCE = 0.01
"""Bytes change a little with the version of FFmpeg that reads the sample and writes FFV1."""
PARSERS = {
    "gvc-cut": cut.command_parser,
    "gvc-encode": encode.command_parser,
    "gvc-decode": decode.command_parser,
    "gvc-info": info.command_parser,
    "gvc-join": join.command_parser,
    "gvc-verify": verify.command_parser,
    "gvc-play": play.command_parser,
}


def blocks(language: str) -> list[str]:
    """The texts of the code blocks in a language."""
    return [text for name, text in BLOCK.findall(README) if name == language]


def shown_commands() -> list[tuple[str, str]]:
    """Each command that follows a prompt, and what the README says that it prints."""
    text = "".join(blocks("console"))
    parts = re.split(r"^\$ (.+)\n", text, flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def assert_alike(printed: str, shown: str) -> None:
    """The words are the same, and numbers nearly so; spaces, and times, may be others."""
    texts = [" ".join(TIME.sub("TIME", text).split()) for text in (printed, shown)]
    words = [NUMBER.sub("N", text) for text in texts]
    assert words[0] == words[1], printed
    numbers = [[float(number.replace(",", "")) for number in NUMBER.findall(text)] for text in texts]
    assert numbers[0] == pytest.approx(numbers[1], rel=NUMBER_TOLERANCE), printed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder, but for the samples."""
    made = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "samples", made / "samples")
    return made


def test_the_commands_print_what_is_shown(folder: Path) -> None:
    commands = shown_commands()
    assert [line.split()[0] for line, _ in commands] == ["gvc-encode", "gvc-verify", "gvc-decode", "gvc-verify"]
    paths = os.pathsep.join((sysconfig.get_path("scripts"), os.environ["PATH"]))
    for line, shown in commands:
        result = subprocess.run(
            shlex.split(line),
            cwd=folder,
            env={**os.environ, "PATH": paths},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stdout
        assert_alike(result.stdout, shown)
    (program,) = blocks("python")
    shown = README.split("prints\n\n```\n")[1].split("```")[0]
    printed = subprocess.check_output([sys.executable, "-c", program], cwd=folder, text=True)
    assert_alike(printed, shown)


@pytest.mark.parametrize("page", ["README.md", "docs/faq.md", "docs/quickstart.md", "docs/archives.md"])
def test_every_other_command_has_options_that_exist(page: str) -> None:
    text = "".join(text for language, text in BLOCK.findall((ROOT / page).read_text(encoding="utf-8")) if not language)
    parts = [part for line in text.splitlines() for part in re.split(r"[|;]", line.split(" #")[0])]
    calls = [shlex.split(part) for part in parts if part.strip().startswith("gvc-")]
    assert len(calls) >= 2
    for name, *arguments in calls:
        parsed = PARSERS[name]().parse_args(arguments)
        if name == "gvc-encode":
            mode_of(parsed)


def test_a_difference_is_noticed() -> None:
    assert_alike("total 1,000,001 75 frames in 3.8 s", "total  1,000,000  75 frames in 9.1 s\n")
    with pytest.raises(AssertionError):
        assert_alike("total 1,000 bytes", "total 1,020 bytes")
    with pytest.raises(AssertionError):
        assert_alike("gray exact", "gray not exact")

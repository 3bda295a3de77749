"""Man pages are made from the parsers: every option is in them, and man can show them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from codec.cli.commands import NAMES, commands
from codec.cli.man import man_page, write_man_pages


def test_every_option_is_explained() -> None:
    for command in commands():
        page = man_page(command).replace("\\-", "-")
        assert page.startswith(f".TH {command.name.upper()} 1 ")
        for option in command.options:
            assert option.help.replace("\\", "\\e") in page
            assert all(rf"\fB{flag}\fR" in page for flag in option.flags)
        for heading in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "EXIT STATUS", "SEE ALSO"):
            assert f"\n.SH {heading}\n" in page


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_man_pages(tmp_path_factory.mktemp("man") / "man1")


def test_a_page_for_each_command(pages: list[Path]) -> None:
    assert [path.name for path in pages] == [f"{name}.1" for name in NAMES]
    assert all(path.stat().st_size > 1000 for path in pages)


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff here")
@pytest.mark.parametrize("name", NAMES)
def test_groff_formats_it_without_a_warning(name: str, pages: list[Path]) -> None:
    (page,) = (path for path in pages if path.stem == name)
    result = subprocess.run(["groff", "-man", "-Tutf8", "-ww", page], capture_output=True, text=True, check=True)
    assert result.stderr == ""
    assert "EXIT STATUS" in re.sub(".\b", "", result.stdout)  # bold is a letter over itself

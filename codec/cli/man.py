"""Writes a man page for each command, made from its parser: ``python -m codec.cli.man FOLDER`` (``make man``)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from codec.cli.commands import NAMES, Command, CommandOption, OptionGroup, commands
from codec.version import VERSION

_EXIT_CODES = "exit codes:"


def man_page(command: Command) -> str:
    """The page of a command, in the language of troff and its macros ``man``."""
    examples, _, exit_codes = command.epilog.partition(_EXIT_CODES)
    lines = [
        f'.TH {command.name.upper()} 1 "" "gvc {VERSION}" "User Commands"',
        ".SH NAME",
        f"{_escaped(command.name)} \\- {_escaped(command.summary.split('. ')[0].removesuffix('.'))}",
        ".SH SYNOPSIS",
        _escaped(command.usage),
        ".SH DESCRIPTION",
        _escaped(command.summary),
    ]
    for name, text in command.inputs:
        lines += [".TP", rf"\fI{_escaped(name)}\fR", _escaped(text)]
    lines.append(".SH OPTIONS")
    for group in command.groups:
        lines += _options(group)
    examples = examples.removeprefix("examples:").strip("\n")
    if examples:
        lines += [".SH EXAMPLES", ".nf", *map(_escaped, examples.splitlines()), ".fi"]
    lines += [".SH EXIT STATUS", _escaped(" ".join(exit_codes.split()))]
    others = [f".BR {_escaped(name)} (1)" for name in NAMES if name != command.name]
    lines += [".SH SEE ALSO", *(f"{line}," for line in others[:-1]), others[-1]]
    return "\n".join(lines) + "\n"


def write_man_pages(folder: Path) -> list[Path]:
    """Write the pages of all commands into a folder, which is made if it is not there; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for command in commands():
        path = folder / f"{command.name}.1"
        path.write_text(man_page(command), encoding="utf-8")
        paths.append(path)
    return paths


def _options(group: OptionGroup) -> Iterator[str]:
    yield f'.SS "{_escaped(group.title[:1].upper() + group.title[1:])}"'
    if group.description:
        yield _escaped(group.description[:1].upper() + group.description[1:] + ".")
    for option in group.options:
        yield ".TP"
        yield _names(option)
        yield _escaped(option.help)


def _names(option: CommandOption) -> str:
    value = "" if option.metavar is None else rf" \fI{_escaped(option.metavar)}\fR"
    return ", ".join(rf"\fB{_escaped(flag)}\fR{value}" for flag in option.flags)


def _escaped(text: str) -> str:
    """The text as troff prints it: hyphens that can be copied, and no line that troff takes for a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return rf"\&{text}" if text[:1] in (".", "'") else text


if __name__ == "__main__":
    write_man_pages(Path(sys.argv[1]))

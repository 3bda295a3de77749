"""The installed commands and their options, as the parsers declare them: for completion and man pages."""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

NAMES = (
    *("gvc-encode", "gvc-decode", "gvc-verify", "gvc-info", "gvc-colorize"),
    *("gvc-cut", "gvc-join", "gvc-play", "gvc-studio"),
)
_COLOR_CODE = re.compile(r"\x1b\[[\d;]*m")
"""Python 3.14 and later color the usage on a terminal."""
_PATHS = ("DIR", "FILE", "PNG", "WEIGHTS")
"""What stands in the help for a value that is a path."""


@dataclass(frozen=True)
class CommandOption:
    """An option.

    Attributes:
        flags: its names, such as ``-y`` and ``--overwrite``.
        metavar: what stands for its value in the help; None if it has no value.
        help: one line.
        values: from which the value is taken; empty if they are not in the parser or the declarations.
    """

    flags: tuple[str, ...]
    metavar: str | None
    help: str
    values: tuple[str, ...]

    @property
    def takes_value(self) -> bool:
        """Whether a word follows."""
        return self.metavar is not None

    @property
    def takes_path(self) -> bool:
        """Whether that word is a path."""
        return self.metavar in _PATHS


@dataclass(frozen=True)
class OptionGroup:
    """Options under one heading of the help.

    Attributes:
        title: the heading.
        description: what the help says below it; empty if it says nothing.
        options: in the order of the help.
    """

    title: str
    description: str
    options: tuple[CommandOption, ...]


@dataclass(frozen=True)
class Command:
    """A command.

    Attributes:
        name: such as ``gvc-encode``.
        summary: what it does.
        usage: how it is called, on one line.
        inputs: names of the words that are no options, each with its help.
        groups: its options.
        epilog: what the help says at its end: examples and exit codes.
    """

    name: str
    summary: str
    usage: str
    inputs: tuple[tuple[str, str], ...]
    groups: tuple[OptionGroup, ...]
    epilog: str

    @property
    def options(self) -> tuple[CommandOption, ...]:
        """Those of all groups."""
        return tuple(option for group in self.groups for option in group.options)


def commands() -> tuple[Command, ...]:
    """All commands, in the order of :data:`NAMES`."""
    values = _values_by_field()
    return tuple(_command(name, values) for name in NAMES)


def _command(name: str, values: Mapping[str, tuple[str, ...]]) -> Command:
    module = importlib.import_module(f"codec.cli.{name.removeprefix('gvc-')}")
    parser: argparse.ArgumentParser = module.command_parser()
    usage = " ".join(_COLOR_CODE.sub("", parser.format_usage()).removeprefix("usage:").split())
    return Command(
        name=name,
        summary=parser.description or "",
        usage=usage,
        inputs=tuple(
            (str(action.metavar or action.dest), _help(parser, action))
            for action in parser._actions
            if not action.option_strings
        ),
        groups=tuple(_groups(parser, values)),
        epilog=parser.epilog or "",
    )


def _groups(parser: argparse.ArgumentParser, values: Mapping[str, tuple[str, ...]]) -> Iterator[OptionGroup]:
    for group in parser._action_groups:
        options = tuple(
            CommandOption(
                flags=tuple(action.option_strings),
                metavar=None if action.nargs == 0 else str(action.metavar or action.dest.upper()),
                help=_help(parser, action),
                values=tuple(map(str, action.choices or values.get(action.dest, ()))) if action.nargs != 0 else (),
            )
            for action in group._group_actions
            if action.option_strings
        )
        if options:
            yield OptionGroup(group.title or "", group.description or "", options)


def _help(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    return (action.help or "") % {"prog": parser.prog, "default": action.default}


def _values_by_field() -> dict[str, tuple[str, ...]]:
    """The values that a field of the parsed arguments may have, where they are a closed set."""
    from codec.encoder.modes import MODES, options_of
    from codec.networks.declarations import color_networks
    from codec.plane_codecs import PLANE_CODECS
    from codec.video.sinks.declarations import kinds

    found = {
        "color": tuple(str(mode.color) for mode in MODES),
        "luma": ("auto", "adaptive", "network", *PLANE_CODECS),
        "network": tuple(network.name for network in color_networks()),
        "codec": ("h264", "h265", "vp9", "av1", "ffv1"),
        "format": ("raw", "y4m", "images", "container"),
        "output_format": tuple(kinds()),
    }
    for mode in MODES:
        declared = options_of(mode)
        for field in dataclasses.fields(mode):
            if field.name in declared and isinstance(field.default, StrEnum):
                found[field.name] = _joined(found.get(field.name, ()), map(str, type(field.default)))
    return found


def _joined(values: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    """Both, without what is there twice."""
    return tuple(dict.fromkeys((*values, *more)))

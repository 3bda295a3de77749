"""Command-line arguments for the modes of ``gvc-encode``. They are derived from the modes' declarations."""

from __future__ import annotations

import argparse
from typing import Any

from codec.encoder.modes import MODES, Mode, Option, Shared, options_of
from codec.errors import InputError, UsageError


def add_mode_arguments(parser: argparse.ArgumentParser) -> None:
    """Add ``--color`` and the options of all modes."""
    group = parser.add_argument_group("coding", "in brackets: the values of --color that have the option")
    group.add_argument(
        "--color",
        metavar="MODE",
        default=MODES[0].color.value,
        help="how color is sent: " + ", ".join(f"{mode.color} = {mode.summary}" for mode in MODES) + " (guided)",
    )
    shared = options_of(Shared)
    for name, option in _all_options().items():
        modes = [str(mode.color) for mode in MODES if name in options_of(mode)]
        having = "" if name in shared or len(modes) == len(MODES) else f" [{', '.join(modes)}]"
        help_text = (option.help + having).replace("%", "%%")
        if option.is_flag:
            group.add_argument(option.flag, dest=name, action="store_true", default=argparse.SUPPRESS, help=help_text)
            continue
        group.add_argument(
            option.flag,
            dest=name,
            type=option.parse if option.parse in (int, float) else str,
            nargs="+" if option.is_list else None,
            metavar=option.metavar,
            default=argparse.SUPPRESS,
            help=help_text,
        )


def mode_of(arguments: argparse.Namespace) -> Mode:
    """The mode that the arguments select, with its options.

    Raises:
        InputError: the mode is unknown, or a value is out of its range.
        UsageError: an option was given that the mode does not have.
    """
    kinds = {str(mode.color): mode for mode in MODES}
    if arguments.color not in kinds:
        raise InputError(
            f"expected --color to be one of {', '.join(kinds)}. Received: {arguments.color}", option="--color"
        )
    kind = kinds[arguments.color]
    shared, own = options_of(Shared), options_of(kind)
    given = {name: value for name, value in vars(arguments).items() if name in _all_options()}
    for name in given:
        if name not in shared and name not in own:
            raise _not_of_mode(name, arguments.color)
    values = {name: _parsed(own[name], value) for name, value in given.items() if name in own}
    return kind(
        shared=Shared(**{name: _parsed(shared[name], given[name]) for name in given if name in shared}), **values
    )


def _all_options() -> dict[str, Option]:
    """The options of all modes by field name, in the order of the help text."""
    options: dict[str, Option] = {}
    for kind in (*MODES, Shared):
        options |= {name: option for name, option in options_of(kind).items() if name not in options}
    return options


def _not_of_mode(name: str, color: str) -> UsageError:
    flag = _all_options()[name].flag
    having = [str(mode.color) for mode in MODES if name in options_of(mode)]
    return UsageError(f"expected {flag} with --color {' or '.join(having)}. Received: --color {color}", option=flag)


def _parsed(option: Option, value: Any) -> Any:
    try:
        if option.is_list:
            return tuple(map(option.parse, value))
        return option.parse(value) if isinstance(value, str) else value
    except InputError as error:
        error.option = error.option or option.flag
        raise

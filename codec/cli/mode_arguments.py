"""Command-line arguments for the modes of ``gvc-encode``. They are derived from the modes' declarations."""

from __future__ import annotations

import argparse

from codec.encoder.modes import MODES, Mode, Shared, options_of
from codec.encoder.modes.given import all_options, mode_from


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
    for name, option in all_options().items():
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
    known = all_options()
    return mode_from(arguments.color, {name: value for name, value in vars(arguments).items() if name in known})

"""A mode from the options that somebody has given, by the names of their fields: on a command line, or in a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codec.encoder.modes import MODES, Mode, Option, Shared, options_of
from codec.errors import InputError, UsageError


def all_options() -> dict[str, Option]:
    """The options of all modes by field name, in the order of the help text."""
    options: dict[str, Option] = {}
    for kind in (*MODES, Shared):
        options |= {name: option for name, option in options_of(kind).items() if name not in options}
    return options


def mode_from(color: str, given: Mapping[str, Any]) -> Mode:
    """The mode of a name, with its options.

    Args:
        color: the name, a value of ``--color``.
        given: values by the names of options in :func:`all_options`: text, which is parsed, or what the parser has
            made of it; of an option that is a list, a list of them.

    Raises:
        InputError: the mode is unknown, or a value is out of its range.
        UsageError: an option was given that the mode does not have.
    """
    kinds = {str(mode.color): mode for mode in MODES}
    if color not in kinds:
        raise InputError(f"expected --color to be one of {', '.join(kinds)}. Received: {color}", option="--color")
    kind = kinds[color]
    shared, own = options_of(Shared), options_of(kind)
    for name in given:
        if name not in shared and name not in own:
            raise _not_of_mode(name, color)
    values = {name: _parsed(own[name], value) for name, value in given.items() if name in own}
    return kind(
        shared=Shared(**{name: _parsed(shared[name], given[name]) for name in given if name in shared}), **values
    )


def _not_of_mode(name: str, color: str) -> UsageError:
    flag = all_options()[name].flag
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
    except ValueError:
        raise InputError(f"expected {option.flag} to be a number. Received: {value}", option=option.flag) from None

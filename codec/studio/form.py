"""The options that the modes declare, as the fields of a form. Light: no NumPy."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from codec.encoder.modes import MODES, Mode, Option, Shared, options_of
from codec.encoder.modes.given import mode_from
from codec.errors import InputError
from codec.networks.declarations import color_networks

_PATHS = ("DIR", "PNG", "WEIGHTS")
"""What stands in the help for a value that is a path: a page may name none."""
_NETWORK = "network"
"""The field of which several values may be chosen at once, a job for each."""


def form() -> list[dict[str, Any]]:
    """The modes in the order of the help, each with its own fields and those that all modes share."""
    return [
        {
            "color": str(mode.color),
            "summary": mode.summary,
            "fields": _fields(mode),
            "shared": _fields(Shared),
        }
        for mode in MODES
    ]


def reference_networks() -> list[str]:
    """Networks that a few colored pictures can train."""
    return [network.name for network in color_networks() if network.has_float_weights and network.may_be_sent]


def mode_of_form(color: object, values: object, network: object = None) -> Mode:
    """The mode that a form describes.

    Args:
        color: the mode's name.
        values: texts by the names of fields; an empty one was not given.
        network: one of the networks that were chosen; None for the mode's own choice.

    Raises:
        InputError: the mode is unknown, a field is none of the form, or a value is out of its range.
        UsageError: the mode does not have the option.
    """
    if not isinstance(color, str) or not isinstance(values, Mapping):
        raise InputError("expected a mode and its options. Received: other values")
    if network is not None:
        values = {**values, "network": network}
    known = {name for kind in (*MODES, Shared) for name, option in _offered(kind).items()}
    for name, value in values.items():
        if name not in known or not isinstance(value, str) or len(value) > 500:
            raise InputError(f"expected an option of the form as text. Received: {str(name)[:50]}")
    return mode_from(color, {name: value for name, value in values.items() if value.strip()})


def _networks_of(mode: type[Any]) -> list[str]:
    """The networks that a mode takes. It says so itself, by refusing the others."""
    found = []
    for network in color_networks():
        with contextlib.suppress(InputError):
            mode(**{_NETWORK: network.name})
            found.append(network.name)
    return found


def _offered(kind: type[Any]) -> dict[str, Option]:
    return {name: option for name, option in options_of(kind).items() if option.metavar not in _PATHS}


def _fields(kind: type[Any]) -> list[dict[str, Any]]:
    defaults = {item.name: item.default for item in dataclasses.fields(kind)}
    return [_field(kind, name, option, defaults[name]) for name, option in _offered(kind).items()]


def _field(owner: type[Any], name: str, option: Option, default: object) -> dict[str, Any]:
    values = [str(value) for value in type(default)] if isinstance(default, StrEnum) else []
    if name == _NETWORK:
        values = _networks_of(owner)
    kind = {int: "integer", float: "number"}.get(option.parse, "text")  # type: ignore[call-overload]
    return {
        "name": name,
        "flag": option.flag,
        "label": option.flag.removeprefix("--").replace("-", " "),
        "help": option.help,
        "placeholder": option.metavar,
        "kind": "several" if name == _NETWORK else "choice" if values else kind,
        "values": values,
    }

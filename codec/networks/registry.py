"""Names of networks, and the modules that hold them. A file can name an entry here, never code."""

from __future__ import annotations

import importlib
from typing import cast

from codec.errors import InputError
from codec.networks.interface import ColorNetwork, TrainableNetwork

# Each module has a NETWORK. Most import Keras, so they are imported when they are asked for.
_TRAINABLE: dict[str, str] = {
    "singh2020": "codec.networks.singh2020",
}
_MODULES: dict[str, str] = {"compact": "codec.networks.compact", **_TRAINABLE}

NETWORK_NAMES: tuple[str, ...] = tuple(_MODULES)
TRAINABLE_NAMES: tuple[str, ...] = tuple(_TRAINABLE)
"""Networks of floats that make color of gray alone."""


def color_network(name: str) -> ColorNetwork:
    """The network of that name. Imports Keras, which takes seconds the first time.

    Raises:
        InputError: there is none. A decoder asks :data:`NETWORK_NAMES` first, since there it is the stream's fault.
    """
    if name not in _MODULES:
        raise InputError(f"expected one of the networks {', '.join(NETWORK_NAMES)}. Received: {name}")
    return cast(ColorNetwork, importlib.import_module(_MODULES[name]).NETWORK)


def trainable_network(name: str) -> TrainableNetwork:
    """As :func:`color_network`, for one of :data:`TRAINABLE_NAMES`."""
    if name not in _TRAINABLE:
        raise InputError(f"expected one of the networks {', '.join(TRAINABLE_NAMES)}. Received: {name}")
    return cast(TrainableNetwork, color_network(name))

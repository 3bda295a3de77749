"""Names of networks, and the modules that hold them. A file can name an entry here, never code."""

from __future__ import annotations

import importlib
from typing import cast

from codec.errors import InputError
from codec.networks.interface import ColorNetwork

# Each module has a NETWORK. They import Keras, so they are imported when they are asked for.
_MODULES: dict[str, str] = {
    "singh2020": "codec.networks.singh2020",
}

NETWORK_NAMES: tuple[str, ...] = tuple(_MODULES)


def color_network(name: str) -> ColorNetwork:
    """The network of that name. Imports Keras, which takes seconds the first time.

    Raises:
        InputError: there is none. A decoder asks :data:`NETWORK_NAMES` first, since there it is the stream's fault.
    """
    if name not in _MODULES:
        raise InputError(f"expected one of the networks {', '.join(NETWORK_NAMES)}. Received: {name}")
    return cast(ColorNetwork, importlib.import_module(_MODULES[name]).NETWORK)

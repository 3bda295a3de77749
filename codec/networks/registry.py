"""Names of networks, and the modules that hold them. A file can name an entry here, never code."""

from __future__ import annotations

import importlib
from typing import cast

from codec.errors import InputError
from codec.networks.interface import ColorNetwork, TrainableNetwork

# Where each is: module and name. Most modules import Keras, so they are imported when they are asked for.
_TRAINABLE: dict[str, tuple[str, str]] = {
    "singh2020": ("codec.networks.singh2020", "NETWORK"),
    "chaudhri_fang_alexnet": ("codec.networks.chaudhri_fang_stages", "ALEXNET"),
    "chaudhri_fang_vgg16": ("codec.networks.chaudhri_fang_stages", "VGG16"),
    "colornn": ("codec.networks.colornn", "NETWORK"),
    "colornn_consistent": ("codec.networks.colornn_consistent", "NETWORK"),
}
_NEVER_SENT: dict[str, tuple[str, str]] = {"zhang2016": ("codec.networks.zhang2016", "NETWORK")}
_MODULES: dict[str, tuple[str, str]] = {
    "compact": ("codec.networks.compact", "NETWORK"),
    **_TRAINABLE,
    **_NEVER_SENT,
}

NETWORK_NAMES: tuple[str, ...] = tuple(_MODULES)
SENT_NAMES: tuple[str, ...] = tuple(name for name in _MODULES if name not in _NEVER_SENT)
"""Networks that a stream may carry."""
TRAINABLE_NAMES: tuple[str, ...] = (*_TRAINABLE, *_NEVER_SENT)
"""Networks of floats that make color of gray alone."""


def color_network(name: str) -> ColorNetwork:
    """The network of that name. Imports Keras, which takes seconds the first time.

    Raises:
        InputError: there is none. A decoder asks :data:`SENT_NAMES` first, since there it is the stream's fault.
    """
    if name not in _MODULES:
        raise InputError(f"expected one of the networks {', '.join(NETWORK_NAMES)}. Received: {name}")
    module, attribute = _MODULES[name]
    return cast(ColorNetwork, getattr(importlib.import_module(module), attribute))


def trainable_network(name: str) -> TrainableNetwork:
    """As :func:`color_network`, for one of :data:`TRAINABLE_NAMES`."""
    if name not in TRAINABLE_NAMES:
        raise InputError(f"expected one of the networks {', '.join(TRAINABLE_NAMES)}. Received: {name}")
    return cast(TrainableNetwork, color_network(name))

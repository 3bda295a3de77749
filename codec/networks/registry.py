"""Networks by name. A stream can name what is declared, never code."""

from __future__ import annotations

import importlib
from typing import cast

from codec.errors import InputError
from codec.extras import needing
from codec.networks.declarations import NETWORKS, NetworkDeclaration, color_networks, find
from codec.networks.interface import ColorNetwork, SentNetwork, TrainableNetwork

NETWORK_NAMES: tuple[str, ...] = tuple(network.name for network in color_networks())
SENT_NAMES: tuple[str, ...] = tuple(network.name for network in color_networks() if network.may_be_sent)
"""Networks that make color, and that a stream may carry."""
TRAINABLE_NAMES: tuple[str, ...] = tuple(network.name for network in NETWORKS if network.has_float_weights)
"""Networks of floats that make color of gray alone."""


def sent_network(declaration: NetworkDeclaration) -> SentNetwork:
    """A network whose weights streams may carry, whatever it is for. Most import Keras."""
    with needing(f"the network {declaration.name}", declaration.extra):
        module = importlib.import_module(declaration.module)
    return cast(SentNetwork, getattr(module, declaration.attribute))


def color_network(name: str) -> ColorNetwork:
    """The network of that name. Imports Keras, which takes seconds the first time.

    Raises:
        InputError: there is none. A decoder asks :data:`SENT_NAMES` first, since there it is the stream's fault.
    """
    declaration = find(name)
    if declaration is None or name not in NETWORK_NAMES:
        raise InputError(f"expected one of the networks {', '.join(NETWORK_NAMES)}. Received: {name}")
    return cast(ColorNetwork, sent_network(declaration))


def trainable_network(name: str) -> TrainableNetwork:
    """As :func:`color_network`, for one of :data:`TRAINABLE_NAMES`."""
    if name not in TRAINABLE_NAMES:
        raise InputError(f"expected one of the networks {', '.join(TRAINABLE_NAMES)}. Received: {name}")
    return cast(TrainableNetwork, color_network(name))

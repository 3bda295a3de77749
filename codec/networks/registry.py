"""Access to networks by name. A stream can name only declared networks, never code."""

from __future__ import annotations

import importlib
from typing import cast

from codec.errors import InputError
from codec.extras import needing
from codec.networks.declarations import NETWORKS, NetworkDeclaration, color_networks, find
from codec.networks.interface import ColorNetwork, SentNetwork, TrainableNetwork

NETWORK_NAMES: tuple[str, ...] = tuple(network.name for network in color_networks())
SENT_NAMES: tuple[str, ...] = tuple(network.name for network in color_networks() if network.may_be_sent)
"""The names of the networks that make color and that a stream may carry."""
TRAINABLE_NAMES: tuple[str, ...] = tuple(network.name for network in NETWORKS if network.has_float_weights)
"""The names of the networks with float weights, which make color from the gray alone."""


def sent_network(declaration: NetworkDeclaration) -> SentNetwork:
    """Load the code of a declared network, of any role. For most networks this imports Keras."""
    with needing(f"the network {declaration.name}", declaration.extra):
        module = importlib.import_module(declaration.module)
    return cast(SentNetwork, getattr(module, declaration.attribute))


def color_network(name: str) -> ColorNetwork:
    """Load the network ``name``, which makes color. The first call imports Keras, which takes seconds.

    Raises:
        InputError: there is no such network. A decoder must check :data:`SENT_NAMES` before, since an unknown name is
            then an error of the stream.
    """
    declaration = find(name)
    if declaration is None or name not in NETWORK_NAMES:
        raise InputError(f"expected one of the networks {', '.join(NETWORK_NAMES)}. Received: {name}")
    return cast(ColorNetwork, sent_network(declaration))


def trainable_network(name: str) -> TrainableNetwork:
    """Load the network ``name``, one of :data:`TRAINABLE_NAMES`. The first call imports Keras, which takes seconds.

    Raises:
        InputError: there is no such network.
    """
    if name not in TRAINABLE_NAMES:
        raise InputError(f"expected one of the networks {', '.join(TRAINABLE_NAMES)}. Received: {name}")
    return cast(TrainableNetwork, color_network(name))

"""Networks that put color on gray: one architecture a file, one interface, a registry; weights to bytes and back.

Keras takes seconds to import: it is imported when a network is built, not with this package.
"""

from codec.networks.interface import Colorizer, ColorNetwork, NetworkSpec
from codec.networks.record import load_colorizer, pack_network
from codec.networks.registry import NETWORK_NAMES, color_network

__all__ = [
    "NETWORK_NAMES",
    "ColorNetwork",
    "Colorizer",
    "NetworkSpec",
    "color_network",
    "load_colorizer",
    "pack_network",
]

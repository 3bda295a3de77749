"""Byte streams between machines: TCP and Unix sockets, to one receiver or to several. It knows nothing of video."""

from codec.transport.address import Address, parse_address
from codec.transport.fan_out import FanOut, Item
from codec.transport.sockets import connected, listening

__all__ = ["Address", "FanOut", "Item", "connected", "listening", "parse_address"]

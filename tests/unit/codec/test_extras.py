"""A part whose extra is missing says what to install."""

from __future__ import annotations

import dataclasses

import pytest

from codec.errors import InputError
from codec.networks.declarations import declared
from codec.networks.registry import sent_network


def test_a_missing_extra_is_named() -> None:
    network = dataclasses.replace(declared("compact"), module="no_such_package.network", extra="networks")
    with pytest.raises(InputError, match=r"gvc-codec\[networks\] for the network compact. Received: no no_such"):
        sent_network(network)


def test_without_an_extra_it_is_a_fault_of_the_installation() -> None:
    network = dataclasses.replace(declared("compact"), module="no_such_package.network")
    with pytest.raises(ModuleNotFoundError):
        sent_network(network)

import subprocess
import sys

import pytest

from codec.errors import InputError
from codec.networks.interface import NetworkSpec
from codec.networks.registry import NETWORK_NAMES, SENT_NAMES, color_network
from container_format.errors import UnsupportedError


def test_every_name_has_a_network() -> None:
    assert "singh2020" in NETWORK_NAMES
    for name in NETWORK_NAMES:
        assert color_network(name).architecture == name


def test_what_may_be_sent_has_a_start() -> None:
    assert set(NETWORK_NAMES) - set(SENT_NAMES) == {"zhang2016"}
    with pytest.raises(UnsupportedError, match="that streams carry"):
        color_network("zhang2016").start_weights(NetworkSpec("zhang2016"))


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"singh2020.*Received: os\.path"):
        color_network("os.path")


def test_spec_parameters_are_sorted() -> None:
    NetworkSpec("any", (("depth", 3), ("width", 32)))
    with pytest.raises(ValueError, match="order"):
        NetworkSpec("any", (("width", 32), ("depth", 3)))
    with pytest.raises(ValueError, match="order"):
        NetworkSpec("any", (("width", 32), ("width", 32)))


def test_keras_is_not_imported_before_it_is_needed() -> None:
    code = (
        "import sys, codec.networks.interface, codec.networks.registry, codec.weights.packing, "
        "codec.training.options, codec.training.examples; "
        "sys.exit('keras' in sys.modules or 'tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

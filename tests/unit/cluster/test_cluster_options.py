"""How a cluster is reached, and what its workers must have in common with this process."""

from __future__ import annotations

from pathlib import Path

import pytest

from codec.cluster.connection import _difference
from codec.cluster.facts import facts
from codec.cluster.options import ClusterOptions
from codec.errors import InputError


@pytest.mark.parametrize(
    "address", ["", "8786", "tcp://", "tcp://host", "http://host:80", "tcp://host:99999", "local:x", "local:-1"]
)
def test_addresses_that_are_none(address: str) -> None:
    with pytest.raises(InputError, match="expected"):
        ClusterOptions(address)


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        ("local:2", False),
        ("tcp://localhost:8786", False),
        ("tcp://127.0.0.1:8786", False),
        ("tcp://[::1]:8786", False),
        ("tcp://192.168.0.7:8786", True),
        ("tcp://render.example:8786", True),
    ],
)
def test_who_else_may_reach_it(address: str, is_open: bool) -> None:
    assert ClusterOptions(address).is_open_to_others == is_open


def test_files_of_tls(tmp_path: Path) -> None:
    paths = {name: str(tmp_path / name) for name in ("tls_ca_file", "tls_cert", "tls_key")}
    for path in paths.values():
        with pytest.raises(InputError, match="expected a file as --tls"):
            ClusterOptions("tls://host:8786", **paths)
        Path(path).touch()
    assert not ClusterOptions("tls://host:8786", **paths).is_open_to_others
    with pytest.raises(InputError, match=r"expected --tls-cert for a cluster at tls://HOST:PORT"):
        ClusterOptions("tcp://host:8786", tls_cert=paths["tls_cert"])


def test_patience_is_over_zero() -> None:
    with pytest.raises(InputError, match="--cluster-patience"):
        ClusterOptions("local:1", patience_seconds=0)


def test_a_worker_like_this_process_does_not_differ() -> None:
    assert _difference("tcp://w:1", facts()) is None
    assert {"gvc", "native kernels", "networks", "code of gvc"} <= facts().keys()


@pytest.mark.parametrize("name", facts())
def test_what_differs_is_named_with_the_worker(name: str) -> None:
    found = _difference("tcp://w:1", {**facts(), name: "other"})
    assert found == f"expected workers with {name} {facts()[name]}, as here. Received: tcp://w:1 with {name} other"


def test_a_worker_without_gvc_is_named() -> None:
    found = _difference("tcp://w:1", ModuleNotFoundError("No module named 'codec'"))
    assert found is not None
    assert "tcp://w:1" in found
    assert "No module named 'codec'" in found

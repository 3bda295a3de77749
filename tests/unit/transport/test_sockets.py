"""Sockets: connected, waited for, and what is wrong said in one line."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from pathlib import Path

import pytest

from codec.errors import InputError, OutputError
from codec.transport import Address, connected, listening, parse_address

only_unix = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets here")


def test_nobody_listens() -> None:
    with listening(Address("a", host="127.0.0.1", port=0, listens=True)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(InputError, match="cannot connect to tcp://127"):
        connected(Address(f"tcp://127.0.0.1:{port}", host="127.0.0.1", port=port))


def test_a_port_in_use_is_named() -> None:
    with listening(Address("a", host="127.0.0.1", port=0, listens=True)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OutputError, match="cannot listen on b"):
            listening(Address("b", host="127.0.0.1", port=port, listens=True), OutputError)


@only_unix
def test_a_path_is_listened_on_and_removed(tmp_path: Path) -> None:
    place = tmp_path / "s"
    address = parse_address(f"unix:{place}?listen")
    assert address is not None
    found: list[bytes] = []

    def wait() -> None:
        with connected(address) as link, link.makefile("rb") as stream:
            found.append(stream.read())

    waiter = threading.Thread(target=wait)
    waiter.start()
    link = None
    while link is None:
        assert waiter.is_alive()
        with contextlib.suppress(InputError):  # not there yet, or there and not listened on yet
            link = connected(Address(f"unix:{place}", path=str(place)))
    with link:
        link.sendall(b"hello")
    waiter.join(20)
    assert found == [b"hello"]
    assert not place.exists()


@only_unix
def test_a_path_that_nobody_serves_any_more_is_taken_over(tmp_path: Path) -> None:
    place = tmp_path / "s"
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(place))
    left.close()
    address = Address(f"unix:{place}?listen", path=str(place), listens=True)
    with listening(address), pytest.raises(InputError, match="cannot listen"):
        listening(address)


@only_unix
def test_a_file_is_not_taken_for_a_socket(tmp_path: Path) -> None:
    place = tmp_path / "precious"
    place.write_text("data")
    with pytest.raises(InputError, match="cannot listen on"):
        listening(Address("unix:x?listen", path=str(place), listens=True))
    assert place.read_text() == "data"


@pytest.mark.skipif(sys.platform == "win32", reason="names of hosts are looked up in other words")
def test_a_host_that_is_none() -> None:
    with pytest.raises(InputError, match="cannot connect to tcp://"):
        connected(Address("tcp://256.256.256.256:9", host="256.256.256.256", port=9))

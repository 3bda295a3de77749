"""Receivers of one sender: each gets whole items, and a slow one misses some."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from codec.transport import Address, FanOut, Item, connected, parse_address

HEAD = b"head."


@pytest.fixture
def fan_out() -> Iterator[FanOut]:
    fan = FanOut(Address("tcp://127.0.0.1:0?listen", host="127.0.0.1", port=0, listens=True), HEAD)
    yield fan
    fan.abort()


def connect(fan: FanOut) -> socket.socket:
    before = fan.num_receivers
    link = connected(Address("", host="127.0.0.1", port=fan.port))
    link.settimeout(20)
    while fan.num_receivers == before:
        time.sleep(0.01)
    return link


def read_all(link: socket.socket) -> bytes:
    with link, link.makefile("rb") as stream:
        return stream.read()


def test_a_receiver_gets_the_head_and_all_items(fan_out: FanOut) -> None:
    link = connect(fan_out)
    fan_out.send(Item(b"one.", b"lead1."))
    fan_out.send(Item(b"two.", b"lead2."))
    fan_out.finish(5)
    assert read_all(link) == b"head.lead1.one.two."
    assert fan_out.num_missed == 0


def test_a_late_receiver_begins_with_the_last_item(fan_out: FanOut) -> None:
    fan_out.send(Item(b"one.", b"lead1."))
    fan_out.send(Item(b"two.", b"lead2."))
    link = connect(fan_out)
    fan_out.send(Item(b"three.", b"lead3."))
    fan_out.finish(5)
    assert read_all(link) == b"head.lead2.two.three."


def test_a_slow_receiver_misses_items_and_holds_up_nobody(fan_out: FanOut) -> None:
    slow, quick = connect(fan_out), connect(fan_out)
    large = [bytes([65 + number]) * 2**20 for number in range(24)]
    received = b""
    for number, data in enumerate(large):
        fan_out.send(Item(data, b"<%d>" % number))
        while len(received) < len(HEAD) + 3 + (number + 1) * 2**20:
            received += quick.recv(2**20)
    assert received == HEAD + b"<0>" + b"".join(large)
    assert fan_out.num_missed > 0
    fan_out.send(Item(b"end", b"<end>"))
    link = slow
    data = b""
    while not data.endswith(b"end"):
        data += link.recv(2**20)
    # Whole items alone: each letter as often as it was sent.
    body = data.removeprefix(HEAD).removesuffix(b"end")
    letters = {number: body.count(bytes([65 + number])) for number in range(len(large))}
    assert set(letters.values()) == {0, 2**20}
    assert letters[0] == 2**20
    # In front of an item behind a gap is what one must know.
    gaps = [number for number in range(1, len(large)) if letters[number] and not letters[number - 1]]
    assert gaps
    assert all(b"<%d>" % number + bytes([65 + number]) in body for number in gaps)
    slow.close()
    quick.close()


def test_a_receiver_that_goes_away_is_forgotten(fan_out: FanOut) -> None:
    connect(fan_out).close()
    for _ in range(200):
        fan_out.send(Item(b"x" * 2**16))
        if fan_out.num_connected == 0:
            break
        time.sleep(0.01)
    assert fan_out.num_connected == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tcp://host.example:9000", ("host.example", 9000, "", False)),
        ("tcp://:9000?listen", ("", 9000, "", True)),
        ("tcp://127.0.0.1:0?listen", ("127.0.0.1", 0, "", True)),
        ("tcp://[::1]:80", ("::1", 80, "", False)),
        ("unix:/run/gvc.socket", ("", None, "/run/gvc.socket", False)),
        ("unix:x?listen", ("", None, "x", True)),
    ],
)
def test_addresses(text: str, expected: tuple[str, int | None, str, bool]) -> None:
    address = parse_address(text)
    assert address is not None
    assert (address.host, address.port, address.path, address.listens) == expected


@pytest.mark.parametrize("text", ["tcp://:9000", "tcp://host", "tcp://host:0", "tcp://h:70000", "unix:", "unix:a?b"])
def test_addresses_that_are_none(text: str) -> None:
    from codec.errors import InputError

    with pytest.raises(InputError, match="expected an address such as tcp://HOST:PORT"):
        parse_address(text)


@pytest.mark.parametrize("text", ["-", "out.gvc", "./tcp://x", "udp://host:1", "C:\\x"])
def test_names_of_files_are_no_addresses(text: str) -> None:
    assert parse_address(text) is None

"""Names of sockets, as a person gives them in place of a file's name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codec.errors import GvcError, InputError

_TCP, _UNIX, _LISTEN = "tcp://", "unix:", "?listen"
FORMS = "tcp://HOST:PORT, tcp://:PORT?listen, unix:PATH or unix:PATH?listen"


@dataclass(frozen=True)
class Address:
    """Where a stream goes, or comes from.

    Attributes:
        text: as it was given.
        host: of TCP; empty for every network of this machine, or for a Unix socket.
        port: of TCP; None for a Unix socket. 0 lets the system choose one to listen on.
        path: of a Unix socket; empty for TCP.
        listens: wait for the other side, in place of connecting to it.
    """

    text: str
    host: str = ""
    port: int | None = None
    path: str = ""
    listens: bool = False


def parse_address(text: str, error: type[GvcError] = InputError) -> Address | None:
    """The address that a text is; None if it is the name of a file.

    Args:
        text: of a person.
        error: what is raised.

    Raises:
        GvcError: it begins as an address, and is none.
    """
    if not text.startswith((_TCP, _UNIX)):
        return None
    listens = text.endswith(_LISTEN)
    place = text.removesuffix(_LISTEN)
    if place.startswith(_UNIX) and "?" not in place and len(place) > len(_UNIX):
        return Address(text, path=place.removeprefix(_UNIX), listens=listens)
    found = re.fullmatch(r"tcp://(\[[0-9A-Fa-f:.%\w]+\]|[^\[\]:/?\s]*):([0-9]{1,5})", place)
    if found is None or int(found[2]) > 65535 or not (listens or (found[1] and int(found[2]))):
        raise error(f"expected an address such as {FORMS}. Received: {text}")
    return Address(text, host=found[1].strip("[]"), port=int(found[2]), listens=listens)

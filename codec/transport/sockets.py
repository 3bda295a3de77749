"""Sockets for an address: one that is connected, or one that waits for others."""

from __future__ import annotations

import contextlib
import errno
import socket
import stat
from pathlib import Path

from codec.errors import GvcError, InputError
from codec.transport.address import Address

_CONNECT_SECONDS = 10.0
_BACKLOG = 8


def connected(address: Address, error: type[GvcError] = InputError) -> socket.socket:
    """A socket that is connected: to the address, or with the first that connects to it.

    Args:
        address: of the other side, or to listen on.
        error: what is raised.

    Raises:
        GvcError: nobody is there, or the address cannot be used.
    """
    if address.listens:
        with contextlib.closing(listening(address, error)) as listener:
            try:
                link, _ = listener.accept()
            finally:
                remove_path(address)
            return link
    try:
        if address.port is not None:
            link = socket.create_connection((address.host, address.port), timeout=_CONNECT_SECONDS)
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        else:
            with contextlib.ExitStack() as opened:
                link = opened.enter_context(socket.socket(socket.AF_UNIX))
                link.connect(address.path)
                opened.pop_all()
    except (OSError, AttributeError) as failure:
        raise error(f"cannot connect to {address.text}: {_reason(failure)}") from failure
    link.settimeout(None)
    return link


def listening(address: Address, error: type[GvcError] = InputError) -> socket.socket:
    """A socket that waits for others.

    A path of a Unix socket that nobody listens on any more is taken over.

    Raises:
        GvcError: the address is in use, or cannot be used.
    """
    try:
        if address.port is not None:
            is_v6 = ":" in address.host or (not address.host and socket.has_dualstack_ipv6())
            family = socket.AF_INET6 if is_v6 else socket.AF_INET
            return socket.create_server(
                (address.host, address.port), family=family, backlog=_BACKLOG, dualstack_ipv6=is_v6 and not address.host
            )
        return _listening_path(address)
    except (OSError, AttributeError) as failure:
        raise error(f"cannot listen on {address.text}: {_reason(failure)}") from failure


def remove_path(address: Address) -> None:
    """Remove the name of a Unix socket that was listened on."""
    if address.path:
        with contextlib.suppress(OSError):
            Path(address.path).unlink()


def _listening_path(address: Address) -> socket.socket:
    path = Path(address.path)
    if path.exists() and stat.S_ISSOCK(path.stat().st_mode) and not _is_served(address):
        path.unlink()
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(address.path)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _is_served(address: Address) -> bool:
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as probe:
        return probe.connect_ex(address.path) not in (errno.ECONNREFUSED, errno.ENOENT)


def _reason(failure: Exception) -> str:
    if isinstance(failure, AttributeError):
        return "this system has no Unix sockets"
    return getattr(failure, "strerror", None) or str(failure)

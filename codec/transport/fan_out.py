"""One sender, several receivers: each gets what it can take, and none of them holds up the sender.

A stream is cut into items. A receiver that is too slow misses whole items. It goes on with a later one, in front of
which it gets that item's *lead*: what one must know who has not seen what came before.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import deque
from dataclasses import dataclass

from codec.errors import OutputError
from codec.transport.address import Address
from codec.transport.sockets import listening, remove_path

_MOST_RECEIVERS = 64
_WAITING_ITEMS = 2  # of a receiver, beside the one that is being sent
_STALLED_SECONDS = 30.0  # a receiver that takes nothing for so long is given up
_SEND_BUFFER_BYTES = 2**18
_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Item:
    """A part of a stream.

    Attributes:
        data: for receivers that have all that came before.
        lead: in front of it, for others.
    """

    data: bytes
    lead: bytes = b""


class FanOut:
    """Takes receivers at an address, and gives each the items of a stream.

    Args:
        address: to listen on.
        head: what every receiver gets first.

    Attributes:
        port: of TCP, which the system may have chosen; None for a Unix socket.
        num_receivers: that have ever connected.
        num_missed: items that a receiver did not get, over all receivers.

    Raises:
        OutputError: the address cannot be used.
    """

    def __init__(self, address: Address, head: bytes) -> None:
        self._address = address
        self._head = head
        self._lock = threading.Lock()
        self._receivers: list[_Receiver] = []
        self._last: Item | None = None
        self._is_closed = False
        self.num_receivers = 0
        self.num_missed = 0
        self._listener = listening(address, OutputError)
        self._listener.settimeout(_POLL_SECONDS)
        self.port = None if address.port is None else int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def num_connected(self) -> int:
        """Receivers that are there now."""
        with self._lock:
            return len(self._receivers)

    def send(self, item: Item) -> None:
        """Give an item to all receivers. Never waits."""
        with self._lock:
            self._last = item
            for receiver in list(self._receivers):
                if receiver.is_gone:
                    self._receivers.remove(receiver)
                else:
                    self.num_missed += receiver.put(item)

    def finish(self, wait_seconds: float) -> None:
        """Let receivers take what waits for them, at most so long, and close everything."""
        self._is_closed = True
        self._thread.join()
        with self._lock:
            receivers, self._receivers = self._receivers, []
        for receiver in receivers:
            receiver.end()
        for receiver in receivers:
            receiver.thread.join(wait_seconds)
        self._close(receivers)

    def abort(self) -> None:
        """Close everything at once."""
        self._is_closed = True
        with self._lock:
            receivers, self._receivers = self._receivers, []
        self._close(receivers)

    def _close(self, receivers: list[_Receiver]) -> None:
        for receiver in receivers:
            receiver.close()
        self._listener.close()
        remove_path(self._address)

    def _accept(self) -> None:
        while not self._is_closed:
            try:
                link, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            with self._lock:
                if self._is_closed or len(self._receivers) >= _MOST_RECEIVERS:
                    link.close()
                    continue
                receiver = _Receiver(link, self._head)
                if self._last is not None:  # so that there is a picture at once
                    receiver.put(self._last)
                self._receivers.append(receiver)
                self.num_receivers += 1


class _Receiver:
    """One receiver, served by a thread."""

    def __init__(self, link: socket.socket, head: bytes) -> None:
        self._link = link
        self._link.settimeout(_STALLED_SECONDS)
        with contextlib.suppress(OSError):
            link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
            if link.family != getattr(socket, "AF_UNIX", None):
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._head = head
        self._waiting: deque[bytes] = deque()
        self._changed = threading.Condition()
        self._has_missed = True  # all that came before it
        self._is_ending = False
        self.is_gone = False
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def put(self, item: Item) -> int:
        """Give the receiver an item; returns how many items it misses for that."""
        with self._changed:
            num_missed = 0
            if not self._has_missed and len(self._waiting) >= _WAITING_ITEMS:
                num_missed = len(self._waiting)
                self._waiting.clear()
                self._has_missed = True
            self._waiting.append((item.lead if self._has_missed else b"") + item.data)
            self._has_missed = False
            self._changed.notify()
        return num_missed

    def end(self) -> None:
        """Nothing follows."""
        with self._changed:
            self._is_ending = True
            self._changed.notify()

    def close(self) -> None:
        """Give the receiver up."""
        self.end()
        self.is_gone = True
        with contextlib.suppress(OSError):
            self._link.shutdown(socket.SHUT_RDWR)
        self._link.close()

    def _serve(self) -> None:
        try:
            self._link.sendall(self._head)
            while True:
                with self._changed:
                    while not self._waiting and not self._is_ending:
                        self._changed.wait()
                    if not self._waiting:
                        break
                    data = self._waiting.popleft()
                self._link.sendall(data)
            self._link.shutdown(socket.SHUT_WR)
        except OSError:  # it has gone away, or takes nothing any more
            pass
        finally:
            self.is_gone = True
            if not self._is_ending:
                self._link.close()

"""What runs in a worker process: jobs, one after another, until the parent is gone."""

from __future__ import annotations

import gc
import os
import pickle
import queue
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection

from codec.native.library import trust
from codec.workers.arena import Arena
from codec.workers.messages import Assignment, Credit, Event, Failed, Finished, Item, portable

_Inbox = queue.SimpleQueue[bytes]


class Channel:
    """From a job to those who wait for its results.

    Args:
        link: to the parent.
        inbox: what the parent has sent.
        arenas: of the pool.
    """

    def __init__(self, link: Connection[object, object], inbox: _Inbox, arenas: Sequence[Arena]) -> None:
        self._link = link
        self._inbox = inbox
        self._number = 0
        self.arenas = arenas

    def send(self, result: object) -> None:
        """Hand on the next result."""
        self._link.send(Item(result))

    def tell(self, value: object) -> None:
        """Tell something at once, whoever's turn it is."""
        self._link.send(Event(value))

    def wait(self) -> None:
        """Wait until one more result was used up."""
        while True:
            message = pickle.loads(self._inbox.get())
            if isinstance(message, Credit) and message.number == self._number:
                return

    def next_assignment(self) -> Assignment:
        """The next job. Credit that is left of the one before is forgotten."""
        while True:
            message = pickle.loads(self._inbox.get())
            if isinstance(message, Assignment):
                self._number = message.number
                return message


def main(link_descriptor: int, arena_descriptors: Sequence[int], isa: str) -> None:
    """Serve the parent until it is gone.

    Args:
        link_descriptor: of the connection to the parent.
        arena_descriptors: of the arenas.
        isa: the instruction set of the native library that the parent has tested.
    """
    link: Connection[object, object] = Connection(link_descriptor)
    inbox: _Inbox = queue.SimpleQueue()
    # Before anything heavy is imported: from now on, this process ends when its parent does.
    threading.Thread(target=_listen, args=(link, inbox), daemon=True).start()
    trust(isa)
    gc.disable()  # while modules are imported, of which nothing is garbage
    try:
        _serve(link, inbox, [Arena(descriptor) for descriptor in arena_descriptors])
    except OSError:  # the parent is gone
        os._exit(0)


def _serve(link: Connection[object, object], inbox: _Inbox, arenas: Sequence[Arena]) -> None:
    channel, packed = Channel(link, inbox, arenas), inbox.get()
    context, is_unpacked = None, False
    while True:
        try:
            assignment = channel.next_assignment()
            if not is_unpacked:
                context, is_unpacked = _unpacked(packed), True
            assignment.work(context, assignment.argument, channel)
            reply: Finished | Failed = Finished()
        except BrokenPipeError:
            raise
        except BaseException as error:
            reply = Failed(portable(error))
        link.send(reply)


def _unpacked(context: bytes) -> object:
    """What all jobs are given. What was imported until now stays to the end: the collector never looks at it."""
    try:
        return pickle.loads(context)
    finally:
        gc.freeze()
        gc.enable()


def _listen(link: Connection[object, object], inbox: _Inbox) -> None:
    """Take what the parent sends. When the parent is gone, end the process in the middle of its work."""
    while True:
        try:
            inbox.put(link.recv_bytes())
        except (EOFError, OSError):
            os._exit(0)

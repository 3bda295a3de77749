"""One worker process as its parent sees it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence

from codec.errors import WorkerError
from codec.native.library import engine
from codec.unfinished import add_removal, discard_removal
from codec.workers.arena import Arena

_END_SECONDS = 5.0  # a process whose connection has closed is about to end
# The parent decides what an interrupt means. It ends its workers itself.
_FOR_THE_PARENT = ("SIGINT", "SIGTERM", "SIGHUP")
_ADVICE = "try --workers 1"


class WorkerProcess:
    """A process that is started at once.

    It is a new interpreter, not a copy of this one. It imports what its jobs need and nothing else, and it does not run
    the main module of this program again. It uses the native library that this process has tested, without a test.

    Args:
        arenas: that the process may use.

    Raises:
        InputError: the environment asks for a native library that does not work here.
        WorkerError: the system cannot start another process.
    """

    def __init__(self, arenas: Sequence[Arena]) -> None:
        self._link, theirs = multiprocessing.Pipe()
        self._sending = threading.Lock()
        descriptors = [arena.descriptor for arena in arenas]
        program = (
            f"import sys; sys.path[:] = {list(map(str, sys.path))!r}\n"
            f"from codec.workers.worker import main; main({theirs.fileno()}, {descriptors}, {engine().isa!r})"
        )
        try:
            with theirs, _signals_blocked():
                self._process = subprocess.Popen(
                    [sys.executable, "-c", program],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    env={"OPENBLAS_NUM_THREADS": "1", **os.environ},  # each worker has a core, not all of them
                    pass_fds=(theirs.fileno(), *descriptors),
                )
        except OSError as error:
            self._link.close()
            raise WorkerError(f"cannot start a worker process ({error.strerror or error}): {_ADVICE}") from error
        self._removal = add_removal(self._process.kill)

    def prepare(self, context: bytes) -> None:
        """Send what all jobs are given, pickled, before the first job.

        Raises:
            OSError: the process has ended.
        """
        self._link.send_bytes(context)

    def send(self, message: object) -> None:
        """May be called from any thread.

        Raises:
            OSError: the process has ended.
        """
        with self._sending:
            self._link.send(message)

    def receive(self) -> object:
        """The next message.

        Raises:
            EOFError, OSError: the process has ended.
        """
        return self._link.recv()

    def death(self) -> WorkerError:
        """Why a process has ended that should not have."""
        try:
            code = self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            return WorkerError(f"a worker process does not answer any more: {_ADVICE}")
        if code == -signal.SIGKILL:
            return WorkerError(f"a worker process was killed (signal 9), probably for lack of memory: {_ADVICE}")
        if code < 0:
            return WorkerError(f"a worker process was ended by signal {-code}: {_ADVICE}")
        return WorkerError(f"a worker process ended with exit code {code} in the middle of its work: {_ADVICE}")

    def kill(self) -> None:
        """End the process, whatever it is doing. Who waits for its messages gets an EOFError."""
        self._process.kill()

    def close(self) -> None:
        """After :meth:`kill`, and when no thread uses it any more."""
        self._process.wait()
        discard_removal(self._removal)
        self._link.close()


@contextlib.contextmanager
def _signals_blocked() -> Iterator[None]:
    """Processes that are started meanwhile do not get the signals that are for their parent."""
    numbers = {getattr(signal, name) for name in _FOR_THE_PARENT}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

"""Prompt stops: SIGTERM, SIGHUP and Ctrl-C end a command within a second, whatever it is doing.

There are two ways. In the ordinary one, the handler of the signal raises :class:`Stopped` in the main thread. The stack
unwinds, and every output is given up by its owner. No thread is waited for: at the end the process ends itself.

But Python calls a handler only between two instructions of the main thread. An encoder or TensorFlow may keep it in one
call for many seconds, and a ``finally`` may wait for a thread that is in such a call. So a second thread, the watchdog,
gets the same signals through :func:`signal.set_wakeup_fd`. If the command has not ended after ``_GRACE_SECONDS``, the
watchdog ends it: it removes the unfinished outputs and kills the worker processes (:mod:`codec.unfinished`), prints the
one line, and ends the process.

An output that has got its name by then keeps it. An output that has not will not get it: whoever comes too late waits
in :func:`codec.unfinished.settling` until the process is gone.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
import time
from types import FrameType, TracebackType
from typing import NoReturn, Self

from codec.cli.printing import error_line
from codec.unfinished import begin_ending, remove_unfinished

EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143

_GRACE_SECONDS = 0.3  # leaves the system time to take back the memory of an encoder
_SETTLE_SECONDS = 0.1  # for an output that gets its name at this moment
_LAST_WORD_SECONDS = 0.2  # for the main thread, if it is about to end the process
_PRINT_SECONDS = 0.1  # for the reader of standard error
_AFTER_BAR = b"\r\x1b[K\x1b[?25h"  # clears the line and shows the cursor, which a progress bar hides
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Stopped(BaseException):
    """Raised in the main thread by a signal that ends the command."""


class PromptStops:
    """While it is open, a signal ends the process promptly, after all that is unfinished was removed.

    Signals that are ignored stay so, as under ``nohup``. In a thread other than the main one nothing is changed.

    Args:
        command: its name, for the line on standard error.
    """

    def __init__(self, command: str) -> None:
        self._command = command
        self._number: int | None = None
        self._is_over = False
        self._last_word = threading.Lock()  # of the thread that ends the process; never released
        self._stack = contextlib.ExitStack()
        self._stderr = -1

    def __enter__(self) -> Self:
        if threading.current_thread() is not threading.main_thread():
            return self
        with contextlib.ExitStack() as stack:
            # Another descriptor than 2, which is redirected while Keras is imported.
            self._stderr = os.dup(2)
            stack.callback(os.close, self._stderr)
            ours, theirs = socket.socketpair()
            stack.enter_context(ours)
            stack.enter_context(theirs)
            theirs.setblocking(False)
            stack.callback(ours.shutdown, socket.SHUT_RDWR)  # the watchdog ends
            before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
            stack.callback(signal.set_wakeup_fd, before)
            threading.Thread(target=self._watch, args=(ours,), daemon=True).start()
            self._stack = stack.pop_all()
        for number in _SIGNALS:
            handler = signal.getsignal(number)
            if handler is not signal.SIG_IGN:
                self._stack.callback(signal.signal, number, handler)
                signal.signal(number, self._stop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_over = True
        self.end_if_stopped()
        self._stack.close()

    def end_if_stopped(self) -> None:
        """End the process if a signal has come. Nothing that was raised since then matters."""
        if self._number is not None:
            self._end(self._number)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        """The handler. A second signal changes nothing, since the first one is being obeyed."""
        del frame
        if self._number is None and not self._is_over:
            self._number = number
            begin_ending()
            raise Stopped

    def _watch(self, signals: socket.socket) -> None:
        number = 0
        while number not in _SIGNALS or signal.getsignal(number) != self._stop:
            try:
                data = signals.recv(1)
            except OSError:
                return
            if not data:
                return
            number = data[0]
        time.sleep(_GRACE_SECONDS)
        if not self._is_over or self._number is not None:
            self._end(number)

    def _end(self, number: int) -> NoReturn:
        """Remove what is unfinished, say so, and end the process. Whichever thread is second waits for that."""
        if not self._last_word.acquire(timeout=_LAST_WORD_SECONDS):
            os._exit(_exit_code(number))
        begin_ending()
        remove_unfinished(_SETTLE_SECONDS)
        # In a thread, since nobody may read what is printed.
        printer = threading.Thread(target=self._say, args=(number,), daemon=True)
        printer.start()
        printer.join(_PRINT_SECONDS)
        os._exit(_exit_code(number))

    def _say(self, number: int) -> None:
        line = error_line(self._command, "interrupted" if number == signal.SIGINT else "terminated")
        with contextlib.suppress(OSError):
            start = _AFTER_BAR if os.isatty(self._stderr) else b""
            os.write(self._stderr, start + line.encode("ascii", "replace") + b"\n")


def _exit_code(number: int) -> int:
    return EXIT_INTERRUPTED if number == signal.SIGINT else EXIT_TERMINATED

"""What the installed commands call. Until the command itself watches for signals, Ctrl-C ends it without a word.

Python would show a traceback of whatever is being imported.
"""

from __future__ import annotations

import importlib
import os
import signal
import threading


def encode() -> int:
    """``gvc-encode``."""
    return _start("encode")


def decode() -> int:
    """``gvc-decode``."""
    return _start("decode")


def verify() -> int:
    """``gvc-verify``."""
    return _start("verify")


def info() -> int:
    """``gvc-info``."""
    return _start("info")


def colorize() -> int:
    """``gvc-colorize``."""
    return _start("colorize")


def cut() -> int:
    """``gvc-cut``."""
    return _start("cut")


def join() -> int:
    """``gvc-join``."""
    return _start("join")


def play() -> int:
    """``gvc-play``."""
    return _start("play")


def studio() -> int:
    """``gvc-studio``."""
    return _start("studio")


def _start(name: str) -> int:
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    # The threads of NumPy's linear algebra wait for work in a busy loop: 0.06 s of a core, and now next to nothing.
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
    code: int = importlib.import_module(f"codec.cli.{name}").main()
    return code

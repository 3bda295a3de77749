"""Behavior that all commands share: exit codes, one-line errors, signals and JSON lines."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

from codec.errors import GvcError, InputError, OutputError, RecoveredError, StreamError, TrainingError, UsageError
from codec.version import PROGRAM

EXIT_OK = 0
EXIT_INTERNAL = 1
EXIT_USAGE = 2  # argparse's own
EXIT_INPUT = 3
EXIT_STREAM = 4
EXIT_TRAINING = 5
EXIT_OUTPUT = 6
EXIT_RECOVERED = 7
EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143

# The first class that matches determines the exit code.
_EXIT_CODES: tuple[tuple[type[GvcError], int], ...] = (
    (RecoveredError, EXIT_RECOVERED),
    (UsageError, EXIT_USAGE),
    (InputError, EXIT_INPUT),
    (StreamError, EXIT_STREAM),
    (TrainingError, EXIT_TRAINING),
    (OutputError, EXIT_OUTPUT),
)
EXIT_CODE_HELP = (
    "exit codes: 0 done; 2 wrong usage; 3 the input or an option cannot be used; 4 the .gvc stream is damaged,\n"
    "truncated, foreign or needs a newer version; 5 training failed; 6 the output cannot be written; 7 a damaged\n"
    "stream was recovered in part; 130 interrupted; 143 terminated; 1 an error in gvc itself"
)


class _Terminated(BaseException):
    """Raised on SIGTERM or SIGHUP. It unwinds the stack, so that incomplete output is removed."""


def add_common_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that every command has."""
    group = parser.add_argument_group("messages")
    group.add_argument("--json", action="store_true", help="print the result as JSON, one object a line")
    group.add_argument("-q", "--quiet", action="store_true", help="print nothing but errors")
    group.add_argument("--debug", action="store_true", help="show where an error comes from")
    group.add_argument("--version", action="version", version=PROGRAM)


def run(command: str, action: Callable[[], int], *, debug: bool, quiet: bool = False) -> int:
    """Run a command's action and return the exit code. Each error becomes one line on standard error.

    Args:
        command: the command's name, for error messages.
        action: does the work and returns the exit code.
        debug: also print the traceback of an error.
        quiet: print no notes.
    """
    with _warnings_as_notes(command, quiet=quiet):
        return _run(command, action, debug=debug)


def _run(command: str, action: Callable[[], int], *, debug: bool) -> int:
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, _terminate)
    try:
        return action()
    except GvcError as error:
        if debug:
            traceback.print_exc()
        complain(command, str(error))
        return next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), EXIT_INTERNAL)
    except KeyboardInterrupt:
        complain(command, "interrupted")
        return EXIT_INTERRUPTED
    except _Terminated:
        complain(command, "terminated")
        return EXIT_TERMINATED
    except BrokenPipeError:
        # The reader of standard output has closed it. Keep Python from reporting this again on exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        complain(command, "the reader of standard output went away")
        return EXIT_OUTPUT
    except ModuleNotFoundError as error:
        complain(command, f"the package {error.name} is not installed; is KERAS_BACKEND set to what is there?")
        return EXIT_USAGE
    except MemoryError:
        complain(command, "not enough memory")
        return EXIT_INTERNAL
    except Exception as error:  # a bug in gvc: report it in one line; print the traceback only with debug
        if debug:
            traceback.print_exc()
        complain(command, f"internal error, please report it ({type(error).__name__}: {error}); --debug shows more")
        return EXIT_INTERNAL


def print_json(record: dict[str, Any], *, to_stderr: bool = False) -> None:
    """Print ``record`` as one JSON object on one line, on standard output or standard error."""
    print(json.dumps(record, allow_nan=False), file=sys.stderr if to_stderr else sys.stdout, flush=True)


def print_notes(command: str, notes: tuple[str, ...]) -> None:
    """Print a report's notes on standard error, one line each."""
    for note in notes:
        print(f"{command}: note: {note}", file=sys.stderr)


@contextmanager
def _warnings_as_notes(command: str, *, quiet: bool) -> Iterator[None]:
    """Print what the native library's choice warns of as a note for a person, without the place in the code."""
    shown_before = warnings.showwarning

    def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
        from codec.native.library import NativeWarning

        if not issubclass(category, NativeWarning):
            shown_before(message, category, *place, **more)
        elif not quiet:
            print_notes(command, (str(message),))

    warnings.showwarning = show
    try:
        yield
    finally:
        warnings.showwarning = shown_before


def complain(command: str, message: str) -> None:
    """Print a message as one line on standard error, without control characters."""
    line = "".join(c if c.isprintable() else "?" for c in " ".join(message.split()))
    print(f"{command}: error: {line}", file=sys.stderr, flush=True)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    raise _Terminated

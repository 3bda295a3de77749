"""Behavior that all commands share: exit codes and one-line errors."""

from __future__ import annotations

import argparse
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from codec.cli.printing import (
    EXIT_OUTPUT,
    complain,
    discard_results,
    open_missing_streams,
    print_message,
    print_notes,
)
from codec.cli.stopping import EXIT_INTERRUPTED, PromptStops, Stopped
from codec.errors import GvcError, InputError, OutputError, RecoveredError, StreamError, TrainingError, UsageError
from codec.version import PROGRAM

EXIT_OK = 0
EXIT_INTERNAL = 1
EXIT_USAGE = 2  # argparse's own
EXIT_INPUT = 3
EXIT_STREAM = 4
EXIT_TRAINING = 5
EXIT_RECOVERED = 7

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
    open_missing_streams()
    stops = PromptStops(command)

    def stoppable() -> int:
        try:
            return action()
        finally:
            stops.end_if_stopped()

    try:
        with stops, _warnings_as_notes(command, quiet=quiet):
            return _run(command, stoppable, debug=debug)
    except Stopped:  # while the stops were being set up, or given up
        stops.end_if_stopped()
        raise


def exit_code(error: GvcError) -> int:
    """The exit code that stands for an error."""
    return next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), EXIT_INTERNAL)


def _run(command: str, action: Callable[[], int], *, debug: bool) -> int:
    try:
        return action()
    except GvcError as error:
        _show_traceback(debug=debug)
        if isinstance(error, OutputError):
            discard_results()
        complain(command, str(error))
        return exit_code(error)
    except KeyboardInterrupt:
        complain(command, "interrupted")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        discard_results()
        complain(command, "the reader of standard output went away")
        return EXIT_OUTPUT
    except ModuleNotFoundError as error:
        complain(command, f"the package {error.name} is not installed; is KERAS_BACKEND set to what is there?")
        return EXIT_USAGE
    except MemoryError:
        complain(command, "not enough memory")
        return EXIT_INTERNAL
    except Exception as error:  # a bug in gvc: report it in one line; print the traceback only with debug
        _show_traceback(debug=debug)
        complain(command, f"internal error, please report it ({type(error).__name__}: {error}); --debug shows more")
        return EXIT_INTERNAL


def _show_traceback(*, debug: bool) -> None:
    if debug:
        with suppress(OutputError):
            print_message(traceback.format_exc())


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

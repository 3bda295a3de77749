"""All that the commands print goes through here: without control characters, and with errors in one line.

What a stream says of itself may hold the control characters of a terminal, and names of files may hold anything. No
such character reaches the terminal. A result that cannot be printed is an error like any other output that cannot be
written.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn, TextIO

from codec.errors import ClosedPipeError, OutputError

EXIT_OUTPUT = 6


def visible(text: str) -> str:
    """The text with a question mark in place of every character that does not print, line breaks excepted."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)


def visible_values(value: Any) -> Any:
    """The value, a JSON document, with every string in it on one line and as :func:`visible` makes it."""
    if isinstance(value, str):
        return visible(value.replace("\n", "?"))
    if isinstance(value, dict):
        return {visible_values(name): visible_values(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [visible_values(item) for item in value]
    return value


def print_result(text: str) -> None:
    """Print on standard output.

    Raises:
        OutputError: it is closed, or nothing can be written to it.
    """
    _print(visible(text), sys.stdout, "standard output")


def print_message(text: str) -> None:
    """Print on standard error.

    Raises:
        OutputError: nothing can be written to it.
    """
    _print(visible(text), sys.stderr, "standard error")


def print_rendered(text: str) -> None:
    """Print on standard error what ``rich`` has made of visible text, with the colors that it has put there.

    Raises:
        OutputError: nothing can be written to it.
    """
    _print(text, sys.stderr, "standard error")


def print_json(record: dict[str, Any], *, to_stderr: bool = False) -> None:
    """Print ``record`` as one JSON object on one line, on standard output or standard error.

    Raises:
        OutputError: nothing can be written to it.
    """
    text = json.dumps(record, allow_nan=False)
    if to_stderr:
        print_message(text)
    else:
        print_result(text)


def print_notes(command: str, notes: tuple[str, ...]) -> None:
    """Print a report's notes on standard error, one line each.

    Raises:
        OutputError: nothing can be written to it.
    """
    for note in notes:
        print_message(f"{command}: note: {_one_line(note)}")


class NotePrinter:
    """Prints each note of a job once: those that are known at the start at once, the others when they are told.

    Args:
        command: the command's name.
        quiet: print nothing.
    """

    def __init__(self, command: str, *, quiet: bool) -> None:
        self._command = command
        self._quiet = quiet
        self._printed: set[str] = set()

    def __call__(self, notes: tuple[str, ...]) -> None:
        """Print the notes that were not printed yet.

        Raises:
            OutputError: nothing can be written to standard error.
        """
        new = tuple(note for note in notes if note not in self._printed)
        self._printed.update(new)
        if not self._quiet:
            print_notes(self._command, new)


def complain(command: str, message: str) -> None:
    """Print an error as one line on standard error. If that cannot be written, the exit code alone must do."""
    with contextlib.suppress(OutputError):
        print_message(error_line(command, message))


def error_line(command: str, message: str) -> str:
    """An error as one line."""
    return f"{command}: error: {_one_line(message)}"


def discard_results() -> None:
    """Drop what waits to be written on standard output, so that Python does not fail on it at its end."""
    if sys.stdout is not None:
        _discard(sys.stdout)


def open_missing_streams() -> None:
    """Open the standard streams that are closed on the null device.

    Otherwise the next file that is opened, perhaps the output, gets the number of standard error, and messages of
    libraries are written into it. To Python, standard input and output stay closed, so that ``-`` is refused.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)
            os.set_inheritable(descriptor, True)
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115


class CommandParser(argparse.ArgumentParser):
    """A parser whose help and errors are printed as everything else is. Options may stand among the inputs."""

    def parse_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        """See :class:`argparse.ArgumentParser`, which of ``a.mp4 b.mp4 -y out/`` would not take the last one."""
        return self.parse_intermixed_args(args, namespace)

    def _print_message(self, message: str, file: Any = None) -> None:
        stream = file or sys.stderr
        if not message or stream is None:
            return
        try:
            _print(visible(message.removesuffix("\n")), stream, "standard output")
        except OutputError as error:
            if stream is sys.stdout:  # otherwise the exit code alone must do
                self._give_up(error)

    def _give_up(self, error: OutputError) -> NoReturn:
        complain(self.prog, str(error))
        sys.exit(EXIT_OUTPUT)


def _one_line(text: str) -> str:
    return visible(" ".join(text.split()))


def _print(text: str, stream: TextIO | None, name: str) -> None:
    if stream is None:
        raise OutputError(f"expected an open {name}. Received: a closed one")
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
        stream.flush()
    except OSError as error:
        _discard(stream)
        if isinstance(error, BrokenPipeError):
            raise ClosedPipeError(f"the reader of {name} went away") from error
        raise OutputError(f"cannot write {name}: {error.strerror or error}") from error


def _discard(stream: TextIO) -> None:
    """What is in the stream, and what still comes, goes nowhere: Python flushes the stream once more at its end."""
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)

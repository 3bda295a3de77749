"""What all jobs do with paths."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from codec.errors import InputError, OutputError
from codec.files import PIPE
from codec.transport import connected, parse_address


@contextlib.contextmanager
def open_stream(path: str) -> Iterator[BinaryIO]:
    """A ``.gvc`` file, standard input for ``-``, or what comes from an address of :mod:`codec.transport`.

    Raises:
        InputError: it cannot be opened.
    """
    address = parse_address(path)
    if address is not None:
        with connected(address) as link, link.makefile("rb") as stream:
            yield stream
        return
    if path == PIPE:
        if sys.stdin is None:
            raise InputError("expected an open standard input for -. Received: a closed one")
        # Not sys.stdin's own buffer, which Python wants to lock at its end, even if a thread still waits for input.
        yield os.fdopen(sys.stdin.fileno(), "rb", closefd=False)
        return
    try:
        stream = Path(path).open("rb")  # noqa: SIM115
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    with stream:
        yield stream


def file_bytes(path: str) -> int | None:
    """Size of a file; None for a pipe or a folder."""
    target = Path(path)
    return target.stat().st_size if path != PIPE and target.is_file() else None


def check_distinct(input_path: str, output_path: str) -> None:
    """Make sure that a job does not write over its input.

    Raises:
        OutputError: it would.
    """
    if PIPE in (input_path, output_path):
        return
    with contextlib.suppress(OSError):
        if Path(input_path).samefile(output_path):
            raise OutputError(f"expected an output other than the input. Received: {output_path} for both")

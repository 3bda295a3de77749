"""``gvc-encode --live``: its options, and how it ends."""

from __future__ import annotations

import argparse
import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

from codec.cli.printing import NotePrinter, print_json, print_message
from codec.cli.run import EXIT_OK
from codec.encoder.live.options import LATENCY_OPTION, REPEAT_OPTION, LiveOptions
from codec.errors import UsageError

if TYPE_CHECKING:
    from codec.encoder.live.capture import Capture
    from codec.encoder.modes import Mode

LIVE_OPTION = "--live"
# What needs all of a video, or its stream as a file, by the names that the parser gives.
_NOT_LIVE = {
    "verify": "--verify",
    "source_md5": "--source-md5",
    "keep_files": "--keep-files",
    "max_bytes": "--max-bytes",
    "must_save": "--must-save",
    "workers": "--workers",
    "start": "--start",
    "end": "--end",
    "keep_damaged": "--keep-damaged",
    "export_keyframes": "--export-keyframes",
    "drop": "--drop",
    "gop": "--gop",
    "resume": "--resume",
    "cluster": "--cluster",
    "playable": "--playable",
}
_ENDING = ("SIGINT", "SIGTERM")


def add_live_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of a live stream."""
    group = parser.add_argument_group("live", "code a video while it comes, in one pass; Ctrl-C ends it in good order")
    group.add_argument(
        LIVE_OPTION,
        action="store_true",
        help="INPUT is -, a pipe, a camera (/dev/video0), an URL that FFmpeg opens, or a file at its own speed; "
        "OUTPUT is a file, -, tcp://HOST:PORT, tcp://:PORT?listen, unix:PATH or unix:PATH?listen",
    )
    group.add_argument(
        LATENCY_OPTION, metavar="Ts", help="from a frame that comes to its picture at the receiver, about (2s)"
    )
    group.add_argument(
        REPEAT_OPTION, metavar="Ts", help="in one stream, from a place where others may join to the next (5s)"
    )


_MALLOC_ARENAS = 2
"""Measured: a sender of ten minutes stays at 120 to 130 MiB, where it grew to 187 (docs/decisions/0025-live.md)."""


def encode_live_command(arguments: argparse.Namespace, command: str, mode: Mode) -> int:
    """Run ``gvc-encode --live``.

    Raises:
        UsageError: an option was given that a live stream does not have.
    """
    from codec.cli.input_arguments import source_options
    from codec.cli.progress import progress_for
    from codec.jobs.live import encode_live_source
    from codec.live_report import live_lines
    from codec.memory import share_arenas
    from codec.report import as_json

    options = live_options(arguments)
    share_arenas(_MALLOC_ARENAS)
    is_silent = arguments.quiet or arguments.json
    progress = progress_for(command, quiet=is_silent)
    notes = NotePrinter(command, quiet=is_silent)
    with contextlib.ExitStack() as stack:
        stack.callback(progress.finish)
        report = encode_live_source(
            arguments.input[0],
            arguments.output,
            mode,
            options,
            source_options=source_options(arguments),
            overwrite=arguments.overwrite,
            on_start=lambda capture: stack.enter_context(_ended_by_signals(capture)),
            on_notes=notes,
            progress=progress,
        )
    if arguments.json:
        print_json(as_json(report), to_stderr=arguments.output == "-")
        return EXIT_OK
    notes(report.notes)
    if not arguments.quiet:
        for line in live_lines(report):
            print_message(line)
    return EXIT_OK


def live_options(arguments: argparse.Namespace) -> LiveOptions:
    """The options of a live stream.

    Raises:
        UsageError: an option was given that a live stream does not have, or several inputs.
        InputError: a value is none, or out of its range.
    """
    from codec.cli.values import parse_time

    if len(arguments.input) > 1:
        raise UsageError(f"expected one input with {LIVE_OPTION}. Received: {len(arguments.input)}", option=LIVE_OPTION)
    for name, flag in _NOT_LIVE.items():
        if getattr(arguments, name, None) not in (None, False):
            raise UsageError(f"expected no {flag} with {LIVE_OPTION}, which reads and sends once", option=flag)
    times = {
        name: float(parse_time(value.removesuffix("s"), option))
        for name, option, value in (
            ("latency_seconds", LATENCY_OPTION, arguments.latency),
            ("repeat_seconds", REPEAT_OPTION, arguments.repeat),
        )
        if value is not None
    }
    return LiveOptions(max_frames=arguments.frames, **times)


def check_not_live(arguments: argparse.Namespace) -> None:
    """Refuse the options of a live stream where it is none.

    Raises:
        UsageError: one was given.
    """
    for flag, value in ((LATENCY_OPTION, arguments.latency), (REPEAT_OPTION, arguments.repeat)):
        if value is not None:
            raise UsageError(f"expected {flag} with {LIVE_OPTION}. Received: {flag} {value} alone", option=flag)


@contextlib.contextmanager
def _ended_by_signals(capture: Capture) -> Iterator[None]:
    """The first signal ends the capture, so that the stream ends in good order; a second one ends everything."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[int, Any] = {}

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        for other, handler in before.items():
            signal.signal(other, handler)
        before.clear()
        capture.stop()

    for name in _ENDING:
        number = getattr(signal, name)
        if signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in list(before.items()):
            signal.signal(number, handler)

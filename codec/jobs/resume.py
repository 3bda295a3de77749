"""Unfinished work of an encode: whether it is this encode's, and what goes on from it.

An encode is known by what its bytes depend on: the files of its input, its options, and the programs that code. These
are kept as named lines of text in the work folder, so that a difference can be named.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from codec.encoder.modes import Mode
from codec.encoder.modes.mode import options_of
from codec.errors import InputError, OutputError, StreamError
from codec.files import PIPE, WorkFolder
from codec.files.work_folder import work_path
from codec.version import VERSION
from codec.video.selection import Selection
from codec.video.source import Source
from codec.video.sources import SourceOptions
from codec.video.sources.fingerprint import digest_of_ends
from codec.video.sources.unchanged import UnchangedSource, states_of
from container_format import Limits, StreamReader
from container_format.chunks import VERSION_MAJOR, VERSION_MINOR
from container_format.limits import MOST_PIXELS

OPTION = "--resume"
_JOB = "job"
_PROGRAMS = ("av", "numpy", "zstandard")  # packages whose other versions may code other bytes
_SOURCE_FLAGS = {
    "size": "--size",
    "frame_rate": "--fps",
    "pixel_format": "--pix-fmt",
    "kind": "--format",
    "keep_damaged": "--keep-damaged",
}
_SELECTION_FLAGS = {
    "start_seconds": "--start",
    "end_seconds": "--end",
    "first": "--frames from",
    "stop": "--frames to",
    "every": "--every",
}


def check_resumable(input_path: str, output_path: str, mode: Mode) -> None:
    """Find out before the input is read whether an encode of it can go on later.

    Raises:
        InputError: it cannot.
        OutputError: the output is a pipe or a device.
    """
    if input_path == PIPE:
        raise _no_file(input_path)
    if output_path == PIPE or (Path(output_path).exists() and not Path(output_path).is_file()):
        raise OutputError(f"expected a file as output with {OPTION}. Received: {output_path}")
    if mode.shared.export_keyframes is not None:
        raise InputError(
            f"expected {OPTION} without --export-keyframes, whose folder must be new. Received: both", option=OPTION
        )


def _no_file(path: str) -> InputError:
    return InputError(
        f"expected a file as input with {OPTION}, since a pipe cannot be read again. Received: {path}", option=OPTION
    )


def identity_of(
    opened: Source,
    mode: Mode,
    source_options: SourceOptions,
    selection: Selection,
    others: Mapping[str, object],
) -> dict[str, str]:
    """What the bytes of an encode depend on, by the name that a person knows it by.

    Args:
        opened: the input, from files.
        mode: with its options.
        source_options: how the input is read.
        selection: the frames that are encoded.
        others: options of the encode that change its bytes, by their flags.

    Raises:
        InputError: the input is a pipe, or cannot be read.
    """
    from importlib.metadata import version  # late, since it loads what reads mail, and few encodes are resumed

    found = {"the version of gvc": f"{VERSION}, format {VERSION_MAJOR}.{VERSION_MINOR}"}
    found |= {f"the version of {name}": version(name) for name in _PROGRAMS}
    found |= _files(opened)
    for owner, flags in ((source_options, _SOURCE_FLAGS), (selection, _SELECTION_FLAGS)):
        found |= {flag: _text(getattr(owner, name)) for name, flag in flags.items()}
    found["--color"] = str(mode.color)
    for options in (mode.shared, mode):
        found |= {one.flag: _text(getattr(options, name)) for name, one in options_of(type(options)).items()}
    return found | {flag: _text(value) for flag, value in others.items()}


def _files(opened: Source) -> dict[str, str]:
    """What is compared of the input's files: their number, sizes and times, and the ends of the first and the last."""
    if not isinstance(opened, UnchangedSource):
        raise _no_file("a pipe or a device")
    try:
        states, names = states_of(opened.files), [file.name for file in opened.files]
        ends = digest_of_ends(opened.files)
    except OSError as error:
        raise InputError(f"cannot read {opened.files[0]}: {error.strerror or error}") from error
    several = {} if len(names) == 1 else {"the input's files": f"{len(names)} ({_hash(names)})"}
    return {
        **several,
        "the input's size": f"{sum(size for size, _ in states):,} bytes",
        "the input's begin and end": ends,
        "the input's time of change": _hash(states) if len(states) > 1 else f"{states[0][1]:,} ns",
    }


def _hash(value: object) -> str:
    return hashlib.sha256(repr(value).encode(errors="surrogateescape")).hexdigest()[:16]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "given" if value else "not given"
    return "not given" if value is None else str(value)


def open_work(output_path: str, identity: Mapping[str, str]) -> WorkFolder:
    """The work folder of an encode, new or left by an earlier run of it.

    Raises:
        OutputError: it cannot be made or read, or another run has it.
        InputError: it is another encode's; the first difference is named.
    """
    folder = WorkFolder(output_path)
    try:
        _check_job(folder, output_path, dict(identity))
    except BaseException:
        folder.close()
        raise
    return folder


def _check_job(folder: WorkFolder, output_path: str, identity: dict[str, str]) -> None:
    if not folder.names():
        folder.write(_JOB, json.dumps(identity, indent=1).encode())
        return
    known = _known_job(folder)
    if known is None:
        raise OutputError(
            f"expected unfinished work in {folder.path}. Received: something damaged; gvc-encode --clean {output_path} "
            "removes it"
        )
    for name in [*identity, *(name for name in known if name not in identity)]:
        before, now = known.get(name, "unknown"), identity.get(name, "unknown")
        if before != now:
            raise InputError(
                f"expected the encode whose unfinished work is in {folder.path}: {name} was {before}. Received: {now}. "
                f"Give what it was, or remove that work by gvc-encode --clean {output_path}",
                option=OPTION,
            )


def _known_job(folder: WorkFolder) -> dict[str, str] | None:
    """What the work in a folder is for; None if that is damaged."""
    try:
        known = json.loads(folder.read(_JOB) or b"")
    except ValueError:
        return None
    return {str(name): str(text) for name, text in known.items()} if isinstance(known, dict) else None


def notes_of_work(output_path: str, work: WorkFolder | None) -> tuple[str, ...]:
    """What a person should know of unfinished work before an encode begins, a line each.

    Args:
        output_path: of the encode.
        work: of this encode; None if it keeps none.
    """
    if work is not None:
        done = sum(name.startswith("segment") for name in work.names())
        there = f", which has {done} finished segments already" if done else ""
        return (f"unfinished work is kept in {work.path}{there}; the same command goes on from it",)
    if output_path == PIPE or not (work_path(output_path) / _JOB).is_file():
        return ()
    path = work_path(output_path)
    return (f"{path} has unfinished work: {OPTION} goes on from it, and gvc-encode --clean {output_path} removes it",)


def is_finished(input_path: str, output_path: str) -> bool:
    """Whether an output is whole, every checksum of it, and not older than its input or than unfinished work.

    Raises:
        OutputError: there is no such path.
    """
    output = Path(output_path)
    if not output.is_file():
        return False
    before_ns = max(_changed_ns(input_path), _changed_ns(str(work_path(output_path) / _JOB)))
    if before_ns > output.stat().st_mtime_ns:
        return False
    try:
        with output.open("rb") as stream:
            for _ in StreamReader(stream, limits=Limits(MOST_PIXELS)).records():
                pass
    except (OSError, StreamError):
        return False
    return True


def _changed_ns(path: str) -> int:
    """When an input was changed: a file, or a folder and what is in it. 0 where that is not known."""
    try:
        files: list[Path] = [Path(path), *(Path(path).iterdir() if Path(path).is_dir() else ())]
        times: list[int] = [file.stat().st_mtime_ns for file in files]
        return max(times)
    except OSError:
        return 0


def clean(output_path: str) -> bool:
    """Remove the unfinished work of an output. Returns whether there was any.

    Raises:
        OutputError: it cannot be removed, a run is using it, or it is no folder of unfinished work.
    """
    if not work_path(output_path).exists():
        return False
    WorkFolder(output_path).remove()
    return True

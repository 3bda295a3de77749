"""Where a stream or a video is: a path, a file object, or a URL that fsspec opens."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast

from codec.errors import InputError, OutputError
from codec.extras import REMOTE, check_extra
from codec.files import OVERWRITE

Location = str | os.PathLike[str] | IO[bytes]
"""A path, a URL such as ``s3://bucket/out.gvc`` (with the extra ``remote``), or a binary file object."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://|[A-Za-z0-9+.-]+::")


@dataclass(frozen=True)
class StreamFile:
    """A stream that can be opened, by other processes too if it has a name.

    Attributes:
        name: absolute path or URL; None for a file object.
        file: the file object; None for a path or URL.
    """

    name: str | None
    file: BinaryIO | None = None

    @classmethod
    def of(cls, location: Location) -> StreamFile:
        """Of what a person gives.

        Raises:
            InputError: it is nothing that can be read.
        """
        if isinstance(location, (str, os.PathLike)):
            name = os.fspath(location)
            if not isinstance(name, str) or not name:
                raise InputError(f"expected a path, a URL or a file. Received: {location!r}")
            return cls(name if is_url(name) else str(Path(name).absolute()))
        if not hasattr(location, "read") or isinstance(location, io.TextIOBase):
            raise InputError(f"expected a path, a URL or a binary file. Received: {type(location).__name__}")
        file = cls(None, cast(BinaryIO, location))
        with contextlib.suppress(ValueError):  # a file that was closed says so when it is read
            if not getattr(location, "readable", lambda: True)():
                raise InputError(f"expected a file that was opened to be read. Received: {file.text}")
        return file

    @property
    def text(self) -> str:
        """What to call it in messages."""
        return self.name or str(getattr(self.file, "name", type(self.file).__name__))

    def open(self) -> BinaryIO:
        """The stream at its start, in a file that can seek; what cannot seek is copied into a temporary file.

        Raises:
            InputError: it cannot be opened.
        """
        if self.file is not None:
            return _seekable(self.file, self.text)
        if is_url(str(self.name)):
            return _seekable(_open_url(str(self.name), "rb"), self.text)
        try:
            return Path(str(self.name)).open("rb")
        except (OSError, ValueError) as error:
            raise InputError(f"cannot read {self.name}: {_reason(error)}") from error


@contextlib.contextmanager
def local_input(location: Location) -> Iterator[tuple[str, str]]:
    """A local path of an input for as long as it is needed, and what to call it. What is elsewhere is copied.

    Raises:
        InputError: it cannot be read.
    """
    path = local_path(location)
    if path is not None:
        yield path, path
        return
    file = StreamFile.of(location)
    with tempfile.TemporaryDirectory(prefix="gvc-input-") as folder:
        # The name stays, since it may say what is in the file.
        copy = Path(folder) / (PurePosixPath(file.text).name or "input")
        try:
            with contextlib.ExitStack() as opened, copy.open("wb") as target:
                source = file.file or opened.enter_context(_open_url(str(file.name), "rb"))
                shutil.copyfileobj(source, target, 1 << 20)
        except OSError as error:
            raise InputError(f"cannot copy {file.text}: {_reason(error)}") from error
        yield str(copy), file.text


@contextlib.contextmanager
def local_output(location: Location, *, overwrite: bool) -> Iterator[tuple[str, str]]:
    """A local path of an output, and what to call it. What shall be elsewhere is copied there if all went well.

    Raises:
        OutputError: it cannot be written, or exists.
    """
    path = local_path(location)
    if path is not None:
        with saying_overwrite(path):
            yield path, path
        return
    name = os.fspath(location) if isinstance(location, (str, os.PathLike)) else None
    if name is None and not hasattr(location, "write"):
        raise OutputError(f"expected a path, a URL or a binary file. Received: {type(location).__name__}")
    text = name or str(getattr(location, "name", type(location).__name__))
    if name is not None and not overwrite and _url_exists(name):
        raise _exists(name)
    with tempfile.TemporaryDirectory(prefix="gvc-output-") as folder:
        copy = Path(folder) / (PurePosixPath(text).name if name is not None else "output.gvc")
        yield str(copy), text
        try:
            with contextlib.ExitStack() as opened, copy.open("rb") as source:
                target = cast(Any, location) if name is None else opened.enter_context(_open_url(name, "wb"))
                shutil.copyfileobj(source, target, 1 << 20)
        except OSError as error:
            raise OutputError(f"cannot write {text}: {_reason(error)}") from error


def check_path(location: Location, role: str, option: str) -> None:
    """Make sure that something is a path here, which an option needs.

    Raises:
        InputError: it is a URL or a file object, which is copied.
    """
    if not isinstance(location, (str, os.PathLike)) or is_url(os.fspath(location)):
        text = location if isinstance(location, str) else type(location).__name__
        raise InputError(f"expected a path as {role} with {option}=True. Received: {text}")


@contextlib.contextmanager
def saying_overwrite(path: str) -> Iterator[None]:
    """Name the argument, and not the option of commands, where an output exists."""
    try:
        yield
    except OutputError as error:
        if error.option == OVERWRITE:
            raise _exists(path) from None
        raise


def _exists(name: str) -> OutputError:
    return OutputError(f"{name} exists. Give overwrite=True to replace it", option=OVERWRITE)


def local_path(location: Location) -> str | None:
    """The path, if a location is one on this machine; None for a URL or a file object."""
    if isinstance(location, (str, os.PathLike)) and not is_url(os.fspath(location)):
        return os.fspath(location)
    return None


def is_url(name: str) -> bool:
    """Whether a name is a URL for fsspec, and not a path."""
    return _URL.match(name) is not None


def _fsspec() -> Any:
    check_extra("URLs are opened with fsspec", extra=REMOTE)
    import fsspec

    return fsspec


def _open_url(url: str, mode: str) -> BinaryIO:
    fsspec = _fsspec()
    try:
        return cast(BinaryIO, fsspec.open(url, mode).open())
    except Exception as error:  # file systems of all kinds raise their own
        kind = InputError if mode == "rb" else OutputError
        verb = "read" if mode == "rb" else "write"
        raise kind(f"cannot {verb} {url}: {_reason(error)}") from error


def _url_exists(url: str) -> bool:
    fsspec = _fsspec()
    try:
        file_system, path = fsspec.core.url_to_fs(url)
        return bool(file_system.exists(path))
    except Exception as error:  # as above
        raise OutputError(f"cannot write {url}: {_reason(error)}") from error


def _seekable(file: BinaryIO, name: str) -> BinaryIO:
    try:
        if getattr(file, "seekable", lambda: False)():
            return file
        copy = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115
        shutil.copyfileobj(file, copy, 1 << 20)
        copy.seek(0)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {name}: {_reason(error)}") from error
    return copy


def _reason(error: Exception) -> str:
    """What went wrong, in one line."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    if isinstance(error, FileNotFoundError) and error.strerror is None:  # of fsspec: just the name
        text = "it does not exist"
    return " ".join(str(text).split())

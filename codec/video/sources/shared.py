"""An input that several machines open by the same path."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from codec.errors import InputError
from codec.video.selection import Selection
from codec.video.source import Source
from codec.video.sources import SourceOptions, open_source
from codec.video.sources.fingerprint import Fingerprint
from codec.video.sources.limited import limited
from codec.video.sources.unchanged import UnchangedSource

OPTION = "--shared-path"


@dataclass(frozen=True)
class SharedInput:
    """An input, as another machine needs it to read the same frames. Picklable.

    Attributes:
        path: absolute.
        options: how it is read.
        max_frames: the first ones only, of those that are selected; None for all.
        selection: the frames that are wanted.
        fingerprint: of its files.
    """

    path: str
    options: SourceOptions
    max_frames: int | None
    selection: Selection
    fingerprint: Fingerprint

    @classmethod
    def of(
        cls, opened: Source, path: str, options: SourceOptions, max_frames: int | None, selection: Selection
    ) -> SharedInput:
        """Of an input that is open here.

        Raises:
            InputError: it is a pipe, or cannot be read.
        """
        if not isinstance(opened, UnchangedSource):
            raise InputError(
                f"expected a file as input with {OPTION}, since others cannot read a pipe. Received: {path}",
                option=OPTION,
            )
        try:
            fingerprint = Fingerprint.of(opened.files)
        except OSError as error:
            raise InputError(f"cannot read {path}: {error.strerror or error}") from error
        return cls(str(Path(path).absolute()), options, max_frames, selection, fingerprint)

    def open(self) -> Source:
        """Open it, on any machine.

        Raises:
            InputError: it is not there, cannot be read, or is another one.
        """
        opened = open_source(self.path, self.options)
        with contextlib.ExitStack() as resources:
            resources.callback(opened.close)
            if not isinstance(opened, UnchangedSource):
                raise InputError(f"expected a file. Received: {self.path}")
            try:
                found = Fingerprint.of(opened.files)
            except OSError as error:
                raise InputError(f"cannot read {self.path}: {error.strerror or error}") from error
            difference = self.fingerprint.difference(found)
            if difference is not None:
                raise InputError(f"expected the same {self.path} on all machines. Received: {difference}")
            source = limited(opened, self.max_frames, self.selection)
            resources.pop_all()
            return source

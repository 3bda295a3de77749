"""What the files of a source are known by, on whatever machine and by whatever path."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codec.video.sources.unchanged import states_of

_END_BYTES = 2**16  # of a file, that are compared at its begin and at its end


@dataclass(frozen=True)
class Fingerprint:
    """Files, as far as a look at them tells. Reading them whole would take as long as an encode's own reading.

    Attributes:
        num_files: of a source: one, or one for each frame.
        num_bytes: of all of them together.
        names: hash of their names and sizes, without their folder.
        ends: hash of the first and last 64 KiB of the first and of the last file.
    """

    num_files: int
    num_bytes: int
    names: str
    ends: str

    @classmethod
    def of(cls, files: Sequence[Path]) -> Fingerprint:
        """Of the files of a source.

        Raises:
            OSError: one cannot be read.
        """
        sizes = [size for size, _ in states_of(files)]
        names = repr([(file.name, size) for file, size in zip(files, sizes, strict=True)])
        digest = hashlib.sha256(names.encode(errors="surrogateescape")).hexdigest()[:16]
        return cls(len(files), sum(sizes), digest, digest_of_ends(files))

    def difference(self, other: Fingerprint) -> str | None:
        """How other files differ from these, as a clause for a person; None if they do not."""
        if (self.num_files, self.num_bytes) != (other.num_files, other.num_bytes):
            return f"{_count(other)} in place of {_count(self)}"
        if self.names != other.names:
            return "files of other names or sizes"
        return None if self.ends == other.ends else "other bytes at the begin or the end"


def digest_of_ends(files: Sequence[Path]) -> str:
    """Hash of the first and last 64 KiB of the first and of the last file.

    Raises:
        OSError: one cannot be read.
    """
    chosen = files if len(files) == 1 else (files[0], files[-1])
    return hashlib.sha256(b"".join(map(_ends, chosen))).hexdigest()[:16]


def _ends(file: Path) -> bytes:
    with file.open("rb") as stream:
        begin = stream.read(_END_BYTES)
        stream.seek(max(0, file.stat().st_size - _END_BYTES))
        return begin + stream.read(_END_BYTES)


def _count(files: Fingerprint) -> str:
    return f"{files.num_bytes:,} bytes" + ("" if files.num_files == 1 else f" in {files.num_files} files")

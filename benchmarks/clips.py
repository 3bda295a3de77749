"""The clips, as ``clips.toml`` declares them, and where they are on this machine."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codec.errors import InputError

DECLARATION = Path(__file__).parent / "clips.toml"
SAMPLES = Path(__file__).resolve().parents[1] / "samples"


@dataclass(frozen=True, kw_only=True)
class Clip:
    """A real clip.

    Attributes:
        name: short, for tables and options.
        file: its file name.
        origin: where it comes from.
        license: as its origin states it.
        sha256: of the file.
        shows: what it shows.
        bundled: part of this project, in ``samples/``.
    """

    name: str
    file: str
    origin: str
    license: str
    sha256: str
    shows: str
    bundled: bool = False


BASE_TRAINING = ("trailer_sintel", "trailer_bbb", "persons", "city", "demo_flower")
"""Clips that the base networks which gvc ships were trained on; all may be passed on with credit."""
SEEN_BY_BASES = (*BASE_TRAINING, "bunny", "demo_bbb", "tinybbb")
"""Those, and clips of the same film as one of them."""


@dataclass(frozen=True)
class LocatedClip:
    """A clip, and its file on this machine."""

    clip: Clip
    path: Path

    @property
    def name(self) -> str:
        """The clip's."""
        return self.clip.name


def declared_clips() -> dict[str, Clip]:
    """All clips by name, in the order of the declaration."""
    entries = tomllib.loads(DECLARATION.read_text())
    return {name: Clip(name=name, **fields) for name, fields in entries.items()}


def find_clips(folder: Path | None, names: Sequence[str] = ()) -> list[LocatedClip]:
    """The declared clips that are on this machine.

    Args:
        folder: where to look for clips that are not bundled; None finds the bundled samples alone.
        names: only these; all if empty.

    Raises:
        InputError: a name is not declared or its file is missing, the folder is missing, or a file is not the clip
            that was declared.
    """
    clips = declared_clips()
    if unknown := [name for name in names if name not in clips]:
        raise InputError(f"expected clips among {', '.join(clips)}. Received: {', '.join(unknown)}")
    if folder is not None and not folder.is_dir():
        raise InputError(f"expected a folder of clips. Received: {folder}")
    found = []
    for clip in clips.values():
        path = SAMPLES / clip.file if clip.bundled else (folder or SAMPLES) / clip.file
        if names and clip.name not in names:
            continue
        if path.exists():
            found.append(LocatedClip(clip, path))
        elif names:
            raise InputError(f"expected {path}, the file of the clip {clip.name}. Received: no such file")
    for located in found:
        _check(located)
    return found


def own_clip(path: Path) -> LocatedClip:
    """Any video as a clip, named after its file and its content, so that results of another one are not taken for its.

    Raises:
        InputError: there is no such file.
    """
    if not path.is_file():
        raise InputError(f"expected a video. Received: {path}, which is no file")
    digest, own = _digest(path), "your own"
    name = f"{re.sub('[^A-Za-z0-9]+', '_', path.stem).strip('_')}_{digest[:6]}"
    return LocatedClip(Clip(name=name, file=path.name, origin=own, license=own, sha256=digest, shows=own), path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(located: LocatedClip) -> None:
    digest = _digest(located.path)
    if digest != located.clip.sha256:
        raise InputError(
            f"expected the clip {located.name} with sha256 {located.clip.sha256[:16]}... in {located.path}. "
            f"Received: {digest[:16]}..., so its figures would be those of another clip"
        )

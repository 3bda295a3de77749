"""What one job of the studio does, by the functions of :mod:`codec.jobs`. A task is sent to its process pickled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

from codec.colorization.options import ColorizeOptions
from codec.colorization.scribbles import Stroke
from codec.encoder.modes import Mode
from codec.progress import Progress
from codec.training.options import TrainingOptions

Result = dict[str, Any]
"""JSON. ``files``: names in the job's folder that the page may get; ``frames``: of the video, where there is one;
``rows``: of a table (part, bytes, remark); ``notes``: lines; ``report``: as the commands print it."""


class Task(Protocol):
    """See the module."""

    kind: ClassVar[str]

    def run(self, folder: Path, progress: Progress) -> Result:
        """Do it.

        Args:
            folder: of the job alone; is there, and empty.
            progress: is told the stages.

        Raises:
            GvcError: as the function of :mod:`codec.jobs` says.
        """


@dataclass(frozen=True)
class EncodeTask:
    """Encode a video.

    Attributes:
        source: the video.
        mode: with its options.
        name: of the stream, ending in ``.gvc``.
    """

    kind: ClassVar[str] = "encode"

    source: Path
    mode: Mode
    name: str

    def run(self, folder: Path, progress: Progress) -> Result:
        """See :class:`Task`."""
        from codec.jobs.encode import encode_file
        from codec.report import as_json, quality_line, summary_rows

        report = encode_file(str(self.source), str(folder / self.name), self.mode, progress=progress)
        quality = quality_line(report)
        return {
            "files": [self.name],
            "frames": report.frames,
            "rows": [list(row) for row in summary_rows(report)],
            "notes": [*([quality] if quality else []), *report.notes],
            "report": as_json(report) | {"input": self.source.name, "output": self.name},
        }


@dataclass(frozen=True)
class DecodeTask:
    """Decode a stream into a video that players know.

    Attributes:
        source: the stream.
        name: of the video, whose kind follows from it.
    """

    kind: ClassVar[str] = "decode"

    source: Path
    name: str

    def run(self, folder: Path, progress: Progress) -> Result:
        """See :class:`Task`."""
        from codec.decoder import DecodeOptions
        from codec.jobs.decode import decode_file

        report = decode_file(str(self.source), str(folder / self.name), DecodeOptions(), progress=progress)
        return {"files": [self.name], "frames": report.frames, "notes": list(report.notes)}


@dataclass(frozen=True)
class FramesTask:
    """Show frames of a video beside those of what was made from it.

    Attributes:
        before: the video.
        after: a stream, or another video.
        frames: their indices.
    """

    kind: ClassVar[str] = "frames"

    before: Path
    after: Path
    frames: tuple[int, ...]

    def run(self, folder: Path, progress: Progress) -> Result:
        """See :class:`Task`. A pair of files for each frame: ``before/NAME`` and ``after/NAME``."""
        from codec.jobs.frames import NAME, write_frames

        for side, path in (("before", self.before), ("after", self.after)):
            write_frames(str(path), str(folder / side), self.frames, progress=progress)
        names = [NAME.format(index + 1) for index in sorted(set(self.frames))]
        return {"files": [f"{side}/{name}" for name in names for side in ("before", "after")]}


@dataclass(frozen=True)
class KeyframesTask:
    """Find the frames that are worth coloring by hand.

    Attributes:
        source: the video.
        every: see :func:`codec.jobs.colorize.export_keyframes`.
    """

    kind: ClassVar[str] = "keyframes"

    source: Path
    every: int

    def run(self, folder: Path, progress: Progress) -> Result:
        """See :class:`Task`."""
        from codec.jobs.colorize import export_keyframes

        export_keyframes(str(self.source), str(folder / "keyframes"), every=self.every, progress=progress)
        return {"files": sorted(f"keyframes/{path.name}" for path in (folder / "keyframes").iterdir())}


@dataclass(frozen=True)
class RecolorTask:
    """Spread a person's strokes over keyframes, train a network on these, and color the video with it.

    Attributes:
        source: the video; of its color nothing is used.
        keyframes: the folder of :class:`KeyframesTask`.
        strokes: by the name of a keyframe's file.
        network: is trained.
        training: how.
        name: of the colored video, whose kind follows from it.
    """

    kind: ClassVar[str] = "recolor"

    source: Path
    keyframes: Path
    strokes: Mapping[str, tuple[Stroke, ...]]
    network: str
    training: TrainingOptions
    name: str

    def run(self, folder: Path, progress: Progress) -> Result:
        """See :class:`Task`."""
        from codec.jobs.colorize import colorize_file
        from codec.jobs.scribbles import color_keyframes

        references = folder / "references"
        color_keyframes(str(self.keyframes), self.strokes, str(references), progress=progress)
        options = ColorizeOptions(network=self.network, references=(str(references),), training=self.training)
        report = colorize_file(str(self.source), str(folder / self.name), options, progress=progress)
        pictures = sorted(f"references/{path.name}" for path in references.iterdir())
        return {"files": [self.name, *pictures], "frames": report.frames, "notes": list(report.notes)}

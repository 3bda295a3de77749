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
from codec.report import EncodeReport
from codec.training.options import TrainingOptions

Result = dict[str, Any]
"""JSON. ``files``: names in the job's folder that the page may get; ``frames``: of the video, where there is one;
``rows``: of a table (part, bytes, remark); ``notes``: lines; ``report``: as the commands print it; ``quality``: of the
color of pictures, by the number of a job and that of a frame, from 1; None where there is no color to compare with."""


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

        report = encode_file(str(self.source), str(folder / self.name), self.mode, progress=progress)
        return {"files": [self.name], **_of_report(report, self.source.name, self.name)}

    @property
    def shown(self) -> str:
        """The file whose frames are compared with the source's."""
        return self.name


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
    """Show frames of a video beside those of what was made from it, and measure their color.

    Attributes:
        original: the video.
        made: streams, or other videos, by the numbers of the jobs that made them.
        frames: their indices.
    """

    kind: ClassVar[str] = "frames"

    original: Path
    made: Mapping[int, Path]
    frames: tuple[int, ...]

    def run(self, folder: Path, progress: Progress) -> Result:
        """See :class:`Task`. For each frame the files ``original/NAME`` and, for each job, ``NUMBER/NAME``."""
        from codec.jobs.frames import NAME
        from codec.jobs.side_by_side import ORIGINAL, write_side_by_side

        made = {str(number): str(path) for number, path in self.made.items()}
        found = write_side_by_side(str(self.original), made, str(folder), self.frames, progress=progress)
        names = [NAME.format(index + 1) for index in sorted(set(self.frames))]
        return {
            "files": [f"{side}/{name}" for name in names for side in (ORIGINAL, *made)],
            "quality": {
                number: {str(index + 1): quality and quality.as_json() for index, quality in qualities.items()}
                for number, qualities in found.items()
            },
        }


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
        stream: name of a stream, ending in ``.gvc``, which carries the exact gray and the network; the colored video
            then is what receivers make of it. None for the video alone.
    """

    kind: ClassVar[str] = "recolor"

    source: Path
    keyframes: Path
    strokes: Mapping[str, tuple[Stroke, ...]]
    network: str
    training: TrainingOptions
    name: str
    stream: str | None = None

    def run(self, folder: Path, progress: Progress) -> Result:
        """See :class:`Task`."""
        from codec.jobs.colorize import colorize_file
        from codec.jobs.scribbles import color_keyframes

        references = folder / "references"
        color_keyframes(str(self.keyframes), self.strokes, str(references), progress=progress)
        pictures = sorted(f"references/{path.name}" for path in references.iterdir())
        options = ColorizeOptions(network=self.network, references=(str(references),), training=self.training)
        if self.stream is not None:
            return {"files": [self.name, self.stream, *pictures], **self._sent(folder, self.stream, options, progress)}
        report = colorize_file(str(self.source), str(folder / self.name), options, progress=progress)
        return {"files": [self.name, *pictures], "frames": report.frames, "notes": list(report.notes)}

    def _sent(self, folder: Path, stream: str, options: ColorizeOptions, progress: Progress) -> Result:
        from codec.decoder import DecodeOptions
        from codec.jobs.colorize import send_colored
        from codec.jobs.decode import decode_file

        report = send_colored(str(self.source), str(folder / stream), options, progress=progress)
        decoded = decode_file(str(folder / stream), str(folder / self.name), DecodeOptions(), progress=progress)
        result = _of_report(report, self.source.name, stream)
        return result | {"notes": [*result["notes"], *decoded.notes]}

    @property
    def shown(self) -> str:
        """The file whose frames are compared with the source's: as the receiver has them, if it is sent."""
        return self.stream or self.name


def _of_report(report: EncodeReport, source: str, stream: str) -> Result:
    """What a page shows of an encode, with names in place of paths."""
    from codec.report import as_json, quality_line, summary_rows

    quality = quality_line(report)
    return {
        "frames": report.frames,
        "rows": [list(row) for row in summary_rows(report)],
        "notes": [*([quality] if quality else []), *report.notes],
        "report": as_json(report) | {"input": source, "output": stream},
    }

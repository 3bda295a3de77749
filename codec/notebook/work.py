"""What the buttons do, without any widget: from a video to files, and to what there is to say of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from codec.colorization import ColorizeOptions
from codec.decoder import DecodeOptions
from codec.encoder.modes import Guided, Mode, Model
from codec.jobs.colorize import colorize_file
from codec.jobs.decode import decode_file
from codec.jobs.encode import encode_file
from codec.progress import Progress
from codec.report import EncodeReport, quality_line
from codec.training.options import EffortLevel, TrainingOptions
from codec.video.sinks.options import SinkOptions

_REPLACE = SinkOptions(overwrite=True)


class Action(StrEnum):
    """What can be done with a file."""

    ENCODE = "encode"
    COLORIZE = "colorize"
    TO_GRAY = "convert to grayscale"


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What a person has set.

    Attributes:
        action: what to do.
        color: of an encode: ``guided`` or ``model``.
        weights: of a colorization: a file; empty for none.
        references: of a colorization: a folder of colored pictures, or one picture; empty for none.
        stabilize: of a colorization: steady the color.
        max_seconds: of training, about.
        max_frames: the first frames only; 0 for all.
    """

    action: Action
    color: str = "guided"
    weights: str = ""
    references: str = ""
    stabilize: bool = False
    max_seconds: float = 60
    max_frames: int = 0


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    Attributes:
        result: the file that was asked for.
        video: what there is to look at: the result, or what it decodes to.
        lines: what there is to say.
    """

    result: Path
    video: Path
    lines: tuple[str, ...]


def carry_out(path: Path, folder: Path, wishes: Wishes, progress: Progress) -> Outcome:
    """Do what was asked for.

    Args:
        path: the video or picture.
        folder: where the results go, under the name of the input; what was there under these names is replaced.
        wishes: what to do.
        progress: is told the stages.

    Raises:
        GvcError: what went wrong, in one line.
    """
    if wishes.action is Action.ENCODE:
        return _encode(path, folder / f"{path.stem}.gvc", wishes, progress)
    result = folder / f"{path.stem}_{'gray' if wishes.action is Action.TO_GRAY else 'color'}.mp4"
    training = TrainingOptions(max_seconds=wishes.max_seconds)
    options = ColorizeOptions(to_gray=True)
    if wishes.action is Action.COLORIZE:
        options = ColorizeOptions(
            weights=wishes.weights or None,
            references=(wishes.references,) if wishes.references else (),
            training=training,
            stabilize=wishes.stabilize,
        )
    report = colorize_file(
        str(path),
        str(result),
        options,
        sink_options=_REPLACE,
        max_frames=wishes.max_frames or None,
        progress=progress,
    )
    lines = (f"{report.frames} frames in {report.seconds:.1f} s, {result.stat().st_size:,} bytes", *report.notes)
    return Outcome(result, result, lines)


def _encode(path: Path, result: Path, wishes: Wishes, progress: Progress) -> Outcome:
    mode: Mode = Model(max_seconds=wishes.max_seconds, quality_frames=12)
    if wishes.color == Guided.color:
        mode = Guided(max_seconds=wishes.max_seconds, effort=EffortLevel.FAST, quality_frames=12)
    report = encode_file(
        str(path), str(result), mode, max_frames=wishes.max_frames or None, overwrite=True, progress=progress
    )
    video = result.with_name(f"{path.stem}_decoded.mp4")
    decode_file(str(result), str(video), DecodeOptions(), sink_options=_REPLACE, progress=progress)
    return Outcome(result, video, (_saving(report), quality_line(report) or "gray video", *report.notes))


def _saving(report: EncodeReport) -> str:
    saved = report.raw_bytes - (report.total_bytes - report.copy_bytes)
    return (
        f"{saved:,} of {report.raw_bytes:,} bytes of raw video saved ({report.saved_percent:.2f} %): "
        f"{report.luma_bytes:,} gray, {report.network_bytes:,} network, {report.color_bytes:,} hints; "
        f"{report.frames} frames in {report.seconds:.1f} s"
    )

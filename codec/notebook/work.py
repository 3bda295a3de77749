"""The work of the notebook interface, without widgets: it makes result files and texts that describe them."""

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
    """The actions that the interface offers for a file."""

    ENCODE = "encode"
    COLORIZE = "colorize"
    TO_GRAY = "convert to grayscale"


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """The user's settings.

    Attributes:
        action: the action to carry out.
        color: the mode of an encode: ``guided`` or ``model``.
        weights: the file of weights for a colorization; empty for none.
        references: the reference, or the folder of references, for a colorization; empty for none.
        stabilize: whether a colorization uses the stabilizer.
        max_seconds: the approximate time limit of training, in seconds.
        max_frames: the number of frames to use, from the first; 0 for all.
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
    """The outcome of an action.

    Attributes:
        result: the path of the result file.
        video: the path of the video to show: the result, or the video decoded from it.
        lines: lines of text that describe the result.
    """

    result: Path
    video: Path
    lines: tuple[str, ...]


def carry_out(path: Path, folder: Path, wishes: Wishes, progress: Progress) -> Outcome:
    """Carry out an action.

    Args:
        path: the path of the video or picture.
        folder: the folder for the results. Their names are derived from the input's name; existing files are replaced.
        wishes: the user's settings.
        progress: receives the stages and the progress.

    Raises:
        GvcError: the action failed. The message is one line.
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

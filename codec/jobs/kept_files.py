"""What jobs do about files that are kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codec.encoder.modes import Lossless, Mode
from codec.errors import InputError
from codec.plane_codecs import is_lossless
from codec.report import EncodeReport
from codec.video.info import VideoInfo
from codec.video.pixel_formats import ColorModel
from codec.video.source import Source

if TYPE_CHECKING:
    from codec.kept_files.source import KeptCounts, KeptFilesSource

_OPTION = "--keep-files"


def kept_files_of(source: Source, mode: Mode, max_frames: int | None) -> KeptFilesSource:
    """The source with a stream of what restores its files.

    Raises:
        InputError: the source has no files that can be kept, or not every bit of its pictures is.
    """
    _check_mode(mode, source.info)
    if max_frames is not None:
        raise InputError(f"expected {_OPTION} for whole inputs. Received: --frames {max_frames}", option=_OPTION)
    from codec.kept_files.source import KeptFilesSource

    return KeptFilesSource(source)


def with_kept_files(report: EncodeReport, counts: KeptCounts) -> EncodeReport:
    """The report, with what was kept of the files."""
    return replace(
        report,
        kept_files=counts.files,
        kept_files_bytes=counts.file_bytes,
        file_record_bytes=counts.record_bytes,
        whole_files=counts.whole_files,
        whole_file_bytes=counts.whole_bytes,
    )


def _check_mode(mode: Mode, info: VideoInfo) -> None:
    """Refuse modes that do not send every bit of the pictures, and so of the files."""
    received = None
    if mode.shared.drop is not None:
        received = f"--drop {mode.shared.drop}"
    elif not is_lossless(mode.luma):
        received = f"--luma {mode.luma}"
    elif isinstance(mode, Lossless):
        received = f"--max-error {mode.max_error}" if mode.max_error else None
    elif info.pixel_format.model is not ColorModel.GRAY:
        received = f"--color {mode.color}"
    if received is not None:
        raise InputError(
            f"expected every bit of the video with {_OPTION}, as --color lossless sends it. Received: {received}",
            option=_OPTION,
        )

"""Single frames of a video or of a stream, as PNG files."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Collection
from pathlib import Path

from codec.decoder import DecodeOptions
from codec.decoder.random_access import FrameAccess
from codec.errors import FrameError
from codec.files import PendingFolder
from codec.jobs.paths import open_stream
from codec.progress import Progress, Silent
from codec.references import check_new_folder, export_frames
from codec.video.color import ColorConversion
from codec.video.png import png_bytes
from codec.video.sources import open_source
from container_format import SeekingReader

NAME = "frame_{:06d}.png"
"""Of a frame, counted from 1, as in a folder of decoded frames."""


def write_frames(
    input_path: str, folder: str, frames: Collection[int], *, vgg16: str | None = None, progress: Progress | None = None
) -> None:
    """Write some frames as PNG files of 8 bits, R'G'B', named by :data:`NAME`.

    Args:
        input_path: a ``.gvc`` file, of which the segments with these frames are decoded, or a video.
        folder: is made; must not exist yet, or be empty.
        frames: their indices.
        vgg16: see :class:`codec.decoder.DecodeOptions`.
        progress: is told the frames done.

    Raises:
        InputError: the input cannot be opened or read.
        FrameError: it does not have one of the frames.
        StreamError: the stream is damaged.
        OutputError: the folder cannot be made, or has something in it.
    """
    progress = progress or Silent()
    check_new_folder(folder)
    if Path(input_path).suffix.lower() == ".gvc":
        _write_decoded(input_path, folder, sorted(set(frames)), vgg16, progress)
        return
    with contextlib.closing(open_source(input_path)) as source:
        export_frames(source, frames, folder, progress)
    missing = next((index for index in sorted(frames) if not (Path(folder) / NAME.format(index + 1)).exists()), None)
    if missing is not None:
        shutil.rmtree(folder)
        raise FrameError(f"expected a frame of {input_path}. Received: frame {missing + 1}, which it does not have")


def _write_decoded(input_path: str, folder: str, frames: list[int], vgg16: str | None, progress: Progress) -> None:
    with open_stream(input_path) as stream:
        access = FrameAccess(SeekingReader(stream), DecodeOptions(vgg16=vgg16))
        missing = next((index for index in frames if not 0 <= index < access.num_frames), None)
        if missing is not None:
            raise FrameError(
                f"expected a frame from 1 to {access.num_frames} of {input_path}. Received: frame {missing + 1}"
            )
        conversion = ColorConversion.of(access.info)
        pending = PendingFolder(folder, overwrite=False)
        progress.start("decoding frames", len(frames), "frames")
        try:
            for count, index in enumerate(frames, 1):
                png = png_bytes(conversion.rgb_of_8_bits(access.frame(index).picture))
                (pending.working_path / NAME.format(index + 1)).write_bytes(png)
                progress.advance(count)
            pending.commit()
        except BaseException:
            pending.abort()
            raise

"""Export of frames as pictures that a person may recolor, and import of such references.

The name of a file has the number of its frame, counted from 1, as in a folder of decoded frames: ``frame_000001.png``
is the first frame. Any paint program may change the colors. The gray is always that of the video, never that of the
file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from codec.errors import InputError, OutputError
from codec.files import PendingFolder, check_destination
from codec.progress import Progress
from codec.video.color import ColorConversion
from codec.video.picture import Picture, PlaneArray, RgbArray
from codec.video.png import png_bytes
from codec.video.source import Source
from codec.video.sources import open_source
from codec.video.sources.images import find_images

_NAME = "frame_{:06d}.png"
_NUMBERED = re.compile(r"frame_0*(\d{1,9})(?!\d)")


@dataclass(frozen=True)
class Reference:
    """A picture with the colors that a video shall have.

    Attributes:
        path: the path of its file.
        frame: the index of its frame, from the name of the file; None if the name has no number.
        rgb_u8: (height, width, 3) uint8 R'G'B'.
    """

    path: str
    frame: int | None
    rgb_u8: RgbArray


def export_frames(source: Source, frames: Collection[int], folder: str, progress: Progress) -> None:
    """Write frames of a video as PNG files of 8 bits, under the names that :func:`find_references` expects.

    Args:
        source: the video.
        frames: the indices of the frames.
        folder: the folder to create. It must not exist, or must be empty.
        progress: receives the number of frames read.

    Raises:
        OutputError: the folder cannot be created, or is not empty.
    """
    check_new_folder(folder)
    conversion = ColorConversion.of(source.info)
    last = max(frames, default=-1)
    pending = PendingFolder(folder, overwrite=False)
    progress.start("exporting keyframes", last + 1, "frames")
    try:
        for index, frame in enumerate(source.frames()):
            if index in frames:
                png = png_bytes(conversion.rgb_of_8_bits(frame.picture))
                (pending.working_path / _NAME.format(index + 1)).write_bytes(png)
            progress.advance(index + 1)
            if index >= last:
                break
        pending.commit()
    except BaseException:
        pending.abort()
        raise


def check_new_folder(folder: str) -> None:
    """Check that frames can be written to a folder. Pictures that a person may have recolored are never replaced.

    Raises:
        OutputError: the folder is not empty, or its parent folder does not exist.
    """
    if Path(folder).exists() and (not Path(folder).is_dir() or any(Path(folder).iterdir())):
        raise OutputError(f"expected a new or empty folder for the keyframes. Received: {folder}")
    check_destination(folder, overwrite=False)


def read_references(paths: Iterable[str]) -> list[Reference]:
    """Read references from files.

    Args:
        paths: image files, and folders of which all images are read.

    Raises:
        InputError: a file does not exist, or is not an image.
    """
    files = [file for path in paths for file in (find_images(path).paths if Path(path).is_dir() else [Path(path)])]
    return [_read(file) for file in files]


def find_references(paths: Iterable[str], frames: Collection[int], shape: tuple[int, int]) -> dict[int, PlaneArray]:
    """Read references, and assign them to their frames.

    Args:
        paths: image files, and folders of which all images are read.
        frames: the indices of the frames that may have a reference.
        shape: (height, width) of the video.

    Returns:
        For each index of a frame that has a reference, the picture, (height, width, 3) uint8 R'G'B'.

    Raises:
        InputError: a file's name does not refer to one of ``frames``, a frame has two references, or a picture has
            another size.
    """
    found: dict[int, PlaneArray] = {}
    for reference in read_references(paths):
        if reference.frame is None or reference.frame not in frames:
            some = ", ".join(_NAME.format(index + 1) for index in sorted(frames)[:3])
            raise InputError(f"expected a picture named after a keyframe, such as {some}. Received: {reference.path}")
        if reference.frame in found:
            raise InputError(f"expected one picture of frame {reference.frame + 1}. Received: {reference.path} too")
        check_shape(reference, shape)
        found[reference.frame] = reference.rgb_u8
    return found


def check_shape(reference: Reference, shape: tuple[int, int]) -> None:
    """Check that a reference has the size of the video; ``shape`` is (height, width).

    Raises:
        InputError: the size is another.
    """
    if reference.rgb_u8.shape[:2] != shape:
        height, width = reference.rgb_u8.shape[:2]
        raise InputError(f"expected a picture of {shape[1]}x{shape[0]}. Received: {reference.path} of {width}x{height}")


def colored_by(picture: Picture, rgb_u8: RgbArray, conversion: ColorConversion) -> Picture:
    """Replace the colors of a picture, and keep its gray.

    Args:
        picture: the picture.
        rgb_u8: the colors, (height, width, 3) uint8 R'G'B', of the same size as the picture.
        conversion: how the planes of the picture become R'G'B'.
    """
    return conversion.with_color_of(picture.luma, rgb_u8.astype(np.float32) / np.float32(255))


def _read(file: Path) -> Reference:
    source = open_source(str(file))
    try:
        frame = next(iter(source.frames()))
    finally:
        source.close()
    named = _NUMBERED.search(file.name)
    number = int(named[1]) if named else 0
    rgb_u8 = ColorConversion.of(source.info).rgb(frame.picture)
    return Reference(str(file), number - 1 if number else None, rgb_u8)

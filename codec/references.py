"""Frames as pictures that a person may recolor, and such pictures put back in their place.

A frame's file is named after its number, counted from 1, as a folder of decoded frames is: ``frame_000001.png`` is the
first. Any paint program may change its colors; its gray is never taken from there, but from the video.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from codec.errors import InputError, OutputError
from codec.files import PendingFolder, check_destination
from codec.progress import Progress
from codec.video.color import ColorConversion
from codec.video.picture import Picture, PlaneArray, RgbArray
from codec.video.source import Source
from codec.video.sources import open_source
from codec.video.sources.images import find_images

_NAME = "frame_{:06d}.png"
_NUMBERED = re.compile(r"frame_0*(\d{1,9})(?!\d)")


@dataclass(frozen=True)
class Reference:
    """A picture with the colors that a video shall have.

    Attributes:
        path: of its file.
        frame: index of the frame that it belongs to, by its name; None if its name says none.
        rgb_u8: (height, width, 3) uint8.
    """

    path: str
    frame: int | None
    rgb_u8: RgbArray


def export_frames(source: Source, frames: Collection[int], folder: str, progress: Progress) -> None:
    """Write some frames of a video as PNG files, under the names by which they are found again.

    Args:
        source: the video.
        frames: their indices.
        folder: is made; must not exist yet, or be empty.
        progress: is told the frames read.

    Raises:
        OutputError: the folder cannot be made, or has something in it.
    """
    check_new_folder(folder)
    conversion = ColorConversion.of(source.info)
    last = max(frames, default=-1)
    pending = PendingFolder(folder)
    progress.start("exporting keyframes", last + 1, "frames")
    try:
        for index, frame in enumerate(source.frames()):
            if index in frames:
                _, png = cv2.imencode(".png", conversion.rgb(frame.picture)[..., ::-1])  # OpenCV's order
                (pending.working_path / _NAME.format(index + 1)).write_bytes(png.tobytes())
            progress.advance(index + 1)
            if index >= last:
                break
        pending.commit()
    except BaseException:
        pending.abort()
        raise


def check_new_folder(folder: str) -> None:
    """Make sure that frames can be written to a folder: what a person has recolored is never replaced.

    Raises:
        OutputError: it has something in it, or the folder around it is missing.
    """
    if Path(folder).exists() and (not Path(folder).is_dir() or any(Path(folder).iterdir())):
        raise OutputError(f"expected a new or empty folder for the keyframes. Received: {folder}")
    check_destination(folder, overwrite=False)


def read_references(paths: Iterable[str]) -> list[Reference]:
    """Pictures from files, or from all images in a folder.

    Raises:
        InputError: one is missing, or is no image.
    """
    files = [file for path in paths for file in (find_images(path).paths if Path(path).is_dir() else [Path(path)])]
    return [_read(file) for file in files]


def find_references(paths: Iterable[str], frames: Collection[int], shape: tuple[int, int]) -> dict[int, PlaneArray]:
    """R'G'B' pictures by the frame to which each belongs.

    Args:
        paths: as :func:`read_references` takes them.
        frames: that may have one.
        shape: height and width of the video.

    Raises:
        InputError: a name says no such frame, a frame has two pictures, or a size is another.
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
    """Make sure that a picture has the size of the video.

    Raises:
        InputError: it has not.
    """
    if reference.rgb_u8.shape[:2] != shape:
        height, width = reference.rgb_u8.shape[:2]
        raise InputError(f"expected a picture of {shape[1]}x{shape[0]}. Received: {reference.path} of {width}x{height}")


def colored_by(picture: Picture, rgb_u8: RgbArray, conversion: ColorConversion) -> Picture:
    """The picture with its own gray and the colors of another, (height, width, 3) uint8 R'G'B' of the same size."""
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

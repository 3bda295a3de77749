"""A folder of numbered PNG files: ``frame_000001.png`` and on."""

from __future__ import annotations

import re
from pathlib import Path

from codec.errors import OutputError
from codec.files import PIPE, PendingFolder
from codec.video.color import ColorConversion
from codec.video.convert import PictureConverter, video_frame
from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame, Picture
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel, PixelFormat
from codec.video.png import png_bytes, png_of_frame
from codec.video.sinks.declarations import SinkDeclaration
from codec.video.sinks.options import SinkOptions, chosen_pixel_format
from codec.video.sinks.writing import AlphaNote, notes_of_bare_pictures, reporting_errors

_NAME = "frame_{:06d}.png"
_NAME_PATTERN = re.compile(r"frame_\d{6,}\.png")


class ImagesSink:
    """Writes each frame as a PNG file, RGB or gray; the folder appears when the last one is written.

    Raises:
        OutputError: the options do not fit, or the folder cannot be made or replaced.
    """

    def __init__(self, path: str, info: VideoInfo, options: SinkOptions, sink: SinkDeclaration) -> None:
        del sink
        if path == PIPE or "%" in Path(path).name:
            raise OutputError(f"expected a folder for PNG files, such as frames/. Received: {path}")
        _check_replaceable(Path(path))
        self._path = path
        target = _target_format(info.pixel_format)
        if options.pixel_format is not None:
            target = _target_format(chosen_pixel_format(options.pixel_format))
            if chosen_pixel_format(options.pixel_format).model is ColorModel.YUV:
                raise OutputError(f"expected gray or rgb24, which PNG has. Received: {options.pixel_format}")
        self._converter = PictureConverter(info, target)
        self._conversion = ColorConversion.of(info)
        self._notes = notes_of_bare_pictures(info, "a folder of PNG files")
        self._notes.append("PNG files have no times: the frame rate is lost")
        factor = 1 << max(0, target.depth - info.pixel_format.depth)
        if factor > 1 and info.pixel_format.model is not ColorModel.YUV:
            self._notes.append(f"PNG has samples of 8 or 16 bits: those of {info.pixel_format.name} are times {factor}")
        elif not self._converter.is_exact:
            self._notes.append(f"{info.pixel_format.name} was converted to RGB for PNG")
        elif target.model is ColorModel.GRAY and self._converter.color.color_range == 1:
            self._notes.append("gray PNG files hold the code values as they are, with black at 16 and white at 235")
        self._alpha = AlphaNote(self._converter, "PNG of this format")
        self._count = 0
        self._folder = PendingFolder(path, overwrite=options.overwrite)

    def write(self, frame: Frame) -> None:
        """Write the next file."""
        self._count += 1
        self._alpha.see(frame.picture)
        with reporting_errors(self._path):
            (self._folder.working_path / _NAME.format(self._count)).write_bytes(self._png(frame.picture))

    def _png(self, picture: Picture) -> bytes:
        target = self._converter.target
        if target.name == "rgb24" and self._converter.peak == 255:  # without the way through YCoCg-R and back
            return png_bytes(self._conversion.rgb(picture))
        return png_of_frame(video_frame(self._converter.picture(picture), target.name))

    def write_packet(self, packet: CopyPacket) -> None:
        """Nothing: pictures have no sound."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was converted or left out."""
        return *self._notes, *self._alpha.notes

    def close(self) -> None:
        """Give the folder its name."""
        self._folder.commit()

    def abort(self) -> None:
        """Remove the folder."""
        self._folder.abort()


def _target_format(source: PixelFormat) -> PixelFormat:
    """PNG's format for video of this one: gray or RGB, of 8 or 16 bits, with alpha or without."""
    if source.model is ColorModel.GRAY:
        names = ("ya8", "ya16be") if source.has_alpha else ("gray", "gray16be")
    else:
        names = ("rgba", "rgba64be") if source.has_alpha else ("rgb24", "rgb48be")
    return PIXEL_FORMATS[names[source.depth > 8]]


def _check_replaceable(folder: Path) -> None:
    """Refuse a folder with anything but frames in it: a person's files must not vanish with ``overwrite``."""
    if not folder.is_dir():
        return
    foreign = sorted(entry.name for entry in folder.iterdir() if not _NAME_PATTERN.fullmatch(entry.name))
    if foreign:
        raise OutputError(
            f"expected a new folder, an empty one, or one with frames only. "
            f"Received: {folder}, which holds {foreign[0]}"
        )

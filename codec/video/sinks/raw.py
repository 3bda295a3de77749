"""Raw video: the samples of each frame and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from codec.files import PendingFile
from codec.video.convert import PictureConverter
from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel, PixelFormat, planar_twin
from codec.video.sinks.declarations import SinkDeclaration
from codec.video.sinks.options import SinkOptions, chosen_pixel_format
from codec.video.sinks.writing import AlphaNote, notes_of_bare_pictures, reporting_errors

_FORMAT_OF_EXTENSION = {".rgb": "rgb24", ".bgr": "bgr24", ".gray": "gray", ".y": "gray", ".nv12": "nv12"}


class RawSink:
    """Writes the frames one after the other, in the source's own pixel format unless another one is asked for.

    Raises:
        OutputError: the options do not fit, or the file cannot be made.
    """

    def __init__(self, path: str, info: VideoInfo, options: SinkOptions, sink: SinkDeclaration) -> None:
        del sink
        self._path = path
        target = _target_format(path, info, options)
        self._converter = PictureConverter(info, target)
        self._notes = notes_of_bare_pictures(info, "raw video")
        if not self._converter.is_exact:
            self._notes.append(f"{info.pixel_format.name} was converted to {target.name}, which changes its values")
        self._alpha = AlphaNote(self._converter, "raw video of this format")
        self._file = PendingFile(path, overwrite=options.overwrite)

    def write(self, frame: Frame) -> None:
        """Write a frame's samples. Its time has no place in raw video."""
        self._alpha.see(frame.picture)
        packed = self._converter.target.pack(self._converter.picture(frame.picture))
        with reporting_errors(self._path):
            self._file.stream.write(packed)
            self._file.show()

    def write_packet(self, packet: CopyPacket) -> None:
        """Nothing: raw video has no sound."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was converted or left out."""
        return *self._notes, *self._alpha.notes

    def close(self) -> None:
        """Give the file its name."""
        self._file.commit()

    def abort(self) -> None:
        """Remove the file."""
        self._file.abort()


def _target_format(path: str, info: VideoInfo, options: SinkOptions) -> PixelFormat:
    if options.pixel_format is not None:
        return chosen_pixel_format(options.pixel_format)
    source = info.pixel_format
    extension = Path(path).suffix.lower()
    if not options.gray_only:
        if extension in _FORMAT_OF_EXTENSION:
            wanted = PIXEL_FORMATS[_FORMAT_OF_EXTENSION[extension]]
            if source.depth == 8:
                return wanted
            # The extension means 8 bits. The video keeps its own, in a planar format of this color model.
            return source if source.model is wanted.model else planar_twin(replace(wanted, depth=source.depth))
        if extension == ".yuv" and source.model is ColorModel.RGB:
            return planar_twin(replace(PIXEL_FORMATS["yuv444p"], depth=source.depth))
    return source

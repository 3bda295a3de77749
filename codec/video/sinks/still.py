"""One picture as a PNG file."""

from __future__ import annotations

from codec.errors import OutputError
from codec.files import PendingFile
from codec.video.color import ColorConversion
from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame
from codec.video.pixel_formats import ColorModel
from codec.video.png import png_bytes
from codec.video.sinks.writing import reporting_errors


class StillSink:
    """Writes a video of one frame as a PNG file, RGB or gray.

    Args:
        path: of the file.
        info: of the video.
        overwrite: replace a file of that name.

    Raises:
        OutputError: the file cannot be made.
    """

    notes: tuple[str, ...] = ()

    def __init__(self, path: str, info: VideoInfo, *, overwrite: bool) -> None:
        self._path = path
        self._is_gray = info.pixel_format.model is ColorModel.GRAY
        self._conversion = ColorConversion.of(info)
        self._count = 0
        self._file = PendingFile(path, overwrite=overwrite)

    def write(self, frame: Frame) -> None:
        """Write the picture.

        Raises:
            OutputError: it is not the only one.
        """
        self._count += 1
        if self._count > 1:
            raise OutputError(f"expected a folder for the pictures of a video, such as frames/. Received: {self._path}")
        rgb_u8 = self._conversion.rgb(frame.picture)
        with reporting_errors(self._path):
            self._file.stream.write(png_bytes(rgb_u8[..., 0] if self._is_gray else rgb_u8))

    def write_packet(self, packet: CopyPacket) -> None:
        """Nothing: a picture has no sound."""

    def close(self) -> None:
        """Give the file its name."""
        self._file.commit()

    def abort(self) -> None:
        """Remove the file."""
        self._file.abort()

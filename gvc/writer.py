"""A stream from arrays, frame by frame."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from codec.encoder.modes import Mode
from codec.errors import InputError, OutputError
from codec.progress import Progress
from codec.report import EncodeReport
from gvc.files import Location, local_path, saying_overwrite
from gvc.frame import Frame
from gvc.jobs import chosen_mode, encode

if TYPE_CHECKING:
    import numpy.typing as npt

    from codec.video.picture import Picture
    from codec.video.pixel_formats import PixelFormat

Image = Any
"""An array (height, width), (height, width, 3) or (height, width, 4), a sequence of planes, or a :class:`Frame`."""

_INTERLEAVED = {3: ("rgb24", "rgb48le"), 4: ("rgba", "rgba64le")}
_ONE_PLANE = ("gray", "gray16le")


class Writer:
    """Encodes arrays into a ``.gvc`` stream, which appears whole when the writer is closed, or not at all.

    A sender reads a video several times, so that the frames are kept as raw video in a temporary file, and encoded by
    :meth:`close`. In a ``with`` block the writer is closed at the end, and gives up everything where an error ends the
    block.

    Args:
        target: the stream: a path, URL or binary file.
        fps: frames a second, such as 30, ``Fraction(30000, 1001)`` or 29.97, which is taken for the same.
        mode: one of the modes with its options; None for :class:`Lossless`, which needs no extra.
        pixel_format: FFmpeg's name of the format of the frames. None takes it from the first array: ``gray``,
            ``rgb24`` or ``rgba`` for uint8, ``gray16le``, ``rgb48le`` or ``rgba64le`` for uint16. YUV, and depths
            between, need it: ``yuv420p10le``, ``gray12le``.
        overwrite: replace a stream that exists.
        workers: the most processes that code segments.
        progress: is told the stages of :meth:`close`.

    Attributes:
        num_frames: so far.
        report: what came of it; None before :meth:`close`.

    Raises:
        InputError: a rate or pixel format that gvc does not have.
        OutputError: the stream exists, or cannot be written.
    """

    def __init__(
        self,
        target: Location,
        *,
        fps: float | Fraction,
        mode: Mode | None = None,
        pixel_format: str | None = None,
        overwrite: bool = False,
        workers: int = 1,
        progress: Progress | None = None,
    ) -> None:
        from codec.files import check_destination
        from codec.video.geometry import parse_frame_rate
        from codec.video.pixel_formats import pixel_format as known_format

        self._frame_rate = parse_frame_rate(str(fps))
        self._format: PixelFormat | None = None if pixel_format is None else known_format(pixel_format)
        path = local_path(target)
        if path is not None:
            with saying_overwrite(path):
                check_destination(path, overwrite=overwrite)
        self._target = target
        self._mode = chosen_mode(mode)
        self._overwrite, self._workers, self._progress = overwrite, workers, progress
        self._size: tuple[int, int] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = tempfile.TemporaryDirectory(prefix="gvc-writer-")
        self._path = Path(self._folder.name) / "frames.raw"
        self._file = self._path.open("wb")
        self.num_frames = 0
        self.report: EncodeReport | None = None

    def write(self, image: Image) -> None:
        """Take the next frame.

        Args:
            image: an array (height, width) of gray, (height, width, 3) of RGB or (height, width, 4) of RGBA; a sequence
                of planes, as :attr:`Frame.data` has them; or a :class:`Frame`, whose times are not kept. uint8 for 8
                bits, uint16 for more.

        Raises:
            InputError: another shape, type or depth than expected; nothing is taken.
            OutputError: the temporary file cannot be written, or the writer is closed.
        """
        if self._folder is None:
            raise OutputError("expected an open writer. Received: a frame for one that was closed")
        data = image.data if isinstance(image, Frame) else image
        own = self._format or _format_of(data)
        raw, size = _raw_frame(data, own)
        if self._size not in (None, size):
            expected = self._size or size
            raise InputError(
                f"expected frames of {expected[0]}x{expected[1]}. Received: frame {self.num_frames} of "
                f"{size[0]}x{size[1]}"
            )
        try:
            self._file.write(raw)
        except OSError as error:
            raise OutputError(f"cannot keep frames in {tempfile.gettempdir()}: {error.strerror or error}") from error
        self._format, self._size = own, size
        self.num_frames += 1

    def write_batch(self, images: Iterable[Image]) -> None:
        """Take frames one after another: an array whose first axis counts them, or anything that gives frames.

        Raises:
            InputError, OutputError: as :meth:`write`; the frames before are taken.
        """
        for image in images:
            self.write(image)

    def close(self) -> EncodeReport:
        """Encode what was written; a second call does nothing.

        Returns:
            The report.

        Raises:
            InputError: there was no frame, or the mode does not fit the video.
            TrainingError: a network could not be trained.
            OutputError: the stream cannot be written.
            WorkerError: a worker process has died.
        """
        from codec.video.sources.options import SourceKind, SourceOptions

        if self.report is not None:
            return self.report
        if self._folder is None:
            raise OutputError("expected an open writer. Received: one that has given up its frames")
        try:
            self._file.close()
            if self._format is None or self._size is None:
                raise InputError("expected at least one frame before the end. Received: none")
            options = SourceOptions(self._size, self._frame_rate, self._format.name, SourceKind.RAW)
            self.report = encode(
                self._path,
                self._target,
                self._mode,
                source_options=options,
                overwrite=self._overwrite,
                workers=self._workers,
                progress=self._progress,
            )
        finally:
            self.abort()
        return self.report

    def abort(self) -> None:
        """Give up the frames; harmless after :meth:`close`."""
        if self._folder is not None:
            self._file.close()
            self._folder.cleanup()
            self._folder = None

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()


def _format_of(data: Any) -> PixelFormat:
    """The format of an array that nobody named."""
    import numpy as np

    from codec.video.pixel_formats import pixel_format

    if isinstance(data, np.ndarray) and data.dtype in (np.uint8, np.uint16):
        is_deep = data.dtype == np.uint16
        if data.ndim == 2:
            return pixel_format(_ONE_PLANE[is_deep])
        if data.ndim == 3 and data.shape[2] in _INTERLEAVED:
            return pixel_format(_INTERLEAVED[data.shape[2]][is_deep])
    raise InputError(
        "expected an array (height, width), (height, width, 3) or (height, width, 4) of uint8 or uint16, or a "
        f"pixel_format for other frames; write_batch takes several. Received: {_described(data)}"
    )


def _raw_frame(data: Any, own: PixelFormat) -> tuple[bytes, tuple[int, int]]:
    """A frame as raw video, and its (width, height)."""
    from codec.video.pixel_formats import ColorModel

    planes = _planes_of(data, own)
    height, width = planes[0].shape
    chroma = own.chroma_shape(width, height) if own.model is ColorModel.YUV else (height, width)
    count = (1 if own.model is ColorModel.GRAY else 3) + own.has_alpha
    shapes = [(height, width), chroma, chroma, (height, width)][:count] if count > 2 else [(height, width)] * count
    dtype = "uint8" if own.depth == 8 else "uint16"
    if (
        [plane.shape for plane in planes] != shapes
        or any(plane.dtype != dtype for plane in planes)
        or not height * width
    ):
        raise InputError(
            f"expected {own.name} frames: {count} planes of {dtype}, {', '.join(map(str, shapes))}. "
            f"Received: {_described(data)}"
        )
    if own.depth not in (8, 16) and (largest := max(int(plane.max()) for plane in planes)) > own.peak:
        raise InputError(f"expected {own.name} samples from 0 to {own.peak}. Received: {largest}")
    return own.pack(_picture(planes, own)), (width, height)


def _planes_of(data: Any, own: PixelFormat) -> list[npt.NDArray[Any]]:
    import numpy as np

    if isinstance(data, np.ndarray):
        if data.ndim == 2:
            return [data]
        if data.ndim == 3 and own.model.value == "rgb":
            return [data[..., component] for component in range(data.shape[2])]
    elif isinstance(data, Sequence) and data and all(isinstance(p, np.ndarray) and p.ndim == 2 for p in data):
        return list(cast("Sequence[npt.NDArray[Any]]", data))
    raise InputError(f"expected {own.name} frames, as an array or a sequence of planes. Received: {_described(data)}")


def _picture(planes: list[npt.NDArray[Any]], own: PixelFormat) -> Picture:
    from codec.video.picture import Picture, ycocg_r_of
    from codec.video.pixel_formats import ColorModel

    if own.model is not ColorModel.RGB:
        return Picture.of_planes(planes)
    made = ycocg_r_of(planes[0], planes[1], planes[2], own.depth)
    return Picture(made.luma, made.chroma, planes[3] if own.has_alpha else None)


def _described(data: Any) -> str:
    """Shape and type of what was given."""
    if hasattr(data, "shape") and hasattr(data, "dtype"):
        return f"an array {tuple(data.shape)} of {data.dtype}"
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes, memoryview)):
        return f"{len(data)} planes: {', '.join(map(_described, data))}"
    return type(data).__name__

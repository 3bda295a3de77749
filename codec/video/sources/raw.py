"""Raw video: frames one behind the other, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from codec.errors import InputError
from codec.video.damage import NO_DAMAGE, Damage
from codec.video.geometry import GeometryHints
from codec.video.info import ColorDescription, CopyPacket, VideoInfo
from codec.video.picture import Frame
from codec.video.sources.raw_geometry import find_geometry

DEFAULT_FRAME_RATE = Fraction(25)
_FULL_RANGE = 2
_NO_FLAGS = GeometryHints()


class RawSource:
    """A file of raw frames.

    Args:
        path: the file.
        flags: geometry that overrides sidecar and file name.
        name: what to call the file in errors; ``path`` if None.

    Raises:
        InputError: the file cannot be read, is empty, or its geometry is unknown or does not fit.
    """

    def __init__(self, path: Path, flags: GeometryHints = _NO_FLAGS, *, name: str | None = None) -> None:
        self._path = path
        self._name = name or str(path)
        try:
            num_bytes = path.stat().st_size
            if num_bytes == 0:
                raise InputError(f"expected a video. Received: {self._name}, which is empty")
            # A spooled copy has a name that means nothing; the name of what was spooled may mean something.
            geometry, self._notes = find_geometry(path, self._name, num_bytes, flags)
        except OSError as error:
            raise InputError(f"cannot read {self._name}: {error.strerror}") from error
        if geometry.frame_rate is None:
            note = f"{self._name} states no frame rate: {DEFAULT_FRAME_RATE} is taken (--fps changes it)"
            self._notes = (*self._notes, note)
        frame_rate = geometry.frame_rate or DEFAULT_FRAME_RATE
        self._info = VideoInfo(
            geometry.width,
            geometry.height,
            geometry.pixel_format,
            time_base=1 / frame_rate,
            frame_rate=frame_rate,
            color=ColorDescription(color_range=_FULL_RANGE if geometry.is_full_range else 0),
            num_frames_from_header=num_bytes // geometry.frame_bytes,
        )

    @property
    def info(self) -> VideoInfo:
        """The description."""
        return self._info

    @property
    def damage(self) -> Damage:
        """See :class:`Source`."""
        return NO_DAMAGE

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed."""
        return self._notes

    def frames(self) -> Iterator[Frame]:
        """All frames, from the first.

        Raises:
            InputError: the file cannot be read, or is no longer what it was.
        """
        return self.frames_from(0)

    def frames_from(self, first: int) -> Iterator[Frame]:
        """See :class:`codec.video.source.SeekableSource`."""
        info = self._info
        try:
            with self._path.open("rb") as stream:
                stream.seek(first * info.raw_frame_bytes)
                for number in range(first, info.num_frames_from_header or 0):
                    data = stream.read(info.raw_frame_bytes)
                    if len(data) != info.raw_frame_bytes:
                        raise InputError(
                            f"expected {info.raw_frame_bytes} bytes of frame {number} in {self._name}. "
                            f"Received: {len(data)}; the file became shorter while it was read"
                        )
                    yield Frame(info.pixel_format.unpack(data, info.width, info.height), number, 1)
        except OSError as error:
            raise InputError(f"cannot read {self._name}: {error.strerror}") from error

    def read(self) -> Iterator[Frame | CopyPacket]:
        """The same as :meth:`frames`: raw video has no other streams."""
        return self.frames()

    def close(self) -> None:
        """Nothing is open between the passes."""

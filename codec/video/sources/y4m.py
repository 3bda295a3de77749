"""YUV4MPEG2 (y4m): a line of text that describes the video, then frames, each behind a line of its own.

The format is that of the MJPEG tools' yuv4mpeg(5) page, with FFmpeg's ``X`` parameters.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from codec.errors import InputError
from codec.video.damage import NO_DAMAGE, Damage
from codec.video.geometry import check_size
from codec.video.info import ColorDescription, CopyPacket, VideoInfo
from codec.video.marks import ChromaLocation, FieldOrder, Marks
from codec.video.picture import Frame
from codec.video.pixel_formats import PIXEL_FORMATS, PixelFormat, pixel_format
from codec.video.sources.raw import DEFAULT_FRAME_RATE

Y4M_MAGIC = b"YUV4MPEG2"
_FRAME_MAGIC = b"FRAME"
MAX_LINE_BYTES = 4096
_COLOR_RANGES = {"LIMITED": 1, "FULL": 2}
# The spellings of 4:2:0 differ in where the chroma samples lie, not in how the bytes do.
_FORMATS = {
    **dict.fromkeys(("420", "420jpeg", "420mpeg2", "420paldv"), "yuv420p"),
    **{"422": "yuv422p", "444": "yuv444p", "444alpha": "yuva444p"},
    **{"440": "yuv440p", "411": "yuv411p", "410": "yuv410p", "mono": "gray"},
}

_LOCATIONS = {
    "420jpeg": ChromaLocation.CENTER,
    "420mpeg2": ChromaLocation.LEFT,
    "420paldv": ChromaLocation.TOPLEFT,
}
_FIELD_ORDERS = {"p": FieldOrder.PROGRESSIVE, "t": FieldOrder.TT, "b": FieldOrder.BB}


@dataclass(frozen=True)
class Y4mHeader:
    """The first line of a y4m file.

    Attributes:
        width, height: in samples.
        pixel_format: of the frames.
        frame_rate: frames a second; None if unknown.
        sample_aspect_ratio: None if unknown.
        interlacing: the ``I`` parameter: ``p``, ``t``, ``b``, ``m`` or ``?``.
        chroma_location: as 4:2:0 states it.
        color_range: as in :class:`ColorDescription`.
        num_bytes: length of the line, its end included.
    """

    width: int
    height: int
    pixel_format: PixelFormat
    frame_rate: Fraction | None
    sample_aspect_ratio: Fraction | None
    interlacing: str
    chroma_location: ChromaLocation
    color_range: int
    num_bytes: int

    @classmethod
    def parse(cls, line: bytes, name: str) -> Y4mHeader:
        """Read the line; ``name`` is for errors.

        Raises:
            InputError: it is no y4m header, lacks a size, or states a format that gvc does not read.
        """
        words = line.decode("latin-1").rstrip("\n").split(" ")
        if words[0].encode("latin-1") != Y4M_MAGIC or not line.endswith(b"\n"):
            raise InputError(
                f"expected a y4m header line that starts with YUV4MPEG2 in {name}. Received: {line[:20]!r}"
            )
        values = {word[0]: word[1:] for word in words[1:] if word and word[0] != "X"}
        extra = dict(word[1:].partition("=")[::2] for word in words[1:] if word.startswith("X"))
        width, height = (_dimension(values.get(key), key, name) for key in "WH")
        check_size((width, height))
        chroma = (values.get("C") or extra.get("YSCSS", "420")).lower()
        return cls(
            width,
            height,
            _pixel_format(chroma, name),
            _ratio(values.get("F", "0:0"), "F", name),
            _ratio(values.get("A", "0:0"), "A", name),
            values.get("I", "?").lower(),
            _LOCATIONS.get(chroma, ChromaLocation.UNSPECIFIED),
            _COLOR_RANGES.get(extra.get("COLORRANGE", "").upper(), 0),
            len(line),
        )

    def info(self, rate: Fraction, num_frames: int | None = None) -> VideoInfo:
        """The description of the video, at this rate."""
        return VideoInfo(
            self.width,
            self.height,
            self.pixel_format,
            time_base=1 / rate,
            frame_rate=rate,
            color=ColorDescription(color_range=self.color_range),
            sample_aspect_ratio=self.sample_aspect_ratio,
            marks=Marks(_FIELD_ORDERS.get(self.interlacing, FieldOrder.UNKNOWN), self.chroma_location),
            num_frames_from_header=num_frames,
        )


class Y4mSource:
    """A y4m file.

    Args:
        path: the file.
        frame_rate: overrides the rate in the header.
        name: what to call the file in errors; ``path`` if None.

    Raises:
        InputError: the file cannot be read, is no y4m file, or has no frame.
    """

    def __init__(self, path: Path, *, frame_rate: Fraction | None = None, name: str | None = None) -> None:
        self._path = path
        self._name = name or str(path)
        try:
            num_bytes = path.stat().st_size
            with path.open("rb") as stream:
                header = Y4mHeader.parse(stream.readline(MAX_LINE_BYTES), self._name)
        except OSError as error:
            raise InputError(f"cannot read {self._name}: {error.strerror}") from error
        if num_bytes <= header.num_bytes:
            raise InputError(f"expected frames behind the y4m header of {self._name}. Received: none")
        self._header = header
        self._notes = notes_about(header, self._name, frame_rate)
        rate = frame_rate or header.frame_rate or DEFAULT_FRAME_RATE
        payload_bytes = header.pixel_format.frame_bytes(header.width, header.height)
        num_frames = (num_bytes - header.num_bytes) // (payload_bytes + len(_FRAME_MAGIC) + 1)
        self._info = header.info(rate, num_frames)

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
        """What was assumed, and what cannot be kept."""
        return self._notes

    def frames(self) -> Iterator[Frame]:
        """All frames, from the first.

        Raises:
            InputError: a frame is cut off, or something else stands where a frame should.
        """
        return self.frames_from(0)

    def frames_from(self, first: int) -> Iterator[Frame]:
        """See :class:`codec.video.source.SeekableSource`. The lines before frames, which may vary, are read of all."""
        info = self._info
        try:
            with self._path.open("rb") as stream:
                stream.seek(self._header.num_bytes)
                for number in range(first):
                    if not _next_frame(stream, number, self._name):
                        return
                    stream.seek(info.raw_frame_bytes, os.SEEK_CUR)
                frames = y4m_frames(stream, info.raw_frame_bytes, self._name, first)
                for number, data in enumerate(frames, first):
                    yield Frame(info.pixel_format.unpack(data, info.width, info.height), number, 1)
        except OSError as error:
            raise InputError(f"cannot read {self._name}: {error.strerror}") from error

    def read(self) -> Iterator[Frame | CopyPacket]:
        """The same as :meth:`frames`: y4m has no other streams."""
        return self.frames()

    def close(self) -> None:
        """Nothing is open between the passes."""


def y4m_frames(stream: BinaryIO, frame_bytes: int, name: str, first: int = 0) -> Iterator[bytes]:
    """The samples of each frame of a y4m stream, behind its header.

    Args:
        stream: a binary file or pipe.
        frame_bytes: of one frame.
        name: what to call the stream in errors.
        first: number of the frame that comes next, for errors.

    Raises:
        InputError: a frame is cut off, or something else stands where a frame should.
    """
    number = first
    while _next_frame(stream, number, name):
        data = stream.read(frame_bytes)
        if len(data) != frame_bytes:
            raise InputError(
                f"expected {frame_bytes} bytes of frame {number} in {name}. Received: {len(data)}; the file is cut off"
            )
        yield data
        number += 1


def _next_frame(stream: BinaryIO, number: int, name: str) -> bool:
    """Read the line before a frame; its parameters (``I``, ``X``) change nothing about the bytes."""
    line = stream.readline(MAX_LINE_BYTES)
    if not line:
        return False
    if not re.fullmatch(_FRAME_MAGIC + rb"( [^\n]*)?\n", line):
        raise InputError(f"expected the line FRAME before frame {number} in {name}. Received: {line[:20]!r}")
    return True


def _dimension(text: str | None, key: str, name: str) -> int:
    if text is None or not re.fullmatch(r"[0-9]{1,9}", text):
        raise InputError(f"expected a number behind {key} in the y4m header of {name}. Received: {text}")
    return int(text)


def _ratio(text: str, key: str, name: str) -> Fraction | None:
    if text in ("", "?"):  # some programs write what they do not know as x264 writes an unknown interlacing
        return None
    match = re.fullmatch(r"([0-9]{1,10})(?:\.([0-9]{1,9}))?(?::([0-9]{1,10}))?", text)
    if match is None:
        raise InputError(f"expected a ratio such as 25:1 behind {key} in the y4m header of {name}. Received: {text}")
    # The ratio is written n:d; some programs write a single number, with or without decimals.
    decimals = match[2] or ""
    numerator, denominator = int(match[1] + decimals), int(match[3] or 1) * 10 ** len(decimals)
    return Fraction(numerator, denominator) if numerator and denominator else None


def _pixel_format(chroma: str, name: str) -> PixelFormat:
    chroma = re.sub(r"(?<=[0-9])p8$|(?<=mono)8$", "", chroma)
    if chroma in _FORMATS:
        return PIXEL_FORMATS[_FORMATS[chroma]]
    deep = re.fullmatch(r"(420|422|440|444)p([0-9]{1,2})|mono([0-9]{1,2})", chroma)
    if deep is None:
        raise InputError(f"expected a y4m color space among {', '.join(_FORMATS)} in {name}. Received: C{chroma}")
    return pixel_format(f"gray{deep[3]}le" if deep[3] else f"yuv{deep[1]}p{deep[2]}le")


def notes_about(header: Y4mHeader, name: str, frame_rate: Fraction | None) -> tuple[str, ...]:
    """What is assumed, and what is not kept: a line each, for a person."""
    notes = []
    if header.frame_rate is None and frame_rate is None:
        notes.append(f"{name} states no frame rate: {DEFAULT_FRAME_RATE} is taken (--fps changes it)")
    if header.interlacing == "m":
        notes.append(
            f"{name} mixes interlaced and progressive frames (Im), which is left out: no field order is stated"
        )
    return tuple(notes)

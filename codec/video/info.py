"""What is known of a video besides its pictures: size, times, color description, and streams to copy."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from codec.video.marks import Marks
from codec.video.pixel_formats import PixelFormat

CAPTIONS, ATTACHMENT, COVER, FILES = "captions", "attachment", "cover", "files"
"""Kinds of copied streams beside ``audio`` and ``subtitle``: closed captions of frames, a file, a picture, and what
restores the source's files."""


@dataclass(frozen=True)
class ColorDescription:
    """How code values mean colors, as the code points of ITU-T H.273 (and FFmpeg's for the range).

    Attributes:
        color_range: 0 unspecified, 1 limited (16-235), 2 full (0-255).
        primaries: ``ColourPrimaries``; 2 unspecified.
        transfer: ``TransferCharacteristics``; 2 unspecified.
        matrix: ``MatrixCoefficients``; 0 is RGB, 2 unspecified.
    """

    color_range: int = 0
    primaries: int = 2
    transfer: int = 2
    matrix: int = 2


@dataclass(frozen=True)
class Chapter:
    """A chapter: times in units of ``time_base`` seconds."""

    start: int
    end: int
    time_base: Fraction
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CopyStream:
    """A stream that goes through gvc as it is, packet by packet: audio and subtitles above all.

    Packets of :data:`CAPTIONS` have the times of their frames, and come before them. An :data:`ATTACHMENT` and a
    :data:`COVER` are one packet each, before the first frame. Packets of :data:`FILES` come before their frames, too.

    Attributes:
        kind: ``audio``, ``subtitle``, or one of the kinds above.
        codec: FFmpeg's codec name, such as ``aac`` or ``subrip``.
        time_base: seconds per unit of the packets' times.
        extradata: the codec's own header, empty if it has none.
        sample_rate: samples a second; 0 for subtitles.
        channel_layout: FFmpeg's name, such as ``stereo``; empty for subtitles.
        sample_format: FFmpeg's name, such as ``fltp``; empty for subtitles.
        disposition: FFmpeg's disposition flags (default, forced, ...).
        tags: the stream's metadata, such as ``language``.
    """

    kind: str
    codec: str
    time_base: Fraction
    extradata: bytes = b""
    sample_rate: int = 0
    channel_layout: str = ""
    sample_format: str = ""
    disposition: int = 0
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CopyPacket:
    """One packet of a :class:`CopyStream`.

    Attributes:
        stream: index into :attr:`VideoInfo.copy_streams`.
        pts, dts, duration: in units of the stream's time base; None where the source has none.
        is_keyframe: the packet's key flag.
        data: the packet's bytes.
    """

    stream: int
    pts: int | None
    dts: int | None
    duration: int | None
    is_keyframe: bool
    data: bytes


@dataclass(frozen=True)
class VideoInfo:
    """A video's description, the same on the sender's and the receiver's side.

    Attributes:
        width, height: of the luma plane, in samples.
        pixel_format: the source's own format, in which a raw sink writes again.
        time_base: seconds per unit of a frame's ``pts``.
        frame_rate: nominal frames a second, or the mean where times follow no rate; None where the source does not say.
        color: what the code values mean.
        sample_aspect_ratio: width over height of one sample; None if unspecified.
        display_matrix: nine integers of FFmpeg's display matrix (rotation and flips), or None.
        num_frames_from_header: frames that the source claims to have, None if it does not say; a hint only.
        tags: the container's metadata, such as ``title``.
        chapters: in order of their start.
        copy_streams: audio, subtitles and others.
        marks: what the video says of its pictures besides.
        start_pts: the earliest time of any stream, in units of ``time_base``; 0 where it is not known.
    """

    width: int
    height: int
    pixel_format: PixelFormat
    time_base: Fraction
    frame_rate: Fraction | None = None
    color: ColorDescription = ColorDescription()
    sample_aspect_ratio: Fraction | None = None
    display_matrix: tuple[int, ...] | None = None
    num_frames_from_header: int | None = None
    tags: dict[str, str] = field(default_factory=dict)
    chapters: tuple[Chapter, ...] = ()
    copy_streams: tuple[CopyStream, ...] = ()
    marks: Marks = field(default_factory=Marks)
    start_pts: int = 0

    @property
    def raw_frame_bytes(self) -> int:
        """Bytes of one uncompressed frame in the source's pixel format."""
        return self.pixel_format.frame_bytes(self.width, self.height)

"""What a container holds beside pictures, sound and subtitles, as streams to copy: files, a cover, closed captions."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import islice

import av.container
import av.stream
from av.stream import AttachmentStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from codec.errors import InputError
from codec.video.info import ATTACHMENT, CAPTIONS, COVER, CopyPacket, CopyStream
from codec.video.sources.stream_marks import captions_of

_FRAMES_LOOKED_AT = 8  # broadcasts have captions, or their filling, in nearly every frame
_CODECS_WITH_CAPTIONS = frozenset({"h264", "hevc", "mpeg2video"})
_COVER_CODECS = frozenset({"bmp", "mjpeg", "png"})


def is_picture(stream: av.stream.Stream) -> bool:
    """Whether a stream is video, and no cover."""
    return stream.type == "video" and not _is_cover(stream)


def is_timecode(stream: av.stream.Stream) -> bool:
    """Whether a stream is a track of timecodes, whose start is a tag of the video track too."""
    return stream.type == "data" and "timecode" in stream.metadata


def describe_attached(stream: av.stream.Stream) -> CopyStream | None:
    """The description of an attached file or cover; None for any other stream."""
    if isinstance(stream, AttachmentStream) and stream.time_base is not None:
        return CopyStream(ATTACHMENT, "file", stream.time_base, tags=dict(stream.metadata))
    if _is_cover(stream) and stream.time_base is not None:
        codec = stream.codec_context.codec.canonical_name
        if codec in _COVER_CODECS:
            return CopyStream(COVER, codec, stream.time_base, tags=dict(stream.metadata))
    return None


def attached_files(container: av.container.InputContainer, copies: Mapping[int, int]) -> Iterator[CopyPacket]:
    """The attached files, which come in no packet of the container.

    Args:
        container: opened.
        copies: for each stream that is copied, by its number in the container, its place among the copied streams.
    """
    for number, index in copies.items():
        stream = container.streams[number]
        if isinstance(stream, AttachmentStream):
            yield CopyPacket(index, 0, 0, None, True, bytes(stream.data))


def packet_streams(container: av.container.InputContainer, copies: Iterable[int]) -> list[av.stream.Stream]:
    """The copied streams that come in packets."""
    streams = [container.streams[number] for number in copies]
    return [stream for stream in streams if not isinstance(stream, AttachmentStream)]


def has_captions(stream: VideoStream, first: VideoFrame, rest: Iterator[VideoFrame]) -> bool:
    """Whether one of the first frames has closed captions; reads on in ``rest`` only if the codec can have them."""
    if stream.codec_context.codec.canonical_name not in _CODECS_WITH_CAPTIONS:
        return False
    if captions_of(first) is not None:
        return True
    with contextlib.suppress(InputError):  # it comes up again when the frames are read
        return any(captions_of(frame) is not None for frame in islice(rest, _FRAMES_LOOKED_AT - 1))
    return False


def captions_stream(time_base: Fraction) -> CopyStream:
    """The description of the closed captions in a video's frames, whose times are in units of ``time_base``."""
    return CopyStream(CAPTIONS, "a53_cc", time_base)


def _is_cover(stream: av.stream.Stream) -> bool:
    return stream.type == "video" and bool(stream.disposition & av.stream.Disposition.attached_pic)

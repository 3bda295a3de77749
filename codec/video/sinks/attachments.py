"""Attached files and covers in a container: Matroska takes any file, mp4 takes a cover."""

from __future__ import annotations

from dataclasses import dataclass

import av
import av.container
import av.stream

from codec.video.info import ATTACHMENT, COVER, CopyPacket, CopyStream, VideoInfo
from codec.video.sinks.options import ContainerKind

_EXTENSIONS = {"mjpeg": "jpg", "png": "png", "bmp": "bmp"}
_IMAGE_TYPES = {"mjpeg": "image/jpeg", "png": "image/png", "bmp": "image/bmp"}
_ANY_TYPE = "application/octet-stream"
_TAKERS = {
    ATTACHMENT: (ContainerKind.MKV,),
    COVER: (ContainerKind.MKV, ContainerKind.MP4),
}


@dataclass(frozen=True)
class _Cover:
    stream: av.stream.Stream
    data: bytes


class Attachments:
    """What is written before a container's header, or just behind it.

    Args:
        output: whose header is not written yet.
        kind: of the container.
        info: of the video.

    Attributes:
        notes: what is left out.
        are_awaited: packets must come in before the header can be written.
    """

    def __init__(self, output: av.container.OutputContainer, kind: ContainerKind, info: VideoInfo) -> None:
        self._output, self._kind, self._info = output, kind, info
        self._covers: list[_Cover] = []
        attached = [stream for stream in info.copy_streams if stream.kind in _TAKERS]
        self.are_awaited = any(kind in _TAKERS[stream.kind] for stream in attached)
        self.notes = [_note(stream, kind) for stream in attached if kind not in _TAKERS[stream.kind]]

    def add(self, packet: CopyPacket) -> None:
        """Take a file or a cover, before the container's header is written."""
        stream = self._info.copy_streams[packet.stream]
        if self._kind not in _TAKERS[stream.kind]:
            return
        if self._kind is ContainerKind.MKV:
            self._output.add_attachment(_file_name(stream), _media_type(stream), packet.data)
            return
        added = self._output.add_mux_stream(stream.codec, width=1, height=1)  # a size is demanded and not written
        added.disposition = av.stream.Disposition.attached_pic
        self._covers.append(_Cover(added, packet.data))

    def write_covers(self) -> None:
        """Write what stands behind the header."""
        for cover in self._covers:
            packet: av.Packet[av.stream.Stream] = av.Packet(cover.data)
            packet.stream, packet.is_keyframe = cover.stream, True
            packet.pts = packet.dts = 0
            self._output.mux(packet)


def is_attached(stream: CopyStream) -> bool:
    """Whether a stream is a file or a cover."""
    return stream.kind in _TAKERS


def _note(stream: CopyStream, kind: ContainerKind) -> str:
    takers = " or ".join(taker.value for taker in _TAKERS[stream.kind])
    what = "the cover" if stream.kind == COVER else f"the attached file {_file_name(stream)}"
    return f"{what} cannot be stored in {kind.value} and was left out; an output as {takers} keeps it"


def _file_name(stream: CopyStream) -> str:
    default = f"cover.{_EXTENSIONS.get(stream.codec, 'jpg')}" if stream.kind == COVER else "attachment"
    return _tag(stream, "filename") or default


def _media_type(stream: CopyStream) -> str:
    return _tag(stream, "mimetype") or _IMAGE_TYPES.get(stream.codec, _ANY_TYPE)


def _tag(stream: CopyStream, name: str) -> str:
    return next((value for key, value in stream.tags.items() if key.lower() == name), "")

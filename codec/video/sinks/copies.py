"""The streams that a container takes beside the picture: what can be copied, in which form, and who else could take it.

All of this is found before the first packet is written.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator

import av
import av.container
import av.stream

from codec.video.copy_streams import CopyError, add_copy_stream, mux_copy_packet, named_layout
from codec.video.info import CAPTIONS, FILES, CopyPacket, CopyStream, VideoInfo
from codec.video.sinks.attachments import is_attached
from codec.video.sinks.captions import CODECS_WITH_CAPTIONS
from codec.video.sinks.codecs import VideoCodec
from codec.video.sinks.options import ContainerKind
from codec.video.sinks.writing import notes_of_files
from codec.video.text_subtitles import in_form_of, other_forms

MUXERS = {
    ContainerKind.MP4: "mp4",
    ContainerKind.MKV: "matroska",
    ContainerKind.MOV: "mov",
    ContainerKind.WEBM: "webm",
}
"""FFmpeg's name of each container."""


class CopiedStreams:
    """The streams of a video that are copied into a container.

    Args:
        output: takes a stream for each of them; its header is not written yet.
        kind: of the container.
        info: of the video.
        codec: of the pictures.

    Attributes:
        notes: what has another form, and what is left out.
    """

    def __init__(
        self, output: av.container.OutputContainer, kind: ContainerKind, info: VideoInfo, codec: VideoCodec
    ) -> None:
        self.notes: list[str] = []
        self._output = output
        self._info = info
        self._added: dict[int, tuple[av.stream.Stream, CopyStream]] = {}
        for index, stream in enumerate(info.copy_streams):
            if stream.kind == FILES:
                self.notes += notes_of_files(info)
                continue
            name = stream_name(info, index)
            if stream.kind == CAPTIONS:
                if codec.name not in CODECS_WITH_CAPTIONS:
                    self.notes.append(
                        f"{codec.name} has no place for closed captions, which were left out; --codec h264 keeps them"
                    )
                continue
            if is_attached(stream):
                continue
            added = _add_in_some_form(output, stream)
            if added is None:
                self.notes.append(f"{name} cannot be stored in {kind.value} and was left out; {_keepers(stream, kind)}")
                continue
            self._added[index] = added
            form = added[1]
            if form.codec != stream.codec:
                self.notes.append(
                    f"{name} becomes {form.codec}, which {kind.value} takes: "
                    "its words and times are kept, styles are not"
                )
            elif form.channel_layout != stream.channel_layout:
                self.notes.append(
                    f"{name}: its {stream.channel_layout} have no names, which {kind.value} demands: "
                    f"written as {form.channel_layout}"
                )

    def are_captions(self, packet: CopyPacket) -> bool:
        """Whether a packet belongs to a frame, into which the coded picture takes it."""
        return self._info.copy_streams[packet.stream].kind == CAPTIONS

    def mux(self, packet: CopyPacket) -> None:
        """Write a packet; nothing happens for a stream that was left out.

        Raises:
            CopyError: the packet has no time.
            av.FFmpegError: the container refuses it, or it cannot be written.
        """
        if packet.stream not in self._added:
            return
        added, form = self._added[packet.stream]
        copied = in_form_of(packet, self._info.copy_streams[packet.stream], form)
        if copied is not None:
            mux_copy_packet(self._output, added, form, copied)


def stream_name(info: VideoInfo, index: int) -> str:
    """What to call a stream in notes, such as ``audio stream 1 (aac)``."""
    stream = info.copy_streams[index]
    number = sum(other.kind == stream.kind for other in info.copy_streams[: index + 1])
    return f"{stream.kind} stream {number} ({stream.codec})"


def _add_in_some_form(
    output: av.container.OutputContainer, stream: CopyStream
) -> tuple[av.stream.Stream, CopyStream] | None:
    """A stream of the output in the first form that its container takes; None if it takes none."""
    for form in _forms(stream):
        with contextlib.suppress(CopyError):
            return add_copy_stream(output, form), form
    return None


def _forms(stream: CopyStream) -> Iterator[CopyStream]:
    yield stream
    named = named_layout(stream)
    if named is not None:
        yield named
    yield from other_forms(stream)


def _keepers(stream: CopyStream, refused: ContainerKind) -> str:
    """Which containers take a stream that another one has refused."""
    takers = [kind.value for kind in MUXERS if kind is not refused and _takes(MUXERS[kind], stream)]
    return f"an output as {' or '.join(takers)} keeps it" if takers else "no other output keeps it"


def _takes(container: str, stream: CopyStream) -> bool:
    with av.open(io.BytesIO(), "w", format=container) as trial:
        return _add_in_some_form(trial, stream) is not None

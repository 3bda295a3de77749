"""Subtitles that are text, from the form of one container to that of another: the words and line breaks are kept.

SubRip and WebVTT packets are the text itself, mov_text has its length in front and styles behind, ASS has eight fields
in front. Where the form changes, fonts, colors and places are left out.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import replace

from codec.video.info import CopyPacket, CopyStream

# 3GPP TS 26.245: no flags, centered at the bottom, no background, no box, one style (18 points, white), one font.
_MOV_TEXT_HEADER = (
    (bytes(4) + b"\x01\xff" + bytes(12) + struct.pack(">HHHBB4s", 0, 0, 1, 0, 18, b"\xff" * 4))
    + struct.pack(">I4sHHB", 18, b"ftab", 1, 1, 5)
    + b"Serif"
)
_ASS_FIELDS = 8  # before the text, in a packet of Matroska
_TAGS = re.compile(r"</?(?:[biusc]|font|ruby|rt|v|lang)\b[^>]*>|\{\\[^}]*\}", re.IGNORECASE)
_MAX_MOV_TEXT_BYTES = 2**16 - 1


def _of_mov_text(data: bytes) -> str:
    length = int.from_bytes(data[:2], "big")
    return data[2 : 2 + length].decode("utf-8", "replace")


def _of_ass(data: bytes) -> str:
    text = data.decode("utf-8", "replace").split(",", _ASS_FIELDS)[-1]
    return re.sub(r"\\[Nn]", "\n", text).replace("\\h", " ")


def _of_text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _to_text(text: str) -> bytes:
    return text.encode()


def _to_mov_text(text: str) -> bytes:
    words = text.encode()[:_MAX_MOV_TEXT_BYTES]
    return struct.pack(">H", len(words)) + words


_READERS: dict[str, Callable[[bytes], str]] = {
    "subrip": _of_text,
    "webvtt": _of_text,
    "text": _of_text,
    "ass": _of_ass,
    "mov_text": _of_mov_text,
}
_WRITERS: dict[str, Callable[[str], bytes]] = {"subrip": _to_text, "mov_text": _to_mov_text, "webvtt": _to_text}


def other_forms(stream: CopyStream) -> tuple[CopyStream, ...]:
    """The same subtitles as streams of other codecs; none if they are not text."""
    if stream.kind != "subtitle" or stream.codec not in _READERS:
        return ()
    header = {"mov_text": _MOV_TEXT_HEADER}
    return tuple(
        replace(stream, codec=codec, extradata=header.get(codec, b"")) for codec in _WRITERS if codec != stream.codec
    )


def in_form_of(packet: CopyPacket, source: CopyStream, target: CopyStream) -> CopyPacket | None:
    """A packet of ``source`` as one of ``target``; None for one that only ends the text before, as mov_text has them.

    Every container of the other forms states how long a text is shown, and the muxer of mov_text writes ends itself.
    """
    if source.codec == "mov_text" and packet.data[:2] in (b"", b"\0\0"):
        return None
    if source.codec == target.codec:
        return packet
    text = _TAGS.sub("", _READERS[source.codec](packet.data)).replace("\r\n", "\n").strip("\0\n")
    return replace(packet, data=_WRITERS[target.codec](text)) if text else None

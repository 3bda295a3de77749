"""The marks of a video stream, as FFmpeg finds them in the container and in the first frame."""

from __future__ import annotations

import contextlib
import io
import struct
from fractions import Fraction

import av
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from codec.video.copy_streams import with_title
from codec.video.marks import STEREO_TAG, ChromaLocation, ContentLight, FieldOrder, Marks, MasteringDisplay

# FFmpeg's AVMasteringDisplayMetadata: ten ratios (red, green, blue, white, minimum, maximum), and whether they are set.
_MASTERING_DISPLAY = struct.Struct("=20iii")
_CONTENT_LIGHT = struct.Struct("=II")
# Matroska's ChromaSitingHorz and ChromaSitingVert, each an element of one byte.
_SITING_HORIZONTAL, _SITING_VERTICAL = b"\x55\xb7\x81", b"\x55\xb8\x81"
_LOCATIONS = {
    (1, 2): ChromaLocation.LEFT,
    (2, 2): ChromaLocation.CENTER,
    (1, 1): ChromaLocation.TOPLEFT,
    (2, 1): ChromaLocation.TOP,
    (1, 3): ChromaLocation.BOTTOMLEFT,
    (2, 3): ChromaLocation.BOTTOM,
}
# What a muxer writes about a track by itself.
_TECHNICAL_TAGS = ("encoder", "vendor_id", "duration", "bps", "number_of_", "_statistics_", "rotate")
_DEFAULT_HANDLER = "VideoHandler"
# Side data that gvc has no place for, as a person would call it.
_NOT_KEPT = {
    "STEREO3D": "stereo 3-D information",
    "SPHERICAL": "spherical projection",
    "AFD": "active format description",
    "ICC_PROFILE": "ICC profile",
    "DYNAMIC_HDR_PLUS": "HDR10+ metadata",
    "DYNAMIC_HDR_VIVID": "HDR Vivid metadata",
    "DOVI_RPU_BUFFER": "Dolby Vision metadata",
    "AMBIENT_VIEWING_ENVIRONMENT": "ambient viewing environment",
    "S12M_TIMECODE": "timecodes of frames",
    "FILM_GRAIN_PARAMS": "film grain parameters",
}
_CAPTIONS = "A53_CC"
_INTERLACING = "if(eq(interlace_type,TOPFIRST),1,2)"


def marks_of(stream: VideoStream, first: VideoFrame) -> Marks:
    """The marks of a stream.

    Args:
        stream: of an open input, whose first frame was decoded.
        first: that frame.
    """
    display, light = _side_data(first, "MASTERING_DISPLAY_METADATA"), _side_data(first, "CONTENT_LIGHT_LEVEL")
    return Marks(
        field_order=_field_order(stream, first),
        chroma_location=_chroma_location(stream),
        mastering_display=_mastering_display(display),
        content_light=ContentLight(*_CONTENT_LIGHT.unpack_from(light)) if light is not None else None,
        tags=_tags(stream),
    )


def marks_not_kept(first: VideoFrame, marks: Marks) -> tuple[str, ...]:
    """What a frame has beside its picture that gvc leaves out, as a person would call it.

    Matroska's stereo mode is a tag, and kept as such.
    """
    kept = {"STEREO3D"} if STEREO_TAG in marks.tags else set()
    return tuple(name for key, name in _NOT_KEPT.items() if key not in kept and _side_data(first, key) is not None)


def captions_of(frame: VideoFrame) -> bytes | None:
    """A frame's closed captions: the triplets ``cc_data`` of ATSC A/53 part 4, CEA-608 and CEA-708; None if none."""
    return _side_data(frame, _CAPTIONS)


def _side_data(frame: VideoFrame, key: str) -> bytes | None:
    # PyAV cannot list the side data of a frame with a kind that it has no name for, which is a ValueError.
    with contextlib.suppress(KeyError, ValueError):
        return bytes(frame.side_data[key])  # type: ignore[literal-required]
    return None


def _mastering_display(data: bytes | None) -> MasteringDisplay | None:
    if data is None:
        return None
    *numbers, has_primaries, has_luminance = _MASTERING_DISPLAY.unpack_from(data)
    pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
    # What is stated in half cannot be given to any encoder.
    if not (has_primaries and has_luminance) or any(n < 0 or d <= 0 for n, d in pairs):
        return None
    return MasteringDisplay.of_values([Fraction(numerator, denominator) for numerator, denominator in pairs])


def _field_order(stream: VideoStream, first: VideoFrame) -> FieldOrder:
    """The order that the frame states, or else the container or the codec's header."""
    if first.interlaced_frame:
        return FieldOrder.TT if _shows_top_first(first) else FieldOrder.BB
    stated = stream.codec_context.field_order
    return FieldOrder(stated) if stated in tuple(FieldOrder) else FieldOrder.UNKNOWN


def _shows_top_first(frame: VideoFrame) -> bool:
    """PyAV does not tell which field is the first one; a filter does, by the output that it sends the frame to."""
    graph = av.filter.Graph()
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base or Fraction(1, 25)
    )
    select = graph.add("select", f"e='{_INTERLACING}':n=2")
    outputs = [graph.add("buffersink"), graph.add("buffersink")]
    source.link_to(select)
    for number, output in enumerate(outputs):
        select.link_to(output, number, 0)
    graph.configure()
    source.push(frame)
    with contextlib.suppress(av.FFmpegError):
        outputs[0].pull()
        return True
    return False


def _chroma_location(stream: VideoStream) -> ChromaLocation:
    """PyAV does not tell where chroma lies; Matroska's muxer writes it, so its header is made in memory and read."""
    if stream.codec_context.codec.canonical_name == "dvvideo":
        return ChromaLocation.TOPLEFT  # by its definition; its decoder says so of frames alone
    buffer = io.BytesIO()
    try:
        with av.open(buffer, "w", format="matroska") as trial:
            trial.add_stream_from_template(stream, opaque=True)
            trial.start_encoding()
    except (av.FFmpegError, ValueError):
        return ChromaLocation.UNSPECIFIED
    header = buffer.getvalue()
    places = [header.find(element) + len(element) for element in (_SITING_HORIZONTAL, _SITING_VERTICAL)]
    if any(place < len(_SITING_VERTICAL) for place in places):
        return ChromaLocation.UNSPECIFIED
    return _LOCATIONS.get((header[places[0]], header[places[1]]), ChromaLocation.UNSPECIFIED)


def _tags(stream: VideoStream) -> dict[str, str]:
    tags = {key: value for key, value in stream.metadata.items() if not key.lower().startswith(_TECHNICAL_TAGS)}
    if tags.get("handler_name") == _DEFAULT_HANDLER:
        del tags["handler_name"]
    if tags.get("language") == "und":
        del tags["language"]
    return with_title(tags)

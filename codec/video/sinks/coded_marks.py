"""The marks of a video, as the options of encoders, and what an encoder or a container has no place for."""

from __future__ import annotations

from fractions import Fraction

import av
from av.filter.context import FilterContext

from codec.video.info import VideoInfo
from codec.video.marks import STEREO_TAG, MasteringDisplay
from codec.video.pixel_formats import PixelFormat
from codec.video.sinks.chroma_location import written_location
from codec.video.sinks.codecs import VideoCodec
from codec.video.sinks.matroska_header import Statement
from codec.video.sinks.options import ContainerKind

_CODES_FIELDS = ("h264", "x264rgb")
_MATROSKA = (ContainerKind.MKV, ContainerKind.WEBM)
_CARRIES_ASPECT = ("h264", "h265", "x264rgb")
_MARKS_FRAMES = (*_CODES_FIELDS, "ffv1")
_INTERLACED_ROWS = 4  # x264 codes fields of whole macroblock pairs, and chroma of whole lines in either field
_CHROMATICITY, _LUMINANCE = 50_000, 10_000  # units of H.265's mastering display
_LIGHT_OPTIONS = {
    "h264": ("x264-params", "mastering-display", "cll"),
    "x264rgb": ("x264-params", "mastering-display", "cll"),
    "h265": ("x265-params", "master-display", "max-cll"),
    "av1": ("svtav1-params", "mastering-display", "content-light"),
}


def add_marks(options: dict[str, str], info: VideoInfo, codec: VideoCodec, target: PixelFormat) -> None:
    """Add a video's marks to the options of its encoder.

    Args:
        options: FFmpeg's options of the encoder, which are added to.
        info: of the video.
        codec: of the output.
        target: pixel format of the output.
    """
    marks = info.marks
    if marks.field_order:
        options["field_order"] = marks.field_order.name.lower()
    if _codes_fields(info, codec):
        order = "tff=1" if marks.field_order.shows_top_first else "bff=1"
        # x264's lossless coding of fields is not always exact, so there the fields are only stated.
        values = [
            *_values(options, "x264-params"),
            order,
            *(["fake-interlaced=1"] if options.get("crf") == "0" else []),
        ]
        options["x264-params"] = ":".join(values)
    location = written_location(info, target)
    if location:
        options["chroma_sample_location"] = location.name.lower()
    light = _LIGHT_OPTIONS.get(codec.name)
    if light is not None:
        name, display, level = light
        values = _values(options, name)
        if marks.mastering_display is not None:
            values.append(f"{display}={_display_text(marks.mastering_display, in_units=codec.name != 'av1')}")
        if marks.content_light is not None:
            values.append(f"{level}={marks.content_light.max_content},{marks.content_light.max_average}")
        if values:
            options[name] = ":".join(values)


def _values(options: dict[str, str], name: str) -> list[str]:
    return [options[name]] if name in options else []


def header_statement(info: VideoInfo, codec: VideoCodec, kind: ContainerKind) -> Statement:
    """What goes into Matroska's header, since neither the codec nor FFmpeg's muxer puts it there.

    mp4 and mov take the shape of a sample from the codec's parameters, and H.264 and H.265 carry it themselves.
    """
    if kind not in _MATROSKA:
        return Statement()
    aspect, display = info.sample_aspect_ratio, None
    if aspect not in (None, 1) and codec.name not in _CARRIES_ASPECT:
        display = Fraction(info.width, info.height) * (aspect or 1)
    if codec.name in _LIGHT_OPTIONS:
        return Statement(display)
    return Statement(display, info.marks.mastering_display, info.marks.content_light)


def marks_left_out(info: VideoInfo, codec: VideoCodec, kind: ContainerKind, stated: Statement) -> tuple[str, ...]:
    """What has no place in the output, one note each.

    Args:
        info: of the video.
        codec: of the output.
        kind: of the output.
        stated: what is written into the container's header.
    """
    notes = []
    marks = info.marks
    if marks.field_order.is_interlaced and codec.name in _CODES_FIELDS and not _codes_fields(info, codec):
        notes.append(
            f"{codec.name} marks frames as interlaced only where their height is a multiple of {_INTERLACED_ROWS}: "
            "the field order was left out"
        )
    elif marks.field_order.is_interlaced and codec.name not in _MARKS_FRAMES:
        if kind is ContainerKind.WEBM:
            notes.append("webm has no place for the field order of interlaced video: an .mkv or .mp4 output keeps it")
        else:
            notes.append(f"{codec.name} marks no frame as interlaced: the field order is stated in {kind.value} alone")
    wanted = header_statement(info, codec, kind)
    if wanted.display_aspect and not stated.display_aspect:
        notes.append(f"the sample aspect ratio {info.sample_aspect_ratio} cannot be stored with {codec.name} in a pipe")
    has_light = stated.mastering_display or stated.content_light
    if codec.name not in _LIGHT_OPTIONS and (marks.mastering_display or marks.content_light) and not has_light:
        notes.append(f"{codec.name} has no place for mastering display and content light: --codec h265 keeps them")
    if STEREO_TAG in marks.tags and kind not in _MATROSKA:
        notes.append(f"{kind.value} has no place for the stereo mode {marks.tags[STEREO_TAG]}: an .mkv output keeps it")
    return tuple(notes)


class FieldMarker:
    """Marks frames as interlaced, which PyAV itself cannot: a filter does it.

    Args:
        info: of the video.
        codec: of the output.
        frame_format: FFmpeg's name of the frames' pixel format.
    """

    def __init__(self, info: VideoInfo, codec: VideoCodec, frame_format: str) -> None:
        self._graph: av.filter.Graph | None = None  # its ends do not keep it alive
        if info.marks.field_order.is_interlaced and codec.name in _MARKS_FRAMES:
            self._graph, self._source, self._sink = _marking(info, frame_format)

    def marked(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The same frame, marked if the video is interlaced."""
        if self._graph is None:
            return frame
        self._source.push(frame)
        marked = self._sink.pull()
        if not isinstance(marked, av.VideoFrame):
            raise TypeError("expected a video frame from FFmpeg's filter")
        marked.pts, marked.time_base = frame.pts, frame.time_base
        return marked


def _marking(info: VideoInfo, frame_format: str) -> tuple[av.filter.Graph, FilterContext, FilterContext]:
    graph = av.filter.Graph()
    source = graph.add_buffer(
        width=info.width,
        height=info.height,
        format=av.VideoFormat(frame_format, info.width, info.height),
        time_base=info.time_base,
    )
    mode = "tff" if info.marks.field_order.shows_top_first else "bff"
    marking, sink = graph.add("setparams", f"field_mode={mode}"), graph.add("buffersink")
    source.link_to(marking)
    marking.link_to(sink)
    graph.configure()
    return graph, source, sink


def _codes_fields(info: VideoInfo, codec: VideoCodec) -> bool:
    """Whether fields are coded as such; x264 does so for whole blocks of both only."""
    order = info.marks.field_order
    return order.is_interlaced and codec.name in _CODES_FIELDS and info.height % _INTERLACED_ROWS == 0


def _display_text(display: MasteringDisplay, *, in_units: bool) -> str:
    """As x264 and x265 want it, in units of H.265, or as SVT-AV1 does, in plain numbers."""

    def number(value: Fraction, units: int) -> str:
        return str(round(value * units)) if in_units else f"{float(value):.5f}"

    red_x, red_y, green_x, green_y, blue_x, blue_y = (number(v, _CHROMATICITY) for v in display.primaries)
    white_x, white_y = (number(v, _CHROMATICITY) for v in display.white_point)
    low, high = number(display.min_luminance, _LUMINANCE), number(display.max_luminance, _LUMINANCE)
    return f"G({green_x},{green_y})B({blue_x},{blue_y})R({red_x},{red_y})WP({white_x},{white_y})L({high},{low})"

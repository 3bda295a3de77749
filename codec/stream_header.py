"""Conversion between the codec's description of a video and the records of the container, in both directions."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from codec.errors import StreamError
from codec.hints.coder import HintParameters
from codec.lossless.parameters import LEAST_DEPTH, PredictionParameters, SampleScale
from codec.lossless.stacked import StackedParameters
from codec.plane_codecs import PlaneParameters
from codec.stream_recoding import format_name, unpack_format_name, unpack_recoding
from codec.version import PROGRAM
from codec.video.color import CONVERSION_MATRICES, ColorConversion
from codec.video.info import Chapter, ColorDescription, CopyPacket, CopyStream, VideoInfo
from codec.video.levels import Levels
from codec.video.marks import ChromaLocation, ContentLight, FieldOrder, Marks, MasteringDisplay
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel, PixelFormat, without_alpha
from codec.video.recoding import Recoding
from codec.video.yuv_origin import YuvOrigin
from container_format import (
    AlphaRecord,
    ChapterRecord,
    CopyPacketRecord,
    CopyStreamRecord,
    HeaderRecord,
    HintsRecord,
    MarksRecord,
    PlanesRecord,
    SegmentRecord,
    UnsupportedError,
)
from container_format.records import MAX_CHAPTERS, MAX_TAG_BYTES, MAX_TAG_NAME_BYTES, MAX_TAGS, Color

_MAX_RATIO = 2**31 - 1
_UNSPECIFIED = 2


@dataclass(frozen=True)
class Description:
    """The content of a header, except for the mode and the keyframes.

    Attributes:
        info: size, pixel format, tags and other facts of the video.
        luma: the parameters of the gray's decoder.
        conversion: how the planes become R'G'B'.
        hints: the parameters of the hints; None if there are none.
        stacked: the parameters of stacked chroma; None if there is none.
        prediction: the parameters of predicted planes; None if there are none.
        alpha: the parameters of the alpha's decoder; None if there is no alpha.
        recoding: how the video is coded as another one, whose pictures are those of all parameters; None if it is not.
        is_live: the stream is coded while the video comes.
    """

    info: VideoInfo
    luma: PlaneParameters
    conversion: ColorConversion
    hints: HintParameters | None = None
    stacked: StackedParameters | None = None
    prediction: PredictionParameters | None = None
    alpha: PlaneParameters | None = None
    recoding: Recoding | None = None
    is_live: bool = False


def pack_header(description: Description, *, color: str, keyframes: Sequence[int]) -> HeaderRecord:
    """Make the header of a stream.

    Args:
        description: the video, and the parameters of its planes.
        color: the mode, a value of :class:`container_format.records.Color`.
        keyframes: the indices of the frames on which the network was trained, ascending.
    """
    info, luma, conversion = description.info, description.luma, description.conversion
    return HeaderRecord(
        width=info.width,
        height=info.height,
        pixel_format=format_name(info.pixel_format, description.recoding),
        time_base=info.time_base,
        frame_rate=None if info.frame_rate is None else _storable(info.frame_rate),
        start_pts=info.start_pts,
        color_range=info.color.color_range,
        primaries=info.color.primaries,
        transfer=info.color.transfer,
        matrix=info.color.matrix,
        sample_aspect_ratio=_storable(info.sample_aspect_ratio) if info.sample_aspect_ratio else None,
        display_matrix=info.display_matrix,
        tags=_fitting(info.tags),
        chapters=tuple(map(pack_chapter, info.chapters[:MAX_CHAPTERS])),
        copy_streams=tuple(map(pack_copy_stream, info.copy_streams)),
        luma_codec=luma.codec,
        coded_width=luma.coded_width,
        coded_height=luma.coded_height,
        luma_is_lossless=luma.is_lossless,
        color=str(color),
        conversion_matrix=conversion.matrix,
        conversion_full_range=conversion.full_range,
        keyframe_deltas=tuple(b - a for a, b in itertools.pairwise((0, *keyframes))),
        encoder=PROGRAM,
        hints=_pack_hints(description),
        planes=None if description.prediction is None else _pack_prediction(description.prediction),
        luma_has_chroma=luma.pixel_format is not None,
        alpha=None if description.alpha is None else _pack_alpha(description.alpha),
        levels=description.recoding.steps() if isinstance(description.recoding, Levels) else (),
        yuv_origin=description.recoding.numbers() if isinstance(description.recoding, YuvOrigin) else (),
        marks=pack_marks(info.marks),
        is_live=description.is_live,
    )


def unpack_header(header: HeaderRecord) -> Description:
    """The inverse of :func:`pack_header`.

    Raises:
        UnsupportedError: this version does not know the pixel format, the mode or the conversion matrix.
        StreamError: parts of the header contradict each other.
    """
    _check_names(header)
    pixel_format = PIXEL_FORMATS[unpack_format_name(header)]
    info = _unpack_info(header, pixel_format)
    recoding = unpack_recoding(header, pixel_format)
    coded = pixel_format if recoding is None else recoding.coded_format
    if header.luma_has_chroma and coded.model is not ColorModel.YUV:
        raise StreamError(f"the stream has the chroma of {coded.name} video beside its gray, which needs YUV")
    seen = replace(info, pixel_format=coded)
    luma = PlaneParameters(
        codec=header.luma_codec,
        width=header.width,
        height=header.height,
        coded_width=header.coded_width,
        coded_height=header.coded_height,
        is_lossless=header.luma_is_lossless,
        pixel_format=without_alpha(coded) if header.luma_has_chroma else None,
        depth=coded.depth,
    )
    conversion = ColorConversion(coded, header.conversion_matrix, header.conversion_full_range)
    hints = None if header.hints is None else _unpack_hints(header.hints, seen, header.color)
    return Description(
        info,
        luma,
        conversion,
        hints=hints if isinstance(hints, HintParameters) else None,
        stacked=hints if isinstance(hints, StackedParameters) else None,
        prediction=None if header.planes is None else _unpack_prediction(header.planes, info, coded),
        alpha=_unpack_alpha(header.alpha, info),
        recoding=recoding,
        is_live=header.is_live,
    )


def _check_names(header: HeaderRecord) -> None:
    """Refuse names and sizes that this version does not know, or that contradict each other."""
    if unpack_format_name(header) not in PIXEL_FORMATS:
        raise UnsupportedError(f"the stream needs a newer gvc: unknown pixel format {header.pixel_format}")
    if header.color not in tuple(Color):
        raise UnsupportedError(f"expected color to be one of {', '.join(Color)}. Received: {header.color}")
    if header.conversion_matrix not in CONVERSION_MATRICES:
        known = ", ".join(map(str, CONVERSION_MATRICES))
        raise UnsupportedError(f"expected one of the conversion matrices {known}. Received: {header.conversion_matrix}")
    if header.coded_width < header.width or header.coded_height < header.height:
        raise StreamError(
            f"expected a coded picture of at least {header.width}x{header.height}. "
            f"Received: {header.coded_width}x{header.coded_height}"
        )


def _unpack_info(header: HeaderRecord, pixel_format: PixelFormat) -> VideoInfo:
    return VideoInfo(
        width=header.width,
        height=header.height,
        pixel_format=pixel_format,
        time_base=header.time_base,
        frame_rate=header.frame_rate,
        color=ColorDescription(header.color_range, header.primaries, header.transfer, header.matrix),
        sample_aspect_ratio=header.sample_aspect_ratio,
        display_matrix=header.display_matrix,
        tags=header.tags,
        chapters=tuple(Chapter(c.start, c.end, c.time_base, c.tags) for c in header.chapters),
        copy_streams=tuple(map(_unpack_copy_stream, header.copy_streams)),
        marks=Marks() if header.marks is None else _unpack_marks(header.marks),
        start_pts=header.start_pts,
    )


def pack_marks(marks: Marks) -> MarksRecord | None:
    """The record; None if there is nothing to say."""
    display, light = marks.mastering_display, marks.content_light
    record = MarksRecord(
        field_order=int(marks.field_order),
        chroma_location=int(marks.chroma_location),
        mastering_display=None if display is None else display.values(),
        content_light=None if light is None else (light.max_content, light.max_average),
        tags=_fitting(marks.tags),
    )
    return None if record == MarksRecord() else record


def _unpack_marks(record: MarksRecord) -> Marks:
    display, light = record.mastering_display, record.content_light
    return Marks(
        FieldOrder(record.field_order),
        ChromaLocation(record.chroma_location),
        None if display is None else MasteringDisplay.of_values(display),
        None if light is None else ContentLight(*light),
        record.tags,
    )


def pack_chapter(chapter: Chapter) -> ChapterRecord:
    """Make the record of a chapter."""
    return ChapterRecord(start=chapter.start, end=chapter.end, time_base=chapter.time_base, tags=_fitting(chapter.tags))


def pack_copy_stream(stream: CopyStream) -> CopyStreamRecord:
    """Make the record of a copied stream."""
    return CopyStreamRecord(
        kind=stream.kind,
        codec=stream.codec,
        time_base=stream.time_base,
        extradata=stream.extradata,
        sample_rate=stream.sample_rate,
        channel_layout=stream.channel_layout,
        sample_format=stream.sample_format,
        disposition=stream.disposition,
        tags=_fitting(stream.tags),
    )


def _unpack_copy_stream(record: CopyStreamRecord) -> CopyStream:
    return CopyStream(
        kind=record.kind,
        codec=record.codec,
        time_base=record.time_base,
        extradata=record.extradata,
        sample_rate=record.sample_rate,
        channel_layout=record.channel_layout,
        sample_format=record.sample_format,
        disposition=record.disposition,
        tags=record.tags,
    )


def _pack_prediction(planes: PredictionParameters) -> PlanesRecord:
    return PlanesRecord(
        max_error=planes.max_error,
        luma_predictor=planes.luma_predictor,
        chroma_predictor=planes.chroma_predictor,
        unit_bits=planes.scale.unit_bits,
        origin=planes.scale.origin,
        chroma_unit_bits=planes.chroma_scale.unit_bits,
        luma_max_error=planes.luma_max_error,
    )


def _unpack_prediction(record: PlanesRecord, info: VideoInfo, coded: PixelFormat) -> PredictionParameters:
    if record.chroma_predictor and info.pixel_format.model is ColorModel.GRAY:
        raise StreamError("the stream has chroma samples of a gray video")
    own = info.pixel_format
    if record.luma_max_error and (own.model is not ColorModel.GRAY or own.depth == LEAST_DEPTH):
        raise StreamError(f"the stream has errors of the gray of {own.name} video, which only deep gray video may have")
    return PredictionParameters(
        record.max_error,
        record.luma_predictor,
        record.chroma_predictor,
        record.luma_max_error,
        SampleScale(coded.depth, record.unit_bits, record.origin),
        SampleScale(coded.depth, record.chroma_unit_bits, record.origin),
    )


def _pack_alpha(alpha: PlaneParameters) -> AlphaRecord:
    return AlphaRecord(codec=alpha.codec, coded_width=alpha.coded_width, coded_height=alpha.coded_height)


def _unpack_alpha(record: AlphaRecord | None, info: VideoInfo) -> PlaneParameters | None:
    if (record is not None) != info.pixel_format.has_alpha:
        has, lacks = ("a header", "pixel format") if record is not None else ("a pixel format", "header")
        raise StreamError(f"the stream has {has} with alpha, and a {lacks} without: {info.pixel_format.name}")
    if record is None:
        return None
    return PlaneParameters(
        codec=record.codec,
        width=info.width,
        height=info.height,
        coded_width=record.coded_width,
        coded_height=record.coded_height,
        is_lossless=True,
        depth=info.pixel_format.depth,
    )


def _pack_hints(description: Description) -> HintsRecord | None:
    """The record of hints or of stacked chroma. Stacked chroma is stored as hints of scale 1 and interval 1."""
    if description.stacked is not None:
        return _hints_record(description.stacked.pictures, scale=1, interval=1)
    hints = description.hints
    return None if hints is None else _hints_record(hints.pictures, scale=hints.scale, interval=hints.interval)


def _hints_record(pictures: PlaneParameters, *, scale: int, interval: int) -> HintsRecord:
    return HintsRecord(
        codec=pictures.codec,
        scale=scale,
        interval=interval,
        coded_width=pictures.coded_width,
        coded_height=pictures.coded_height,
    )


def _unpack_hints(record: HintsRecord, info: VideoInfo, color: str) -> HintParameters | StackedParameters:
    """The inverse of :func:`_pack_hints`. In the mode `lossless` the record is that of stacked chroma."""
    if info.pixel_format.model is ColorModel.GRAY:
        raise StreamError("the stream has hints of the color of a gray video")
    if color == Color.LOSSLESS and (record.scale, record.interval) != (1, 1):
        raise StreamError(
            "expected every chroma sample of every frame with lossless color. "
            f"Received: hints of scale {record.scale}, every {record.interval} frames"
        )
    hints = HintParameters.of(
        info.pixel_format.chroma_shape(info.width, info.height),
        record.scale,
        record.interval,
        codec=record.codec,
        coded=(record.coded_width, record.coded_height),
    )
    if color != Color.LOSSLESS:
        return hints
    return StackedParameters(replace(hints.pictures, depth=info.pixel_format.depth))


def pack_times(pts: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Pack the times of a segment's frames as runs of equal steps.

    Args:
        pts: the times in units of the video's time base, strictly rising.

    Returns:
        A (step, count) pair for each run. At a constant frame rate there is one run. The first time is not included.
    """
    runs: list[tuple[int, int]] = []
    for earlier, later in itertools.pairwise(pts):
        step = later - earlier
        if runs and runs[-1][0] == step:
            runs[-1] = (step, runs[-1][1] + 1)
        else:
            runs.append((step, 1))
    return tuple(runs)


def unpack_times(segment: SegmentRecord) -> list[int]:
    """The inverse of :func:`pack_times`: the time of each frame of the segment, in units of the video's time base."""
    pts = [segment.pts]
    for step, count in segment.pts_steps:
        for _ in range(count):
            pts.append(pts[-1] + step)
    return pts


def pack_packet(packet: CopyPacket) -> CopyPacketRecord:
    """Make the record of a packet of audio or subtitles."""
    return CopyPacketRecord(
        stream=packet.stream,
        pts=packet.pts,
        dts=packet.dts,
        duration=packet.duration,
        is_keyframe=packet.is_keyframe,
        data=packet.data,
    )


def unpack_packet(record: CopyPacketRecord) -> CopyPacket:
    """The inverse of :func:`pack_packet`."""
    return CopyPacket(record.stream, record.pts, record.dts, record.duration, record.is_keyframe, record.data)


def _fitting(tags: dict[str, str]) -> dict[str, str]:
    """The tags that fit into the format: the first ``MAX_TAGS`` of those whose names and values are short enough."""
    short = {
        name: value
        for name, value in tags.items()
        if len(name.encode()) <= MAX_TAG_NAME_BYTES and len(value.encode()) <= MAX_TAG_BYTES
    }
    return dict(list(short.items())[:MAX_TAGS])


def _storable(ratio: Fraction) -> Fraction | None:
    """The ratio, or one near it, with numerator and denominator below 2**31; None if there is none.

    Some sources state nominal values that do not fit into a field.
    """
    near = ratio if ratio.denominator <= _MAX_RATIO else ratio.limit_denominator(10**6)
    return near if 0 < near.numerator <= _MAX_RATIO else None

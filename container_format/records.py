"""The records of a ``.gvc`` stream. Each field is declared once, with number, type, range and meaning.

A field's number is its key on disk. It is written out here, and never used again for another field. Packing,
checking and the tables of ``docs/format.md`` come from these declarations.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from container_format.fields import (
    Bool,
    Bytes,
    Int,
    ListOf,
    Optional,
    Ratio,
    RecordOf,
    Text,
    TextMap,
    declare,
)
from container_format.network_records import JoinRecord, NetworkRecord, TensorRecord, UpdateRecord

__all__ = ["JoinRecord", "NetworkRecord", "TensorRecord", "UpdateRecord"]


class Color(StrEnum):
    """How color is made: the values of the header's field `color`."""

    GUIDED = "guided"
    LOSSLESS = "lossless"
    MODEL = "model"
    CODED = "coded"
    NONE = "none"


COLORS_WITH_NETWORK = (Color.GUIDED, Color.MODEL)
COLORS_WITH_HINTS = (Color.GUIDED, Color.CODED)
LUMA_NETWORK = "network"  # the `luma_codec` of a gray that is coded sample by sample
ADAPTIVE_PREDICTORS = {256: "first", 257: "standard", 258: "first_swift", 259: "max", 260: "swift"}
"""No networks: adaptive planes, by speed. The first ones are what ``max`` was up to format 1.5, ``swift`` to 1.6."""

MAX_SIDE = 2**16 - 1
MAX_SEGMENT_FRAMES = 4096
MAX_CHECKPOINTS = 4
MAX_KEYFRAMES = 4096
MAX_CHAPTERS = 1024
MAX_TAGS = 128
MAX_TAG_BYTES = 4096
MAX_TAG_NAME_BYTES = 256
MAX_EXTRADATA_BYTES = 2**20
MAX_PACKET_BYTES = 2**30

_TIME = Int(-(2**62), 2**62)
_U32 = Int(0, 2**32 - 1)
_COUNT = Int(0, 2**48)
_NAME = Text(64)
_TAGS = TextMap(Text(MAX_TAG_BYTES), MAX_TAGS, MAX_TAG_NAME_BYTES)


@dataclass(frozen=True, kw_only=True)
class ChapterRecord:
    """A chapter of the video."""

    start: int = declare(1, _TIME, "first moment, in units of `time_base`")
    end: int = declare(2, _TIME, "last moment, in units of `time_base`")
    time_base: Fraction = declare(3, Ratio(), "seconds in a unit")
    tags: dict[str, str] = declare(4, _TAGS, "metadata, such as `title`", default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CopyStreamRecord:
    """A stream beside the pictures, copied packet by packet. A reader leaves out kinds that it does not know."""

    kind: str = declare(1, _NAME, "`audio`, `subtitle`; since 1.2 `captions`, `attachment`, `cover`, `files`")
    codec: str = declare(2, _NAME, "FFmpeg's codec name, such as `aac`; `a53_cc` for captions; `file` for attachments")
    time_base: Fraction = declare(3, Ratio(), "seconds in a unit of the packets' times")
    extradata: bytes = declare(4, Bytes(MAX_EXTRADATA_BYTES), "the codec's own header", default=b"")
    sample_rate: int = declare(5, Int(0, 2**31 - 1), "samples a second; 0 for subtitles", default=0)
    channel_layout: str = declare(6, _NAME, "FFmpeg's name, such as `stereo`; empty for subtitles", default="")
    sample_format: str = declare(7, _NAME, "FFmpeg's name, such as `fltp`; empty for subtitles", default="")
    disposition: int = declare(8, _U32, "FFmpeg's disposition flags", default=0)
    tags: dict[str, str] = declare(9, _TAGS, "metadata, such as `language`", default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MarksRecord:
    """What the video says of its pictures besides; no sample depends on it (since 1.2)."""

    field_order: int = declare(
        1,
        Int(0, 5),
        "0 unknown, 1 progressive, 2 top field first, 3 bottom field first, 4 top coded first and bottom shown first, "
        "5 the reverse",
        default=0,
    )
    chroma_location: int = declare(2, Int(0, 6), "H.273 ChromaLocType plus 1; 0 unspecified", default=0)
    mastering_display: tuple[Fraction, ...] | None = declare(
        3,
        Optional(ListOf(Ratio(0), 10, 10)),
        "SMPTE ST 2086: CIE x and y of red, green, blue and white, then the lowest and the highest luminance in cd/m2",
        default=None,
    )
    content_light: tuple[int, ...] | None = declare(
        4, Optional(ListOf(_U32, 2, 2)), "CTA-861.3: MaxCLL and MaxFALL in cd/m2", default=None
    )
    tags: dict[str, str] = declare(5, _TAGS, "metadata of the video track, such as `language`", default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class HintsRecord:
    """How the coarse chroma stream, the hints, is coded."""

    codec: str = declare(1, _NAME, "decoder of the hints, named as `luma_codec`")
    scale: int = declare(2, Int(1, 8), "chroma samples along one side for one sample of the hints: 1, 2, 4 or 8")
    interval: int = declare(3, Int(1, 8), "frames from one that has a hint to the next: 1, 2, 3, 4, 6 or 8", default=1)
    coded_width: int = declare(4, Int(1, MAX_SIDE), "samples in a row as the decoder gives them")
    coded_height: int = declare(5, Int(1, MAX_SIDE), "rows as the decoder gives them")


@dataclass(frozen=True, kw_only=True)
class PlanesRecord:
    """How planes are coded sample by sample: adaptively, or by a network that predicts samples and probabilities."""

    max_error: int = declare(1, Int(0, 4), "how far a chroma sample may be from the source's, in code values")
    luma_predictor: int = declare(2, Int(0, 2**16 - 1), "number of the gray's predictor; 0 if none codes it")
    chroma_predictor: int = declare(3, Int(0, 2**16 - 1), "number of the chroma's predictor; 0 if none codes it")
    unit_bits: int = declare(
        4, Int(0, 16), "log2 of the code values that are a unit of the gray's network (since 1.2)", default=0
    )
    origin: int = declare(
        5, Int(0, 2**16 - 1), "the gray's code value that counts as 0 in its networks (since 1.2)", default=0
    )
    chroma_unit_bits: int = declare(
        6, Int(0, 16), "log2 of the code values that are a unit of the chroma's network (since 1.2)", default=0
    )
    luma_max_error: int = declare(
        7,
        Int(0, 4095),
        "how far a gray sample may be from the source's, in code values; of gray video of more than 8 bits (since 1.2)",
        default=0,
    )


@dataclass(frozen=True, kw_only=True)
class AlphaRecord:
    """How the plane of alpha is coded, which has the size of the gray."""

    codec: str = declare(1, _NAME, "its decoder, named as `luma_codec`")
    coded_width: int = declare(2, Int(1, MAX_SIDE), "samples in a row as the decoder gives them")
    coded_height: int = declare(3, Int(1, MAX_SIDE), "rows as the decoder gives them")


@dataclass(frozen=True, kw_only=True)
class HeaderRecord:
    """Chunk `HEAD`: what the video is, and how its gray and color are coded."""

    width: int = declare(1, Int(1, MAX_SIDE), "samples in a row of the gray plane")
    height: int = declare(2, Int(1, MAX_SIDE), "rows of the gray plane")
    pixel_format: str = declare(3, _NAME, "the source's pixel format, FFmpeg's name, such as `yuv420p` or `rgb24`")
    time_base: Fraction = declare(4, Ratio(), "seconds in a unit of the frames' times")
    frame_rate: Fraction | None = declare(5, Optional(Ratio()), "nominal frames a second", default=None)
    color_range: int = declare(6, Int(0, 2), "0 unspecified, 1 limited, 2 full", default=0)
    primaries: int = declare(7, Int(0, 255), "H.273 ColourPrimaries", default=2)
    transfer: int = declare(8, Int(0, 255), "H.273 TransferCharacteristics", default=2)
    matrix: int = declare(9, Int(0, 255), "H.273 MatrixCoefficients, as the source states them", default=2)
    sample_aspect_ratio: Fraction | None = declare(
        10, Optional(Ratio()), "width over height of one sample", default=None
    )
    display_matrix: tuple[int, ...] | None = declare(
        11,
        Optional(ListOf(Int(-(2**31), 2**31 - 1), 9, 9)),
        "rotation and flips for display, FFmpeg's display matrix",
        default=None,
    )
    tags: dict[str, str] = declare(12, _TAGS, "metadata, such as `title`", default_factory=dict)
    chapters: tuple[ChapterRecord, ...] = declare(
        13, ListOf(RecordOf(ChapterRecord), MAX_CHAPTERS), "chapters in order of their start", default=()
    )
    copy_streams: tuple[CopyStreamRecord, ...] = declare(
        14, ListOf(RecordOf(CopyStreamRecord), 64), "streams beside the pictures", default=()
    )
    luma_codec: str = declare(
        15, _NAME, "decoder of the gray: `raw`, `zstd`, `ffv1`, `h264`, `hevc`, `av1` or `network`"
    )
    coded_width: int = declare(16, Int(1, MAX_SIDE), "samples in a row as the gray's decoder gives them")
    coded_height: int = declare(17, Int(1, MAX_SIDE), "rows as the gray's decoder gives them")
    luma_is_lossless: bool = declare(18, Bool(), "the decoded gray is the source's gray, to the bit")
    color: str = declare(19, _NAME, "how color is made: `none`, `model`, `guided`, `coded` or `lossless`")
    conversion_matrix: int = declare(20, Int(0, 255), "H.273 MatrixCoefficients that color conversions use")
    conversion_full_range: bool = declare(21, Bool(), "color conversions take code values as full range")
    keyframe_deltas: tuple[int, ...] = declare(
        22,
        ListOf(_COUNT, MAX_KEYFRAMES),
        "frames that the network was trained on: the first one's index, then distances to the one before",
        default=(),
    )
    encoder: str = declare(23, Text(256), "name and version of the program that wrote the stream", default="")
    hints: HintsRecord | None = declare(
        24,
        Optional(RecordOf(HintsRecord)),
        "the coarse chroma stream of `guided` and `coded`, or the chroma of `lossless`",
        default=None,
    )
    planes: PlanesRecord | None = declare(
        25, Optional(RecordOf(PlanesRecord)), "the planes that are coded sample by sample", default=None
    )
    luma_has_chroma: bool = declare(
        26, Bool(), "the gray's packets hold whole pictures: the chroma of `lossless` is in them", default=False
    )
    alpha: AlphaRecord | None = declare(
        44,
        Optional(RecordOf(AlphaRecord)),
        "the plane of alpha, where the pixel format has one (since 1.2)",
        default=None,
    )
    levels: tuple[int, ...] = declare(
        45,
        ListOf(Int(0, 2**16 - 1), 2**16),
        "the different samples of gray video of more than 8 bits, each as its difference to the one before, the first "
        "to 0: what is coded are their numbers (since 1.2)",
        default=(),
    )
    yuv_origin: tuple[int, ...] = declare(
        47,
        ListOf(Int(-(2**15), 2**15 - 1), 6),
        "how the R'G'B' of the video was made of 4:2:0, which is what is coded; empty where it is not (since 1.5)",
        default=(),
    )
    marks: MarksRecord | None = declare(
        40, Optional(RecordOf(MarksRecord)), "fields, chroma siting, light, names (since 1.2)", default=None
    )
    start_pts: int = declare(
        41,
        _TIME,
        "earliest time of any stream, in units of `time_base`; outputs may start there (since 1.2)",
        default=0,
    )
    is_live: bool = declare(
        46,
        Bool(),
        "coded while the video came: `JOIN` and `NETU` may stand between segments (since 1.5)",
        default=False,
    )


@dataclass(frozen=True, kw_only=True)
class SegmentRecord:
    """Chunk `SEGM`: a run of frames that decodes by itself."""

    index: int = declare(1, _U32, "0, 1, 2, ...: place in the stream")
    first_frame: int = declare(2, _COUNT, "index of the segment's first frame in the video")
    num_frames: int = declare(3, Int(1, MAX_SEGMENT_FRAMES), "frames in the segment")
    pts: int = declare(4, _TIME, "time of the first frame, in units of the header's `time_base`")
    pts_steps: tuple[tuple[int, int], ...] = declare(
        5,
        ListOf(ListOf(Int(1, 2**48), 2, 2), MAX_SEGMENT_FRAMES),
        "runs of [step, count]: times from each frame to the next",
        default=(),
    )
    last_duration: int | None = declare(
        6, Optional(Int(0, 2**48)), "duration of the last frame, in units of `time_base`", default=None
    )
    luma_crc32: int = declare(7, _U32, "CRC-32 of the decoded gray, all rows of all frames in order")
    luma_extradata: bytes = declare(8, Bytes(MAX_EXTRADATA_BYTES), "the gray codec's own header", default=b"")
    luma_packets: tuple[bytes, ...] = declare(
        9, ListOf(Bytes(MAX_PACKET_BYTES), MAX_SEGMENT_FRAMES), "the gray codec's packets in decoding order"
    )
    hint_extradata: bytes = declare(10, Bytes(MAX_EXTRADATA_BYTES), "the hint codec's own header", default=b"")
    hint_packets: tuple[bytes, ...] = declare(
        11,
        ListOf(Bytes(MAX_PACKET_BYTES), MAX_SEGMENT_FRAMES),
        "the hint codec's packets in decoding order",
        default=(),
    )
    color_crc32: int | None = declare(
        12,
        Optional(_U32),
        "CRC-32 of the decoded color where it is the same everywhere: frame by frame both chroma planes, row by row",
        default=None,
    )
    motion: bytes = declare(
        13, Bytes(MAX_PACKET_BYTES), "range-coded motion of the gray from each frame to the next", default=b""
    )
    chroma_samples: bytes = declare(
        14, Bytes(MAX_PACKET_BYTES), "range-coded samples of the chroma planes", default=b""
    )
    far_differences: bytes = declare(
        15,
        Bytes(MAX_PACKET_BYTES),
        "zstd: which RGB differences do not fit into the bits of a sample",
        default=b"",
    )
    shot_starts: tuple[int, ...] = declare(
        20,
        ListOf(Int(1, MAX_SEGMENT_FRAMES - 1), MAX_SEGMENT_FRAMES),
        "frames of the segment, counted from 0, that begin a shot; frame 0 is not listed. A network with memory "
        "forgets there, and at the start of each segment",
        default=(),
    )
    luma_checkpoints: tuple[int, ...] = declare(
        21,
        ListOf(_U32, MAX_CHECKPOINTS),
        "`luma_crc32` as it is after 1, 8, 64 and 512 frames, as far as more frames follow (since 1.1)",
        default=(),
    )
    color_checkpoints: tuple[int, ...] = declare(
        22,
        ListOf(_U32, MAX_CHECKPOINTS),
        "`color_crc32` as it is after the same frames (since 1.1)",
        default=(),
    )
    alpha_crc32: int | None = declare(
        40, Optional(_U32), "CRC-32 of the decoded alpha, all rows of all frames in order (since 1.2)", default=None
    )
    alpha_extradata: bytes = declare(
        41, Bytes(MAX_EXTRADATA_BYTES), "the alpha codec's own header (since 1.2)", default=b""
    )
    alpha_packets: tuple[bytes, ...] = declare(
        42,
        ListOf(Bytes(MAX_PACKET_BYTES), MAX_SEGMENT_FRAMES),
        "the alpha codec's packets in decoding order (since 1.2)",
        default=(),
    )
    network: int = declare(
        43, _U32, "number of the `NETU` whose network makes the color; 0 for the hints alone (since 1.5)", default=0
    )


@dataclass(frozen=True, kw_only=True)
class CopyPacketRecord:
    """One packet of an audio or subtitle stream; times in units of the stream's `time_base`."""

    stream: int = declare(1, Int(0, 63), "index into the header's `copy_streams`")
    pts: int | None = declare(2, Optional(_TIME), "presentation time", default=None)
    dts: int | None = declare(3, Optional(_TIME), "decoding time", default=None)
    duration: int | None = declare(4, Optional(_TIME), "duration", default=None)
    is_keyframe: bool = declare(5, Bool(), "can be decoded by itself", default=True)
    data: bytes = declare(6, Bytes(MAX_PACKET_BYTES), "the packet")


@dataclass(frozen=True, kw_only=True)
class CopyRecord:
    """Chunk `COPY`: packets of audio and subtitles, near the frames of the same time."""

    packets: tuple[CopyPacketRecord, ...] = declare(
        1, ListOf(RecordOf(CopyPacketRecord), 4096, 1), "in the order of the source"
    )


@dataclass(frozen=True, kw_only=True)
class IndexRecord:
    """Chunk `INDX`: where the chunk of each segment starts, for readers that can seek."""

    offsets: tuple[int, ...] = declare(1, ListOf(_COUNT, 2**16), "bytes from the start of the stream")
    first_frames: tuple[int, ...] = declare(2, ListOf(_COUNT, 2**16), "index of each segment's first frame")


@dataclass(frozen=True, kw_only=True)
class EndRecord:
    """Chunk `TEND`: the last one. Its counts must agree with what comes before it."""

    num_segments: int = declare(1, _U32, "segments in the stream")
    num_frames: int = declare(2, _COUNT, "frames in all segments")
    num_copy_packets: int = declare(3, _COUNT, "packets in all `COPY` chunks", default=0)
    source_md5: str | None = declare(
        4,
        Optional(Text(32, alphabet="0123456789abcdef")),
        "MD5 over the samples of all frames of the source, see *Frames as bytes* (since 1.1)",
        default=None,
    )


Record = HeaderRecord | NetworkRecord | SegmentRecord | CopyRecord | IndexRecord | EndRecord | UpdateRecord | JoinRecord


def has_chroma_samples(header: HeaderRecord) -> bool:
    """Whether the chroma is coded sample by sample."""
    return header.planes is not None and header.planes.chroma_predictor > 0


def may_have_updates(header: HeaderRecord) -> bool:
    """Whether networks may come between the segments."""
    return header.is_live and header.color == Color.CODED


def max_networks(header: HeaderRecord) -> int:
    """The most networks that the stream may have: one that makes color, and one for each predictor."""
    planes = header.planes
    predictors = (planes.luma_predictor, planes.chroma_predictor) if planes else ()
    return (header.color in COLORS_WITH_NETWORK) + sum(number > 0 for number in predictors)

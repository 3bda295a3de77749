"""The video codecs that containers are written with, and the pixel format that each of them gets."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from codec.errors import OutputError
from codec.video.depths import DEEP, DEPTHS
from codec.video.info import VideoInfo
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel, PixelFormat, planar_twin, without_alpha
from codec.video.sinks.options import ContainerKind, SinkOptions, chosen_pixel_format

_X26X_PRESETS = (
    "ultrafast",
    "superfast",
    "veryfast",
    "faster",
    "fast",
    "medium",
    "slow",
    "slower",
    "veryslow",
    "placebo",
)


def _own_names(*names: str) -> dict[str, str]:
    """Formats whose frames have the same names in FFmpeg."""
    return {name: name for name in names}


def _yuv(*depths: int, kinds: tuple[str, ...] = ("yuv420p", "yuv422p", "yuv444p")) -> dict[str, str]:
    """Planar YUV of these depths."""
    formats = (planar_twin(replace(PIXEL_FORMATS[kind], depth=depth)) for kind in kinds for depth in depths)
    return _own_names(*(own.name for own in formats))


# x265 4.2 writes past the end of its cost arrays (Lookahead::cuTree, seen by valgrind) for some smaller pictures.
_X265_SMALLEST_FOR_CUTREE = 64
_MP4_MKV_MOV = frozenset({ContainerKind.MP4, ContainerKind.MKV, ContainerKind.MOV})


@dataclass(frozen=True)
class Quality:
    """The range and default of a codec's constant-quality option; smaller is better."""

    lowest: float
    highest: float
    default: float


@dataclass(frozen=True)
class VideoCodec:
    """One video codec.

    Attributes:
        name: as a user writes it.
        aliases: other spellings.
        encoder: FFmpeg's encoder.
        kinds: containers that players expect it in.
        formats: gvc's pixel formats that it takes, with FFmpeg's name of the frames it wants.
        quality: None for a codec without one.
        presets: values of its preset; empty if it has none.
        preset: default, empty if it has none.
        preset_option: FFmpeg's name of the preset option.
        is_exact: it is there to keep every bit, so it gets the source's own format.
        needs_whole_blocks: width and height must be multiples of the chroma subsampling.
        options: further options of the encoder.
    """

    name: str
    aliases: tuple[str, ...]
    encoder: str
    kinds: frozenset[ContainerKind]
    formats: dict[str, str]
    quality: Quality | None = None
    presets: tuple[str, ...] = ()
    preset: str = ""
    preset_option: str = "preset"
    is_exact: bool = False
    needs_whole_blocks: bool = False
    options: dict[str, str] = field(default_factory=dict)


VIDEO_CODECS = (
    VideoCodec(
        "h264",
        ("libx264", "x264", "avc"),
        "libx264",
        _MP4_MKV_MOV,
        _yuv(8, 10),
        Quality(0, 51, 18),
        _X26X_PRESETS,
        "medium",
        needs_whole_blocks=True,
    ),
    VideoCodec(
        "h265",
        ("hevc", "libx265", "x265"),
        "libx265",
        _MP4_MKV_MOV,
        _yuv(8, 10, 12),
        Quality(0, 51, 20),
        _X26X_PRESETS,
        "medium",
        needs_whole_blocks=True,
        options={"x265-params": "log-level=none"},  # it would write to standard error by itself
    ),
    VideoCodec(
        "vp9",
        ("libvpx-vp9",),
        "libvpx-vp9",
        frozenset({ContainerKind.WEBM, ContainerKind.MKV, ContainerKind.MP4}),
        {**_yuv(8), "yuv440p": "yuv440p", "rgb24": "gbrp"},
        Quality(0, 63, 24),
        ("best", "good", "realtime"),
        "good",
        "deadline",
        options={"b": "0", "row-mt": "1", "cpu-used": "4"},  # twice the encoder's own speed for 5 % more bytes
    ),
    VideoCodec(
        "av1",
        ("libsvtav1", "svtav1", "svt-av1"),
        "libsvtav1",
        frozenset({ContainerKind.WEBM, ContainerKind.MKV, ContainerKind.MP4}),
        _yuv(8, 10, kinds=("yuv420p",)),
        Quality(1, 63, 25),
        tuple(str(preset) for preset in range(14)),
        "8",
    ),
    VideoCodec(
        "ffv1",
        (),
        "ffv1",
        frozenset({ContainerKind.MKV}),
        {
            **_yuv(*DEPTHS),
            **_own_names("yuv440p", "yuv440p10le", "yuv440p12le", "yuv411p", "yuv410p", "gray", "ya8"),
            **_own_names(*(f"gray{depth}le" for depth in DEEP)),
            **_own_names(*(f"gbrp{depth}le" for depth in DEEP)),
            **_own_names(*(f"gbrap{depth}le" for depth in (10, 12, 14, 16))),
            **_yuv(8, 9, 10, 16, kinds=("yuva420p",)),
            **_yuv(8, 9, 10, 12, 16, kinds=("yuva422p", "yuva444p")),
            "rgb24": "bgr0",
            "rgba": "bgra",
        },
        is_exact=True,
        options={"level": "3", "g": "1", "slicecrc": "1"},
    ),
    VideoCodec(
        "prores",
        ("prores_ks",),
        "prores_ks",
        frozenset({ContainerKind.MOV, ContainerKind.MKV}),
        _own_names("yuv422p10le", "yuv444p10le", "yuva444p10le"),
        needs_whole_blocks=True,
        options={"alpha_bits": "16"},
    ),
    VideoCodec(
        "x264rgb",
        ("libx264rgb",),
        "libx264rgb",
        _MP4_MKV_MOV,
        {"rgb24": "bgr24"},
        Quality(0, 51, 0),  # 0 is lossless, for which one chooses RGB
        _X26X_PRESETS,
        "medium",
        is_exact=True,
    ),
)
_DEFAULT_CODEC = {ContainerKind.WEBM: "vp9"}
_MOST_BITS_OF_PLAYERS = 12


def video_codec(kind: ContainerKind, name: str | None, depth: int = 8) -> VideoCodec:
    """The codec of that name, or the usual one of a container for video of this depth.

    Raises:
        OutputError: the name is unknown, or the container is not one that players expect the codec in.
    """
    wanted = name or _default_codec(kind, depth)
    for codec in VIDEO_CODECS:
        if wanted in (codec.name, codec.encoder, *codec.aliases):
            if kind not in codec.kinds:
                raise OutputError(f"{kind.value} takes the codecs {_names(kind)}. Received: --codec {wanted}")
            return codec
    raise OutputError(f"expected one of the codecs {_names(kind)} for {kind.value}. Received: --codec {wanted}")


def _default_codec(kind: ContainerKind, depth: int) -> str:
    """What players take, as long as it has all the bits."""
    if depth == 8:
        return _DEFAULT_CODEC.get(kind, "h264")
    if kind is ContainerKind.WEBM:
        return "av1"
    return "ffv1" if kind is ContainerKind.MKV and depth > _MOST_BITS_OF_PLAYERS else "h265"


def encoder_options(info: VideoInfo, codec: VideoCodec, options: SinkOptions) -> dict[str, str]:
    """FFmpeg's options for an encoder and a video.

    Raises:
        OutputError: the quality or the preset is not one that the codec has.
    """
    chosen = dict(codec.options)
    if codec.quality is not None:
        crf = codec.quality.default if options.crf is None else options.crf
        if not codec.quality.lowest <= crf <= codec.quality.highest:
            raise OutputError(
                f"{codec.name} takes a crf of {codec.quality.lowest:g} to {codec.quality.highest:g}. Received: {crf:g}"
            )
        chosen["crf"] = f"{crf:g}"
    elif options.crf is not None:
        what = "is lossless and takes" if codec.is_exact else "takes"
        raise OutputError(f"{codec.name} {what} no crf. Received: {options.crf:g}")
    preset = options.preset or codec.preset
    if options.preset is not None and preset not in codec.presets:
        known = ", ".join(codec.presets) or "none"
        raise OutputError(f"{codec.name} takes the presets: {known}. Received: {options.preset}")
    if preset:
        chosen[codec.preset_option] = preset
    if codec.name == "h265" and min(info.width, info.height) < _X265_SMALLEST_FOR_CUTREE:
        chosen["x265-params"] += ":cutree=0"
    return chosen


def choose_pixel_format(
    info: VideoInfo, codec: VideoCodec, kind: ContainerKind, options: SinkOptions
) -> tuple[PixelFormat, tuple[str, ...]]:
    """The format to encode in, and notes on what it does not keep.

    Players of mp4, mov and webm expect 4:2:0, so that is their default; mkv keeps the chroma resolution.

    Raises:
        OutputError: the format that the options ask for is not one that the codec takes.
    """
    if options.pixel_format is not None:
        chosen = planar_twin(chosen_pixel_format(options.pixel_format))
        if chosen.name not in codec.formats:
            raise OutputError(
                f"{codec.name} takes the pixel formats {', '.join(codec.formats)}. Received: {options.pixel_format}"
            )
        if not _fits(info, chosen, codec):
            raise OutputError(
                f"{codec.name} takes {chosen.name} in even sizes only. Received: {info.width}x{info.height}. "
                "Choose yuv444p"
            )
        return chosen, ()
    source = planar_twin(info.pixel_format)
    if source.name not in codec.formats:
        source = without_alpha(source)
    depth = _coded_depth(source, codec, kind)
    chosen = _default_format(source, codec, kind, depth)
    if not _fits(info, chosen, codec):
        full = planar_twin(replace(PIXEL_FORMATS["yuv444p"], depth=depth))
        odd = f"{info.width}x{info.height} is no even size, which {codec.name} needs for {chosen.name}"
        converted = _conversion_notes(source, full, codec, kind) if source.model is ColorModel.RGB else ()
        return full, (*converted, f"{odd}: {full.name} written")
    return chosen, _conversion_notes(source, chosen, codec, kind)


def _coded_depth(source: PixelFormat, codec: VideoCodec, kind: ContainerKind) -> int:
    """The smallest depth of the codec that has all bits of the source.

    Raises:
        OutputError: it has none.
    """
    depths = sorted({PIXEL_FORMATS[name].depth for name in codec.formats})
    enough = [depth for depth in depths if depth >= source.depth]
    if not enough:
        keeper = "--codec ffv1" if kind is ContainerKind.MKV else "an .mkv with --codec ffv1"
        raise OutputError(
            f"{codec.name} has at most {depths[-1]} bits a sample, and this video has {source.depth}: {keeper} keeps "
            f"them, and --pix-fmt with one of {', '.join(codec.formats)} rounds them"
        )
    return enough[0]


def _default_format(source: PixelFormat, codec: VideoCodec, kind: ContainerKind, depth: int) -> PixelFormat:
    choices = [PIXEL_FORMATS[name] for name in codec.formats if PIXEL_FORMATS[name].depth == depth]
    if codec.is_exact:
        same = [choice for choice in choices if choice == planar_twin(replace(source, depth=depth))]
        return same[0] if same else choices[0]
    yuv = [choice for choice in choices if choice.model is ColorModel.YUV and not choice.has_alpha]
    coarsest = max(yuv, key=_coarseness)
    if source.model is ColorModel.GRAY or kind is not ContainerKind.MKV:
        return source if source.has_alpha else coarsest
    if source.has_alpha and source in choices:
        return source
    keeping = [
        choice
        for choice in yuv
        if choice.log2_chroma_w <= source.log2_chroma_w and choice.log2_chroma_h <= source.log2_chroma_h
    ]
    return max(keeping, key=_coarseness) if keeping else coarsest


def _coarseness(choice: PixelFormat) -> int:
    return choice.log2_chroma_w + choice.log2_chroma_h


def _fits(info: VideoInfo, chosen: PixelFormat, codec: VideoCodec) -> bool:
    partial = info.width % (1 << chosen.log2_chroma_w) or info.height % (1 << chosen.log2_chroma_h)
    return not (codec.needs_whole_blocks and partial)


def _conversion_notes(
    source: PixelFormat, chosen: PixelFormat, codec: VideoCodec, kind: ContainerKind
) -> tuple[str, ...]:
    exact = "--codec ffv1 keeps" if kind is ContainerKind.MKV else "an .mkv with --codec ffv1 keeps"
    if source.name == chosen.name:
        return ()
    if source.model is ColorModel.GRAY:
        if source.depth == chosen.depth:
            return ()
        factor = 1 << (chosen.depth - source.depth)
        return (f"{codec.name} has samples of {chosen.depth} bits: those of {source.name} are times {factor}",)
    if source.model is ColorModel.RGB:
        full = planar_twin(replace(PIXEL_FORMATS["yuv444p"], depth=chosen.depth)).name
        can_be_finer = chosen.name != full and full in codec.formats
        finer = f"--pix-fmt {full} keeps the chroma resolution, and " if can_be_finer else ""
        return (f"RGB was converted to {chosen.name}: {finer}{exact} every bit",)
    if chosen.model is ColorModel.RGB:
        return (f"{source.name} was converted to RGB, which {codec.name} takes: {exact} every bit",)
    if chosen.log2_chroma_w > source.log2_chroma_w or chosen.log2_chroma_h > source.log2_chroma_h:
        keeps = f"--pix-fmt {source.name} keeps" if source.name in codec.formats else exact
        return (f"{source.name} was converted to {chosen.name}, which players expect: {keeps} the chroma resolution",)
    return (f"{source.name} was converted to {chosen.name}: {exact} every bit",)


def _names(kind: ContainerKind) -> str:
    return ", ".join(codec.name for codec in VIDEO_CODECS if kind in codec.kinds)

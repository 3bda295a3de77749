"""The geometry of raw video, which its bytes do not state: size, pixel format and frame rate.

It comes, in this order of trust, from flags, from a sidecar JSON beside the file, and from the file's name as
YUView reads it (``foreman_352x288_30_yuv420p.yuv``). What is missing is looked for in the samples
(:mod:`codec.video.sources.raw_geometry`). Where something does not fit the file's size, the error lists what does fit.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from codec.errors import InputError
from codec.video.depths import DEEP
from codec.video.pixel_formats import PIXEL_FORMATS, PixelFormat, pixel_format

MAX_DIMENSION = 65535
MAX_SIDECAR_BYTES = 65536

RAW_EXTENSIONS: dict[str, str | None] = {
    ".raw": None,
    ".rgb": "rgb24",
    ".bgr": "bgr24",
    ".yuv": "yuv420p",
    ".gray": "gray",
    ".y": "gray",
    ".nv12": "nv12",
}
"""Extensions of raw video, and the pixel format that each stands for when nothing else says one."""

_NAMED_SIZES = {
    "qqvga": (160, 120),
    "qcif": (176, 144),
    "qvga": (320, 240),
    "sif": (352, 240),
    "cif": (352, 288),
    "vga": (640, 480),
    "4sif": (704, 480),
    "4cif": (704, 576),
    "svga": (800, 600),
    "xga": (1024, 768),
    "16cif": (1408, 1152),
    "uhd": (3840, 2160),
    "720p": (1280, 720),
    "1080p": (1920, 1080),
    "2160p": (3840, 2160),
}
_COMMON_SIZES = sorted(
    {
        *_NAMED_SIZES.values(),
        *((side, side) for side in (32, 64, 128, 224, 256, 384, 512, 1024)),
        *(
            (128, 96),
            (256, 144),
            (320, 180),
            (416, 240),
            (426, 240),
            (480, 270),
            (480, 360),
            (640, 272),
            (640, 360),
            (720, 480),
            (720, 576),
        ),
        *((768, 432), (832, 480), (854, 480), (960, 540), (1280, 960), (1920, 800), (2048, 1080)),
        *((2560, 1440), (2560, 1600), (4096, 2160), (7680, 4320)),
    }
)
_FORMAT_ALIASES = {
    **{name: name for name in PIXEL_FORMATS},
    **dict.fromkeys(("rgb", "rgb888"), "rgb24"),
    **dict.fromkeys(("bgr", "bgr888"), "bgr24"),
    **dict.fromkeys(("gray8", "grey", "y8", "y800", "400", "400p", "i400", "yuv400", "yuv400p"), "gray"),
    **dict.fromkeys(("420", "420p", "i420", "iyuv", "yuv420", "yuv420p8"), "yuv420p"),
    **dict.fromkeys(("422", "422p", "i422", "yuv422", "yuv422p8"), "yuv422p"),
    **dict.fromkeys(("444", "444p", "i444", "yuv444", "yuv444p8"), "yuv444p"),
    **dict.fromkeys(("yuv440", "440p"), "yuv440p"),
    **dict.fromkeys(("yuv411", "411p"), "yuv411p"),
    **dict.fromkeys(("yuv410", "410p"), "yuv410p"),
}
# Words that name a format which gvc does not read as raw video: taken over, so that the refusal can name it.
_OTHER_FORMAT = re.compile(r"v210|(?:rgb|bgr)(?:444|555|565)(?:le|be)?|bayer_\w+|gbrp?f(?:16|32)(?:le|be)?")
_NUMBER = r"\d+(?:\.\d+)?"
_EDGES = r"(?<![a-z0-9]){}(?![a-z0-9])"
_SIZE = re.compile(r"(?<!\d)(\d{1,5})[x*](\d{1,5})(?!\d)")
_SIZE_NAME = re.compile(_EDGES.format(f"({'|'.join(_NAMED_SIZES)})") + "|" + _EDGES.format(r"(\d{3,4}p)(\d{2,3})"))
_RATE_WITH_UNIT = re.compile(rf"(?<![a-z0-9.])({_NUMBER}) ?(?:fps|hz)(?![a-z0-9])")
_RATE_AFTER_SIZE = re.compile(rf"[_@p\- ]({_NUMBER})(?=[_.\- ]|$)")
_BIT_DEPTH = re.compile(_EDGES.format(r"(\d{1,2})(?:b|bits?|bpc)"))
_MAX_RATE_WITHOUT_UNIT = 300


@dataclass(frozen=True)
class RawGeometry:
    """All that is needed to read raw video.

    Attributes:
        width, height: of a frame, in samples, 1 to :data:`MAX_DIMENSION`.
        pixel_format: the order and the meaning of the samples.
        frame_rate: frames a second; None where nothing states it.
        is_full_range: the format's name says so.
    """

    width: int
    height: int
    pixel_format: PixelFormat
    frame_rate: Fraction | None = None
    is_full_range: bool = False

    def __post_init__(self) -> None:
        check_size((self.width, self.height))
        if self.frame_rate is not None:
            check_frame_rate(self.frame_rate)

    @property
    def frame_bytes(self) -> int:
        """Bytes of one raw frame."""
        return self.pixel_format.frame_bytes(self.width, self.height)

    def __str__(self) -> str:
        return f"{self.width}x{self.height} {self.pixel_format.name}"


@dataclass(frozen=True)
class GeometryHints:
    """What one origin (flags, a sidecar, a file name) says of a geometry; None where it says nothing."""

    size: tuple[int, int] | None = None
    pixel_format: str | None = None
    frame_rate: Fraction | None = None

    def or_else(self, other: GeometryHints) -> GeometryHints:
        """These hints, with the gaps filled from ``other``."""
        return GeometryHints(
            self.size or other.size, self.pixel_format or other.pixel_format, self.frame_rate or other.frame_rate
        )


@dataclass(frozen=True)
class FittingGeometry:
    """A geometry of which a file of a certain size holds a whole number of frames."""

    geometry: RawGeometry
    num_frames: int

    def __str__(self) -> str:
        return f"{self.geometry} ({self.num_frames} frame{'s' if self.num_frames != 1 else ''})"


def check_size(size: tuple[int, int]) -> None:
    """Refuse a size that no video has.

    Raises:
        InputError: a side is not in 1 to :data:`MAX_DIMENSION`.
    """
    if not all(1 <= side <= MAX_DIMENSION for side in size):
        raise InputError(f"expected a size of 1x1 to {MAX_DIMENSION}x{MAX_DIMENSION}. Received: {size[0]}x{size[1]}")


def check_frame_rate(frame_rate: Fraction) -> None:
    """Refuse a frame rate that no video has.

    Raises:
        InputError: it is not over 0 and at most 100,000 frames a second.
    """
    if not 0 < frame_rate <= 100_000:
        raise InputError(f"expected a frame rate over 0 and at most 100000. Received: {frame_rate}")


def parse_frame_rate(text: str) -> Fraction:
    """``24``, ``30000/1001`` or ``29.97`` to frames a second; the last is taken for the NTSC rate that it rounds.

    Raises:
        InputError: the text is no rate over 0.
    """
    match = re.fullmatch(rf"({_NUMBER})(?:[/:](\d+))?", text.strip())
    if match is None or len(text) > 40 or int(match[2] or 1) == 0:
        raise InputError(f"expected a frame rate such as 25, 29.97 or 30000/1001. Received: {text}")
    rate = Fraction(match[1]) / int(match[2] or 1)
    if match[2] is None and rate.denominator != 1:
        ntsc = Fraction(math.ceil(rate) * 1000, 1001)
        if abs(ntsc - rate) < Fraction(1, 200):
            rate = ntsc
    check_frame_rate(rate)
    return rate


def hints_from_name(name: str) -> GeometryHints:
    """What a file's name says, as YUView reads it; the extension counts where the rest names no pixel format."""
    path = Path(name)
    extension = path.suffix.lower()
    stem = (path.stem if extension in RAW_EXTENSIONS else path.name).lower()
    size, rate_text = _size_in(stem)
    with_unit = _RATE_WITH_UNIT.search(stem)
    rate_text = with_unit[1] if with_unit else rate_text
    return GeometryHints(
        size=size,
        pixel_format=_format_in(stem) or _deepen(RAW_EXTENSIONS.get(extension), stem),
        frame_rate=parse_frame_rate(rate_text) if rate_text and float(rate_text) > 0 else None,
    )


def is_format_by_extension(name: str) -> bool:
    """Whether a file's name states a pixel format by its extension alone, such as ``.yuv``."""
    path = Path(name)
    extension = path.suffix.lower()
    default = RAW_EXTENSIONS.get(extension)
    return (
        default is not None and _format_in(path.stem.lower()) is None and _deepen(default, path.stem.lower()) == default
    )


def hints_from_sidecar(path: Path) -> GeometryHints:
    """What ``foo.raw.json``, or else ``foo.json``, beside ``foo.raw`` says.

    The keys are ``width``, ``height``, ``pixel_format`` and ``frame_rate`` (a number, or text such as
    ``30000/1001``); others are ignored.

    Raises:
        InputError: the sidecar is no JSON object, or a key has a value that cannot be.
    """
    for sidecar in (path.with_name(path.name + ".json"), path.with_suffix(".json")):
        if sidecar.is_file():
            return _read_sidecar(sidecar)
    return GeometryHints()


def is_common_size(size: tuple[int, int]) -> bool:
    """Whether many videos have this size."""
    return size in _COMMON_SIZES


def fitting_geometries(
    num_bytes: int, *, size: tuple[int, int] | None = None, pixel_format: PixelFormat | None = None
) -> list[FittingGeometry]:
    """Common geometries of which ``num_bytes`` hold a whole number of frames, likely ones first.

    Args:
        num_bytes: the size of a raw file.
        size: the size that is known or was tried; fits of this size come first.
        pixel_format: the pixel format that is known or was tried; its fits come next.
    """
    sizes = [*_COMMON_SIZES, size] if size is not None and size not in _COMMON_SIZES else _COMMON_SIZES
    formats = [PIXEL_FORMATS[name] for name in ("yuv420p", "rgb24", "yuv444p", "yuv422p", "gray")]
    if pixel_format is not None and pixel_format not in formats:
        formats.append(pixel_format)
    fits = [
        FittingGeometry(geometry, num_bytes // geometry.frame_bytes)
        for geometry in (RawGeometry(width, height, form) for width, height in sizes for form in formats)
        if num_bytes >= geometry.frame_bytes and num_bytes % geometry.frame_bytes == 0
    ]

    def unlikeliness(fit: FittingGeometry) -> tuple[bool, bool, bool, int]:
        # A large frame that divides the size is less of a coincidence than a small one; a single frame is no video.
        geometry = fit.geometry
        return (
            (geometry.width, geometry.height) != size,
            geometry.pixel_format != pixel_format,
            fit.num_frames == 1,
            -geometry.frame_bytes,
        )

    return sorted(fits, key=unlikeliness)


def _size_in(stem: str) -> tuple[tuple[int, int] | None, str | None]:
    """The size in a lower-case file name, and the text of the frame rate right behind it."""
    match = _SIZE.search(stem)
    if match is not None:
        size = int(match[1]), int(match[2])
        if not all(1 <= side <= MAX_DIMENSION for side in size):
            return None, None
    else:
        match = _SIZE_NAME.search(stem)
        if match is None or (match[1] or match[2]) not in _NAMED_SIZES:
            return None, None
        size = _NAMED_SIZES[match[1] or match[2]]
        if match[3]:
            return size, match[3]
    rate = _RATE_AFTER_SIZE.match(stem, match.end())
    # 420 behind a size is a chroma format, and so large a number is a count of frames.
    if rate is None or rate[1] in _FORMAT_ALIASES or float(rate[1]) > _MAX_RATE_WITHOUT_UNIT:
        return size, None
    return size, rate[1]


def _format_in(stem: str) -> str | None:
    """The pixel format that a lower-case file name states, also one that gvc does not read."""
    found = None
    for word in re.split(r"[^a-z0-9]+", stem):
        if word in _FORMAT_ALIASES:
            found = _FORMAT_ALIASES[word]
        elif _OTHER_FORMAT.fullmatch(word):
            found = word
        else:
            found = _known_format(word) or found
    return _deepen(found, stem)


def _deepen(name: str | None, stem: str) -> str | None:
    """The format with the bit depth that the file name states (``10b``), if that is more than 8."""
    depth = _BIT_DEPTH.search(stem)
    if name not in PIXEL_FORMATS or PIXEL_FORMATS[name].depth > 8 or depth is None or int(depth[1]) not in DEEP:
        return name
    deep = {"rgb24": "rgb48le", "bgr24": "bgr48le", "nv12": f"p0{depth[1]}le"}.get(name, f"{name}{depth[1]}le")
    return deep if deep in PIXEL_FORMATS else name


def _known_format(word: str) -> str | None:
    """The pixel format that a word names by FFmpeg's rules, such as ``yuv420p10``; None if it names none."""
    try:
        return pixel_format(word).name
    except InputError:
        return None


def _read_sidecar(path: Path) -> GeometryHints:
    try:
        if path.stat().st_size > MAX_SIDECAR_BYTES:
            raise InputError(f"expected a sidecar of at most {MAX_SIDECAR_BYTES} bytes. Received: {path}")
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"expected a JSON object in sidecar {path}. Received: {error}") from error
    if not isinstance(values, dict):
        raise InputError(f"expected a JSON object in sidecar {path}. Received: {type(values).__name__}")
    for key in ("width", "height"):
        value = values.get(key)
        if key in values and (type(value) is not int or not 1 <= value <= MAX_DIMENSION):
            raise InputError(f"expected width and height of 1 to {MAX_DIMENSION} in {path}. Received: {key} {value!r}")
    if ("width" in values) != ("height" in values):
        raise InputError(f"expected both width and height in {path}. Received: one of them")
    return GeometryHints(
        size=(values["width"], values["height"]) if "width" in values else None,
        pixel_format=_sidecar_format(path, values["pixel_format"]) if "pixel_format" in values else None,
        frame_rate=_sidecar_frame_rate(path, values["frame_rate"]) if "frame_rate" in values else None,
    )


def _sidecar_format(path: Path, value: object) -> str:
    if not isinstance(value, str):
        raise InputError(f"expected a name as pixel_format in {path}. Received: {value!r}")
    try:
        pixel_format(value)
        return value
    except InputError as error:
        raise InputError(f"pixel_format in {path}: {error}") from error


def _sidecar_frame_rate(path: Path, value: object) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise InputError(f"expected a number or text as frame_rate in {path}. Received: {value!r}")
    try:
        return parse_frame_rate(str(value))
    except InputError as error:
        raise InputError(f"frame_rate in {path}: {error}") from error

"""A sequence of still images as a video: a folder, a pattern such as ``img_%04d.png``, or one such as ``img_*.png``."""

from __future__ import annotations

import fnmatch
import glob
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from codec.errors import InputError
from codec.video.damage import NO_DAMAGE, Damage
from codec.video.info import ColorDescription, CopyPacket, VideoInfo
from codec.video.marks import ChromaLocation, Marks
from codec.video.picture import Frame, Picture
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel, PixelFormat, without_alpha
from codec.video.sources.decoded_frames import color_of, display_matrix_of, is_opaque, picture_of, source_format
from codec.video.sources.image_headers import format_name
from codec.video.sources.promotion import common_format, promoted
from codec.video.sources.raw import DEFAULT_FRAME_RATE

IMAGE_EXTENSIONS = frozenset({".png", ".tif", ".tiff", ".dpx", ".jpg", ".jpeg", ".bmp", ".webp"})
_DECODERS = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "mjpeg",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
    b"SDPX": "dpx",
    b"XPDS": "dpx",
    b"BM": "bmp",
}
_EXR_MAGIC, _EXR_EXTENSION = b"\x76\x2f\x31\x01", ".exr"
_NO_EXR = "expected images of whole numbers, 8 to 16 bits a sample. Received: OpenEXR, which has floating point, in"
_WEBP = re.compile(rb"RIFF....WEBP", re.DOTALL)
_MOST_GAPS_NAMED = 3
_NUMBER_FIELD = re.compile(r"%(?:0?(\d+))?d")


@dataclass(frozen=True)
class ImageList:
    """The images of a sequence, in order.

    Attributes:
        paths: at least one.
        notes: files and numbers that are missing from the sequence, one line each.
    """

    paths: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def is_pattern(path: str) -> bool:
    """Whether a path has a number field (``%04d``) or wildcards (``*``, ``?``, ``[``) in its last part."""
    name = Path(path).name
    return _NUMBER_FIELD.search(name) is not None or glob.has_magic(name)


def find_images(path: str) -> ImageList:
    """The images that a folder holds or a pattern names, in natural order (2 before 10).

    Raises:
        InputError: there are none, or the folder cannot be read.
    """
    given = Path(path)
    folder, name = (given, None) if given.is_dir() else (given.parent, given.name)
    try:
        files = sorted((file for file in folder.iterdir() if file.is_file()), key=lambda file: _natural(file.name))
    except OSError as error:
        raise InputError(f"cannot read the folder {folder}: {error.strerror}") from error
    if name is None:
        notes: tuple[str, ...] = ()
        images = [file for file in files if _is_image(file)]
        others = sum(not file.name.startswith(".") for file in files) - len(images)
        if others:
            notes = (f"{others} other files in {path} are left out",)
        notes += _gaps_in_folder(images, path)
    elif _NUMBER_FIELD.search(name):
        images, notes = _numbered(files, name)
    else:
        matches = re.compile(fnmatch.translate(name))
        images = [file for file in files if matches.fullmatch(file.name) and not file.name.startswith(".")]
        notes = ()
    if not images:
        if any(file.suffix.lower() == _EXR_EXTENSION for file in files):
            raise InputError(f"{_NO_EXR} {path}")
        kinds = ", ".join(sorted(IMAGE_EXTENSIONS))
        what = f"images ({kinds}) in the folder" if name is None else "images that match"
        raise InputError(f"expected {what} {path}. Received: none")
    return ImageList(tuple(images), notes)


class ImageSource:
    """Images as frames, one unit of time each.

    Args:
        images: the files.
        frame_rate: images a second; 25 if None.
        name: what to call the sequence in errors.

    Raises:
        InputError: the first image cannot be read, or has a pixel format that gvc does not know.
    """

    def __init__(self, images: ImageList, *, frame_rate: Fraction | None = None, name: str) -> None:
        self._paths = images.paths
        self._name = name
        self._notes = dict.fromkeys(images.notes)
        self._promoted: set[PixelFormat] = set()
        if frame_rate is None and len(images.paths) > 1:
            self._notes[f"{name} states no frame rate: {DEFAULT_FRAME_RATE} is taken (--fps changes it)"] = None
        rate = frame_rate or DEFAULT_FRAME_RATE
        first = decode_image(self._paths[0])
        form, color = self._common(first)
        self._info = VideoInfo(
            first.width,
            first.height,
            form,
            time_base=1 / rate,
            frame_rate=rate,
            color=color,
            display_matrix=display_matrix_of(first),
            marks=Marks(chroma_location=ChromaLocation.CENTER if _is_subsampled(form) else ChromaLocation.UNSPECIFIED),
            num_frames_from_header=len(self._paths),
        )

    @property
    def info(self) -> VideoInfo:
        """The description."""
        return self._info

    @property
    def damage(self) -> Damage:
        """See :class:`Source`."""
        return NO_DAMAGE

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed, and what cannot be kept; may grow while frames are read."""
        return tuple(self._notes)

    def frames(self) -> Iterator[Frame]:
        """All images, from the first.

        Raises:
            InputError: an image cannot be read, or differs in size or format from the first.
        """
        return self.frames_from(0)

    def frames_from(self, first: int) -> Iterator[Frame]:
        """See :class:`codec.video.source.SeekableSource`."""
        for number, path in enumerate(self._paths[first:], first):
            yield Frame(self._picture(path), number, 1)

    def read(self) -> Iterator[Frame | CopyPacket]:
        """The same as :meth:`frames`: images have no other streams."""
        return self.frames()

    def close(self) -> None:
        """Nothing is open between the passes."""

    def _picture(self, path: Path) -> Picture:
        info = self._info
        image = decode_image(path)
        form = _format_of(image, path)
        if (image.width, image.height) != (info.width, info.height):
            raise InputError(
                f"expected images of {info.width}x{info.height}, the size of the first. "
                f"Received: {path} of {image.width}x{image.height}"
            )
        if display_matrix_of(image) != info.display_matrix:
            raise InputError(f"expected images that are all turned alike. Received: {path}, turned unlike the first")
        picture = picture_of(image)
        if form.has_alpha and not info.pixel_format.has_alpha and is_opaque(picture, form.peak):
            form, picture = without_alpha(form), Picture(picture.luma, picture.chroma)
        if common_format((info.pixel_format, form)) != info.pixel_format:
            raise self._unlike(info.pixel_format, form, path)
        if form.model is ColorModel.YUV and color_of(image).color_range != info.color.color_range:
            raise InputError(
                f"expected one range of values in all images of {self._name}. Received: full and limited, see {path}"
            )
        self._note_promotion(form, info.pixel_format, path)
        return promoted(picture, form, info.pixel_format)

    def _common(self, first: VideoFrame) -> tuple[PixelFormat, ColorDescription]:
        """The format that holds all images exactly, and what its values mean.

        PNG writers store a colorless picture as gray to save space, and JPEGs of one camera may differ in their chroma.
        RGB holds all that fits it, so that nothing is looked through where the first image is RGB.
        """
        common, example = _format_of(first, self._paths[0]), first
        if common.model is ColorModel.RGB:
            return common, color_of(first)
        examples = {common: self._paths[0]}
        for path in self._paths[1:]:
            form, image = _format_in(path)
            both = common_format((common, form))
            if both is None:
                raise self._unlike(common, form, path)
            if both.model is not common.model:
                example = decode_image(path) if image is None else image
            common = both
            examples.setdefault(form, path)
        for form, path in examples.items():
            self._note_promotion(form, common, path)
        return common, color_of(example)

    def _note_promotion(self, form: PixelFormat, target: PixelFormat, path: Path) -> None:
        if form != target and form not in self._promoted:
            self._promoted.add(form)
            self._notes[f"{form.name} images, such as {path}, become {target.name}: every sample is kept"] = None

    def _unlike(self, common: PixelFormat, form: PixelFormat, path: Path) -> InputError:
        return InputError(
            f"expected {common.name} in all images of {self._name}, or what becomes {common.name} without loss. "
            f"Received: {form.name} in {path}"
        )


def decode_image(path: Path) -> VideoFrame:
    """The first picture of an image file; the decoder is chosen by the file's first bytes.

    Raises:
        InputError: the file cannot be read, or is no sound PNG, TIFF, DPX, JPEG, BMP or WebP image.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    decoder = next((name for magic, name in _DECODERS.items() if data.startswith(magic)), None)
    decoder = "webp" if _WEBP.match(data) else decoder
    if data.startswith(_EXR_MAGIC):
        raise InputError(f"{_NO_EXR} {path}")
    if decoder is None:
        raise InputError(f"expected a PNG, TIFF, DPX, JPEG, BMP or WebP image. Received: {path}")
    context = av.CodecContext.create(decoder, "r")
    if not isinstance(context, VideoCodecContext):
        raise InputError(f"expected an FFmpeg that decodes {decoder} images, for {path}. Received: one that does not")
    if decoder != "tiff":  # for TIFF, even a tag without meaning would count as damage
        context.options = {"err_detect": "explode"}
    try:
        decoded = [*context.decode(av.Packet(data)), *context.decode(None)]
    except av.FFmpegError as error:
        raise InputError(f"cannot decode {path}: {error.strerror or error}") from error
    if not decoded or decoded[0].is_corrupt:
        raise InputError(f"cannot decode {path}: the image is damaged")
    return decoded[0]


def _format_of(image: VideoFrame, path: Path) -> PixelFormat:
    try:
        return source_format(image)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _format_in(path: Path) -> tuple[PixelFormat, VideoFrame | None]:
    """The format of an image, and the image if it had to be decoded for that."""
    try:
        name = format_name(path)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    if name is not None:
        return PIXEL_FORMATS[name], None
    image = decode_image(path)
    return _format_of(image, path), image


def _is_subsampled(form: PixelFormat) -> bool:
    """JPEG and WebP have their chroma samples in the middle of the luma samples that they belong to."""
    return form.model is ColorModel.YUV and form.log2_chroma_w + form.log2_chroma_h > 0


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_EXTENSIONS and not path.name.startswith(".")


def _natural(name: str) -> list[tuple[int, str]]:
    """A sort key that takes runs of digits as numbers."""
    return [
        (int(part), "") if part.isdecimal() and part.isascii() else (-1, part.casefold())
        for part in re.split(r"([0-9]+)", name)
    ]


def _numbered(files: list[Path], pattern: str) -> tuple[list[Path], tuple[str, ...]]:
    """The files that a printf pattern names, by number, and a note about gaps."""
    field = _NUMBER_FIELD.search(pattern)
    if field is None:
        return [], ()
    before, after = (part.replace("%%", "%") for part in (pattern[: field.start()], pattern[field.end() :]))
    width = int(field[1] or 1)
    expression = re.compile(re.escape(before) + rf"([0-9]{{{width},}})" + re.escape(after))
    found: dict[int, Path] = {}
    for file in files:
        match = expression.fullmatch(file.name)
        # %02d writes 100 without a leading zero, so 0100 is not of this sequence.
        if match and (len(match[1]) == width or not match[1].startswith("0")):
            found[int(match[1])] = file
    numbers = sorted(found)
    images = [found[number] for number in numbers]
    return images, _notes_of_gaps(numbers, pattern)


def _gaps_in_folder(images: list[Path], folder: str) -> tuple[str, ...]:
    """A note about missing numbers, if the names of all images differ in their last number only."""
    parts = [re.fullmatch(r"(.*?)([0-9]+)([^0-9]*)", image.name) for image in images]
    numbers = sorted(int(part[2]) for part in parts if part)
    is_sequence = len(numbers) == len(images) == len(set(numbers)) and len({(p[1], p[3]) for p in parts if p}) == 1
    return _notes_of_gaps(numbers, folder) if is_sequence else ()


def _notes_of_gaps(numbers: list[int], name: str) -> tuple[str, ...]:
    """A note that names the gaps in numbers, which rise; the first ones if there are many."""
    pairs = [(low + 1, high - 1) for low, high in itertools.pairwise(numbers) if high > low + 1]
    if not pairs:
        return ()
    named = [f"{low}" if low == high else f"{low} to {high}" for low, high in pairs[:_MOST_GAPS_NAMED]]
    more = f" and {len(pairs) - _MOST_GAPS_NAMED} more gaps" if len(pairs) > _MOST_GAPS_NAMED else ""
    return (f"{name} has no image with the number {', '.join(named)}{more}: the next one follows at once",)

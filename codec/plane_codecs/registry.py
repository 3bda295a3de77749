"""The list of all plane codecs, and the functions through which other modules use them.

To add a codec, write a module with a constant ``CODEC`` and add the module to the import and to the tuple below.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from codec.errors import InputError, StreamError
from codec.extras import needing
from codec.plane_codecs import ffv1, raw, svtav1, x264, x265, zstd
from codec.plane_codecs.declaration import Decode, PlaneCodec
from codec.plane_codecs.interface import (
    LUMA_ADAPTIVE,
    LUMA_AUTO,
    MAX_SIDE,
    CodedRun,
    PlaneCodecSpec,
    PlaneEncoder,
    PlaneParameters,
    check_size,
)
from codec.plane_codecs.options import check_options
from container_format.errors import LimitError, UnsupportedError
from container_format.records import LUMA_NETWORK

if TYPE_CHECKING:
    from codec.video.picture import Picture, PlaneArray
    from codec.video.pixel_formats import PixelFormat

T = TypeVar("T")

_CODECS = (raw.CODEC, zstd.CODEC, ffv1.CODEC, x264.CODEC, x265.CODEC, svtav1.CODEC)
PLANE_CODECS: Mapping[str, PlaneCodec] = {codec.name: codec for codec in _CODECS}
_LUMA_ALONE = (LUMA_AUTO, LUMA_ADAPTIVE, LUMA_NETWORK)
"""Values of ``--luma`` that are not plane codecs."""

# A stream can name only these decoders.
PLANE_DECODERS: Mapping[str, Decode] = {codec.decoder: codec.decode for codec in _CODECS}
_WHOLE_PICTURE_DECODERS = tuple(codec.decoder for codec in _CODECS if codec.whole_picture_formats)

WHOLE_PICTURE_CODECS: Mapping[str, tuple[str, ...]] = {
    codec.name: codec.whole_picture_formats for codec in _CODECS if codec.whole_picture_formats
}
"""The codecs that take whole pictures, each with the pixel formats that it takes."""


def check_spec(name: str, options: tuple[tuple[str, str], ...]) -> None:
    """Check the name of a codec, and the names and values of its options.

    Raises:
        InputError: the codec or an option is unknown, or a value is out of its range.
    """
    if name not in PLANE_CODECS and name not in _LUMA_ALONE:
        known = ", ".join((*_LUMA_ALONE, *PLANE_CODECS))
        raise InputError(f"expected one of the luma codecs {known}. Received: {name}")
    check_options(name, PLANE_CODECS[name].options if name in PLANE_CODECS else (), options)


def tried_codecs(depth: int = 8, *, playable: bool = False) -> tuple[PlaneCodecSpec, ...]:
    """The lossless codecs that ``--luma auto`` tries for samples of this depth. In a tie the first one wins.

    Args:
        depth: the bits of a sample, 8 to 16.
        playable: leave out those that browsers do not decode.
    """
    codecs = [codec for codec in _CODECS if codec.plays_in_browsers or not playable]
    if depth > 8:
        deep = ((codec, codec.tried_deep) for codec in codecs if codec.depths[-1] >= depth)
        return tuple(
            PlaneCodecSpec.parse(f"{codec.name}:{options}" if options else codec.name)
            for codec, options in deep
            if options is not None
        )
    tried = sorted((codec.tried, codec.name) for codec in codecs if codec.tried is not None)
    return tuple(PlaneCodecSpec(name) for _, name in tried)


def check_playable(flag: str, spec: PlaneCodecSpec) -> None:
    """Refuse a codec that browsers do not decode, where ``--playable`` is given.

    Args:
        flag: the option that names the codec.
        spec: its value.

    Raises:
        InputError: browsers do not decode it.
    """
    codec = PLANE_CODECS.get(spec.codec)
    if codec is not None and not codec.plays_in_browsers:
        known = ", ".join(own.name for own in _CODECS if own.plays_in_browsers)
        raise InputError(
            f"expected {flag} to be one of {known} with --playable. Received: {spec.codec}, which no browser decodes",
            option=flag,
        )


def whats_not_playable(decoders: Mapping[str, str]) -> str | None:
    """Which parts of a stream browsers do not decode, as one line; None if they decode all of them.

    Args:
        decoders: the decoder of each part, by the part's name; names that are no plane codec's are left out.
    """
    playable = {codec.decoder for codec in _CODECS if codec.plays_in_browsers}
    others = [f"{part} ({name})" for part, name in decoders.items() if name in PLANE_DECODERS and name not in playable]
    if not others:
        return None
    names = " and the ".join(others)
    return f"browsers do not decode the {names} of this stream; gvc-encode --playable makes one that plays"


def is_lossless(spec: PlaneCodecSpec) -> bool:
    """Whether ``spec``, a value of ``--luma``, keeps every bit of the gray."""
    return spec.codec in _LUMA_ALONE or _codec(spec).is_lossless(spec)


def luma_help() -> str:
    """The help text of ``--luma``: the values that it takes."""
    exact = [codec.name for codec in _CODECS if codec.is_lossless(PlaneCodecSpec(codec.name))]
    lossy = [codec.name for codec in _CODECS if codec.name not in exact]
    return (
        f"gray stream: auto, {', '.join(exact)}, adaptive or network, all lossless; {', '.join(lossy)}, x265:crf=23, "
        "x264:crf=18,preset=slow, ... are not (default: auto = the smaller of lossless "
        f"{' and '.join(str(spec) for spec in tried_codecs())}; with --color lossless also of adaptive)"
    )


_MIN_WHOLE_SIDE = 2  # in samples of a chroma plane; FFmpeg's FFV1 splits each plane into 2x2 slices


def plane_parameters(spec: PlaneCodecSpec, width: int, height: int, depth: int = 8) -> PlaneParameters:
    """The decoder's parameters for planes that are coded with ``spec``.

    Args:
        spec: the codec and its options. ``auto`` must have been resolved. The results for ``adaptive`` and
            ``network`` are for :mod:`codec.lossless`.
        width: the plane's width, in samples.
        height: the plane's height, in samples.
        depth: the bits of a sample, 8 to 16.

    Raises:
        InputError: the size is out of range, or the codec does not take as many bits.
    """
    check_size(width, height)
    if spec.is_predicted:
        return PlaneParameters(LUMA_NETWORK, width, height, width, height, is_lossless=True, depth=depth)
    codec = _codec(spec)
    codec.coded_depth(depth)
    return replace(codec.parameters(spec, width, height), depth=depth)


def whole_picture_parameters(
    spec: PlaneCodecSpec, width: int, height: int, pixel_format: PixelFormat
) -> PlaneParameters:
    """The decoder's parameters for whole pictures that are coded with ``spec``.

    Args:
        spec: a codec of ``WHOLE_PICTURE_CODECS`` and its options.
        width: the width of the gray plane, in samples.
        height: the height of the gray plane, in samples.
        pixel_format: the pictures' planar format.

    Raises:
        InputError: the size is out of range, or the codec does not take whole pictures of this format.
    """
    formats = WHOLE_PICTURE_CODECS.get(spec.codec, ())
    if pixel_format.name not in formats:
        pairs = "; ".join(f"{codec}: {', '.join(names)}" for codec, names in WHOLE_PICTURE_CODECS.items())
        raise InputError(
            f"expected a codec for gray and chroma together ({pairs}). Received: {spec}, {pixel_format.name}"
        )
    alone = plane_parameters(spec, width, height, pixel_format.depth)
    coded_width, coded_height = (
        max(_MIN_WHOLE_SIDE, -(-side >> shift)) << shift
        for side, shift in ((width, pixel_format.log2_chroma_w), (height, pixel_format.log2_chroma_h))
    )
    if max(coded_width, coded_height) > MAX_SIDE:
        raise InputError(f"expected sides up to {MAX_SIDE - 1} of {pixel_format.name}. Received: {width}x{height}")
    return replace(alone, coded_width=coded_width, coded_height=coded_height, pixel_format=pixel_format)


def open_plane_encoder(spec: PlaneCodecSpec, parameters: PlaneParameters, frame_rate: Fraction) -> PlaneEncoder:
    """Open a new encoder for one segment.

    Args:
        spec: the codec and its options.
        parameters: the result of :func:`plane_parameters` or :func:`whole_picture_parameters` for ``spec``.
        frame_rate: in frames per second, for the codec's rate control. The coded run does not hold the frames' times.

    Raises:
        InputError: the codec refuses the size or the combination of options.
    """
    codec = _codec(spec)
    with needing(codec.name, codec.extra):
        return codec.open_encoder(spec, parameters, frame_rate)


def decode_planes(parameters: PlaneParameters, run: CodedRun, *, max_frames: int) -> Iterator[PlaneArray]:
    """Decode the planes of one segment lazily: each plane is decoded when the caller asks for it.

    Args:
        parameters: the parameters in the stream's header.
        run: the coded planes of the segment.
        max_frames: the largest number of frames that the run may declare.

    Yields:
        Exactly ``run.num_frames`` planes, (height, width), in display order: uint8 for 8 bits, otherwise uint16.

    Raises:
        UnsupportedError: the header names an unknown decoder.
        LimitError: the run declares more than ``max_frames`` frames.
        StreamError: the decoder fails, or returns another number of planes or planes of another size.
    """
    if parameters.codec not in PLANE_DECODERS:
        known = ", ".join(PLANE_DECODERS)
        raise UnsupportedError(f"expected a gray stream in one of {known}. Received: {parameters.codec}")
    _check_run(run, max_frames)
    return _exactly(run.num_frames, PLANE_DECODERS[parameters.codec](parameters, run))


def decode_whole_pictures(parameters: PlaneParameters, run: CodedRun, *, max_frames: int) -> Iterator[Picture]:
    """Decode the whole pictures of one segment lazily: each is decoded when the caller asks for it.

    Args:
        parameters: the parameters in the stream's header, with a pixel format.
        run: the coded pictures of the segment.
        max_frames: the largest number of frames that the run may declare.

    Yields:
        Exactly ``run.num_frames`` pictures of gray and chroma, in display order.

    Raises:
        UnsupportedError: the header names a decoder that does not decode whole pictures.
        LimitError: the run declares more than ``max_frames`` frames.
        StreamError: the decoder fails, or returns another number of pictures or pictures of another size.
    """
    if parameters.codec not in _WHOLE_PICTURE_DECODERS:
        known = ", ".join(_WHOLE_PICTURE_DECODERS)
        raise UnsupportedError(f"expected gray and chroma together in one of {known}. Received: {parameters.codec}")
    from codec.plane_codecs.ffmpeg import decode_whole_packets

    _check_run(run, max_frames)
    return _exactly(run.num_frames, decode_whole_packets(parameters, run))


def _check_run(run: CodedRun, max_frames: int) -> None:
    if run.num_frames > max_frames:
        raise LimitError(f"expected at most {max_frames} frames in a segment. Received: {run.num_frames}")
    if len(run.packets) != run.num_frames or not all(run.packets):
        num_empty = sum(not packet for packet in run.packets)
        raise StreamError(
            f"expected {run.num_frames} gray packets, none of them empty. "
            f"Received: {len(run.packets)}, {num_empty} of them empty"
        )


def _exactly(num_frames: int, pictures: Iterator[T]) -> Iterator[T]:
    count = 0
    for picture in pictures:
        count += 1
        if count > num_frames:
            break
        yield picture
    if count != num_frames:
        received = "more" if count > num_frames else str(count)
        raise StreamError(f"expected {num_frames} gray pictures in a segment. Received: {received}")


def _codec(spec: PlaneCodecSpec) -> PlaneCodec:
    if spec.codec not in PLANE_CODECS:
        raise ValueError(f"expected a luma codec that was chosen. Received: {spec}")
    return PLANE_CODECS[spec.codec]

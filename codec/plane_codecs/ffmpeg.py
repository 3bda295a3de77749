"""Encoding and decoding of planes and whole pictures through PyAV, for all plane codecs that FFmpeg provides.

Packets go directly to a decoder from a fixed list. No demuxer parses them.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.codec.context import ThreadType

from codec.errors import InputError, StreamError
from codec.plane_codecs.interface import CodedRun, PlaneParameters, check_planes, closed_run
from codec.plane_codecs.peak import check_peak
from codec.video.depths import DEEP
from codec.video.ffmpeg import samples_of
from codec.video.picture import Picture, PlaneArray, sample_dtype
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.priority import unchanged_priority

# Rate control and look-ahead read the frame rate. Encoders refuse some rates that real files declare (1000 frames per
# second, 90000/3003). The container holds the true times, so the encoder gets the nearest rate that all encoders take.
_MIN_FRAME_RATE, _MAX_FRAME_RATE, _MAX_DENOMINATOR = Fraction(1), Fraction(240), 1001

# Codecs pad a picture to whole blocks. The largest blocks have 128x128 samples (AV1's superblocks).
_MAX_BLOCK = 128

_DECODERS = {"ffv1": "ffv1", "h264": "h264", "hevc": "hevc", "av1": "libdav1d"}


@dataclass(frozen=True)
class EncoderSettings:
    """The settings of an FFmpeg encoder.

    Attributes:
        name: the plane codec's name, for error messages.
        encoder: FFmpeg's name of the encoder.
        pixel_format: the pixel format of the encoder's pictures, by FFmpeg's name. For single planes it is ``gray``, or
            ``yuv420p`` with neutral chroma if the encoder has no gray format. Whole pictures keep their own format.
        options: the encoder's options, by FFmpeg's names.
        threads: the number of frames that are encoded at the same time. It does not depend on the machine, because the
            bytes of x264 depend on it.
        is_checked: if True, ``finish`` decodes the run and compares the planes with those that were written. It is for
            lossless encoders with known defects.
    """

    name: str
    encoder: str
    pixel_format: str
    options: Mapping[str, str]
    threads: int
    is_checked: bool = False


class FfmpegEncoder:
    """A :class:`codec.plane_codecs.interface.PlaneEncoder` that uses an FFmpeg encoder.

    Args:
        settings: the encoder's settings.
        parameters: the decoder's parameters, with the sizes of the planes.
        frame_rate: in frames per second. It is limited to the range [1, 240].

    Raises:
        InputError: the encoder refuses the settings or the size.
    """

    def __init__(self, settings: EncoderSettings, parameters: PlaneParameters, frame_rate: Fraction) -> None:
        self._settings = settings
        self._parameters = parameters
        self._packets: list[bytes] = []
        self._checksums: list[int] = []
        self._num_frames = 0
        try:
            self._context = _open_encoder(settings, parameters, frame_rate)
        except (av.FFmpegError, ValueError) as error:
            raise self._refusal(error) from error

    def write(self, plane: PlaneArray, chroma: Sequence[PlaneArray] = ()) -> None:
        """Encode the next frame.

        Args:
            plane: (height, width), uint8 for 8 bits, otherwise uint16.
            chroma: both chroma planes, of the same type, if the parameters are for whole pictures; otherwise empty.

        Raises:
            InputError: a plane has another shape or dtype, or the encoder fails.
        """
        check_planes(plane, chroma, self._parameters)
        if self._settings.is_checked:
            self._checksums.append(zlib.crc32(plane.tobytes()))
        frame = self._frame((plane, *chroma))
        frame.pts = self._num_frames
        self._num_frames += 1
        self._encode(frame)

    def finish(self) -> CodedRun:
        """Flush the encoder and return the run.

        Raises:
            InputError: no frame was written, the encoder failed, or the check found a plane that was not kept exactly.
        """
        if self._num_frames:
            self._encode(None)
        run = closed_run(self._context.extradata or b"", self._packets, self._num_frames)
        if self._settings.is_checked:
            self._check(run)
        return run

    def _frame(self, planes: Sequence[PlaneArray]) -> av.VideoFrame:
        frame = av.VideoFrame(self._parameters.coded_width, self._parameters.coded_height, self._settings.pixel_format)
        coded = PIXEL_FORMATS[self._settings.pixel_format]
        for index, plane in enumerate(frame.planes):
            samples = samples_of(plane, coded)
            if index >= len(planes):
                samples.fill(1 << (coded.depth - 1))  # no color
                continue
            rows, columns = planes[index].shape
            margins = ((0, plane.height - rows), (0, plane.width - columns))
            samples[: plane.height, : plane.width] = np.pad(planes[index], margins, mode="edge")
        return frame

    def _encode(self, frame: av.VideoFrame | None) -> None:
        try:
            self._packets.extend(bytes(packet) for packet in self._context.encode(frame))
        except (av.FFmpegError, ValueError) as error:
            raise self._refusal(error) from error

    def _check(self, run: CodedRun) -> None:
        try:
            decoded = [zlib.crc32(plane.tobytes()) for plane in decode_packets(self._parameters, run)]
        except StreamError:
            decoded = []
        if decoded != self._checksums:
            raise InputError(
                f"expected {self._settings.name} to keep every bit of this video, and it did not. "
                "Choose another lossless luma codec, such as x264 or ffv1"
            )

    def _refusal(self, error: Exception) -> InputError:
        size = f"{self._parameters.width}x{self._parameters.height}"
        reason = str(error).partition(": '")[0]
        return InputError(f"luma codec {self._settings.name} cannot code this video of {size}: {reason}")


def decode_packets(parameters: PlaneParameters, run: CodedRun) -> Iterator[PlaneArray]:
    """Decode the planes of a run whose decoder is ``ffv1``, ``h264``, ``hevc`` or ``av1``.

    Yields:
        (height, width) planes in display order: uint8 for 8 bits, otherwise uint16. Their number is not checked here.

    Raises:
        StreamError: the decoder fails, or returns pictures of another size or pixel format, or samples of more bits
            than the video has.
    """
    for frame in _decoded_frames(parameters, run):
        yield _cropped(frame, 0, (parameters.height, parameters.width), parameters)


def decode_whole_packets(parameters: PlaneParameters, run: CodedRun) -> Iterator[Picture]:
    """Decode the whole pictures of a run, with the same decoders as :func:`decode_packets`.

    Yields:
        Pictures of gray and chroma in display order. Their number is not checked here.

    Raises:
        StreamError: the decoder fails, or returns pictures of another size or pixel format.
        ValueError: the parameters are for single planes.
    """
    if parameters.pixel_format is None:
        raise ValueError("expected parameters of pictures with chroma. Received: gray alone")
    chroma_shape = parameters.pixel_format.chroma_shape(parameters.width, parameters.height)
    for frame in _decoded_frames(parameters, run):
        chroma = _cropped(frame, 1, chroma_shape, parameters), _cropped(frame, 2, chroma_shape, parameters)
        yield Picture(_cropped(frame, 0, (parameters.height, parameters.width), parameters), chroma)


def _decoded_frames(parameters: PlaneParameters, run: CodedRun) -> Iterator[av.VideoFrame]:
    try:
        context = _open_decoder(parameters, run)
        # None flushes the decoder: it returns the frames that it has held back for reordering.
        for packet in (*run.packets, None):
            for frame in context.decode(None if packet is None else av.Packet(packet)):
                _check_frame(parameters, frame)
                yield frame
    except (av.FFmpegError, ValueError) as error:
        raise StreamError(
            f"expected a sound {parameters.codec} packet in the gray stream. Received: {error}"
        ) from error


def _open_encoder(settings: EncoderSettings, parameters: PlaneParameters, frame_rate: Fraction) -> av.VideoCodecContext:
    context = _video(av.CodecContext.create(settings.encoder, "w"))
    rate = max(_MIN_FRAME_RATE, min(_MAX_FRAME_RATE, frame_rate)).limit_denominator(_MAX_DENOMINATOR)
    context.width, context.height = parameters.coded_width, parameters.coded_height
    context.pix_fmt = settings.pixel_format
    context.framerate, context.time_base = rate, 1 / rate
    # Slice threads would add 0.1 to 0.8 % of bytes (docs/decisions/0002-luma-codec.md).
    context.thread_type = ThreadType.FRAME
    context.thread_count = settings.threads
    context.options = dict(settings.options)
    with unchanged_priority():
        context.open()
    return context


def _open_decoder(parameters: PlaneParameters, run: CodedRun) -> av.VideoCodecContext:
    context = _video(av.CodecContext.create(_DECODERS[parameters.codec], "r"))
    context.width, context.height = parameters.coded_width, parameters.coded_height
    if run.extradata:
        context.extradata = run.extradata
    # One thread only: after a damaged packet, the frame threads of H.264 and the threads of dav1d wait forever.
    context.thread_type, context.thread_count = ThreadType.SLICE, 1
    max_pixels = (parameters.coded_width + _MAX_BLOCK) * (parameters.coded_height + _MAX_BLOCK)
    context.options = {"err_detect": "crccheck+bitstream+buffer+explode", "max_pixels": str(max_pixels)}
    return context


def _video(context: object) -> av.VideoCodecContext:
    if not isinstance(context, av.VideoCodecContext):
        raise ValueError("expected a video codec")
    return context


def _check_frame(parameters: PlaneParameters, frame: av.VideoFrame) -> None:
    size, expected = (frame.width, frame.height), (parameters.coded_width, parameters.coded_height)
    formats = (parameters.pixel_format.name,) if parameters.pixel_format else _single_plane_formats(parameters.depth)
    if size != expected or frame.format.name not in formats or frame.is_corrupt:
        raise StreamError(
            f"expected a sound picture of {expected[0]}x{expected[1]} {formats[0]} from {parameters.codec}. "
            f"Received: {frame.width}x{frame.height} {frame.format.name}{' (damaged)' if frame.is_corrupt else ''}"
        )


@functools.cache
def _single_plane_formats(depth: int) -> tuple[str, ...]:
    """Pixel formats of decoded single planes: gray, or 4:2:0 with neutral chroma. In both, plane 0 is the coded plane.

    A codec may carry samples in pictures of more bits, but those of 8 bits in pictures of 8 bits alone.
    """
    if depth == 8:
        return "gray", "yuv420p"
    deep = [own for own in DEEP if own >= depth]
    return *(f"gray{own}le" for own in deep), *(f"yuv420p{own}le" for own in deep)


def _cropped(frame: av.VideoFrame, index: int, shape: tuple[int, int], parameters: PlaneParameters) -> PlaneArray:
    samples = samples_of(frame.planes[index], PIXEL_FORMATS[frame.format.name])
    cropped: PlaneArray = samples[: shape[0], : shape[1]].astype(sample_dtype(parameters.depth))
    check_peak(cropped, parameters)
    return cropped

"""Exact files of other codecs in which PyAV looks for a frame: what :mod:`benchmarks.random_access` compares with.

They are Matroska files of the pictures alone, in the source's own pixel format or, where an encoder does not take that,
in one with the same samples in another order. A frame is found as players find it: back to the key frame before it,
and forward from there. How many threads decode is what PyAV takes by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy.typing as npt

from benchmarks.contenders import ffv1, x264, x265
from benchmarks.measure import BenchmarkError
from codec.video.convert import video_frame
from codec.video.ffmpeg import raw_planes_of
from codec.video.pixel_formats import ColorModel, PixelFormat, pixel_format, planar_twin
from codec.video.sources import open_source
from gvc.frame import SourcePlanes

if TYPE_CHECKING:
    from benchmarks.contenders.plain_codec import PlainCodec
    from codec.video.info import VideoInfo
    from gvc.frame import Planes

FRAME_MS = 40
"""Files get a frame each 40 ms, whatever the source has: whole numbers of the milliseconds that Matroska counts."""

_SAME_SAMPLES = {False: ("gbrp", "rgb24", "bgr0"), True: ("gbrap", "rgba", "bgra")}
"""RGB of 8 bits, without alpha and with it."""

RawFrame = tuple[str, list[npt.NDArray[Any]]]
"""A pixel format, and planes as it has them."""


class SeekingFile:
    """An open file of a rival.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._container = av.open(str(path))
        self._stream = self._container.streams.video[0]

    def frame(self, index: int) -> RawFrame:
        """The frame of this number, counted from 0.

        Raises:
            BenchmarkError: no frame has the time that it should have.
        """
        moment = index * FRAME_MS
        self._container.seek(moment, stream=self._stream)
        for frame in self._container.decode(self._stream):
            if frame.pts == moment:
                return _raw(frame)
        raise BenchmarkError(f"expected frame {index} at {moment} ms of {self._path.name}. Received: none")

    def gray(self, index: int) -> None:
        """Nothing: the gray does not come by itself."""

    def in_order(self) -> Iterator[RawFrame]:
        """All frames."""
        return map(_raw, self._container.decode(self._stream))

    @staticmethod
    def planes(found: RawFrame, info: VideoInfo) -> Planes:
        """What :meth:`frame` found, as :class:`gvc.Video` has it.

        Args:
            found: the frame.
            info: of the source.
        """
        name, planes = found
        picture = pixel_format(name).picture_of(planes, info.width, info.height)
        if info.pixel_format.model is ColorModel.GRAY:  # FFmpeg's decoder of H.264 adds chroma without color
            picture = replace(picture, chroma=None)
        return SourcePlanes().data(picture, info)

    def close(self) -> None:
        """Close the file."""
        self._container.close()


@dataclass(frozen=True)
class Rival:
    """A codec of FFmpeg without loss.

    Attributes:
        name, fixed_gop, is_exact: see :class:`benchmarks.random_access.Coder`.
        codecs: encoders with their options; the first is taken that has the video's format.
    """

    name: str
    codecs: tuple[PlainCodec, ...]
    fixed_gop: int | None = None
    is_exact: bool = True

    def takes(self, info: VideoInfo) -> bool:
        """Whether one of the encoders has the video's format."""
        return self._coder(info.pixel_format) is not None

    def write(self, source: Path, target: Path, gop: int) -> tuple[int, int]:
        """Code a video.

        Args:
            source: of the frames.
            target: the file.
            gop: the most frames from one key frame to the next.

        Returns:
            The key frames, and the bytes of the file.

        Raises:
            BenchmarkError: no encoder has the video's format.
        """
        rate = Fraction(1000, FRAME_MS)
        with closing(open_source(str(source))) as opened, av.open(str(target), "w", format="matroska") as container:
            info = opened.info
            found = self._coder(info.pixel_format)
            if found is None:
                raise BenchmarkError(f"expected a format that {self.name} has. Received: {info.pixel_format.name}")
            codec, coded_format = found
            stream = container.add_stream(codec.encoder, rate=rate, options={**codec.codec_options, "g": str(gop)})
            if not isinstance(stream, av.VideoStream):
                raise BenchmarkError(f"expected an encoder of video. Received: {codec.encoder}")
            stream.width, stream.height, stream.pix_fmt = info.width, info.height, coded_format
            stream.time_base = 1 / rate
            stream.thread_type = "FRAME" if "264" in codec.encoder else "AUTO"  # slices would cost x264 2 to 3 %
            for index, frame in enumerate(opened.frames()):
                coded = video_frame(frame.picture, coded_format)
                coded.pts = index
                container.mux(stream.encode(coded))
            container.mux(stream.encode(None))
        return _num_key_frames(target), target.stat().st_size

    def open(self, path: Path) -> SeekingFile:
        """Open a file of :meth:`write`."""
        return SeekingFile(path)

    def _coder(self, own: PixelFormat) -> tuple[PlainCodec, str] | None:
        names = [planar_twin(own).name]
        if own.model is ColorModel.RGB and own.depth == 8:
            names = [*_SAME_SAMPLES[own.has_alpha]]
        for codec in self.codecs:
            taken = {known.name for known in av.Codec(codec.encoder, "w").video_formats or ()}
            for name in names:
                if name in taken:
                    return codec, name
        return None


def _raw(frame: av.VideoFrame) -> RawFrame:
    return frame.format.name, raw_planes_of(frame, pixel_format(frame.format.name))


def _num_key_frames(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(packet.is_keyframe for packet in container.demux(video=0) if packet.size)


def _with(codec: PlainCodec, **options: str) -> PlainCodec:
    return replace(codec, codec_options={**codec.codec_options, **options})


_X265_PARAMS = {"x265-params": x265.LOSSLESS.codec_options["x265-params"] + ":open-gop=0"}
RIVALS = (
    Rival("FFV1", (_with(ffv1.LOSSLESS, context="0"),), fixed_gop=1),
    Rival("x264", (x264.LOSSLESS_YUV, x264.LOSSLESS_RGB)),
    Rival("x265", (_with(x265.LOSSLESS, **_X265_PARAMS),)),
)
"""FFV1, whose small context model makes key frames smaller; x264 with ``qp=0``; x265 with ``lossless=1``, each of whose
key frames is a place to start at, as they are in x264.
"""

"""A video codec of FFmpeg as a contender, and the process in which it works.

``python -m benchmarks.contenders.plain_codec encode`` reads raw frames and writes a coded file; ``decode`` does the
reverse. Each runs by itself, so that its time and its memory can be measured.
"""

from __future__ import annotations

import argparse
import functools
import io
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import OutputContainer

from benchmarks.contenders.interface import Coded
from benchmarks.material import Material
from benchmarks.measure import Finished

MODULE = "benchmarks.contenders.plain_codec"
SIGNATURES = {
    "libx264": rb"x264 - core [0-9]+(?: r[0-9]+)?",
    "libx264rgb": rb"x264 - core [0-9]+(?: r[0-9]+)?",
    "libx265": rb"x265 \(build [0-9]+\) - [0-9A-Za-z.+]+",
}
"""How encoders sign their streams."""


@dataclass(frozen=True, kw_only=True)
class PlainCodec:
    """A codec of FFmpeg that is given a whole video, or its chroma planes alone.

    Attributes:
        name, settings: see :class:`benchmarks.contenders.interface.Contender`.
        encoder: FFmpeg's name of the encoder.
        codec_options: FFmpeg's options.
        coded_formats: pixel format of the material -> the one that the encoder is given; both have the same samples.
        planes: ``all``, or ``chroma``: U above V as one gray picture, the gray plane taken as known.
        extension: ``mkv``, or ``hevc`` for a stream without a container.
    """

    name: str
    settings: str
    encoder: str
    codec_options: dict[str, str]
    coded_formats: dict[str, str]
    planes: str = "all"
    extension: str = "mkv"
    seed: int | None = None

    @property
    def options(self) -> dict[str, str | int | float | bool | None]:
        """Encoder and its options."""
        return {"encoder": self.encoder, **self.codec_options}

    def encode_command(self, material: Material, target: Path) -> list[str]:
        """See :class:`benchmarks.contenders.interface.Contender`."""
        facts = material.facts
        coded_format = self.coded_formats[facts.pixel_format]
        options = [word for name, value in self.codec_options.items() for word in ("--option", f"{name}={value}")]
        coder = ["--coder", self.encoder, "--coder-format", coded_format, *options]
        return [*self._command("encode", material), *coder, str(material.path), str(target)]

    def decode_command(self, material: Material, source: Path, target: Path) -> list[str]:
        """See :class:`benchmarks.contenders.interface.Contender`."""
        known = ["--luma-from", str(material.path)] if self.planes == "chroma" else []
        return [*self._command("decode", material), *known, str(source), str(target)]

    def _command(self, action: str, material: Material) -> list[str]:
        facts = material.facts
        return [
            "python",
            "-m",
            MODULE,
            action,
            "--size",
            f"{facts.width}x{facts.height}",
            "--fps",
            facts.frame_rate,
            "--pix-fmt",
            facts.pixel_format,
            "--planes",
            self.planes,
        ]

    def coded(self, finished: Finished, target: Path) -> Coded:
        """See :class:`benchmarks.contenders.interface.Contender`."""
        del finished
        part = "color" if self.planes == "chroma" else "picture"
        return Coded(
            {part: target.stat().st_size}, encoder_version(self.encoder, next(iter(self.coded_formats.values())))
        )


@functools.cache
def encoder_version(encoder: str, pixel_format: str) -> str:
    """How an encoder signs its streams, found by coding one picture, or else the version of FFmpeg's codec library."""
    if encoder in SIGNATURES:
        os.environ.setdefault("SVT_LOG", "0")  # SVT-AV1 writes to standard error past FFmpeg's log
        coded = io.BytesIO()
        options = {"x265-params": "log-level=error"} if encoder == "libx265" else {}
        with av.open(coded, "w", format="nut") as container:
            stream = _video_stream(container, encoder, Fraction(25), options)
            stream.pix_fmt, stream.width, stream.height = pixel_format, 128, 128
            container.mux(stream.encode(av.VideoFrame(128, 128, pixel_format)))
            container.mux(stream.encode(None))
        if match := re.search(SIGNATURES[encoder], coded.getvalue()):
            return match.group().decode()
    return "libavcodec " + ".".join(str(part) for part in av.library_versions["libavcodec"])


@dataclass(frozen=True)
class RawLayout:
    """Raw frames of one format, as arrays that PyAV takes.

    Attributes:
        width, height: of the picture.
        pixel_format: ``rgb24``, ``yuv420p`` or ``yuv444p``.
    """

    width: int
    height: int
    pixel_format: str

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one frame: as PyAV has it."""
        return {
            "rgb24": (self.height, self.width, 3),
            "yuv420p": (self.height * 3 // 2, self.width),
            "yuv444p": (3, self.height, self.width),
        }[self.pixel_format]

    def read(self, path: Path) -> Iterator[np.ndarray[Any, np.dtype[np.uint8]]]:
        """The frames of a raw file."""
        num_bytes = int(np.prod(self.shape))
        with path.open("rb") as stream:
            while pixels := stream.read(num_bytes):
                yield np.frombuffer(pixels, np.uint8).reshape(self.shape)

    def chroma(self, frame: np.ndarray[Any, np.dtype[np.uint8]]) -> np.ndarray[Any, np.dtype[np.uint8]]:
        """U above V of a YUV frame, as one plane."""
        columns = self.width // 2 if self.pixel_format == "yuv420p" else self.width
        return frame.reshape(-1)[self.width * self.height :].reshape(-1, columns)


def encode(arguments: argparse.Namespace) -> None:
    """Raw frames to a coded file."""
    layout = _layout(arguments)
    given = "gray" if arguments.planes == "chroma" else arguments.pix_fmt
    options = dict(option.split("=", 1) for option in arguments.option)
    rate = Fraction(arguments.fps)
    with av.open(str(arguments.output), "w") as container:
        stream = _video_stream(container, arguments.coder, rate, options)
        stream.pix_fmt = arguments.coder_format
        stream.thread_type = "FRAME" if "264" in arguments.coder else "AUTO"  # slices would cost x264 2 to 3 %
        for index, pixels in enumerate(layout.read(arguments.input)):
            frame = _video_frame(
                layout.chroma(pixels) if arguments.planes == "chroma" else pixels, given, arguments.coder_format
            )
            frame.pts, frame.time_base = index, 1 / rate
            if index == 0:
                stream.width, stream.height = frame.width, frame.height
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _video_stream(container: OutputContainer, encoder: str, rate: Fraction, options: dict[str, str]) -> av.VideoStream:
    stream = container.add_stream(encoder, rate=rate, options=options)
    if not isinstance(stream, av.VideoStream):
        raise TypeError(f"expected an encoder of video. Received: {encoder}")
    return stream


def _video_frame(pixels: np.ndarray[Any, np.dtype[np.uint8]], given: str, wanted: str) -> av.VideoFrame:
    """A frame in the encoder's format: the same samples in another order, never other values."""
    if given == "rgb24" and wanted == "gbrp":
        return av.VideoFrame.from_ndarray(pixels, format="gbrp")  # takes (height, width, 3) in R, G, B
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format=given)
    return frame if given == wanted else frame.reformat(format=wanted)


def decode(arguments: argparse.Namespace) -> None:
    """A coded file to raw frames in the original's format."""
    layout = _layout(arguments)
    with av.open(str(arguments.input)) as container, arguments.output.open("wb") as output:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        if arguments.planes == "all":
            for frame in container.decode(stream):
                output.write(np.ascontiguousarray(frame.to_ndarray(format=arguments.pix_fmt)).tobytes())
            return
        num_luma = layout.width * layout.height
        for frame, original in zip(container.decode(stream), layout.read(arguments.luma_from), strict=True):
            output.write(original.reshape(-1)[:num_luma].tobytes())
            plane = frame.to_ndarray()[: frame.height] if frame.format.name != "gray" else frame.to_ndarray()
            output.write(np.ascontiguousarray(plane).tobytes())


def _layout(arguments: argparse.Namespace) -> RawLayout:
    width, height = (int(side) for side in arguments.size.split("x"))
    return RawLayout(width, height, arguments.pix_fmt)


def main(words: list[str]) -> int:
    """Run one action; returns an exit code."""
    parser = argparse.ArgumentParser(prog=f"python -m {MODULE}")
    parser.add_argument("action", choices=("encode", "decode"))
    parser.add_argument("--size", required=True, metavar="WxH")
    parser.add_argument("--fps", required=True)
    parser.add_argument("--pix-fmt", required=True, choices=("rgb24", "yuv420p", "yuv444p"))
    parser.add_argument("--planes", default="all", choices=("all", "chroma"))
    parser.add_argument("--coder", help="FFmpeg's name of the encoder")
    parser.add_argument("--coder-format", help="pixel format that the encoder is given")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="of the encoder")
    parser.add_argument("--luma-from", type=Path, help="raw file that has the gray plane")
    parser.add_argument("input", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args(words)
    {"encode": encode, "decode": decode}[arguments.action](arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

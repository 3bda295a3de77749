"""Made the conformance streams of version 1.2: ``python -m tests.conformance.make_v1_2 NEW_FOLDER``.

Samples of 9 to 16 bits, alpha, levels, marks and starts. As those of ``make_v1``, they are never made again.
"""

from __future__ import annotations

import dataclasses
import io
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from codec.encoder.encode import encode
from codec.encoder.modes import Coded, GrayOnly, Lossless, Mode
from codec.hints.coder import HintSettings
from codec.plane_codecs import PlaneCodecSpec
from codec.video.damage import NO_DAMAGE
from codec.video.info import VideoInfo
from codec.video.marks import ChromaLocation, ContentLight, FieldOrder, Marks
from codec.video.picture import Frame, Picture
from codec.video.pixel_formats import PIXEL_FORMATS
from container_format.records import HeaderRecord, SegmentRecord
from tests.conformance.faults_v1 import rewritten
from tests.conformance.recorder import write_new

WIDTH, HEIGHT, FRAMES = 24, 17, 5


class DeepVideo:
    """A source of slopes with noise, in any pixel format.

    Args:
        pixel_format: FFmpeg's name.
        levels: the number of different samples of gray video; None for any.
        changes: to the description.
    """

    notes: tuple[str, ...] = ()
    damage = NO_DAMAGE

    def __init__(self, pixel_format: str, *, levels: int | None = None, **changes: object) -> None:
        base = VideoInfo(WIDTH, HEIGHT, PIXEL_FORMATS[pixel_format], Fraction(1, 25), Fraction(25))
        self.info = dataclasses.replace(base, **changes)  # type: ignore[arg-type]
        self._levels = levels

    def frames(self) -> Iterator[Frame]:
        """The frames."""
        random = np.random.default_rng(1)
        for index in range(FRAMES):
            yield Frame(self._picture(index, random), index, 1)

    def read(self) -> Iterator[Frame]:
        """The same."""
        return self.frames()

    def close(self) -> None:
        """Nothing is open."""

    def _picture(self, index: int, random: np.random.Generator) -> Picture:
        own, width, height = self.info.pixel_format, self.info.width, self.info.height
        planes = []
        for number, (rows, columns) in enumerate(own.raw_shapes(width, height)):
            slope = np.add.outer(np.arange(rows) * (5 + number), np.arange(columns) * 3) + 4 * index
            values = (slope << max(0, own.depth - 9)) + random.integers(0, 1 << max(2, own.depth - 7), slope.shape)
            values %= own.peak + 1
            if self._levels is not None:
                step = (own.peak + 1) // self._levels
                values = values // step * step
            planes.append((values << own.padding).astype(own.raw_dtype))
        return own.picture_of(planes, width, height)


def coded(source: DeepVideo, mode: Mode) -> bytes:
    """The stream of a source."""
    buffer = io.BytesIO()
    encode(source, buffer, mode)
    return buffer.getvalue()


def _lossless(pixel_format: str, **choices: object) -> bytes:
    luma = PlaneCodecSpec.parse(str(choices.pop("luma", "network")))
    return coded(DeepVideo(pixel_format), Lossless(effort="none", luma=luma, **choices))  # type: ignore[arg-type]


def _gray(pixel_format: str, luma: str, **changes: object) -> bytes:
    return coded(DeepVideo(pixel_format, **changes), GrayOnly(luma=PlaneCodecSpec.parse(luma)))  # type: ignore[arg-type]


def decodable() -> dict[str, bytes]:
    """Streams by their path without the extension."""
    hinted = Coded(hints=HintSettings.parse("2:x265:crf=24"), luma=PlaneCodecSpec("ffv1"), quality_frames=0)
    marks = Marks(FieldOrder.TT, ChromaLocation.TOPLEFT, None, ContentLight(1000, 400), {"language": "eng"})
    makers: dict[str, Callable[[], bytes]] = {
        "valid/deep_gray9_x264": lambda: _gray("gray9le", "x264"),
        "valid/deep_gray10_x264": lambda: _gray("gray10le", "x264"),
        "valid/deep_gray12_x265": lambda: _gray("gray12be", "x265"),
        "valid/deep_gray14_ffv1": lambda: _gray("gray14le", "ffv1"),
        "valid/deep_gray16_raw": lambda: _gray("gray16be", "raw"),
        "valid/deep_gray16_zstd": lambda: _gray("gray16le", "zstd"),
        "valid/deep_gray16_network": lambda: _gray("gray16le", "network"),
        "valid/deep_gray10_svtav1": lambda: coded(
            DeepVideo("gray10le", width=64, height=64), GrayOnly(luma=PlaneCodecSpec.parse("svtav1:crf=20"))
        ),
        "valid/deep_levels": lambda: _gray("gray16le", "ffv1", levels=100),
        "valid/deep_levels_of_8_bits": lambda: _gray("gray12le", "network", levels=64),
        "valid/deep_420_10_network": lambda: _lossless("yuv420p10le", chroma="network"),
        "valid/deep_422_10_joint": lambda: _lossless("y210le", luma="x264", chroma="joint"),
        "valid/deep_444_16_network": lambda: _lossless("yuv444p16le", chroma="network"),
        "valid/deep_420_12_stacked": lambda: _lossless("p012le", luma="ffv1", chroma="ffv1"),
        "valid/deep_rgb_10_network": lambda: _lossless("gbrp10le", chroma="network"),
        "valid/deep_rgb_16_network": lambda: _lossless("rgb48le", chroma="network"),
        "valid/deep_rgb_16_stacked": lambda: _lossless("gbrp16be", luma="ffv1", chroma="ffv1"),
        "valid/deep_rgb_12_within_3": lambda: _lossless("gbrp12le", luma="ffv1", chroma="network", max_error=3),
        "valid/deep_420_10_coded": lambda: coded(DeepVideo("yuv420p10le"), hinted),
        "valid/deep_rgb_12_coded": lambda: coded(DeepVideo("gbrp12le"), hinted),
        "valid/alpha_rgba": lambda: _lossless("rgba", luma="ffv1", chroma="ffv1"),
        "valid/alpha_ya16": lambda: _gray("ya16le", "ffv1"),
        "valid/alpha_422_10_coded": lambda: coded(DeepVideo("yuva422p10le"), hinted),
        "uncommon/marks_and_start": lambda: coded(
            DeepVideo("yuv420p", marks=marks, start_pts=-7), GrayOnly(luma=PlaneCodecSpec("raw"))
        ),
    }
    return {name: make() for name, make in makers.items()}


def faulty(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Streams by name, each with a part of its error."""
    alpha = (folder / "valid" / "alpha_rgba.gvc").read_bytes()
    levels = (folder / "valid" / "deep_levels.gvc").read_bytes()
    network = (folder / "valid" / "deep_gray16_network.gvc").read_bytes()
    raw = (folder / "valid" / "deep_gray16_raw.gvc").read_bytes()
    # Nested records as they are packed: by the numbers of their fields.
    wrong, no_units = {1: "ffv1", 2: WIDTH, 3: HEIGHT}, {1: 0, 2: 8, 3: 0, 4: 15}
    return {
        "color_alpha_checksum_wrong": (rewritten(alpha, b"SEGM", SegmentRecord, alpha_crc32=1), "alpha of segment 0"),
        "color_alpha_absent": (rewritten(alpha, b"SEGM", SegmentRecord, alpha_crc32=None), "lacks the alpha"),
        "alpha_without_format": (rewritten(raw, b"HEAD", HeaderRecord, alpha=wrong), "header with alpha"),
        "format_without_alpha": (rewritten(alpha, b"HEAD", HeaderRecord, alpha=None), "pixel format with alpha"),
        "levels_of_another_format": (
            rewritten(levels, b"HEAD", HeaderRecord, pixel_format="yuv420p10le"),
            "which only deep gray video may have",
        ),
        "levels_beyond_depth": (
            rewritten(levels, b"HEAD", HeaderRecord, pixel_format="gray10le"),
            "expected levels that rise and have 10 bits",
        ),
        "units_impossible": (rewritten(network, b"HEAD", HeaderRecord, planes=no_units), "expected units of"),
        "samples_beyond_depth": (
            rewritten(raw, b"HEAD", HeaderRecord, pixel_format="gray10le"),
            "expected samples up to 1023",
        ),
    }


if __name__ == "__main__":
    write_new(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "v1", decodable, faulty)

"""Made the conformance streams of R'G'B' with an origin: ``python -m tests.conformance.make_v1_5_origin NEW_FOLDER``.

Since version 1.5. As those of ``make_v1``, they are never made again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from codec.encoder.modes import Lossless
from codec.encoder.modes.mode import Shared
from codec.plane_codecs import PlaneCodecSpec
from codec.video.picture import Picture
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.yuv_origin import YuvOrigin, _known_origins
from container_format import HeaderRecord
from tests.conformance.make_v1_2 import DeepVideo, coded, rewritten
from tests.conformance.recorder import write_new


class MadeVideo(DeepVideo):
    """R'G'B' that was made of slopes with noise in 4:2:0.

    Args:
        origin: of it.
        pixel_format: FFmpeg's name.
        changes: to the description.
    """

    def __init__(self, origin: YuvOrigin, pixel_format: str = "rgb24", **changes: object) -> None:
        super().__init__("yuv420p", **changes)
        self._origin = origin
        self._made_format = PIXEL_FORMATS[pixel_format]
        self.info = replace(self.info, pixel_format=self._made_format)

    def _picture(self, index: int, random: np.random.Generator) -> Picture:
        described, self.info = self.info, replace(self.info, pixel_format=PIXEL_FORMATS["yuv420p"])
        planes = super()._picture(index, random)
        self.info = described
        return self._origin.restored(planes)


def _lossless(source: DeepVideo, luma: str = "adaptive", chroma: str = "adaptive") -> bytes:
    shared = Shared(segment_frames=3)
    mode = Lossless(effort="none", luma=PlaneCodecSpec.parse(luma), chroma=chroma, shared=shared)  # type: ignore[arg-type]
    return coded(source, mode)


def decodable() -> dict[str, bytes]:
    """Streams by their path without the extension."""
    bt601, bt601_full, bt709, *_ = _known_origins()
    makers: dict[str, Callable[[], bytes]] = {
        "valid/rgb_of_420": lambda: _lossless(MadeVideo(bt601)),
        "valid/rgb_of_420_x264": lambda: _lossless(MadeVideo(bt709, width=40, height=26), "x264", "joint"),
        "uncommon/bgr_of_420_full_range": lambda: _lossless(MadeVideo(bt601_full, "bgr24"), "ffv1", "ffv1"),
        "uncommon/gbrp_of_420_one_pixel": lambda: _lossless(MadeVideo(bt709, "gbrp", width=1, height=1)),
    }
    return {name: make() for name, make in makers.items()}


def faulty(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Streams by name, each with a part of its error."""
    good = (folder / "valid" / "rgb_of_420.gvc").read_bytes()
    numbers = (128, 9539, 16525, -3209, -6660, 13075)

    def header(**changes: object) -> bytes:
        return rewritten(good, b"HEAD", HeaderRecord, **changes)

    return {
        "origin_of_gray": (header(pixel_format="gray of yuv420p"), "expected an origin in YUV of exact R'G'B'"),
        "origin_of_five_numbers": (header(yuv_origin=numbers[:5]), "expected 6 numbers of the origin"),
        "origin_that_does_not_rise": (header(yuv_origin=(128, 1, *numbers[2:])), "expected factors of an origin"),
        "origin_of_an_unknown_format": (header(pixel_format="rgb24 of yuv444p"), "the stream needs a newer gvc"),
        "origin_without_numbers": (header(yuv_origin=()), "the stream needs a newer gvc"),
    }


if __name__ == "__main__":
    write_new(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "v1", decodable, faulty)

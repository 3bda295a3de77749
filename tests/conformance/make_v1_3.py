"""Made the conformance streams of version 1.3: ``python -m tests.conformance.make_v1_3 NEW_FOLDER``.

Adaptive planes. As those of ``make_v1``, they are never made again.
"""

from __future__ import annotations

import dataclasses
import io
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from codec.encoder.modes import GrayOnly, Lossless, Shared
from codec.lossless.predictor_weights import ADAPTIVE
from codec.plane_codecs import PlaneCodecSpec
from container_format import StreamReader
from container_format.chunks import pack_record
from container_format.records import HeaderRecord, SegmentRecord
from tests.conformance.make_v1 import chunks_of, rewritten
from tests.conformance.make_v1_2 import DeepVideo, coded, write_new


def _lossless(pixel_format: str, luma: str = "adaptive", chroma: str = "adaptive", **changes: object) -> bytes:
    mode = Lossless(
        effort="none",
        luma=PlaneCodecSpec.parse(luma),
        chroma=chroma,
        shared=Shared(segment_frames=3),  # type: ignore[arg-type]
    )
    return coded(DeepVideo(pixel_format, **changes), mode)  # type: ignore[arg-type]


def _gray(pixel_format: str, **changes: object) -> bytes:
    return coded(DeepVideo(pixel_format, **changes), GrayOnly(luma=PlaneCodecSpec.parse("adaptive")))  # type: ignore[arg-type]


def decodable() -> dict[str, bytes]:
    """Streams by their path without the extension."""
    wide = {"width": 40, "height": 26, "frame_rate": Fraction(25)}
    makers: dict[str, Callable[[], bytes]] = {
        "valid/adaptive_gray": lambda: _gray("gray"),
        "valid/adaptive_gray16": lambda: _gray("gray16le"),
        "valid/adaptive_gray12_levels": lambda: _gray("gray12le", levels=64),
        "valid/adaptive_420": lambda: _lossless("yuv420p", **wide),
        "valid/adaptive_422_10": lambda: _lossless("yuv422p10le"),
        "valid/adaptive_444": lambda: _lossless("yuv444p"),
        "valid/adaptive_rgb": lambda: _lossless("rgb24", **wide),
        "valid/adaptive_rgb_16": lambda: _lossless("rgb48le"),
        "valid/adaptive_rgba": lambda: _lossless("rgba"),
        "valid/adaptive_chroma_beside_x264": lambda: _lossless("yuv420p", luma="x264"),
        "valid/adaptive_gray_beside_ffv1": lambda: _lossless("yuv420p", chroma="ffv1"),
        "uncommon/adaptive_gray_beside_network": lambda: _lossless("yuv420p", chroma="network"),
        "uncommon/adaptive_411": lambda: _lossless("yuv411p"),
        "uncommon/adaptive_410": lambda: _lossless("yuv410p"),
        "uncommon/adaptive_one_pixel": lambda: _lossless("yuv420p", width=1, height=1),
        "uncommon/adaptive_one_row": lambda: _lossless("rgb24", width=70, height=1),
    }
    return {name: make() for name, make in makers.items()}


def faulty(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Streams by name, each with a part of its error."""
    good, gray = ((folder / "valid" / f"adaptive_{name}.gvc").read_bytes() for name in ("420", "gray"))
    # Nested records as they are packed: by the numbers of their fields.
    planes = {1: 2, 2: ADAPTIVE, 3: ADAPTIVE}
    cut, longer = b"\x12\x34", b"\0" * 6000
    return {
        "color_adaptive_within_2": (rewritten(good, b"HEAD", HeaderRecord, planes=planes), "exact samples of adaptive"),
        "color_adaptive_cut": (_of_segments(good, chroma_samples=cut), "not decoded as the sender did"),
        "adaptive_gray_cut": (_of_segments(gray, luma_packets=(cut,)), "not decoded as the sender did"),
        "adaptive_gray_too_long": (_of_segments(gray, luma_packets=(longer,)), "not decoded as the sender did"),
    }


def _of_segments(data: bytes, **changes: object) -> bytes:
    """The stream with other bytes in its first segment."""
    segment = next(r for r in StreamReader(io.BytesIO(data)).records() if isinstance(r, SegmentRecord))
    chunk = pack_record(dataclasses.replace(segment, **changes)).data  # type: ignore[arg-type]
    parts = chunks_of(data)
    place = next(i for i, part in enumerate(parts) if part.startswith(b"SEGM"))
    return b"".join([*parts[:place], chunk, *parts[place + 1 :]])


if __name__ == "__main__":
    write_new(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "v1", decodable, faulty)

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
from codec.lossless.parameters import Speed
from codec.lossless.sessions import adaptive_number
from codec.plane_codecs import PlaneCodecSpec
from container_format import StreamReader
from container_format.chunks import pack_record
from container_format.records import HeaderRecord, SegmentRecord
from tests.conformance.faults_v1 import chunks_of, rewritten
from tests.conformance.make_v1_2 import DeepVideo, coded
from tests.conformance.recorder import write_new


def lossless(
    pixel_format: str,
    luma: str = "adaptive",
    chroma: str = "adaptive",
    *,
    speed: Speed = Speed.MAX,
    **changes: object,
) -> bytes:
    """A stream of every bit, in segments of three frames."""
    mode = Lossless(
        effort="none",
        speed=speed,
        luma=PlaneCodecSpec.parse(luma),
        chroma=chroma,
        shared=Shared(segment_frames=3),  # type: ignore[arg-type]
    )
    return coded(DeepVideo(pixel_format, **changes), mode)  # type: ignore[arg-type]


def gray(pixel_format: str, *, speed: Speed = Speed.MAX, **changes: object) -> bytes:
    """A stream of adaptive gray."""
    mode = GrayOnly(luma=PlaneCodecSpec.parse("adaptive"), speed=speed)
    return coded(DeepVideo(pixel_format, **changes), mode)  # type: ignore[arg-type]


def decodable() -> dict[str, bytes]:
    """Streams by their path without the extension."""
    wide = {"width": 40, "height": 26, "frame_rate": Fraction(25)}
    makers: dict[str, Callable[[], bytes]] = {
        "valid/adaptive_gray": lambda: gray("gray"),
        "valid/adaptive_gray16": lambda: gray("gray16le"),
        "valid/adaptive_gray12_levels": lambda: gray("gray12le", levels=64),
        "valid/adaptive_420": lambda: lossless("yuv420p", **wide),
        "valid/adaptive_422_10": lambda: lossless("yuv422p10le"),
        "valid/adaptive_444": lambda: lossless("yuv444p"),
        "valid/adaptive_rgb": lambda: lossless("rgb24", **wide),
        "valid/adaptive_rgb_16": lambda: lossless("rgb48le"),
        "valid/adaptive_rgba": lambda: lossless("rgba"),
        "valid/adaptive_chroma_beside_x264": lambda: lossless("yuv420p", luma="x264"),
        "valid/adaptive_gray_beside_ffv1": lambda: lossless("yuv420p", chroma="ffv1"),
        "uncommon/adaptive_gray_beside_network": lambda: lossless("yuv420p", chroma="network"),
        "uncommon/adaptive_411": lambda: lossless("yuv411p"),
        "uncommon/adaptive_410": lambda: lossless("yuv410p"),
        "uncommon/adaptive_one_pixel": lambda: lossless("yuv420p", width=1, height=1),
        "uncommon/adaptive_one_row": lambda: lossless("rgb24", width=70, height=1),
    }
    return {name: make() for name, make in makers.items()}


def faulty(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Streams by name, each with a part of its error."""
    good, of_gray = ((folder / "valid" / f"adaptive_{name}.gvc").read_bytes() for name in ("420", "gray"))
    # Nested records as they are packed: by the numbers of their fields.
    adaptive = adaptive_number(Speed.MAX)
    planes = {1: 2, 2: adaptive, 3: adaptive}
    cut, longer = b"\x12\x34", b"\0" * 6000
    return {
        "color_adaptive_within_2": (rewritten(good, b"HEAD", HeaderRecord, planes=planes), "exact samples of adaptive"),
        "color_adaptive_cut": (of_segments(good, chroma_samples=cut), "not decoded as the sender did"),
        "adaptive_gray_cut": (of_segments(of_gray, luma_packets=(cut,)), "not decoded as the sender did"),
        "adaptive_gray_too_long": (of_segments(of_gray, luma_packets=(longer,)), "not decoded as the sender did"),
    }


def of_segments(data: bytes, **changes: object) -> bytes:
    """The stream with other bytes in its first segment."""
    segment = next(r for r in StreamReader(io.BytesIO(data)).records() if isinstance(r, SegmentRecord))
    chunk = pack_record(dataclasses.replace(segment, **changes)).data  # type: ignore[arg-type]
    parts = chunks_of(data)
    place = next(i for i, part in enumerate(parts) if part.startswith(b"SEGM"))
    return b"".join([*parts[:place], chunk, *parts[place + 1 :]])


if __name__ == "__main__":
    write_new(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "v1", decodable, faulty)

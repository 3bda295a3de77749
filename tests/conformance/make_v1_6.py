"""Made the conformance streams of version 1.6: ``python -m tests.conformance.make_v1_6 NEW_FOLDER``.

Adaptive planes of the slowest speed. As those of ``make_v1``, they are never made again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path

from codec.lossless.parameters import Speed
from tests.conformance.make_v1_3 import gray, lossless, of_segments
from tests.conformance.recorder import write_new


def decodable() -> dict[str, bytes]:
    """Streams by their path without the extension."""
    of_gray, of_all = partial(gray, speed=Speed.MAX), partial(lossless, speed=Speed.MAX)
    wide = partial(of_all, width=40, height=26, frame_rate=Fraction(25))
    makers: dict[str, Callable[[], bytes]] = {
        "valid/max_gray": partial(of_gray, "gray"),
        "valid/max_gray10": partial(of_gray, "gray10le"),
        "valid/max_gray16": partial(of_gray, "gray16le"),
        "valid/max_420": partial(wide, "yuv420p"),
        "valid/max_422_10": partial(of_all, "yuv422p10le"),
        "valid/max_444_12": partial(of_all, "yuv444p12le"),
        "valid/max_rgb": partial(wide, "rgb24"),
        "valid/max_rgb_16": partial(of_all, "rgb48le"),
        "uncommon/max_gray_beside_network": partial(of_all, "yuv420p", chroma="network"),
        "uncommon/max_411": partial(of_all, "yuv411p"),
        "uncommon/max_410": partial(of_all, "yuv410p"),
        "uncommon/max_one_pixel": partial(of_all, "yuv420p", width=1, height=1),
    }
    return {name: make() for name, make in makers.items()}


def faulty(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Streams by name, each with a part of its error."""
    good, of_gray = ((folder / "valid" / f"max_{name}.gvc").read_bytes() for name in ("420", "gray"))
    cut, longer = b"\xff\xff", b"\0" * 6000
    return {
        "color_max_cut": (of_segments(good, chroma_samples=cut), "expected more data for adaptive planes"),
        "max_gray_cut": (of_segments(of_gray, luma_packets=(cut,)), "expected more data for adaptive planes"),
        "max_gray_too_long": (of_segments(of_gray, luma_packets=(longer,)), "not decoded as the sender did"),
    }


if __name__ == "__main__":
    write_new(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "v1", decodable, faulty)

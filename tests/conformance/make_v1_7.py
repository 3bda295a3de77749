"""Made the conformance streams of version 1.7: ``python -m tests.conformance.make_v1_7 NEW_FOLDER``.

Adaptive planes of the fastest speed, as it is since. As those of ``make_v1``, they are never made again.
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
    of_gray, of_all = partial(gray, speed=Speed.SWIFT), partial(lossless, speed=Speed.SWIFT)
    wide = partial(of_all, width=40, height=26, frame_rate=Fraction(25))
    makers: dict[str, Callable[[], bytes]] = {
        "valid/quick_gray": partial(of_gray, "gray"),
        "valid/quick_gray10": partial(of_gray, "gray10le"),
        "valid/quick_gray16": partial(of_gray, "gray16le"),
        "valid/quick_420": partial(wide, "yuv420p"),
        "valid/quick_422_10": partial(of_all, "yuv422p10le"),
        "valid/quick_444_12": partial(of_all, "yuv444p12le"),
        "valid/quick_rgb": partial(wide, "rgb24"),
        "valid/quick_rgb_16": partial(of_all, "rgb48le"),
        "uncommon/quick_gray_beside_network": partial(of_all, "yuv420p", chroma="network"),
        "uncommon/quick_411": partial(of_all, "yuv411p"),
        "uncommon/quick_410": partial(of_all, "yuv410p"),
        "uncommon/quick_one_pixel": partial(of_all, "yuv420p", width=1, height=1),
    }
    return {name: make() for name, make in makers.items()}


def faulty(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Streams by name, each with a part of its error."""
    good, of_gray = ((folder / "valid" / f"quick_{name}.gvc").read_bytes() for name in ("420", "gray"))
    cut, longer = b"\xff\xff", b"\0" * 6000
    return {
        "color_quick_cut": (of_segments(good, chroma_samples=cut), "expected more data for adaptive planes"),
        "quick_gray_cut": (of_segments(of_gray, luma_packets=(cut,)), "expected more data for adaptive planes"),
        "quick_gray_too_long": (of_segments(of_gray, luma_packets=(longer,)), "not decoded as the sender did"),
    }


if __name__ == "__main__":
    write_new(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "v1", decodable, faulty)

"""Made the conformance streams of version 1.4: ``python -m tests.conformance.make_v1_4 NEW_FOLDER``.

Adaptive planes of other speeds: `standard` and `swift`. As those of ``make_v1``, they are never made again.
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
    makers: dict[str, Callable[[], bytes]] = {
        "uncommon/swift_gray_beside_network": lambda: lossless("yuv420p", chroma="network", speed=Speed.SWIFT)
    }
    for speed in (Speed.STANDARD, Speed.SWIFT):
        of_gray, of_all = partial(gray, speed=speed), partial(lossless, speed=speed)
        wide = partial(of_all, width=40, height=26, frame_rate=Fraction(25))
        makers |= {
            f"valid/{speed}_gray": partial(of_gray, "gray"),
            f"valid/{speed}_gray10": partial(of_gray, "gray10le"),
            f"valid/{speed}_gray16": partial(of_gray, "gray16le"),
            f"valid/{speed}_420": partial(wide, "yuv420p"),
            f"valid/{speed}_422_10": partial(of_all, "yuv422p10le"),
            f"valid/{speed}_444_12": partial(of_all, "yuv444p12le"),
            f"valid/{speed}_rgb": partial(wide, "rgb24"),
            f"valid/{speed}_rgb_16": partial(of_all, "rgb48le"),
            f"uncommon/{speed}_411": partial(of_all, "yuv411p"),
            f"uncommon/{speed}_410": partial(of_all, "yuv410p"),
            f"uncommon/{speed}_one_pixel": partial(of_all, "yuv420p", width=1, height=1),
            # More symbols than one block has.
            f"uncommon/{speed}_blocks": partial(of_gray, "gray16le", width=200, height=150),
        }
    return {name: make() for name, make in makers.items()}


def faulty(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Streams by name, each with a part of its error."""
    good, of_gray = ((folder / "valid" / f"swift_{name}.gvc").read_bytes() for name in ("420", "gray"))
    cut, longer = b"\x12\x34", b"\0" * 6000
    return {
        "color_swift_cut": (of_segments(good, chroma_samples=cut), "expected more data for adaptive planes"),
        "swift_gray_cut": (of_segments(of_gray, luma_packets=(cut,)), "expected more data for adaptive planes"),
        "swift_gray_too_long": (of_segments(of_gray, luma_packets=(longer,)), "not decoded as the sender did"),
    }


if __name__ == "__main__":
    write_new(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "v1", decodable, faulty)

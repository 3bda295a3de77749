"""Conformance streams of adaptive planes that every speed has, and faults in them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path

from codec.lossless.parameters import Speed
from tests.conformance.make_v1_3 import gray, lossless, of_segments


def makers_of(name: str, speed: Speed) -> dict[str, Callable[[], bytes]]:
    """What makes each stream of a speed, by its path without the extension, which begins with this name."""
    of_gray, of_all = partial(gray, speed=speed), partial(lossless, speed=speed)
    wide = partial(of_all, width=40, height=26, frame_rate=Fraction(25))
    return {
        f"valid/{name}_gray": partial(of_gray, "gray"),
        f"valid/{name}_gray10": partial(of_gray, "gray10le"),
        f"valid/{name}_gray16": partial(of_gray, "gray16le"),
        f"valid/{name}_420": partial(wide, "yuv420p"),
        f"valid/{name}_422_10": partial(of_all, "yuv422p10le"),
        f"valid/{name}_444_12": partial(of_all, "yuv444p12le"),
        f"valid/{name}_rgb": partial(wide, "rgb24"),
        f"valid/{name}_rgb_16": partial(of_all, "rgb48le"),
        f"uncommon/{name}_411": partial(of_all, "yuv411p"),
        f"uncommon/{name}_410": partial(of_all, "yuv410p"),
        f"uncommon/{name}_one_pixel": partial(of_all, "yuv420p", width=1, height=1),
    }


def beside_network(name: str, speed: Speed) -> dict[str, Callable[[], bytes]]:
    """The same of a stream whose chroma is of a network."""
    return {f"uncommon/{name}_gray_beside_network": partial(lossless, "yuv420p", chroma="network", speed=speed)}


def faults_of(name: str, folder: Path, cut: bytes) -> dict[str, tuple[bytes, str]]:
    """Faulty streams of a speed by name, each with a part of its error.

    Args:
        name: of the speed's streams.
        folder: of the streams that :func:`makers_of` has made.
        cut: what is left of planes that end too early.
    """
    good, of_gray = ((folder / "valid" / f"{name}_{kind}.gvc").read_bytes() for kind in ("420", "gray"))
    longer = b"\0" * 6000
    return {
        f"color_{name}_cut": (of_segments(good, chroma_samples=cut), "expected more data for adaptive planes"),
        f"{name}_gray_cut": (of_segments(of_gray, luma_packets=(cut,)), "expected more data for adaptive planes"),
        f"{name}_gray_too_long": (of_segments(of_gray, luma_packets=(longer,)), "not decoded as the sender did"),
    }

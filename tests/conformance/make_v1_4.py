"""Made the conformance streams of version 1.4: ``python -m tests.conformance.make_v1_4 NEW_FOLDER``.

Adaptive planes of other speeds: `standard` and `swift`. As those of ``make_v1``, they are never made again.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from codec.lossless.parameters import Speed
from tests.conformance.adaptive_speeds import beside_network, faults_of, makers_of
from tests.conformance.make_v1_3 import gray
from tests.conformance.recorder import write_new


def decodable() -> dict[str, bytes]:
    """Streams by their path without the extension."""
    makers = beside_network("swift", Speed.SWIFT)
    for speed in (Speed.STANDARD, Speed.SWIFT):
        # More symbols than one block has.
        blocks = partial(gray, "gray16le", speed=speed, width=200, height=150)
        makers |= makers_of(speed, speed) | {f"uncommon/{speed}_blocks": blocks}
    return {name: make() for name, make in makers.items()}


def faulty(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Streams by name, each with a part of its error."""
    return faults_of("swift", folder, b"\x12\x34")


if __name__ == "__main__":
    write_new(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "v1", decodable, faulty)

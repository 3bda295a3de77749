"""Made the conformance streams of version 1.7: ``python -m tests.conformance.make_v1_7 NEW_FOLDER``.

Adaptive planes of the fastest speed, as it is since. As those of ``make_v1``, they are never made again.
"""

from __future__ import annotations

import sys
from pathlib import Path

from codec.lossless.parameters import Speed
from tests.conformance.adaptive_speeds import beside_network, faults_of, makers_of
from tests.conformance.recorder import write_new


def decodable() -> dict[str, bytes]:
    """Streams by their path without the extension."""
    makers = makers_of("quick", Speed.SWIFT) | beside_network("quick", Speed.SWIFT)
    return {name: make() for name, make in makers.items()}


def faulty(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Streams by name, each with a part of its error."""
    return faults_of("quick", folder, b"\xff\xff")


if __name__ == "__main__":
    write_new(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "v1", decodable, faulty)

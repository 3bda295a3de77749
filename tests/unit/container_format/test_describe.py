"""gvc-info's knowledge of a stream."""

from __future__ import annotations

import io
import json

from container_format.describe import describe, describe_text
from tests.conftest import make_stream


def test_describe_accounts_for_every_byte() -> None:
    data = make_stream(4)
    description = describe(io.BytesIO(data))
    assert description["total_bytes"] == len(data)
    assert description["num_frames"] == 12
    assert description["keyframes"] == [0, 3]
    assert description["duration_seconds"] == 0.48
    assert description["network"]["num_weights"] == 6
    assert description["copy"][0]["bytes"] == 100
    json.dumps(description, allow_nan=False)


def test_text_names_what_matters() -> None:
    text = describe_text(describe(io.BytesIO(make_stream())))
    for word in ("16x8", "yuv420p", "25 fps", "lossless", "model", "test", "aac", "every checksum holds"):
        assert word in text


def test_damage_is_listed_when_recovering() -> None:
    data = bytearray(make_stream())
    data[-60] ^= 1
    description = describe(io.BytesIO(bytes(data)), recover=True)
    assert description["damage"]
    assert "with damage" in describe_text(description)

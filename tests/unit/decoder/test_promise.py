"""What a header promises of gray and chroma."""

from __future__ import annotations

import pytest

from codec.decoder.promise import Promise
from container_format import PlanesRecord
from tests.conftest import make_header


@pytest.mark.parametrize(
    ("changes", "max_error", "is_exact"),
    [
        ({"color": "guided"}, None, False),
        ({"color": "model"}, None, False),
        ({"color": "none"}, None, False),
        ({"color": "none", "pixel_format": "gray"}, 0, True),
        ({"color": "none", "pixel_format": "gray", "luma_is_lossless": False}, 0, False),
        ({"color": "lossless"}, 0, True),
        ({"color": "lossless", "luma_is_lossless": False}, 0, False),
        ({"color": "lossless", "planes": PlanesRecord(max_error=0, luma_predictor=8, chroma_predictor=9)}, 0, True),
        ({"color": "lossless", "planes": PlanesRecord(max_error=3, luma_predictor=0, chroma_predictor=9)}, 3, False),
        ({"color": "coded", "planes": PlanesRecord(max_error=0, luma_predictor=8, chroma_predictor=0)}, None, False),
    ],
)
def test_what_a_header_promises(changes: dict[str, object], max_error: int | None, is_exact: bool) -> None:
    promise = Promise.of(make_header(**changes))
    assert (promise.max_error, promise.is_exact) == (max_error, is_exact)
    assert promise.has_color == (changes["color"] != "none")
    assert promise.luma_is_lossless == changes.get("luma_is_lossless", True)

"""gvc-info's knowledge of a stream."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest

from container_format import EndRecord, NetworkRecord, PlanesRecord, StreamError, StreamWriter
from container_format.chunks import pack_chunk
from container_format.describe import describe, describe_text
from tests.conftest import WEIGHTS, make_header, make_segment, make_stream


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


def test_the_network_is_the_one_that_makes_color() -> None:
    planes = PlanesRecord(max_error=0, luma_predictor=1, chroma_predictor=0)
    buffer = io.BytesIO()
    writer = StreamWriter(buffer, make_header(luma_codec="network", planes=planes, copy_streams=()))
    for name, known in (("color", {"vgg16": "0123"}), ("gray", {})):
        writer.write_network(NetworkRecord(architecture=name, tensors=(WEIGHTS,), known_weights=known))
    writer.write_segment(make_segment(0))
    writer.finish()
    description = describe(io.BytesIO(buffer.getvalue()))
    assert description["network"]["architecture"] == "color"
    assert "needs vgg16 with SHA-256 0123" in describe_text(description)


def test_without_keyframes_nothing_is_said_of_them() -> None:
    planes = PlanesRecord(max_error=0, luma_predictor=0, chroma_predictor=1)
    buffer = io.BytesIO()
    header = make_header(color="lossless", planes=planes, copy_streams=(), keyframe_deltas=())
    writer = StreamWriter(buffer, header)
    writer.write_network(NetworkRecord(architecture="test", tensors=(WEIGHTS,)))
    writer.write_segment(replace(make_segment(0), chroma_samples=b"samples"))
    writer.finish()
    text = describe_text(describe(io.BytesIO(buffer.getvalue())))
    assert "color      lossless, network, 7 bytes" in text
    assert "keyframes" not in text


def test_the_md5_of_the_source_travels_in_the_end() -> None:
    buffer = io.BytesIO()
    writer = StreamWriter(buffer, make_header(color="none", copy_streams=(), keyframe_deltas=()))
    writer.write_segment(make_segment(0))
    md5 = "0123456789abcdef" * 2
    writer.finish(source_md5=md5)
    description = describe(io.BytesIO(buffer.getvalue()))
    assert description["source_md5"] == md5
    assert f"source     MD5={md5}" in describe_text(description)
    assert describe(io.BytesIO(make_stream()))["source_md5"] is None


@pytest.mark.parametrize("text", ["", "0" * 31, "0" * 31 + "A", "0" * 31 + "\n", "0" * 33])
def test_an_md5_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(StreamError, match=r"EndRecord\.source_md5"):
        pack_chunk(EndRecord(num_segments=1, num_frames=1, source_md5=text))


@pytest.mark.parametrize(
    ("rate", "said"),
    [("1000/1", "1000 fps nominal, 25 fps on average"), ("25/1", "25 fps,"), (None, "25 fps on average")],
)
def test_a_rate_that_the_times_contradict(rate: str | None, said: str) -> None:
    description = describe(io.BytesIO(make_stream()))
    description["header"]["frame_rate"] = rate
    description |= {"num_frames": 50, "duration_seconds": 2.0}
    assert f", {said}" in describe_text(description).splitlines()[0]

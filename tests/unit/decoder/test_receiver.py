"""The header alone chooses the twins of the sender's tracks."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from codec.decoder.networks import StreamNetworks
from codec.decoder.segment import Receiver, decode_segment
from codec.errors import StreamError
from codec.stream_header import unpack_header
from container_format import NetworkRecord, SegmentRecord, StreamReader, UnsupportedError

STREAMS = Path(__file__).parents[2] / "conformance" / "v1" / "valid"


def reader_of(name: str) -> StreamReader:
    return StreamReader(io.BytesIO((STREAMS / f"{name}.gvc").read_bytes()))


def receiver_of(reader: StreamReader, networks: StreamNetworks, *, gray: bool = False) -> Receiver:
    return Receiver.of(unpack_header(reader.header), networks, reader.header.color, gray=gray, verify=True)


@pytest.mark.parametrize(
    ("name", "luma", "color"),
    [
        ("gray_x264", "VideoCodecLuma", "NoColor"),
        ("gray_network", "PredictedLuma", "NoColor"),
        ("color_yuv420p", "VideoCodecLuma", "NetworkColor"),
        ("model_compact", "VideoCodecLuma", "NetworkColor"),
        ("guided_yuv420p", "VideoCodecLuma", "HintedColor"),
        ("coded_rgb24", "VideoCodecLuma", "HintedColor"),
        ("lossless_rgb24", "PredictedLuma", "PredictedChroma"),
        ("lossless_beside_x264", "VideoCodecLuma", "PredictedChroma"),
        ("lossless_ffv1_rgb24", "VideoCodecLuma", "StackedChroma"),
        ("lossless_joint_yuv420p", "WholePicture", "InLuma"),
    ],
)
def test_tracks_follow_from_the_header(name: str, luma: str, color: str) -> None:
    receiver = receiver_of(reader_of(name), StreamNetworks())
    assert (type(receiver.luma).__name__, type(receiver.color).__name__) == (luma, color)


def test_for_the_gray_alone_no_chroma_is_decoded() -> None:
    receiver = receiver_of(reader_of("lossless_joint_yuv420p"), StreamNetworks(), gray=True)
    assert (type(receiver.luma).__name__, type(receiver.color).__name__) == ("VideoCodecLuma", "NoColor")


def test_a_network_that_did_not_come_is_missed_when_it_is_needed() -> None:
    reader = reader_of("guided_yuv420p")
    segment = next(record for record in reader.records() if isinstance(record, SegmentRecord))
    with pytest.raises(StreamError, match="the network is damaged"):
        list(decode_segment(receiver_of(reader, StreamNetworks()), segment))
    assert list(decode_segment(receiver_of(reader, StreamNetworks(), gray=True), segment))


def test_networks_of_both_roles_are_taken_in_one_way() -> None:
    networks = StreamNetworks()
    reader = reader_of("guided_yuv420p")
    for record in reader.records():
        if isinstance(record, NetworkRecord):
            networks.add(record)
    assert networks.colorizer(unpack_header(reader.header).conversion, with_hints=True).is_exact
    with pytest.raises(UnsupportedError, match="unknown predictor 77"):
        networks.add(NetworkRecord(architecture="predictor", parameters={"predictor": 77}, tensors=()))


def test_a_network_that_takes_no_hints_is_refused_before_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codec.decoder.networks.load_colorizer", lambda *_, **__: pytest.fail("it was made"))
    networks = StreamNetworks()
    networks.add(NetworkRecord(architecture="singh2020", parameters={}, tensors=()))
    conversion = unpack_header(reader_of("guided_yuv420p").header).conversion
    with pytest.raises(StreamError, match=r"expected a network that takes hints\. Received: singh2020"):
        networks.colorizer(conversion, with_hints=True)

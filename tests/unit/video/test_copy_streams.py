"""codec.video.copy_streams: what goes in as a packet comes out as the same packet."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest

from codec.video.copy_streams import (
    COPIED_CODECS,
    CopyError,
    add_copy_stream,
    copy_packet,
    describe_stream,
    mux_copy_packet,
)
from codec.video.info import CopyPacket, CopyStream

MILLISECONDS = Fraction(1, 1000)
OPTIONS_OF_ALL = {"matroska": {"avoid_negative_ts": "disabled"}, "webm": {"avoid_negative_ts": "disabled"}}
ASS_HEADER = (
    b"[Script Info]\r\nScriptType: v4.00+\r\n\r\n[V4+ Styles]\r\nFormat: Name, Fontname\r\nStyle: Default,Arial\r\n\r\n"
    b"[Events]\r\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\r\n"
)


def encode_sound(encoder: str, container: str, rate: int = 44100) -> io.BytesIO:
    """Half a second of a noisy tone."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as output:
        stream = output.add_stream(encoder, rate=rate, options={"strict": "experimental"})
        assert isinstance(stream, av.AudioStream)
        stream.codec_context.layout = "stereo"
        stream.metadata["language"] = "eng"
        seconds = np.arange(rate // 2) / rate
        tone = np.sin(2 * np.pi * 440 * seconds) * 0.4 + np.random.default_rng(0).normal(size=len(seconds)) * 0.01
        frame = av.AudioFrame.from_ndarray(np.stack([tone, -tone]).astype(np.float32), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = rate, 0
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    buffer.seek(0)
    return buffer


def read_all(buffer: io.BytesIO) -> tuple[CopyStream, list[CopyPacket]]:
    buffer.seek(0)
    with av.open(buffer) as source:
        stream = source.streams[0]
        return describe_stream(stream), [copy_packet(0, packet) for packet in source.demux(stream) if packet.size]


def decode(buffer: io.BytesIO) -> np.ndarray[Any, Any]:
    buffer.seek(0)
    with av.open(buffer) as source:
        return np.concatenate([frame.to_ndarray() for frame in source.decode(audio=0)], axis=1)


def write_all(container: str, stream: CopyStream, packets: list[CopyPacket]) -> io.BytesIO:
    buffer = io.BytesIO()
    options = OPTIONS_OF_ALL.get(container, {})
    with av.open(buffer, "w", format=container, container_options=options) as output:
        added = add_copy_stream(output, stream)
        for packet in packets:
            mux_copy_packet(output, added, stream, packet)
    return buffer


def seconds(stream: CopyStream, packets: list[CopyPacket]) -> list[float]:
    return [float(packet.pts * stream.time_base) for packet in packets if packet.pts is not None]


@pytest.mark.parametrize(
    ("encoder", "container", "codec"),
    [
        ("aac", "mp4", "aac"),
        ("libmp3lame", "mp4", "mp3"),
        ("libopus", "mp4", "opus"),
        ("flac", "mp4", "flac"),
        ("ac3", "mp4", "ac3"),
        ("eac3", "mp4", "eac3"),
        ("alac", "mp4", "alac"),
        ("pcm_s16le", "mov", "pcm_s16le"),
        ("pcm_s24le", "mov", "pcm_s24le"),
    ],
)
def test_sound_through_the_same_container_is_identical(encoder: str, container: str, codec: str) -> None:
    original = encode_sound(encoder, container, 48000 if encoder == "libopus" else 44100)
    stream, packets = read_all(original)
    assert stream.codec == codec
    assert stream.kind == "audio"
    copied = write_all(container, stream, packets)
    stream_again, packets_again = read_all(copied)
    assert replace(stream_again, tags={}) == replace(stream, tags={})
    assert stream_again.tags["language"] == stream.tags["language"] == "eng"
    assert packets_again == packets
    assert np.array_equal(decode(copied), decode(original))


@pytest.mark.parametrize(
    ("encoder", "container", "rate"),
    [
        ("aac", "matroska", 44100),
        ("libmp3lame", "matroska", 44100),
        ("libopus", "webm", 48000),
        ("vorbis", "matroska", 44100),
        ("vorbis", "webm", 44100),
        ("flac", "matroska", 44100),
        ("pcm_s16le", "matroska", 44100),
    ],
)
def test_sound_through_matroska_keeps_bytes_times_and_samples(encoder: str, container: str, rate: int) -> None:
    original = encode_sound(encoder, container, rate)
    stream, packets = read_all(original)
    copied = write_all(container, stream, packets)
    stream_again, packets_again = read_all(copied)
    assert replace(stream_again, tags={}) == replace(stream, tags={})
    assert stream_again.tags["language"] == "eng"
    assert [packet.data for packet in packets_again] == [packet.data for packet in packets]
    assert seconds(stream_again, packets_again) == pytest.approx(seconds(stream, packets), abs=0.0011)
    # Matroska's notes on what to drop at either end are no packets' data: the longer one holds the shorter.
    before, after = decode(original), decode(copied)
    missing = after.shape[1] - before.shape[1]
    assert 0 <= missing <= 3 * 1152
    assert any(np.array_equal(after[:, lead : lead + before.shape[1]], before) for lead in range(missing + 1))


@pytest.mark.parametrize(("encoder", "target"), [("aac", "matroska"), ("libopus", "webm"), ("flac", "matroska")])
def test_sound_from_mp4_to_matroska_keeps_its_times(encoder: str, target: str) -> None:
    stream, packets = read_all(encode_sound(encoder, "mp4", 48000))
    stream_again, packets_again = read_all(write_all(target, stream, packets))
    assert [packet.data for packet in packets_again] == [packet.data for packet in packets]
    assert stream_again.extradata == stream.extradata
    assert seconds(stream_again, packets_again) == pytest.approx(seconds(stream, packets), abs=0.0011)


def test_pcm_without_a_named_layout_fits_into_mp4() -> None:
    stream, packets = read_all(encode_sound("pcm_s16le", "wav"))
    assert stream.channel_layout == "2 channels"
    copied = write_all("mp4", stream, packets)
    assert np.array_equal(decode(copied), decode(write_all("matroska", stream, packets)))


@pytest.mark.parametrize(
    ("codec", "container", "extradata"),
    [
        ("subrip", "matroska", b""),
        ("ass", "matroska", ASS_HEADER),
        ("webvtt", "matroska", b""),
        ("webvtt", "webm", b""),
        ("dvd_subtitle", "matroska", b"palette: 000000\n"),
        ("mov_text", "mp4", bytes(4) + b"\x01\xff" + bytes(24) + b"\x00\x12ftab\x00\x01\x00\x01\x05Serif"),
    ],
)
def test_subtitles(codec: str, container: str, extradata: bytes) -> None:
    stream = CopyStream(
        "subtitle", codec, MILLISECONDS, extradata, disposition=65, tags={"language": "eng", "title": "Signs"}
    )
    prefix = {"ass": b"0,0,Default,,0,0,0,,", "mov_text": b"\x00\x05"}.get(codec, b"")
    packets = [CopyPacket(0, i * 1500, i * 1500, 1500, True, prefix + b"line%d" % i) for i in range(3)]
    stream_again, packets_again = read_all(write_all(container, stream, packets))
    assert packets_again == packets
    assert stream_again.codec == codec
    assert stream_again.extradata.startswith(extradata)  # the mp4 reader appends the box that follows
    assert stream_again.tags["language"] == "eng"
    if container == "matroska":
        assert stream_again.tags["title"] == "Signs"
        assert stream_again.disposition == 65


@pytest.mark.parametrize(
    ("kind", "codec"), [(kind, codec) for kind in COPIED_CODECS for codec in sorted(COPIED_CODECS[kind])]
)
def test_every_listed_codec_has_a_container(kind: str, codec: str) -> None:
    extradata = {"alac": bytes(4) + b"alac" + bytes(28), "dvd_subtitle": b"palette: 0\n"}.get(codec, b"")
    layout = "" if kind == "subtitle" else "stereo"
    stream = CopyStream(kind, codec, MILLISECONDS, extradata, 48000 if kind == "audio" else 0, layout)
    holders = []
    for container in ("matroska", "mp4", "mov"):
        output = av.open(io.BytesIO(), "w", format=container)
        try:
            assert add_copy_stream(output, stream).codec_context.codec.canonical_name == codec
            holders.append(container)
        except CopyError:
            pass
    assert holders


def test_no_payload_byte_reaches_a_demuxer(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = CopyStream("audio", "aac", MILLISECONDS, b"\x12\x10secret", 44100, "stereo", "fltp")
    opened: list[bytes] = []
    real_open = av.open

    def spy(file: Any, *arguments: Any, **options: Any) -> Any:
        if isinstance(file, io.BytesIO):
            opened.append(file.getvalue())
        return real_open(file, *arguments, **options)

    monkeypatch.setattr(av, "open", spy)
    output = real_open(io.BytesIO(), "w", format="mp4")
    added = add_copy_stream(output, stream)
    mux_copy_packet(output, added, stream, CopyPacket(0, 0, 0, 23, True, b"secret"))
    assert opened
    assert not any(b"secret" in data for data in opened)


@pytest.mark.parametrize(
    "change",
    [
        {"codec": "wmav2"},
        {"codec": "h264"},
        {"codec": "mp3float"},
        {"codec": ""},
        {"kind": "video", "codec": "h264"},
        {"kind": "subtitle"},
        {"sample_rate": 0},
        {"sample_rate": -1},
        {"sample_rate": 2**40},
        {"channel_layout": "no such layout"},
        {"sample_format": "no such format"},
    ],
)
def test_unsound_descriptions_are_refused(change: dict[str, Any]) -> None:
    sound = CopyStream("audio", "aac", MILLISECONDS, b"\x12\x10", 44100, "stereo", "fltp")
    output = av.open(io.BytesIO(), "w", format="mp4")
    with pytest.raises(CopyError) as caught:
        add_copy_stream(output, replace(sound, **change))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("container", "codec"), [("webm", "aac"), ("mp4", "truehd"), ("mov", "vorbis"), ("matroska", "vorbis")]
)
def test_a_container_that_cannot_hold_the_stream_stays_usable(container: str, codec: str) -> None:
    # Matroska finds out only with its header that Vorbis without its own headers cannot be stored.
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as output:
        with pytest.raises(CopyError, match=codec):
            add_copy_stream(output, CopyStream("audio", codec, MILLISECONDS, b"", 44100, "stereo", "fltp"))
        opus = CopyStream(
            "audio", "opus", MILLISECONDS, b"OpusHead\x01\x02\x38\x01\x80\xbb" + bytes(5), 48000, "stereo"
        )
        if container != "mov":
            add_copy_stream(output, opus)
            output.start_encoding()
    assert container == "mov" or buffer.getvalue()


def test_video_is_not_described() -> None:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="matroska") as output:
        stream = output.add_stream("ffv1", rate=24, width=16, height=16)
        assert isinstance(stream, av.VideoStream)
        output.mux(stream.encode(av.VideoFrame(16, 16, "yuv420p")))
        output.mux(stream.encode(None))
    buffer.seek(0)
    with av.open(buffer) as source, pytest.raises(CopyError, match="video"):
        describe_stream(source.streams[0])


def test_packet_without_any_time_is_refused() -> None:
    stream = CopyStream("audio", "ac3", MILLISECONDS, b"", 44100, "stereo")
    with av.open(io.BytesIO(), "w", format="matroska") as output:
        added = add_copy_stream(output, stream)
        with pytest.raises(CopyError, match="time"):
            mux_copy_packet(output, added, stream, CopyPacket(0, None, None, None, True, b"x"))

"""Streams beside the picture: all that a container does not take is known when it is opened, with one that does."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from codec.video.info import CopyPacket, CopyStream, VideoInfo
from codec.video.picture import Frame, Picture
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sinks.opening import open_sink
from codec.video.sinks.options import SinkOptions

TICK = Fraction(1, 1000)
SUBRIP = CopyStream("subtitle", "subrip", TICK, tags={"language": "eng"})
MOV_TEXT = CopyStream("subtitle", "mov_text", TICK, bytes(30) + b"\0\0\0\x12ftab\0\1\0\1\5Serif")
ASS = CopyStream("subtitle", "ass", TICK, b"[Script Info]\r\n")
TEXTS = ((0, "one"), (300, "sp\u00e4t,\nzwei"))


def pcm(codec: str, channels: int, rate: int = 48000) -> CopyStream:
    return CopyStream("audio", codec, Fraction(1, rate), b"", rate, f"{channels} channels")


def write(path: Path, stream: CopyStream, packets: list[CopyPacket]) -> tuple[str, ...]:
    info = VideoInfo(64, 48, PIXEL_FORMATS["yuv420p"], TICK, Fraction(25), copy_streams=(stream,))
    sink = open_sink(str(path), info, SinkOptions())
    notes = sink.notes
    gray, chroma = np.full((48, 64), 90, np.uint8), np.full((24, 32), 128, np.uint8)
    for number in range(3):
        sink.write(Frame(Picture(gray, (chroma, chroma)), 40 * number, 40))
    for packet in packets:
        sink.write_packet(packet)
    sink.close()
    assert sink.notes == notes  # nothing comes up later
    return notes


def packet(data: bytes, start: int = 0, duration: int = 200) -> CopyPacket:
    return CopyPacket(0, start, start, duration, True, data)


def texts_of(path: Path) -> list[tuple[int, bytes]]:
    with av.open(str(path)) as container:
        return [(round((p.pts or 0) * p.time_base * 1000), bytes(p)) for p in container.demux(subtitles=0) if p.size]


@pytest.mark.parametrize(("channels", "layout"), [(3, "2.1"), (4, "4.0"), (5, "5.0"), (6, "5.1"), (8, "7.1")])
@pytest.mark.parametrize("codec", ["pcm_s16le", "pcm_s24le", "pcm_f32le"])
def test_channels_without_names_get_the_usual_ones_where_a_container_demands_names(
    tmp_path: Path, codec: str, channels: int, layout: str
) -> None:
    stream = pcm(codec, channels)
    data = bytes(range(channels * 8)) * (4 if codec == "pcm_f32le" else 3)
    (note,) = write(tmp_path / "a.mp4", stream, [packet(data, 0, 8)])
    assert f"{channels} channels have no names" in note
    assert layout in note
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert container.streams.audio[0].codec_context.layout.name == layout
        assert b"".join(bytes(p) for p in container.demux(audio=0)) == data
    for file in ("a.mov", "a.mkv"):
        assert write(tmp_path / file, stream, [packet(data, 0, 8)]) == ()


@pytest.mark.parametrize(
    ("codec", "rate", "file", "keepers"),
    [
        ("pcm_alaw", 8000, "a.mkv", "mov"),
        ("pcm_mulaw", 8000, "a.mp4", "mov"),
        ("pcm_u8", 8000, "a.mp4", "mkv or mov"),
        ("amr_nb", 8000, "a.mkv", "mov"),
        ("amr_wb", 16000, "a.mp4", "mov"),
        ("gsm", 8000, "a.mkv", "mov"),
        ("adpcm_ima_qt", 44100, "a.mkv", "mov"),
        ("wavpack", 44100, "a.mp4", "mkv"),
        ("tta", 44100, "a.mov", "mkv"),
        ("ac3", 48000, "a.webm", "mp4 or mkv or mov"),
    ],
)
def test_the_note_names_a_container_that_takes_the_stream(
    tmp_path: Path, codec: str, rate: int, file: str, keepers: str
) -> None:
    stream = CopyStream("audio", codec, Fraction(1, rate), b"", rate, "mono", "s16")
    (note,) = write(tmp_path / file, stream, [])
    assert f"({codec}) cannot be stored in {file[2:]}" in note
    assert note.endswith(f"an output as {keepers} keeps it")


def test_a_stream_that_nothing_takes_is_said_to_be_so(tmp_path: Path) -> None:
    (note,) = write(tmp_path / "a.mkv", CopyStream("audio", "wmav2", TICK, b"", 44100, "stereo"), [])
    assert note.endswith("no other output keeps it")


@pytest.mark.parametrize(("file", "codec"), [("a.mov", "amr_nb"), ("a.mkv", "wavpack"), ("a.mov", "gsm")])
def test_sound_of_rarer_codecs_is_copied(tmp_path: Path, file: str, codec: str) -> None:
    data = {"amr_nb": bytes([0x3C]) + bytes(31), "gsm": bytes([0xD0]) + bytes(32)}.get(codec, bytes(64))
    if codec == "wavpack":
        data = b"wvpk" + (56).to_bytes(4, "little") + b"\x10\x04" + bytes(46) + bytes(8)
    stream = CopyStream("audio", codec, TICK, b"\x10\x04" if codec == "wavpack" else b"", 8000, "mono", "s16")
    assert write(tmp_path / file, stream, [packet(data, 0, 20)]) == ()
    with av.open(str(tmp_path / file)) as container:
        assert container.streams.audio[0].codec_context.codec.canonical_name == codec


@pytest.mark.parametrize(
    ("source", "prefix", "file", "codec"),
    [
        (MOV_TEXT, None, "a.mkv", "subrip"),
        (MOV_TEXT, None, "a.webm", "webvtt"),
        (SUBRIP, b"", "a.mp4", "mov_text"),
        (SUBRIP, b"", "a.mov", "mov_text"),
        (SUBRIP, b"", "a.webm", "webvtt"),
        (ASS, b"0,0,Default,,0,0,0,,", "a.mp4", "mov_text"),
    ],
)
def test_text_takes_the_form_of_the_container(
    tmp_path: Path, source: CopyStream, prefix: bytes | None, file: str, codec: str
) -> None:
    packets = []
    for start, text in TEXTS:
        words = text.encode()
        data = len(words).to_bytes(2, "big") + words if prefix is None else prefix + words
        packets += [packet(data, start)] + ([packet(b"\0\0", start + 200, 100)] if prefix is None else [])
    (note,) = write(tmp_path / file, source, packets)
    assert f"({source.codec}) becomes {codec}" in note
    length = 2 if codec == "mov_text" else 0
    read = [(start, data[length:].decode()) for start, data in texts_of(tmp_path / file) if len(data) > length]
    assert read == list(TEXTS)


def test_styles_are_taken_off(tmp_path: Path) -> None:
    marked = [packet(b'{\\an8}<i>one</i> <3 <font color="red">two</font>\r\n<b>three</b>')]
    write(tmp_path / "a.mp4", SUBRIP, marked)
    (_, data), *_ = texts_of(tmp_path / "a.mp4")
    assert data[2:] == b"one <3 two\nthree"


def test_ends_of_mov_text_are_not_doubled(tmp_path: Path) -> None:
    packets = [packet(b"\0\3one"), packet(b"\0\0", 200, 300), packet(b"\0\3two", 500)]
    assert write(tmp_path / "a.mp4", MOV_TEXT, packets) == ()
    texts = [data for _, data in texts_of(tmp_path / "a.mp4")]
    assert texts.count(b"\0\0") <= 2
    assert [data for data in texts if data != b"\0\0"] == [b"\0\3one", b"\0\3two"]

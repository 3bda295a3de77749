"""The y4m parser, against known bytes and against FFmpeg's writer."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from codec.errors import InputError
from codec.video.marks import ChromaLocation, FieldOrder
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sources.y4m import Y4mSource
from tests.formats import noise_bytes

WIDTH, HEIGHT = 7, 5


def write(path: Path, header: str, payloads: list[bytes], frame_line: bytes = b"FRAME\n") -> Path:
    path.write_bytes(header.encode() + b"\n" + b"".join(frame_line + payload for payload in payloads))
    return path


@pytest.mark.parametrize(
    ("chroma", "name"),
    [
        ("", "yuv420p"),
        (" C420", "yuv420p"),
        (" C420jpeg", "yuv420p"),
        (" C420mpeg2", "yuv420p"),
        (" C420paldv", "yuv420p"),
        (" C422", "yuv422p"),
        (" C444", "yuv444p"),
        (" C411", "yuv411p"),
        (" C440", "yuv440p"),
        (" Cmono", "gray"),
        (" XYSCSS=422", "yuv422p"),
        (" C420jpeg XYSCSS=420JPEG", "yuv420p"),
    ],
)
def test_color_spaces(tmp_path: Path, chroma: str, name: str) -> None:
    form = PIXEL_FORMATS[name]
    payloads = [np.random.default_rng(i).bytes(form.frame_bytes(WIDTH, HEIGHT)) for i in range(3)]
    path = write(tmp_path / "a.y4m", f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F30000:1001 Ip A10:11{chroma}", payloads)
    source = Y4mSource(path)
    info = source.info
    assert (info.width, info.height, info.pixel_format) == (WIDTH, HEIGHT, form)
    assert info.frame_rate == Fraction(30000, 1001)
    assert info.time_base == Fraction(1001, 30000)
    assert info.sample_aspect_ratio == Fraction(10, 11)
    assert info.num_frames_from_header == 3
    assert source.notes == ()
    for _ in range(2):
        read = list(source.frames())
        assert [form.pack(frame.picture) for frame in read] == payloads
        assert [frame.pts for frame in read] == [0, 1, 2]
    assert len(list(source.read())) == 3


@pytest.mark.parametrize(
    ("tag", "expected"), [("", 0), (" XCOLORRANGE=FULL", 2), (" XCOLORRANGE=LIMITED", 1), (" XFOO=FULL X", 0)]
)
def test_color_range(tmp_path: Path, tag: str, expected: int) -> None:
    path = write(tmp_path / "a.y4m", f"YUV4MPEG2 W4 H4 F25:1{tag}", [bytes(24)])
    assert Y4mSource(path).info.color.color_range == expected


@pytest.mark.parametrize(
    ("words", "order", "location"),
    [
        ("Ip C420jpeg", FieldOrder.PROGRESSIVE, ChromaLocation.CENTER),
        ("It C420mpeg2 XYSCSS=420MPEG2", FieldOrder.TT, ChromaLocation.LEFT),
        ("Ib C420PALDV", FieldOrder.BB, ChromaLocation.TOPLEFT),
        ("I? C420", FieldOrder.UNKNOWN, ChromaLocation.UNSPECIFIED),
        ("", FieldOrder.UNKNOWN, ChromaLocation.UNSPECIFIED),
    ],
)
def test_fields_and_siting(tmp_path: Path, words: str, order: FieldOrder, location: ChromaLocation) -> None:
    source = Y4mSource(write(tmp_path / "a.y4m", f"YUV4MPEG2 W4 H4 F25:1 {words}", [bytes(24)]))
    assert (source.info.marks.field_order, source.info.marks.chroma_location) == (order, location)
    assert source.notes == ()


@pytest.mark.parametrize(
    ("words", "rate", "aspect"),
    [
        ("F25 A1", Fraction(25), Fraction(1)),
        ("F29.97:1 A?", Fraction(2997, 100), None),
        ("F2500000:100000  A128:117 ", Fraction(25), Fraction(128, 117)),
        ("F25:1 A0:0 C420p8 Xa b", Fraction(25), None),
        ("C F25:1 Dx", Fraction(25), None),
    ],
)
def test_headers_in_other_spellings(tmp_path: Path, words: str, rate: Fraction, aspect: Fraction | None) -> None:
    source = Y4mSource(write(tmp_path / "a.y4m", f"YUV4MPEG2 W4 H4 {words}", [bytes(24)]))
    assert (source.info.pixel_format.name, source.info.frame_rate) == ("yuv420p", rate)
    assert source.info.sample_aspect_ratio == aspect
    assert len(list(source.frames())) == 1


def test_frame_parameters_are_skipped(tmp_path: Path) -> None:
    path = write(tmp_path / "a.y4m", "YUV4MPEG2 W4 H4 F25:1 Im", [bytes(24)] * 2, b"FRAME Ixyz XFOO=1\n")
    source = Y4mSource(path)
    assert len(list(source.frames())) == 2
    assert "mixes interlaced and progressive" in source.notes[0]


@pytest.mark.parametrize(
    ("tag", "name"),
    [("420p10", "yuv420p10le"), ("444p12", "yuv444p12le"), ("mono16", "gray16le"), ("mono9", "gray9le")],
)
def test_deep_samples(tmp_path: Path, tag: str, name: str) -> None:
    own = PIXEL_FORMATS[name]
    payloads = [noise_bytes(own, 5, 3, np.random.default_rng(seed)) for seed in range(2)]
    source = Y4mSource(write(tmp_path / "a.y4m", f"YUV4MPEG2 W5 H3 F25:1 C{tag}", payloads))
    assert source.info.pixel_format == own
    assert [own.pack(frame.picture) for frame in source.frames()] == payloads


def test_alpha_is_kept(tmp_path: Path) -> None:
    payloads = [bytes([i]) * 64 for i in range(2)]
    source = Y4mSource(write(tmp_path / "a.y4m", "YUV4MPEG2 W4 H4 F25:1 C444alpha", payloads))
    assert [int(frame.picture.luma[0, 0]) for frame in source.frames()] == [0, 1]
    assert [frame.picture.alpha.max() for frame in source.frames() if frame.picture.alpha is not None] == [0, 1]


def test_missing_frame_rate_and_override(tmp_path: Path) -> None:
    path = write(tmp_path / "a.y4m", "YUV4MPEG2 W4 H4 F0:0 A0:0", [bytes(24)])
    source = Y4mSource(path)
    assert source.info.frame_rate == 25
    assert source.info.sample_aspect_ratio is None
    assert "25" in source.notes[0]
    overridden = Y4mSource(path, frame_rate=Fraction(50))
    assert overridden.info.time_base == Fraction(1, 50)
    assert overridden.notes == ()


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("YUV4MPEG2 H4 F25:1", "behind W"),
        ("YUV4MPEG2 W4 F25:1", "behind H"),
        ("YUV4MPEG2 W4 H-4", "behind H"),
        ("YUV4MPEG2 W0 H4", "size"),
        ("YUV4MPEG2 W999999999 H4", "size"),
        ("YUV4MPEG2 W4 H4 F25/1", "behind F"),
        ("YUV4MPEG2 W4 H4 F25:1 Ax:y", "behind A"),
        ("YUV4MPEG2 W4 H4 C420p11", "Received: yuv420p11le"),
        ("YUV4MPEG2 W4 H4 C123", "color space"),
        ("YUV4MPEG3 W4 H4", "YUV4MPEG2"),
        ("YUV4MPEG2 W4 H4 X" + "a" * 5000, "header line"),
    ],
)
def test_bad_headers(tmp_path: Path, header: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Y4mSource(write(tmp_path / "a.y4m", header, [bytes(24)]))


def test_no_frames(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="frames"):
        Y4mSource(write(tmp_path / "a.y4m", "YUV4MPEG2 W4 H4", []))


@pytest.mark.parametrize("cut", [1, 23, 24, 27])
def test_cut_off_frame_is_named(tmp_path: Path, cut: int) -> None:
    path = write(tmp_path / "a.y4m", "YUV4MPEG2 W4 H4 F25:1", [bytes(24)] * 3)
    path.write_bytes(path.read_bytes()[:-cut])
    source = Y4mSource(path)
    with pytest.raises(InputError, match="frame 2"):
        list(source.frames())


def test_something_else_where_a_frame_should_be(tmp_path: Path) -> None:
    path = write(tmp_path / "a.y4m", "YUV4MPEG2 W4 H4 F25:1", [bytes(24)])
    path.write_bytes(path.read_bytes() + b"FRAMES\n" + bytes(24))
    with pytest.raises(InputError, match="FRAME before frame 1"):
        list(Y4mSource(path).frames())


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        Y4mSource(tmp_path / "none.y4m")


def test_agrees_with_ffmpegs_writer(tmp_path: Path) -> None:
    path = tmp_path / "a.y4m"
    rng = np.random.default_rng(3)
    frames = [rng.integers(0, 256, (36, 32), dtype=np.uint8) for _ in range(2)]  # 32x24 yuv420p
    with av.open(path, "w") as output:
        stream = output.add_stream("wrapped_avframe", rate=30)
        stream.width, stream.height, stream.pix_fmt = 32, 24, "yuv420p"
        for pts, samples in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(samples, "yuv420p")
            frame.pts = pts
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    source = Y4mSource(path)
    assert source.info.frame_rate == 30
    assert [source.info.pixel_format.pack(frame.picture) for frame in source.frames()] == [f.tobytes() for f in frames]

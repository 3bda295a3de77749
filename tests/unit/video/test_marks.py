"""Fields, chroma siting, light and names: what goes into an output is found in it again."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from codec.stream_header import pack_header, unpack_header
from codec.video.color import ColorConversion
from codec.video.info import ColorDescription, VideoInfo
from codec.video.marks import ChromaLocation, ContentLight, FieldOrder, Marks, MasteringDisplay
from codec.video.picture import Frame, Picture, rgb_to_ycocg_r
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sinks.opening import open_sink
from codec.video.sinks.options import SinkOptions
from codec.video.sources import open_source

DISPLAY = MasteringDisplay(
    primaries=(
        *(Fraction(17, 25), Fraction(8, 25), Fraction(53, 200)),
        *(Fraction(69, 100), Fraction(3, 20), Fraction(3, 50)),
    ),
    white_point=(Fraction(3127, 10000), Fraction(329, 1000)),
    min_luminance=Fraction(1, 200),
    max_luminance=Fraction(1000),
)
LIGHT = ContentLight(1000, 400)
PQ = ColorDescription(1, 9, 16, 9)
HLG = ColorDescription(1, 9, 18, 9)


def video_info(marks: Marks, height: int = 72, name: str = "yuv420p", color: ColorDescription = PQ) -> VideoInfo:
    return VideoInfo(96, height, PIXEL_FORMATS[name], Fraction(1, 25), Fraction(25), color, marks=marks)


def pictures(info: VideoInfo) -> list[Picture]:
    random = np.random.default_rng(1)
    if info.pixel_format.name == "rgb24":
        return [rgb_to_ycocg_r(random.integers(0, 256, (info.height, info.width, 3), np.uint8)) for _ in range(3)]
    shape = info.pixel_format.chroma_shape(info.width, info.height)
    made = []
    for number in range(3):
        slope = np.add.outer(np.arange(info.height) * 2, np.arange(info.width) * (number + 1)) % 240
        slope[::2] = np.roll(slope[::2], 3 * number, axis=1)
        luma = slope.astype(np.uint8) + random.integers(0, 4, slope.shape, np.uint8)
        made.append(
            Picture(luma, (random.integers(90, 160, shape, np.uint8), random.integers(90, 160, shape, np.uint8)))
        )
    return made


def through(path: Path, info: VideoInfo, options: SinkOptions) -> tuple[VideoInfo, list[Picture], tuple[str, ...]]:
    """What is read of a video that was written, and the notes of its sink."""
    sink = open_sink(str(path), info, options)
    notes = sink.notes
    for number, picture in enumerate(pictures(info)):
        sink.write(Frame(picture, number, 1))
    sink.close()
    assert [note for note in sink.notes if note not in notes] == []
    source = open_source(str(path))
    return source.info, [frame.picture for frame in source.frames()], notes


def assert_same(found: list[Picture], expected: list[Picture]) -> None:
    for one, other in zip(found, expected, strict=True):
        for plane, same in zip(one.planes(), other.planes(), strict=True):
            np.testing.assert_array_equal(plane, same)


@pytest.mark.parametrize("order", [FieldOrder.TT, FieldOrder.BB])
@pytest.mark.parametrize(
    ("file", "codec", "height", "name"),
    [
        ("a.mkv", "ffv1", 71, "yuv420p"),
        ("a.mkv", "h264", 72, "yuv420p"),
        ("a.mp4", "h264", 72, "yuv420p"),
        ("a.mov", "h264", 72, "yuv420p"),
        ("a.mkv", "x264rgb", 72, "rgb24"),
        ("a.y4m", None, 71, "yuv420p"),
    ],
)
def test_field_order_is_kept_and_every_bit_too(
    tmp_path: Path, order: FieldOrder, file: str, codec: str | None, height: int, name: str
) -> None:
    info = video_info(Marks(order), height, name)
    crf = 0 if codec in ("h264", "x264rgb") else None
    found, read, notes = through(tmp_path / file, info, SinkOptions(codec=codec, crf=crf))
    assert found.marks.field_order == order
    assert notes == ()
    assert_same(read, pictures(info))


@pytest.mark.parametrize("order", [FieldOrder.TT, FieldOrder.BB])
def test_lossy_h264_codes_fields(tmp_path: Path, order: FieldOrder) -> None:
    found, _, notes = through(tmp_path / "a.mp4", video_info(Marks(order)), SinkOptions())
    assert found.marks.field_order == order
    assert notes == ()


@pytest.mark.parametrize(
    ("file", "codec", "height", "words"),
    [
        ("a.mp4", "h265", 72, "the field order is stated in mp4 alone"),
        ("a.mp4", "h264", 70, "only where their height is a multiple of 4"),
        ("a.webm", "vp9", 72, "an .mkv or .mp4 output keeps it"),
    ],
)
def test_what_states_no_field_order_says_so(tmp_path: Path, file: str, codec: str, height: int, words: str) -> None:
    sink = open_sink(str(tmp_path / file), video_info(Marks(FieldOrder.TT), height), SinkOptions(codec=codec))
    (note,) = sink.notes
    sink.abort()
    assert words in note


@pytest.mark.parametrize("location", [ChromaLocation.LEFT, ChromaLocation.CENTER, ChromaLocation.TOPLEFT])
@pytest.mark.parametrize(
    ("file", "codec"),
    [
        *(("a.y4m", None), ("a.mkv", "ffv1"), ("a.mkv", "h264"), ("a.mp4", "h264"), ("a.mp4", "h265")),
        ("a.webm", "vp9"),
    ],
)
def test_chroma_siting_is_kept(tmp_path: Path, location: ChromaLocation, file: str, codec: str | None) -> None:
    info = video_info(Marks(chroma_location=location))
    found, _, notes = through(tmp_path / file, info, SinkOptions(codec=codec))
    assert found.marks.chroma_location == location
    assert notes == ()


@pytest.mark.parametrize(
    ("location", "tag"),
    [
        (ChromaLocation.UNSPECIFIED, b"C420jpeg"),
        (ChromaLocation.CENTER, b"C420jpeg"),
        (ChromaLocation.LEFT, b"C420mpeg2"),
        (ChromaLocation.TOPLEFT, b"C420paldv"),
    ],
)
def test_y4m_names_the_siting(tmp_path: Path, location: ChromaLocation, tag: bytes) -> None:
    info = video_info(Marks(FieldOrder.BB, location))
    through(tmp_path / "a.y4m", info, SinkOptions())
    words = (tmp_path / "a.y4m").read_bytes().split(b"\n")[0].split(b" ")
    assert tag in words
    assert b"Ib" in words


def test_y4m_has_no_name_for_other_places(tmp_path: Path) -> None:
    info = video_info(Marks(chroma_location=ChromaLocation.TOP))
    _, _, (note,) = through(tmp_path / "a.y4m", info, SinkOptions())
    assert "chroma at the top" in note


def test_chroma_of_other_resolution_has_no_siting_of_the_source(tmp_path: Path) -> None:
    info = video_info(Marks(chroma_location=ChromaLocation.TOPLEFT), name="yuv422p")
    through(tmp_path / "a.y4m", info, SinkOptions(pixel_format="yuv420p"))
    assert b"C420jpeg" in (tmp_path / "a.y4m").read_bytes().split(b"\n")[0]


@pytest.mark.parametrize("color", [PQ, HLG])
@pytest.mark.parametrize(("file", "codec"), [("a.mp4", "h265"), ("a.mkv", "h265"), ("a.mp4", "h264"), ("a.mkv", "av1")])
def test_light_and_transfer_are_kept(tmp_path: Path, file: str, codec: str, color: ColorDescription) -> None:
    info = video_info(Marks(mastering_display=DISPLAY, content_light=LIGHT), color=color)
    found, _, notes = through(tmp_path / file, info, SinkOptions(codec=codec))
    assert notes == ()
    assert found.color == color
    assert found.marks.content_light == LIGHT
    display = found.marks.mastering_display
    assert display is not None
    assert [float(value) for value in display.values()] == pytest.approx(
        [float(value) for value in DISPLAY.values()], abs=2e-5 if codec == "av1" else 0
    )


@pytest.mark.parametrize(("file", "codec"), [("a.mkv", "ffv1"), ("a.mkv", "vp9"), ("a.webm", "vp9")])
def test_matroska_states_light_that_the_codec_cannot(tmp_path: Path, file: str, codec: str) -> None:
    marks = Marks(mastering_display=DISPLAY, content_light=LIGHT)
    for expected in (marks, replace(marks, content_light=None), replace(marks, mastering_display=None)):
        found, read, notes = through(tmp_path / file, video_info(expected), SinkOptions(codec=codec, overwrite=True))
        assert notes == ()
        assert found.color == PQ
        assert found.marks.content_light == expected.content_light
        assert found.marks.mastering_display == expected.mastering_display
        assert len(read) == 3


@pytest.mark.parametrize(
    ("file", "codec"),
    [
        *(("a.mkv", "ffv1"), ("a.mkv", "vp9"), ("a.webm", "vp9"), ("a.mkv", "av1"), ("a.mkv", "h264")),
        *(("a.mp4", "av1"), ("a.mp4", "vp9"), ("a.mkv", "h265"), ("a.y4m", None)),
    ],
)
@pytest.mark.parametrize("aspect", [Fraction(16, 11), Fraction(8, 9), Fraction(1000, 1001)])
def test_sample_aspect_ratio_is_kept(tmp_path: Path, file: str, codec: str | None, aspect: Fraction) -> None:
    info = replace(video_info(Marks()), sample_aspect_ratio=aspect)
    found, _, notes = through(tmp_path / file, info, SinkOptions(codec=codec))
    assert found.sample_aspect_ratio == aspect
    assert notes == ()


@pytest.mark.parametrize(("file", "codec"), [("a.mp4", "vp9"), ("a.y4m", None)])
def test_light_that_has_no_place_is_noted(tmp_path: Path, file: str, codec: str | None) -> None:
    sink = open_sink(str(tmp_path / file), video_info(Marks(content_light=LIGHT)), SinkOptions(codec=codec))
    (note,) = sink.notes
    sink.abort()
    assert "mastering display and content light" in note


@pytest.mark.parametrize(("file", "codec"), [("a.mkv", "ffv1"), ("a.mp4", "h264"), ("a.mov", "h264")])
def test_names_of_the_track_are_kept(tmp_path: Path, file: str, codec: str) -> None:
    tags = {"title": "Video A", "language": "jpn", "timecode": "10:00:00:00"}
    found, _, notes = through(tmp_path / file, video_info(Marks(tags=tags)), SinkOptions(codec=codec))
    assert {key.lower(): value for key, value in found.marks.tags.items()} == tags
    assert notes == ()


def test_marks_go_through_the_header() -> None:
    from codec.encoder.encode import Description
    from codec.plane_codecs import PlaneCodecSpec, plane_parameters

    marks = Marks(FieldOrder.TB, ChromaLocation.BOTTOM, DISPLAY, LIGHT, {"title": "a"})
    for expected in (marks, Marks(), replace(marks, mastering_display=None)):
        info = video_info(expected)
        parameters = plane_parameters(PlaneCodecSpec("raw"), info.width, info.height)
        header = pack_header(Description(info, parameters, ColorConversion.of(info)), color="none", keyframes=())
        assert (header.marks is None) == (expected == Marks())
        assert unpack_header(header).info.marks == expected


def test_dv_has_its_chroma_at_the_top_left_and_its_bottom_field_first(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.avi"), "w") as container:
        stream = container.add_stream("dvvideo", rate=25)
        stream.width, stream.height, stream.pix_fmt = 720, 576, "yuv420p"
        container.mux(stream.encode(av.VideoFrame(720, 576, "yuv420p")))
        container.mux(stream.encode(None))
    source = open_source(str(tmp_path / "a.avi"))
    assert source.info.marks == Marks(FieldOrder.BB, ChromaLocation.TOPLEFT)
    sink = open_sink(str(tmp_path / "a.y4m"), source.info, SinkOptions())
    sink.close()
    assert {b"Ib", b"C420paldv"} <= set((tmp_path / "a.y4m").read_bytes().split())

"""What a video has beside pictures and sound goes through gvc: captions, attached files, covers, timecodes, names."""

from __future__ import annotations

import contextlib
import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.stream import AttachmentStream, Disposition
from conftest import call_json, moving_picture

from codec.cli.info import main as info_main
from codec.video.png import png_bytes
from codec.video.sources.stream_marks import captions_of

FAST = ("--color", "none", "--luma", "raw", "--workers", "1")
TRIPLETS = b"\xfc\x94\x20"
FRAMES = 12


def write(path: Path, *, tags: dict[str, str] | None = None, files: dict[str, tuple[str, bytes]] | None = None) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"qp": "20"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.metadata.update(tags or {})
        for name, (kind, data) in (files or {}).items():
            container.add_attachment(name, kind, data)
        for number in range(FRAMES):
            frame = av.VideoFrame.from_ndarray(moving_picture(64, 48, number))
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def through(source: Path, output: Path, *options: str) -> tuple[list[str], list[str]]:
    """Encode and decode; the notes of both, but for the one that the source is smaller."""
    encoded = call_json("gvc-encode", source, source.with_suffix(".gvc"), *FAST, "-y")
    decoded = call_json("gvc-decode", source.with_suffix(".gvc"), output, "-y", *options)
    return [note for note in encoded["notes"] if "is compressed already" not in note], decoded["notes"]


def captions(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        found = [captions_of(frame) for frame in container.decode(video=0)]
    return [data for data in found if data is not None]


def with_captions(path: Path) -> list[bytes]:
    """An H.264 stream with captions of its own in each frame but for some, B-frames and all."""
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = 64, 48, "yuv420p"  # type: ignore[attr-defined]
    context.time_base = Fraction(1, 25)
    context.options = {"x264-params": "aud=1:repeat-headers=1:keyint=6"}
    packets = []
    for number in range(FRAMES):
        frame = av.VideoFrame.from_ndarray(moving_picture(64, 48, number)).reformat(format="yuv420p")
        frame.pts = number
        packets += context.encode(frame)  # type: ignore[attr-defined]
    packets += context.encode(None)  # type: ignore[attr-defined]
    expected, data = {}, b""
    for packet in packets:
        number = packet.pts
        triplets = b"" if number % 5 == 4 else TRIPLETS + bytes([0xFD, number, 0]) * (number % 3)
        expected[number] = triplets
        payload = b"\xb5\x00\x31GA94\x03" + bytes([0x40 | len(triplets) // 3, 0xFF]) + triplets + b"\xff"
        message = b"\0\0\0\1\x06\x04" + bytes([len(payload)]) + payload.replace(b"\0\0\0", b"\0\0\3\0") + b"\x80"
        body = bytes(packet)
        place = body.find(b"\0\0\1", body.find(b"\0\0\1\x09") + 3)
        data += body[:place] + (b"\0" + message[1:] if triplets else b"") + body[place:]
    path.write_bytes(data)
    return [expected[number] for number in sorted(expected) if expected[number]]


@pytest.mark.parametrize(
    ("file", "codec"), [("a.mkv", "h264"), ("a.mp4", "h264"), ("a.mov", "h265"), ("b.mkv", "h265")]
)
def test_closed_captions_stay_with_their_frames(tmp_path: Path, file: str, codec: str) -> None:
    expected = with_captions(tmp_path / "in.h264")
    assert captions(tmp_path / "in.h264") == expected
    through(tmp_path / "in.h264", tmp_path / file, "--codec", codec)
    assert captions(tmp_path / file) == expected


def test_an_output_without_captions_says_so(tmp_path: Path) -> None:
    with_captions(tmp_path / "in.h264")
    _, notes = through(tmp_path / "in.h264", tmp_path / "a.mkv", "--codec", "ffv1")
    assert notes == ["ffv1 has no place for closed captions, which were left out; --codec h264 keeps them"]


def test_attached_files_of_any_size(tmp_path: Path) -> None:
    data = np.random.default_rng(0).bytes(3_000_000)
    write(tmp_path / "in.mkv", files={"font.ttf": ("application/x-truetype-font", data)})
    notes = through(tmp_path / "in.mkv", tmp_path / "a.mkv")
    assert notes == ([], [])
    with av.open(str(tmp_path / "a.mkv")) as container:
        (attached,) = [stream for stream in container.streams if isinstance(stream, AttachmentStream)]
        assert (attached.metadata["filename"], attached.mimetype) == ("font.ttf", "application/x-truetype-font")
        assert bytes(attached.data) == data
    _, (note,) = through(tmp_path / "in.mkv", tmp_path / "a.mp4")
    assert note == "the attached file font.ttf cannot be stored in mp4 and was left out; an output as mkv keeps it"


def test_covers(tmp_path: Path) -> None:
    cover = png_bytes(moving_picture(16, 16, 0))
    write(tmp_path / "in.mkv", files={"cover.png": ("image/png", cover)})
    for source, file in (("in.mkv", "a.mkv"), ("a.mkv", "b.mp4"), ("b.mp4", "c.mkv")):
        assert through(tmp_path / source, tmp_path / file) == ([], [])
        with av.open(str(tmp_path / file)) as container:
            (picture,) = [s for s in container.streams.video if s.disposition & Disposition.attached_pic]
            assert next(bytes(packet) for packet in container.demux(picture)) == cover
    _, (note,) = through(tmp_path / "in.mkv", tmp_path / "a.mov")
    assert note == "the cover cannot be stored in mov and was left out; an output as mkv or mp4 keeps it"


@pytest.mark.parametrize(("file", "output"), [("in.mov", "a.mov"), ("in.mkv", "a.mov"), ("in.mov", "a.mkv")])
def test_timecode_and_names(tmp_path: Path, file: str, output: str) -> None:
    write(tmp_path / file, tags={"timecode": "10:00:00:00", "language": "jpn", "title": "Camera A"})
    assert through(tmp_path / file, tmp_path / output) == ([], [])
    with av.open(str(tmp_path / output)) as container:
        tags = {key.lower(): value for key, value in container.streams.video[0].metadata.items()}
        assert tags["timecode"] == "10:00:00:00"
        assert tags["language"] == "jpn"
        assert "Camera A" in (tags.get("title"), tags.get("name"))
        assert len([stream for stream in container.streams if stream.type == "data"]) == (output == "a.mov")


def test_stereo_mode(tmp_path: Path) -> None:
    write(tmp_path / "in.mkv", tags={"stereo_mode": "left_right"})
    assert through(tmp_path / "in.mkv", tmp_path / "a.mkv") == ([], [])
    with av.open(str(tmp_path / "a.mkv")) as container:
        assert container.streams.video[0].metadata["stereo_mode"] == "left_right"
    _, (note,) = through(tmp_path / "in.mkv", tmp_path / "a.mp4")
    assert note == "mp4 has no place for the stereo mode left_right: an .mkv output keeps it"


def test_fields_siting_and_light_are_shown(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "in.mkv"), "w") as container:
        light = "log-level=none:max-cll=1000,400:chromaloc=2:master-display=G(13250,34500)B(7500,3000)R(34000,16000)"
        options = {"x265-params": f"{light}WP(15635,16450)L(10000000,50)", "field_order": "tt"}
        stream = container.add_stream("libx265", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        stream.metadata["title"] = "Camera A"
        container.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        container.mux(stream.encode(None))
    call_json("gvc-encode", tmp_path / "in.mkv", tmp_path / "a.gvc", *FAST)
    assert call_json("gvc-info", tmp_path / "a.gvc")["header"]["marks"]["content_light"] == [1000, 400]
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        assert info_main([str(tmp_path / "a.gvc")]) == 0
    for line in (
        "fields     interlaced, top field first",
        "siting     chroma top left",
        "mastered   on a display of 0.005 to 1000 cd/m2",
        "light      at most 1000 cd/m2, 400 in a frame's average",
        "track      title: Camera A",
    ):
        assert line in text.getvalue().splitlines()

"""How an input's kind is chosen, and the one line for what cannot be opened."""

from __future__ import annotations

import io
import os
import sys
import tempfile
import threading
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from codec.errors import InputError
from codec.video.sources import SourceKind, SourceOptions, open_source, spool
from codec.video.sources.container import ContainerSource
from codec.video.sources.images import ImageSource
from codec.video.sources.raw import RawSource
from codec.video.sources.spool import SpooledSource
from codec.video.sources.unchanged import UnchangedSource
from codec.video.sources.y4m import Y4mSource

Y4M = b"YUV4MPEG2 W4 H4 F25:1\n" + (b"FRAME\n" + bytes(24)) * 2


class FakeStdin:
    def __init__(self, buffer: io.BufferedIOBase) -> None:
        self.buffer = buffer


def write_image(path: Path, width: int = 8, height: int = 6) -> None:
    frame = av.VideoFrame.from_ndarray(np.zeros((height, width, 3), np.uint8), "rgb24")
    encoder = av.CodecContext.create("png", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = width, height, "rgb24", Fraction(1, 25)
    path.write_bytes(b"".join(bytes(packet) for packet in (*encoder.encode(frame), *encoder.encode(None))))


def clip_bytes(container: str = "matroska", num_frames: int = 3) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as output:
        stream = output.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 16, 8, "yuv420p"
        for number in range(num_frames):
            frame = av.VideoFrame(16, 8, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([number]) * plane.buffer_size)
            frame.pts = number
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return buffer.getvalue()


def pipe(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", FakeStdin(io.BytesIO(data)))


def test_kinds(tmp_path: Path) -> None:
    (tmp_path / "a.y4m").write_bytes(Y4M)
    (tmp_path / "really_y4m.mkv").write_bytes(Y4M)
    (tmp_path / "clip_4x4.GRAY").write_bytes(bytes(32))
    (tmp_path / "a.mkv").write_bytes(clip_bytes())
    (tmp_path / "no_extension").write_bytes(clip_bytes())
    images = tmp_path / "images"
    images.mkdir()
    for number in (1, 2):
        write_image(images / f"i{number}.png")
    cases = {
        "a.y4m": (Y4mSource, 2),
        "really_y4m.mkv": (Y4mSource, 2),
        "clip_4x4.GRAY": (RawSource, 2),
        "a.mkv": (ContainerSource, 3),
        "no_extension": (ContainerSource, 3),
        "images": (ImageSource, 2),
        "images/i%d.png": (ImageSource, 2),
        "images/i*.png": (ImageSource, 2),
        "images/i2.png": (ImageSource, 1),
    }
    for name, (kind, num_frames) in cases.items():
        source = open_source(str(tmp_path / name))
        assert isinstance(source, UnchangedSource)
        assert type(source.inner) is kind, name
        assert len(list(source.frames())) == num_frames
        source.close()


def test_image_bytes_named_raw_are_raw(tmp_path: Path) -> None:
    path = tmp_path / "evil.raw"
    write_image(path)
    with pytest.raises(InputError, match="size and pixel format of raw video"):
        open_source(str(path))


def test_kind_can_be_forced(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(32))
    options = SourceOptions(size=(4, 4), pixel_format="gray", kind="raw")
    source = open_source(str(path), options)
    assert isinstance(source, UnchangedSource)
    assert isinstance(source.inner, RawSource)
    with pytest.raises(InputError, match="YUV4MPEG2"):
        open_source(str(path), SourceOptions(kind=SourceKind.Y4M))
    with pytest.raises(InputError, match="PNG"):
        open_source(str(path), SourceOptions(kind="images"))
    with pytest.raises(InputError, match="as video"):
        open_source(str(path), SourceOptions(kind="container"))
    with pytest.raises(InputError, match="expected a kind of input among raw, y4m"):
        open_source(str(path), SourceOptions(kind="film"))
    with pytest.raises(InputError, match="one file to be read as raw"):
        open_source(str(tmp_path), SourceOptions(kind="raw"))


def test_options_that_do_not_apply_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.y4m").write_bytes(Y4M)
    (tmp_path / "a.mkv").write_bytes(clip_bytes())
    write_image(tmp_path / "a.png")
    for name in ("a.y4m", "a.mkv", "a.png", "*.png", ""):
        for options in (SourceOptions(size=(4, 4)), SourceOptions(pixel_format="gray")):
            with pytest.raises(InputError, match="for raw video only"):
                open_source(str(tmp_path / name), options)
    rate = SourceOptions(frame_rate=Fraction(50))
    for name in ("a.y4m", "a.png", ""):
        assert open_source(str(tmp_path / name), rate).info.frame_rate == 50
    with pytest.raises(InputError, match="its own times"):
        open_source(str(tmp_path / "a.mkv"), rate)


def test_bad_option_values() -> None:
    with pytest.raises(InputError, match="size"):
        SourceOptions(size=(0, 4))
    with pytest.raises(InputError, match="frame rate"):
        SourceOptions(frame_rate=Fraction(0))


@pytest.mark.parametrize("name", ["a.mkv", "a.raw", "a.png", "a.y4m"])
def test_missing_and_empty_files(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="does not exist"):
        open_source(str(tmp_path / name))
    (tmp_path / name).touch()
    with pytest.raises(InputError, match="empty"):
        open_source(str(tmp_path / name))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "empty name"),
        ("a\0b", "cannot read"),
        ("a" * 5000, "cannot read"),
        ("none_%03d.png", "Received: none"),
        ("*.png", "Received: none"),
    ],
)
def test_impossible_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message) as caught:
        open_source(name)
    assert "\n" not in str(caught.value)


def test_folder_without_images_and_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello\n" * 100)
    with pytest.raises(InputError, match="expected images"):
        open_source(str(tmp_path))
    with pytest.raises(InputError, match="as video"):
        open_source(str(tmp_path / "a.txt"))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    path.write_bytes(clip_bytes())
    path.chmod(0)
    with pytest.raises(InputError, match="Permission denied"):
        open_source(str(path))


@pytest.mark.parametrize(
    ("data", "options", "num_frames"),
    [
        (Y4M, SourceOptions(), 2),
        (Y4M, SourceOptions(frame_rate=Fraction(50)), 2),
        (bytes(48), SourceOptions(size=(4, 4), pixel_format="rgb24"), 1),
        (clip_bytes(), SourceOptions(), 3),
        (clip_bytes("nut"), SourceOptions(kind="container"), 3),
    ],
)
def test_standard_input(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data: bytes, options: SourceOptions, num_frames: int
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    pipe(monkeypatch, data)
    source = open_source("-", options)
    assert isinstance(source, SpooledSource)
    assert source.info.frame_rate == (options.frame_rate or 25)
    for _ in range(2):
        assert len(list(source.frames())) == num_frames
    assert len(list(source.read())) == num_frames
    if sys.platform == "linux":
        assert list(tmp_path.iterdir()) == []  # the copy has no name, so that nobody need remove it
    assert all("gvc-input" not in note for note in source.notes)
    source.close()
    assert list(tmp_path.iterdir()) == []


def test_standard_input_where_a_file_needs_a_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(spool, "_temporary_file", spool._named_file)
    pipe(monkeypatch, clip_bytes())
    source = open_source("-")
    assert [len(list(source.frames())) for _ in range(2)] == [3, 3]
    assert [file.stat().st_size for file in tmp_path.iterdir()] == [len(clip_bytes())]
    source.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (b"", SourceOptions(), "standard input. Received: nothing"),
        (b"hello " * 100, SourceOptions(), "cannot read standard input as video"),
        (bytes(49), SourceOptions(size=(4, 4), pixel_format="rgb24"), "standard input. Received: 49 bytes"),
        (bytes(48), SourceOptions(size=(4, 4)), "pixel format of raw video standard input"),
        (Y4M, SourceOptions(size=(4, 4)), "for raw video only"),
        (clip_bytes(), SourceOptions(frame_rate=Fraction(5)), "its own times"),
    ],
)
def test_bad_standard_input_leaves_no_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data: bytes, options: SourceOptions, message: str
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    pipe(monkeypatch, data)
    with pytest.raises(InputError, match=message) as caught:
        open_source("-", options)
    assert "gvc-input" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_terminal_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.BytesIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", FakeStdin(Terminal()))
    with pytest.raises(InputError, match="a terminal"):
        open_source("-")


def test_full_disk_while_spooling(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Endless(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", FakeStdin(Endless()))
    with pytest.raises(InputError, match=r"cannot keep standard input.*No space left"):
        open_source("-")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX")
def test_named_pipe_is_spooled(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(Y4M,))
    writer.start()
    source = open_source(str(path))
    writer.join()
    assert len(list(source.frames())) == 2
    source.close()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX")
def test_name_of_a_pipe_states_its_geometry(tmp_path: Path) -> None:
    path = tmp_path / "pipe_4x4_10fps_gray.raw"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(bytes(32),))
    writer.start()
    source = open_source(str(path))
    writer.join()
    assert source.info.width == 4
    assert source.info.frame_rate == 10
    assert len(list(source.frames())) == 2
    source.close()


def test_name_of_the_spooled_copy_states_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "x_4x4_rgb24.raw"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(tempfile, "_get_candidate_names", lambda: iter(["_4x4_gray"] * 10))
    pipe(monkeypatch, bytes(48))
    with pytest.raises(InputError, match="expected the size of raw video"):
        open_source("-", SourceOptions(pixel_format="gray"))


def test_a_stream_of_gvc_is_named() -> None:
    stream = Path(__file__).parents[2] / "conformance" / "v1" / "valid" / "gray_raw.gvc"
    with pytest.raises(InputError, match=r"gray_raw\.gvc, a \.gvc stream\. gvc-decode makes a video of it"):
        open_source(str(stream))

"""``--keep-files`` and ``--restore-files``: the files that go in come out, byte for byte, or a line says why not."""

from __future__ import annotations

from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from codec.errors import GvcError, StreamError
from codec.kept_files.sink import RestoredFilesSink
from codec.video.info import FILES, CopyPacket, CopyStream, VideoInfo
from codec.video.picture import Frame, Picture
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sinks.declarations import RESTORED_FILES
from codec.video.sinks.options import SinkOptions
from container_format.kept_files import KeptFileRecord, KeptFilesRecord, pack_kept
from tests.end_to_end.conftest import assert_one_line_error, call, call_json, write_video
from tests.image_files import encoded_image

FAST = ("--color", "lossless", "--luma", "ffv1", "--chroma", "ffv1", "--effort", "none")


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def write_images(folder: Path, codec: str, pixel_format: str, extension: str, options: dict[str, str]) -> Path:
    folder.mkdir()
    for number in (8, 9, 10):
        data = encoded_image(codec, pixel_format, 33, 20, seed=number, options=options)
        (folder / f"scan {number:05}.{extension}").write_bytes(data)
    return folder


def there_and_back(source: Path, folder: Path, *options: str) -> dict[str, object]:
    """Encode and restore; both as the commands do. The report of the encode."""
    stream, restored = folder / "kept.gvc", folder / "restored"
    report = call_json("gvc-encode", source, stream, *FAST, "--keep-files", *options)
    call_json("gvc-decode", stream, f"{restored}/")
    assert files_in(restored) == (files_in(source) if source.is_dir() else {source.name: source.read_bytes()})
    return report


@pytest.mark.parametrize(
    ("codec", "pixel_format", "extension", "options"),
    [
        ("dpx", "gbrp10be", "dpx", {}),
        ("dpx", "gbrp12le", "dpx", {}),
        ("tiff", "rgb48le", "tif", {"compression_algo": "raw"}),
        ("png", "rgb24", "png", {"pred": "mixed"}),
        ("png", "gray16be", "png", {}),
    ],
)
def test_folders_come_back(
    tmp_path: Path, codec: str, pixel_format: str, extension: str, options: dict[str, str]
) -> None:
    source = write_images(tmp_path / "scan", codec, pixel_format, extension, options)
    report = there_and_back(source, tmp_path, "--segment-frames", "2")
    assert report["kept_files"] == 3
    assert report["whole_files"] == 0
    assert report["kept_files_bytes"] == sum(map(len, files_in(source).values()))


def test_mixed_files_come_back(tmp_path: Path) -> None:
    """Gray among RGB, an opaque alpha, JPEG and PackBits, which are kept whole."""
    source = tmp_path / "scan"
    source.mkdir()
    kinds = [("png", "rgb24"), ("png", "gray"), ("png", "rgba"), ("tiff", "rgb24"), ("bmp", "bgr24"), ("dpx", "rgb24")]
    for number, (codec, pixel_format) in enumerate(kinds):
        data = encoded_image(codec, pixel_format, 33, 20, seed=number)
        (source / f"{number}.{codec}").write_bytes(data)
    report = there_and_back(source, tmp_path)
    assert report["whole_files"] == 2


@pytest.mark.parametrize("line", [b"FRAME\n", b"FRAME Ip XNOTE\n"])
@pytest.mark.parametrize(("header", "depth"), [(b"C420mpeg2 Ip", 8), (b"C420p10 A1:1", 10), (b"Cmono16 XA=b", 16)])
def test_y4m_comes_back(tmp_path: Path, line: bytes, header: bytes, depth: int) -> None:
    rng = np.random.default_rng(1)
    samples = 18 * 10 if depth == 16 else 18 * 10 * 3 // 2
    frames = [rng.integers(0, 2**depth, samples).astype(np.uint8 if depth == 8 else "<u2") for _ in range(3)]
    video = tmp_path / "in.y4m"
    frame_lines = [b"FRAME\n", line, line]
    body = b"".join(start + frame.tobytes() for start, frame in zip(frame_lines, frames, strict=True))
    video.write_bytes(b"YUV4MPEG2 W18 H10 F25:1 " + header + b"\n" + body)
    there_and_back(video, tmp_path)
    call_json("gvc-decode", tmp_path / "kept.gvc", tmp_path / "out.y4m", "--restore-files")
    assert (tmp_path / "out.y4m").read_bytes() == video.read_bytes()


def test_raw_video_comes_back(tmp_path: Path) -> None:
    video = tmp_path / "in_18x10_rgb24.raw"
    video.write_bytes(np.random.default_rng(1).integers(0, 256, 18 * 10 * 3 * 3, np.uint8).tobytes())
    there_and_back(video, tmp_path)


def test_one_image_comes_back_under_another_name(tmp_path: Path) -> None:
    image = tmp_path / "a.dpx"
    image.write_bytes(encoded_image("dpx", "rgb48be", 33, 20))
    there_and_back(image, tmp_path)
    call_json("gvc-decode", tmp_path / "kept.gvc", tmp_path / "b.dpx", "--restore-files")
    assert (tmp_path / "b.dpx").read_bytes() == image.read_bytes()


def test_workers_keep_and_restore_the_same(tmp_path: Path) -> None:
    source = write_images(tmp_path / "scan", "dpx", "gbrp10be", "dpx", {})
    there_and_back(source, tmp_path, "--segment-frames", "1", "--workers", "2", "--verify")
    call_json("gvc-decode", tmp_path / "kept.gvc", f"{tmp_path}/again/", "--workers", "2")
    assert files_in(tmp_path / "again") == files_in(source)


def test_a_damaged_segment_costs_its_own_files(tmp_path: Path) -> None:
    source = write_images(tmp_path / "scan", "dpx", "gbrp10be", "dpx", {})
    there_and_back(source, tmp_path, "--segment-frames", "1")
    stream = bytearray((tmp_path / "kept.gvc").read_bytes())
    stream[stream.rindex(b"SEGM") + 60] ^= 1
    (tmp_path / "bad.gvc").write_bytes(stream)
    result = call("gvc-decode", tmp_path / "bad.gvc", f"{tmp_path}/rest/", "--recover")
    assert result.returncode == 7
    found = files_in(tmp_path / "rest")
    assert len(found) == 2
    assert found.items() <= files_in(source).items()


def test_other_outputs_say_what_they_leave_out(tmp_path: Path) -> None:
    source = write_images(tmp_path / "scan", "png", "rgb24", "png", {})
    there_and_back(source, tmp_path)
    for output in ("out.mkv", "out.raw"):
        report = call_json("gvc-decode", tmp_path / "kept.gvc", tmp_path / output)
        assert sum("not restored here" in note for note in report["notes"]) == 1
    call_json("gvc-decode", tmp_path / "kept.gvc", f"{tmp_path}/numbered/", "--format", "png")
    assert sorted(files_in(tmp_path / "numbered"))[0] == "frame_000001.png"


def test_what_cannot_be_kept_is_found_first(tmp_path: Path) -> None:
    video = tmp_path / "in.mkv"
    write_video(video)
    raw = tmp_path / "in_16x8_rgb24.raw"
    raw.write_bytes(bytes(16 * 8 * 3))
    output = tmp_path / "out.gvc"
    for words, arguments in {
        "images, or a y4m": (video, output, "--color", "lossless", "--keep-files"),
        "--color guided": (raw, output, "--keep-files"),
        "--max-error 1": (raw, output, "--color", "lossless", "--max-error", "1", "--keep-files"),
        "--frames": (raw, output, "--color", "lossless", "--frames", "1", "--keep-files"),
        "--drop": (raw, output, "--color", "lossless", "--drop", "alpha", "--keep-files"),
    }.items():
        assert_one_line_error(call("gvc-encode", *arguments), 3, "--keep-files", words)
    assert not output.exists()


def test_what_cannot_be_restored_is_refused(tmp_path: Path) -> None:
    source = write_images(tmp_path / "scan", "png", "rgb24", "png", {})
    stream = tmp_path / "plain.gvc"
    call_json("gvc-encode", source, stream, *FAST)
    assert_one_line_error(call("gvc-decode", stream, f"{tmp_path}/new/", "--restore-files"), 6, "--keep-files")
    kept = tmp_path / "kept.gvc"
    call_json("gvc-encode", source, kept, *FAST, "--keep-files")
    assert_one_line_error(call("gvc-decode", "-y", kept, f"{source}/"), 6, "new or empty folder")
    one_file = call("gvc-decode", kept, tmp_path / "one.png", "--restore-files")
    assert_one_line_error(one_file, 6, "expected a folder")
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "one.png").exists()


def restore(folder: Path, *records: KeptFileRecord, common: KeptFilesRecord | None = None) -> None:
    """Write records of our own making to a folder, a picture each."""
    common = common or KeptFilesRecord(version=1, kind="images")
    stream = CopyStream(FILES, "images", Fraction(1, 25), pack_kept(common))
    info = VideoInfo(2, 2, PIXEL_FORMATS["gray"], Fraction(1, 25), copy_streams=(stream,))
    sink = RestoredFilesSink(f"{folder}/", info, SinkOptions(), RESTORED_FILES)
    try:
        for pts, record in enumerate(records):
            sink.write_packet(CopyPacket(0, pts, pts, 1, True, pack_kept(record)))
            sink.write(Frame(Picture(np.zeros((2, 2), np.uint8)), pts))
        sink.close()
    except GvcError:
        sink.abort()
        raise


@pytest.mark.parametrize("name", ["../a.png", "/tmp/a.png", "..", "", "a/b.png", "a\nb.png"])
def test_names_that_leave_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    record = KeptFileRecord(name=name, sha256=sha256(b"evil").digest(), rest=b"evil")
    with pytest.raises(StreamError, match="plain name"):
        restore(tmp_path / "out", record)
    with pytest.raises(StreamError, match="plain name"):
        restore(tmp_path / "out", common=KeptFilesRecord(version=1, kind="y4m", name=name))
    assert list(tmp_path.iterdir()) == []


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    record = KeptFileRecord(name="a.png", sha256=sha256(b"x").digest(), rest=b"x")
    with pytest.raises(StreamError, match="two files"):
        restore(tmp_path / "out", record, record)
    assert list(tmp_path.iterdir()) == []


def test_newer_kept_files_are_not_taken_for_damage(tmp_path: Path) -> None:
    with pytest.raises(StreamError, match="newer gvc"):
        restore(tmp_path / "out", common=KeptFilesRecord(version=2, kind="images"))


def test_a_kept_file_that_differs_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(StreamError, match="SHA-256"):
        restore(tmp_path / "out", KeptFileRecord(name="a.png", sha256=bytes(32), rest=b"x"))
    assert list(tmp_path.iterdir()) == []

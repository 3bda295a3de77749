"""A work folder: pieces that are whole or not there, for one run at a time."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from codec.errors import OutputError
from codec.files import WorkFolder

DATA = bytes(range(256)) * 9


@pytest.fixture
def folder(tmp_path: Path) -> WorkFolder:
    return WorkFolder(str(tmp_path / "out.gvc"))


def test_pieces_outlive_the_run(folder: WorkFolder, tmp_path: Path) -> None:
    assert folder.path == tmp_path / "out.gvc.work"
    folder.write("segment-000003", DATA)
    folder.write("job", b"old")
    folder.write("job", b"")
    folder.close()
    again = WorkFolder(str(tmp_path / "out.gvc"))
    assert again.names() == ["job", "segment-000003"]
    assert again.read("segment-000003") == DATA
    assert again.read("job") == b""
    assert again.read("survey") is None
    again.discard("job")
    assert again.names() == ["segment-000003"]
    again.remove()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", [0, 20, 45, -1])
def test_a_damaged_piece_is_none(place: int, folder: WorkFolder) -> None:
    folder.write("survey", DATA)
    path = folder.path / "survey"
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    assert folder.read("survey") is None
    path.write_bytes(data[:30])
    assert folder.read("survey") is None


@pytest.mark.skipif(os.name != "posix", reason="needs locks")
def test_one_run_at_a_time_has_it(folder: WorkFolder, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="in use"):
        WorkFolder(str(tmp_path / "out.gvc"))
    folder.close()
    WorkFolder(str(tmp_path / "out.gvc")).close()


def test_what_was_not_finished_is_removed(folder: WorkFolder, tmp_path: Path) -> None:
    (folder.path / "segment-000001.new").write_bytes(b"half")
    folder.close()
    assert WorkFolder(str(tmp_path / "out.gvc")).names() == []
    assert list(folder.path.iterdir()) == []


def test_folders_and_files_of_others_are_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "a.gvc.work"
    other.mkdir()
    (other / "Thesis.docx").write_bytes(b"precious")
    with pytest.raises(OutputError, match=r"Thesis\.docx, which is none of gvc's"):
        WorkFolder(str(tmp_path / "a.gvc"))
    assert (other / "Thesis.docx").read_bytes() == b"precious"
    (tmp_path / "b.gvc.work").write_bytes(b"precious")
    (tmp_path / "c.gvc.work").symlink_to(tmp_path)
    for name in ("b.gvc", "c.gvc"):
        with pytest.raises(OutputError, match="Received: a file or a link"):
            WorkFolder(str(tmp_path / name))


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="cannot write"):
        WorkFolder(str(tmp_path / "out.gvc"))


def test_a_disk_that_is_full_leaves_no_half_piece(folder: WorkFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write("survey", b"old")

    def full(descriptor: int) -> None:
        del descriptor
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left on device"):
        folder.write("survey", DATA)
    assert folder.read("survey") == b"old"
    assert [path.name for path in folder.path.iterdir()] == ["survey"]

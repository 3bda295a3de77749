"""codec.files: output appears whole or not at all."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from codec.errors import ClosedPipeError, OutputError
from codec.files import PendingFile, PendingFolder, check_destination, output_error


def names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_file_has_its_name_only_after_commit(tmp_path: Path) -> None:
    target = tmp_path / "out.bin"
    pending = PendingFile(str(target))
    pending.stream.write(b"abc")
    assert not target.exists()
    pending.commit()
    assert target.read_bytes() == b"abc"
    assert names_in(tmp_path) == ["out.bin"]


def test_abort_leaves_nothing_and_keeps_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "out.bin"
    target.write_bytes(b"before")
    pending = PendingFile(str(target))
    pending.stream.write(b"after")
    pending.abort()
    pending.abort()
    assert names_in(tmp_path) == ["out.bin"]
    assert target.read_bytes() == b"before"


def test_abort_after_commit_keeps_the_file(tmp_path: Path) -> None:
    pending = PendingFile(str(tmp_path / "out.bin"))
    pending.commit()
    pending.abort()
    assert names_in(tmp_path) == ["out.bin"]


def test_missing_folder_is_one_line(tmp_path: Path) -> None:
    path = str(tmp_path / "no" / "out.bin")
    for attempt in (lambda: PendingFile(path), lambda: check_destination(path, overwrite=True)):
        with pytest.raises(OutputError) as caught:
            attempt()
        assert "\n" not in str(caught.value)
        assert path in str(caught.value)


def test_full_disk_is_one_line() -> None:
    pending = PendingFile("/dev/full")
    assert pending.working_path is None
    pending.stream.write(b"abc")
    with pytest.raises(OutputError, match=r"cannot write /dev/full: No space left on device"):
        pending.commit()


def test_closed_pipe_is_its_own_error() -> None:
    assert isinstance(output_error("-", BrokenPipeError(errno.EPIPE, "Broken pipe")), ClosedPipeError)
    assert not isinstance(output_error("-", OSError(errno.ENOSPC, "full")), ClosedPipeError)


def test_standard_output_is_a_pipe() -> None:
    code = "from codec.files import PendingFile; p = PendingFile('-'); p.stream.write(b'abc'); p.commit(); p.abort()"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"abc"


def test_existing_output_needs_overwrite(tmp_path: Path) -> None:
    target = tmp_path / "out.bin"
    target.write_bytes(b"x")
    (tmp_path / "empty").mkdir()
    check_destination("-", overwrite=False)
    check_destination(str(tmp_path / "empty"), overwrite=False)
    check_destination(str(target), overwrite=True)
    with pytest.raises(OutputError, match="exists"):
        check_destination(str(target), overwrite=False)


def test_folder_has_its_name_only_after_commit(tmp_path: Path) -> None:
    pending = PendingFolder(str(tmp_path / "frames") + "/")
    (pending.working_path / "a").write_bytes(b"1")
    assert not (tmp_path / "frames").exists()
    pending.commit()
    assert [path.name for path in (tmp_path / "frames").iterdir()] == ["a"]
    assert names_in(tmp_path) == ["frames"]


def test_folder_replaces_and_abort_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "old").write_bytes(b"")
    aborted = PendingFolder(str(tmp_path / "frames"))
    (aborted.working_path / "new").write_bytes(b"")
    aborted.abort()
    assert names_in(tmp_path) == ["frames"]
    assert names_in(tmp_path / "frames") == ["old"]
    replacing = PendingFolder(str(tmp_path / "frames"))
    (replacing.working_path / "new").write_bytes(b"")
    replacing.commit()
    assert names_in(tmp_path / "frames") == ["new"]

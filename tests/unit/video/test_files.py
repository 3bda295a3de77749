"""codec.files: output appears whole or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codec.errors import ClosedPipeError, OutputError
from codec.files import PendingFile, PendingFolder, check_destination, claims, output_error, renaming


def names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_file_has_its_name_only_after_commit(tmp_path: Path) -> None:
    target = tmp_path / "out.bin"
    pending = PendingFile(str(target), overwrite=True)
    pending.stream.write(b"abc")
    assert not target.exists()
    pending.commit()
    assert target.read_bytes() == b"abc"
    assert names_in(tmp_path) == ["out.bin"]


def test_abort_leaves_nothing_and_keeps_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "out.bin"
    target.write_bytes(b"before")
    pending = PendingFile(str(target), overwrite=True)
    pending.stream.write(b"after")
    pending.abort()
    pending.abort()
    assert names_in(tmp_path) == ["out.bin"]
    assert target.read_bytes() == b"before"


def test_abort_after_commit_keeps_the_file(tmp_path: Path) -> None:
    pending = PendingFile(str(tmp_path / "out.bin"), overwrite=False)
    pending.commit()
    pending.abort()
    assert names_in(tmp_path) == ["out.bin"]


def test_missing_folder_is_one_line(tmp_path: Path) -> None:
    path = str(tmp_path / "no" / "out.bin")
    for attempt in (lambda: PendingFile(path, overwrite=True), lambda: check_destination(path, overwrite=True)):
        with pytest.raises(OutputError) as caught:
            attempt()
        assert "\n" not in str(caught.value)
        assert path in str(caught.value)


def test_full_disk_is_one_line() -> None:
    pending = PendingFile("/dev/full", overwrite=True)
    assert pending.working_path is None
    pending.stream.write(b"abc")
    with pytest.raises(OutputError, match=r"cannot write /dev/full: No space left on device"):
        pending.commit()


def test_closed_pipe_is_its_own_error() -> None:
    assert isinstance(output_error("-", BrokenPipeError(errno.EPIPE, "Broken pipe")), ClosedPipeError)
    assert not isinstance(output_error("-", OSError(errno.ENOSPC, "full")), ClosedPipeError)


def test_standard_output_is_a_pipe() -> None:
    code = (
        "from codec.files import PendingFile; p = PendingFile('-', overwrite=False)\n"
        "p.stream.write(b'abc'); p.commit(); p.abort()"
    )
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
    pending = PendingFolder(str(tmp_path / "frames") + "/", overwrite=False)
    (pending.working_path / "a").write_bytes(b"1")
    assert not (tmp_path / "frames").exists()
    pending.commit()
    assert [path.name for path in (tmp_path / "frames").iterdir()] == ["a"]
    assert names_in(tmp_path) == ["frames"]


def test_folder_replaces_and_abort_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "old").write_bytes(b"")
    aborted = PendingFolder(str(tmp_path / "frames"), overwrite=True)
    (aborted.working_path / "new").write_bytes(b"")
    aborted.abort()
    assert names_in(tmp_path) == ["frames"]
    assert names_in(tmp_path / "frames") == ["old"]
    replacing = PendingFolder(str(tmp_path / "frames"), overwrite=True)
    (replacing.working_path / "new").write_bytes(b"")
    replacing.commit()
    assert names_in(tmp_path / "frames") == ["new"]


def names_of_two(make: Callable[[], PendingFile | PendingFolder]) -> list[str]:
    """Two runs that write one name at the same time; what the second is told."""
    first, second = make(), make()
    for number, pending in enumerate((first, second)):
        if isinstance(pending, PendingFile):
            pending.stream.write(b"%d" % number)
        else:
            (pending.working_path / str(number)).touch()
    first.commit()
    with pytest.raises(OutputError) as caught:
        second.commit()
    return [str(caught.value)]


def test_of_two_runs_that_write_one_file_one_succeeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("with_links", "without_links"):
        target = tmp_path / name
        assert names_of_two(lambda target=target: PendingFile(str(target), overwrite=False)) == [
            f"{target} exists. Give -y to replace it"
        ]
        assert target.read_bytes() == b"0"

        def refuse(*_: object) -> None:
            raise OSError(errno.EPERM, "no hard links here")

        monkeypatch.setattr(os, "link", refuse)
    assert names_in(tmp_path) == ["with_links", "without_links"]


def test_of_two_runs_that_write_one_folder_one_succeeds(tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir()  # an empty one may be written to
    target = str(tmp_path / "frames")
    assert names_of_two(lambda: PendingFolder(target, overwrite=False)) == [f"{target} exists. Give -y to replace it"]
    assert names_in(tmp_path / "frames") == ["0"]
    assert names_in(tmp_path) == ["frames"]


def test_links_are_followed_and_stay(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "frames").mkdir()
    (tmp_path / "real" / "frames" / "old").touch()
    (tmp_path / "real" / "old.bin").write_bytes(b"old")
    for link, real in (("a", "old.bin"), ("b", "new.bin"), ("c", "frames")):
        (tmp_path / link).symlink_to(tmp_path / "real" / real)
    with pytest.raises(OutputError, match="exists"):
        check_destination(str(tmp_path / "a"), overwrite=False)
    for link in ("a", "b"):
        check_destination(str(tmp_path / link), overwrite=True)
        pending = PendingFile(str(tmp_path / link), overwrite=link == "a")
        assert pending.working_path is not None
        assert pending.working_path.parent == tmp_path / "real"
        pending.stream.write(b"new")
        pending.commit()
    folder = PendingFolder(str(tmp_path / "c"), overwrite=True)
    (folder.working_path / "new").touch()
    folder.commit()
    assert all((tmp_path / name).is_symlink() for name in "abc")
    assert (tmp_path / "real" / "old.bin").read_bytes() == (tmp_path / "real" / "new.bin").read_bytes() == b"new"
    assert names_in(tmp_path / "c") == ["new"]
    assert names_in(tmp_path / "real") == ["frames", "new.bin", "old.bin"]


def test_links_in_a_circle_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    for attempt in (
        lambda: check_destination(str(tmp_path / "a"), overwrite=True),
        lambda: PendingFile(str(tmp_path / "a"), overwrite=True),
        lambda: PendingFolder(str(tmp_path / "a"), overwrite=True),
    ):
        with pytest.raises(OutputError, match="cannot write"):
            attempt()


@pytest.mark.skipif(claims.fcntl is None, reason="needs locks that end with a process")
@pytest.mark.parametrize("kind", ["PendingFile", "PendingFolder"])
def test_the_next_run_removes_what_a_killed_one_left(kind: str, tmp_path: Path) -> None:
    target = str(tmp_path / "out")
    program = f"import os; from codec.files import {kind}; {kind}({target!r}, overwrite=True); os.kill(os.getpid(), 9)"
    alive = PendingFile(target, overwrite=True)
    subprocess.run([sys.executable, "-c", program], check=False)
    (tmp_path / ".out.backup.part").touch()  # no name of ours
    assert len(names_in(tmp_path)) == 3
    check_destination(target, overwrite=True)
    assert alive.working_path is not None
    assert names_in(tmp_path) == sorted([alive.working_path.name, ".out.backup.part"])
    alive.commit()
    assert names_in(tmp_path) == [".out.backup.part", "out"]


def without_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renaming, "_exchange", lambda *_: False)


def test_a_folder_is_replaced_where_two_cannot_change_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_exchange(monkeypatch)
    test_folder_replaces_and_abort_leaves_nothing(tmp_path)


def test_a_folder_that_cannot_be_replaced_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_exchange(monkeypatch)
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "old").touch()
    pending = PendingFolder(str(tmp_path / "frames"), overwrite=True)
    rename = Path.rename
    names: list[str] = []

    def fail_at_the_third(self: Path, target: Path) -> Path:
        names.append(self.name)
        if len(names) == 3:  # the first try, the old folder aside, and now the new one
            raise OSError(errno.EIO, "the disk is gone")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_at_the_third)
    with pytest.raises(OutputError, match="the disk is gone"):
        pending.commit()
    assert names_in(tmp_path) == ["frames"]
    assert names_in(tmp_path / "frames") == ["old"]


@pytest.mark.skipif(claims.fcntl is None, reason="needs locks that end with a process")
def test_the_next_run_gives_an_old_folder_its_name_back(tmp_path: Path) -> None:
    """A run was killed when the old folder had lost its name, and the new one had not got it yet."""
    for name, file in ((".frames.01234567.old", "old"), (".frames.89abcdef.part", "new")):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).touch()
    with pytest.raises(OutputError, match="exists"):
        check_destination(str(tmp_path / "frames"), overwrite=False)
    assert names_in(tmp_path) == ["frames"]
    assert names_in(tmp_path / "frames") == ["old"]


def test_a_long_name_of_wide_letters_has_room_for_the_temporary_one(tmp_path: Path) -> None:
    target = tmp_path / ("\u4e2d" * 80)  # 240 bytes
    pending = PendingFile(str(target), overwrite=False)
    pending.commit()
    assert names_in(tmp_path) == [target.name]

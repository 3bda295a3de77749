"""What is removed when a process must end, in processes of its own: nothing passes afterwards."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from codec.errors import OutputError
from codec.unfinished import settling

PROGRAM = """
import sys, threading, time, os
from pathlib import Path
from codec.files import PendingFile, PendingFolder
from codec.unfinished import add_removal, discard_removal, remove_unfinished
folder = Path(sys.argv[1])
committed, aborted, late = (PendingFile(str(folder / name), overwrite=False) for name in "abc")
late_folder = PendingFolder(str(folder / "d"), overwrite=False)
committed.commit()
aborted.abort()
def fail():
    raise OSError("one that cannot be removed keeps nobody")
add_removal(fail)
discard_removal(add_removal(lambda: (folder / "discarded").touch()))
add_removal(lambda: (folder / "removed").touch())
def end():
    remove_unfinished(1)
    threads = [threading.Thread(target=action, daemon=True) for action in (late.commit, late_folder.commit)]
    for thread in threads:
        thread.start()
    threads[0].join(0.3)
    os._exit(0 if all(thread.is_alive() for thread in threads) else 1)
threading.Thread(target=end).start()
time.sleep(60)
"""


def test_nothing_gets_its_name_after_all_was_removed(tmp_path: Path) -> None:
    result = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, check=False)
    assert (result.returncode, result.stderr) == (0, b"")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "removed"]


def test_an_output_gets_no_name_once_the_process_was_told_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library may swallow what the handler raised in the middle of a write."""
    monkeypatch.setattr("codec.unfinished._is_ending", True)
    with pytest.raises(OutputError, match="told to end"), settling():
        pytest.fail("it got its name")

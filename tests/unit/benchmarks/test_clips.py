from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from benchmarks.clips import SAMPLES, declared_clips, find_clips, own_clip
from codec.errors import InputError


def test_every_declaration_says_what_a_reader_needs() -> None:
    clips = declared_clips()
    assert len({clip.file for clip in clips.values()}) == len(clips)
    for clip in clips.values():
        assert clip.origin
        assert clip.license
        assert clip.shows
        assert len(bytes.fromhex(clip.sha256)) == hashlib.sha256().digest_size


def test_bundled_clips_are_freely_licensed_and_all_samples_are_declared() -> None:
    bundled = [clip for clip in declared_clips().values() if clip.bundled]
    assert {clip.file for clip in bundled} == {path.name for path in SAMPLES.glob("*.mp4")}
    assert all("CC" in clip.license for clip in bundled)


def test_without_a_folder_the_samples_are_found() -> None:
    found = find_clips(None)
    assert [clip.name for clip in found] == [name for name, clip in declared_clips().items() if clip.bundled]


def test_a_folder_adds_what_is_in_it(tmp_path: Path) -> None:
    names = {clip.name for clip in find_clips(None)}
    assert {clip.name for clip in find_clips(tmp_path)} == names


def test_another_file_under_a_clips_name_is_refused(tmp_path: Path) -> None:
    sample = find_clips(None)[0]
    shutil.copy(sample.path, tmp_path / declared_clips()["bunny"].file)
    with pytest.raises(InputError, match="bunny with sha256"):
        find_clips(tmp_path)


@pytest.mark.parametrize(
    ("folder", "names", "message"),
    [
        (None, ["nobody"], "expected clips among .* Received: nobody"),
        (None, ["bunny"], "the file of the clip bunny"),
        (Path("no-such-folder"), [], "expected a folder of clips"),
    ],
)
def test_what_is_missing_is_named(folder: Path | None, names: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        find_clips(folder, names)


def test_any_video_can_be_a_clip(tmp_path: Path) -> None:
    sample = find_clips(None)[0]
    path = tmp_path / "My holiday (1).mp4"
    shutil.copy(sample.path, path)
    own = own_clip(path)
    assert own.name == f"My_holiday_1_{sample.clip.sha256[:6]}"
    assert own.clip.sha256 == sample.clip.sha256
    with pytest.raises(InputError, match="no file"):
        own_clip(tmp_path / "nothing.mp4")

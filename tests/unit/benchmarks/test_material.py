from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks.clips import LocatedClip, find_clips
from benchmarks.material import Preparation, prepare

FLOWER = "demo_flower"


@pytest.fixture(scope="module")
def flower() -> LocatedClip:
    return find_clips(None, [FLOWER])[0]


def test_pixels_are_those_of_the_clip_where_nothing_is_scaled(flower: LocatedClip, tmp_path: Path) -> None:
    made = prepare(FLOWER, [flower], Preparation(pixel_format="yuv420p", width=1000, num_frames=3), tmp_path)
    with av.open(str(flower.path)) as container:
        frames = [next(decoded) for decoded in [container.decode(video=0)] for _ in range(3)]
        wanted = b"".join(np.ascontiguousarray(frame.to_ndarray()).tobytes() for frame in frames)
    assert made.path.read_bytes() == wanted
    facts = made.facts
    assert (facts.width, facts.height, facts.num_frames, facts.frame_rate) == (320, 180, 3, "15")
    assert facts.sha256 == hashlib.sha256(wanted).hexdigest()
    assert facts.raw_bytes == len(wanted)


@pytest.mark.parametrize(("width", "size"), [(160, (160, 90)), (101, (100, 56)), (320, (320, 180))])
def test_the_aspect_is_kept_and_sides_are_even(flower: LocatedClip, tmp_path: Path, width: int, size: object) -> None:
    made = prepare(FLOWER, [flower], Preparation(pixel_format="rgb24", width=width, num_frames=1), tmp_path)
    assert (made.facts.width, made.facts.height) == size


def test_a_height_crops_about_the_center(flower: LocatedClip, tmp_path: Path) -> None:
    square = Preparation(pixel_format="rgb24", width=180, height=180, num_frames=1)
    cropped = prepare(FLOWER, [flower], square, tmp_path)
    whole = prepare(FLOWER, [flower], Preparation(pixel_format="rgb24", width=320, num_frames=1), tmp_path)
    picture = np.fromfile(cropped.path, np.uint8).reshape(180, 180, 3)
    original = np.fromfile(whole.path, np.uint8).reshape(180, 320, 3)
    np.testing.assert_allclose(picture.astype(int), original[:, 70:250].astype(int), atol=8)


def test_joined_clips_follow_each_other_again_and_again(tmp_path: Path) -> None:
    samples = find_clips(None)
    one = [
        prepare(clip.name, [clip], Preparation(pixel_format="rgb24", width=64, height=64, num_frames=1000), tmp_path)
        for clip in samples
    ]
    num_frames = sum(made.facts.num_frames for made in one) + 1
    joined = Preparation(
        pixel_format="rgb24", width=64, height=64, num_frames=num_frames, frame_rate=Fraction(24), joined=True
    )
    made = prepare("joined", samples, joined, tmp_path)
    first = one[0].path.read_bytes()
    assert made.path.read_bytes() == first + one[1].path.read_bytes() + first[: 64 * 64 * 3]
    assert made.facts.num_frames == num_frames
    assert made.facts.frame_rate == "24"
    assert all(clip.name in made.facts.preparation for clip in samples)


def test_material_is_made_once_and_again_when_its_recipe_changes(flower: LocatedClip, tmp_path: Path) -> None:
    preparation = Preparation(pixel_format="rgb24", width=64, num_frames=1)
    made = prepare(FLOWER, [flower], preparation, tmp_path)
    written = made.path.stat().st_mtime_ns
    assert prepare(FLOWER, [flower], preparation, tmp_path) == made
    assert made.path.stat().st_mtime_ns == written
    faster = Preparation(pixel_format="rgb24", width=64, num_frames=1, frame_rate=Fraction(50))
    assert prepare(FLOWER, [flower], faster, tmp_path).facts.frame_rate == "50"


def test_the_frames_open_as_a_video(flower: LocatedClip, tmp_path: Path) -> None:
    made = prepare(FLOWER, [flower], Preparation(pixel_format="yuv420p", width=64, num_frames=2), tmp_path)
    frames = list(made.open().frames())
    assert len(frames) == 2
    assert frames[0].picture.luma.shape == (36, 64)

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks.clips import find_clips
from benchmarks.material import Material, Preparation, prepare
from benchmarks.measure import BenchmarkError
from benchmarks.pictures import PictureStore, viewer_indices
from benchmarks.quality import compare

FRAMES = 12


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    clips = find_clips(None, ["demo_flower"])
    preparation = Preparation(pixel_format="yuv420p", width=96, num_frames=FRAMES)
    return prepare("demo_flower", clips, preparation, tmp_path_factory.mktemp("material"))


def frames_of(material: Material) -> np.ndarray:
    return np.fromfile(material.path, np.uint8).reshape(FRAMES, -1)


def written(frames: np.ndarray, folder: Path) -> Path:
    path = folder / "decoded.raw"
    frames.tofile(path)
    return path


def test_the_original_is_exact_and_leaves_no_pictures(material: Material, tmp_path: Path) -> None:
    store = PictureStore(tmp_path / "pictures")
    facts = compare(material, material.path, case="m/c", pictures=store)
    assert facts.picture_exact
    assert facts.luma_exact
    assert (facts.psnr_luma_db, facts.psnr_chroma_db) == (None, None)
    assert facts.ciede2000_mean == 0
    assert facts.ssim_rgb == 1
    assert facts.cdc_original == facts.cdc_decoded
    assert facts.chroma_flicker == 0
    assert store.load("m/c") is None


def test_chroma_off_by_two_has_the_psnr_of_two(material: Material, tmp_path: Path) -> None:
    frames = frames_of(material)
    num_luma = material.facts.width * material.facts.height
    chroma = frames[:, num_luma:]
    chroma += np.where(chroma < 128, np.uint8(2), np.uint8(254))  # minus two
    facts = compare(material, written(frames, tmp_path))
    assert facts.psnr_chroma_db == pytest.approx(20 * math.log10(255 / 2))
    assert facts.luma_exact
    assert not facts.picture_exact
    assert facts.ciede2000_mean > 0


def test_the_worst_frames_are_found_and_kept(material: Material, tmp_path: Path) -> None:
    frames = frames_of(material)
    num_luma = material.facts.width * material.facts.height
    frames[7, num_luma:] = 128
    frames[2, num_luma : num_luma + 400] = 128
    store = PictureStore(tmp_path / "pictures")
    facts = compare(material, written(frames, tmp_path), case="m/c", pictures=store)
    assert facts.worst_frames[:2] == (7, 2)
    pictures = store.load("m/c")
    assert pictures is not None
    assert pictures.indices == tuple(viewer_indices(FRAMES))
    assert [worst.index for worst in pictures.worst[:2]] == [7, 2]
    assert pictures.worst[0].ciede2000_mean > pictures.worst[1].ciede2000_mean > 0
    every = [*pictures.original, *pictures.gray, *pictures.decoded]
    every += [path for worst in pictures.worst for path in (worst.original, worst.decoded, worst.difference)]
    assert all(path.exists() for path in every)


def test_lost_frames_are_an_error(material: Material, tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="bytes of decoded frames"):
        compare(material, written(frames_of(material)[:-1], tmp_path))

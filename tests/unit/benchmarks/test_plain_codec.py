"""Real encoders on a few real frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.clips import find_clips
from benchmarks.contenders import ffv1, svtav1, uncompressed, vp9, x264, x265
from benchmarks.contenders.plain_codec import PlainCodec, RawLayout, encoder_version, main
from benchmarks.material import Material, Preparation, prepare
from benchmarks.measure import Finished
from benchmarks.quality import compare

LOSSLESS = (ffv1.LOSSLESS, x264.LOSSLESS_RGB, x264.LOSSLESS_YUV, x265.LOSSLESS, vp9.LOSSLESS, uncompressed.RAW)
FINISHED = Finished(1.0, 1.0, "")


@pytest.fixture(scope="module")
def materials(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Material]:
    clips = find_clips(None, ["demo_flower"])
    folder = tmp_path_factory.mktemp("material")
    forms = ("rgb24", "yuv420p", "yuv444p")
    return {
        form: prepare("demo_flower", clips, Preparation(pixel_format=form, width=160, num_frames=3), folder)
        for form in forms
    }


def code(codec: PlainCodec, material: Material, folder: Path) -> tuple[Path, Path]:
    """The coded file and the decoded one; the commands run in this process."""
    coded, decoded = folder / f"coded.{codec.extension}", folder / "decoded.raw"
    for command in (codec.encode_command(material, coded), codec.decode_command(material, coded, decoded)):
        assert command[:2] == ["python", "-m"]
        assert main(command[3:]) == 0
    return coded, decoded


@pytest.mark.parametrize(
    ("codec", "form"), [(codec, form) for codec in LOSSLESS for form in codec.coded_formats], ids=lambda v: str(v)[:30]
)
def test_lossless_codecs_return_every_bit(
    codec: PlainCodec, form: str, materials: dict[str, Material], tmp_path: Path
) -> None:
    coded, decoded = code(codec, materials[form], tmp_path)
    assert decoded.read_bytes() == materials[form].path.read_bytes()
    facts = compare(materials[form], decoded)
    assert facts.picture_exact
    assert facts.psnr_chroma_db is None
    assert codec.coded(FINISHED, coded).parts_bytes == {"picture": coded.stat().st_size}
    if codec.name != "raw":
        assert coded.stat().st_size < materials[form].facts.raw_bytes


@pytest.mark.parametrize("codec", [x265.lossy(30), svtav1.lossy(30)], ids=["x265", "SVT-AV1"])
def test_lossy_codecs_come_close(codec: PlainCodec, materials: dict[str, Material], tmp_path: Path) -> None:
    _, decoded = code(codec, materials["yuv420p"], tmp_path)
    facts = compare(materials["yuv420p"], decoded)
    assert not facts.picture_exact
    assert 25 < (facts.psnr_luma_db or 0) < 60
    assert 25 < (facts.psnr_chroma_db or 0) < 60
    assert 0.8 < facts.ssim_rgb < 1


@pytest.mark.parametrize("form", ["yuv420p", "yuv444p"])
def test_chroma_alone_leaves_the_gray_exact(form: str, materials: dict[str, Material], tmp_path: Path) -> None:
    fine, coarse = (code(x265.chroma(crf), materials[form], folder_of(tmp_path, crf)) for crf in (16, 36))
    better, worse = (compare(materials[form], decoded) for _, decoded in (fine, coarse))
    for facts in (better, worse):
        assert facts.luma_exact
        assert facts.psnr_luma_db is None
        assert not facts.picture_exact
    assert (better.psnr_chroma_db or 0) > (worse.psnr_chroma_db or 0) + 5
    assert fine[0].stat().st_size > coarse[0].stat().st_size
    assert b"x265" not in coarse[0].read_bytes()  # its settings are not charged
    assert x265.chroma(36).coded(FINISHED, coarse[0]).parts_bytes == {"color": coarse[0].stat().st_size}


def folder_of(parent: Path, crf: int) -> Path:
    folder = parent / str(crf)
    folder.mkdir()
    return folder


def test_chroma_is_u_above_v() -> None:
    frame = np.arange(4 * 4 * 3 // 2, dtype=np.uint8).reshape(6, 4)
    np.testing.assert_array_equal(RawLayout(4, 4, "yuv420p").chroma(frame), [[16, 17], [18, 19], [20, 21], [22, 23]])
    full = np.arange(12, dtype=np.uint8).reshape(3, 2, 2)
    np.testing.assert_array_equal(RawLayout(2, 2, "yuv444p").chroma(full), [[4, 5], [6, 7], [8, 9], [10, 11]])


def test_encoders_name_their_version() -> None:
    assert encoder_version("libx264", "yuv420p").startswith("x264 - core ")
    assert encoder_version("libx265", "yuv420p").startswith("x265 (build ")
    assert encoder_version("ffv1", "yuv420p").startswith("libavcodec ")

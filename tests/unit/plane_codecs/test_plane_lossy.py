"""Lossy codecs: as many pictures as were written, of the right size, and near the source."""

from __future__ import annotations

import numpy as np
import pytest

from codec.plane_codecs import PlaneCodecSpec, plane_parameters

PEAK = 255


def psnr_db(planes, decoded) -> float:
    error = np.asarray(planes, np.float64) - np.asarray(decoded, np.float64)
    return float(10 * np.log10(PEAK**2 / max(np.mean(error**2), 1e-9)))


@pytest.mark.parametrize("size", [(175, 143), (64, 64), (16, 16), (3, 5), (1, 1)], ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("spec", ["x264:crf=23", "x264:qp=25,preset=fast", "x265:crf=23", "x265:qp=25", "svtav1"])
def test_near_the_source(spec, size, make_clip, code, decode) -> None:
    planes = make_clip("moving", *size, 9)
    parameters, run = code(spec, planes)
    decoded = decode(parameters, run)
    assert not parameters.is_lossless
    assert np.shape(decoded) == (9, size[1], size[0])
    assert psnr_db(planes, decoded) > 34


@pytest.mark.parametrize("num_frames", [1, 2, 40])
@pytest.mark.parametrize("spec", ["x264:crf=23", "x265:crf=23", "svtav1:preset=10"])
def test_order_and_number(spec, num_frames, code, decode) -> None:
    # A brightness of its own for each frame: frames that change places are far from their source.
    planes = [np.full((66, 70), 20 + 5 * index, np.uint8) for index in range(num_frames)]
    decoded = decode(*code(spec, planes))
    assert [round(float(plane.mean())) for plane in decoded] == pytest.approx([p[0, 0] for p in planes], abs=3)


@pytest.mark.parametrize(("fine", "coarse"), [("crf=18", "crf=35"), ("qp=18", "qp=35")])
@pytest.mark.parametrize("codec", ["x264", "x265"])
def test_rates_reach_the_encoder(codec, fine, coarse, make_clip, code, decode) -> None:
    planes = make_clip("moving", 96, 80, 5)
    runs = [code(f"{codec}:{rate}", planes) for rate in (fine, coarse)]
    assert runs[0][1].num_bytes > 1.5 * runs[1][1].num_bytes
    assert psnr_db(planes, decode(*runs[0])) > psnr_db(planes, decode(*runs[1])) + 2


def test_svtav1_rate_and_preset_reach_the_encoder(make_clip, code) -> None:
    planes = make_clip("moving", 96, 80, 5)
    sizes = [code(f"svtav1:{options}", planes)[1].num_bytes for options in ("crf=10", "crf=55")]
    assert sizes[0] > 1.5 * sizes[1]


def test_svtav1_codes_even_sides_of_64_or_more() -> None:
    for side, coded in ((1, 64), (64, 64), (65, 66), (175, 176)):
        parameters = plane_parameters(PlaneCodecSpec("svtav1"), side, side)
        assert (parameters.coded_width, parameters.coded_height) == (coded, coded)

"""A run stands for itself: it decodes alone and in any order, and its bytes can be made again."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from codec.plane_codecs import CodedRun

CODECS = ["raw", "zstd", "ffv1", "x264", "x264:crf=23", "x265", "x265:crf=23", "svtav1"]


@pytest.mark.parametrize("codec", CODECS)
def test_runs_decode_in_any_order(codec, make_clip, code, decode) -> None:
    planes = make_clip("moving", 70, 66, 12)
    runs = [code(codec, planes[start : start + 4]) for start in (0, 4, 8)]
    forward = [decode(*run) for run in runs]
    backward = [decode(*run) for run in reversed(runs)][::-1]
    np.testing.assert_array_equal(forward, backward)
    if runs[0][0].is_lossless:
        np.testing.assert_array_equal(np.concatenate(forward), planes)


@pytest.mark.parametrize("codec", ["ffv1", "x264", "x264:crf=23", "x265:crf=23", "svtav1"])
def test_first_packet_decodes_alone(codec, make_clip, code, decode) -> None:
    parameters, run = code(codec, make_clip("moving", 70, 66, 6))
    whole = decode(parameters, run)
    alone = decode(parameters, CodedRun(run.extradata, run.packets[:1], 1))
    np.testing.assert_array_equal(alone[0], whole[0])


@pytest.mark.parametrize("codec", ["raw", "zstd", "ffv1", "x264", "x264:crf=23", "x264:preset=fast,threads=2"])
def test_bytes_are_repeatable(codec, make_clip, code) -> None:
    planes = make_clip("moving", 175, 143, 10)
    first = code(codec, planes)
    code(codec, make_clip("noise", 64, 64, 3))  # nothing may be left over from another run
    assert code(codec, planes) == first


def test_x264_leaves_its_note_out(make_clip, code) -> None:
    _, run = code("x264:crf=23", make_clip("flat", 64, 64, 3))
    assert b"x264" not in b"".join(run.packets) + run.extradata
    assert run.num_bytes < 200


def test_codecs_say_nothing_of_their_own() -> None:
    program = """
import numpy as np
from fractions import Fraction
from codec.errors import StreamError
from codec.plane_codecs import CodedRun, PlaneCodecSpec, decode_planes, plane_parameters, open_plane_encoder
for text in ("ffv1", "x264", "x265", "x265:crf=30", "svtav1"):
    spec = PlaneCodecSpec.parse(text)
    luma = plane_parameters(spec, 70, 66)
    encoder = open_plane_encoder(spec, luma, Fraction(25))
    for index in range(3):
        encoder.write(np.full((66, 70), index, np.uint8))
    run = encoder.finish()
    assert len(list(decode_planes(luma, run, max_frames=3))) == 3
    try:
        list(decode_planes(luma, CodedRun(run.extradata, (b"garbage",) * 3, 3), max_frames=3))
    except StreamError:
        continue
    raise SystemExit("garbage was decoded")
"""
    environment = {name: value for name, value in os.environ.items() if name != "SVT_LOG"}
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, env=environment, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")

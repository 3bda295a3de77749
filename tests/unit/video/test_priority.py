"""Encoders leave the priority of threads as it was."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from codec.video.priority import unchanged_priority

CODE = """
import os
from fractions import Fraction
from codec.plane_codecs import PlaneCodecSpec, open_plane_encoder, plane_parameters
spec = PlaneCodecSpec.parse("svtav1:crf=30")
encoder = open_plane_encoder(spec, plane_parameters(spec, 128, 128), Fraction(25))
print(len(os.listdir("/proc/self/task")) > 4, {os.sched_getscheduler(int(t)) for t in os.listdir("/proc/self/task")})
"""


@pytest.mark.skipif(sys.platform != "linux", reason="priorities are set on Linux alone")
def test_svtav1_has_no_real_time_threads() -> None:
    result = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert result.stdout.split(maxsplit=1) == ["True", f"{{{os.SCHED_OTHER}}}\n"]


@pytest.mark.skipif(sys.platform != "linux", reason="priorities are set on Linux alone")
def test_what_was_changed_is_changed_back() -> None:
    try:
        with unchanged_priority():
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except PermissionError:
        pytest.skip("only root may ask for real time")
    assert os.sched_getscheduler(0) == os.SCHED_OTHER

"""Whatever the pictures are, the lossless codecs that need no search return them."""

from __future__ import annotations

from fractions import Fraction

import hypothesis.extra.numpy as arrays
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from codec.plane_codecs import PlaneCodecSpec, decode_planes, open_plane_encoder, plane_parameters

small_clips = arrays.arrays(
    np.uint8, st.tuples(st.integers(1, 3), st.integers(1, 24), st.integers(1, 24)), elements=st.integers(0, 255)
)


@pytest.mark.parametrize("codec", ["raw", "zstd", "ffv1"])
@settings(max_examples=60, deadline=None)
@given(clip=small_clips)
def test_small_pictures_come_back(codec: str, clip: np.ndarray) -> None:
    spec = PlaneCodecSpec(codec)
    parameters = plane_parameters(spec, clip.shape[2], clip.shape[1])
    encoder = open_plane_encoder(spec, parameters, Fraction(25))
    for plane in clip:
        encoder.write(plane)
    run = encoder.finish()
    np.testing.assert_array_equal(list(decode_planes(parameters, run, max_frames=len(clip))), clip)

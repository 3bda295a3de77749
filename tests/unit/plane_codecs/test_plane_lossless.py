"""What is called lossless comes back bit for bit."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from codec.errors import InputError
from codec.plane_codecs import PlaneCodecSpec, decode_planes, open_plane_encoder, plane_parameters

LOSSLESS = ["raw", "zstd", "ffv1", "x264", "x265"]
SIZES = [(1, 1), (3, 5), (16, 16), (175, 143), (1, 33), (33, 1), (64, 64)]


@pytest.mark.parametrize("kind", ["moving", "noise", "flat"])
@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("codec", LOSSLESS)
def test_every_size_and_content(codec, size, kind, make_clip, code, decode) -> None:
    planes = make_clip(kind, *size, 4)
    parameters, run = code(codec, planes)
    assert parameters.is_lossless
    assert run.num_frames == len(run.packets) == 4
    np.testing.assert_array_equal(decode(parameters, run), planes)


@pytest.mark.parametrize(
    "spec",
    [
        *LOSSLESS,
        "zstd:level=1",
        "ffv1:context=0,coder=rice,slices=16,slicecrc=1,threads=2",
        "x264:preset=ultrafast,threads=1",
        "x264:crf=0,tune=grain,keyint=3",
        "x264:preset=veryslow",
        "x265:preset=ultrafast,threads=1,keyint=3",
        "x265:lossless=1,tune=psnr",
    ],
)
@pytest.mark.parametrize("num_frames", [1, 12])
def test_options_and_lengths(spec, num_frames, make_clip, code, decode) -> None:
    planes = make_clip("moving", 80, 48, num_frames)
    parameters, run = code(spec, planes)
    np.testing.assert_array_equal(decode(parameters, run), planes)


@pytest.mark.parametrize("frame_rate", [Fraction(1, 100), Fraction(1000), Fraction(90000, 3003), Fraction(1, 7)])
@pytest.mark.parametrize("codec", [*LOSSLESS, "svtav1"])
def test_any_frame_rate(codec, frame_rate, make_clip, code, decode) -> None:
    planes = make_clip("moving", 40, 32, 2)
    assert len(decode(*code(codec, planes, frame_rate))) == 2


@pytest.mark.parametrize("codec", [*LOSSLESS, "svtav1"])
def test_a_caller_may_use_its_buffer_again(codec, make_clip, decode) -> None:
    planes = make_clip("moving", 70, 66, 5)
    spec = PlaneCodecSpec(codec)
    parameters = plane_parameters(spec, 70, 66)
    whole, reused = (open_plane_encoder(spec, parameters, Fraction(25)) for _ in range(2))
    buffer = np.empty((132, 140), np.uint8)[::2, ::2]  # neither contiguous nor fresh
    for plane in planes:
        whole.write(plane)
        buffer[:] = plane
        reused.write(buffer)
    np.testing.assert_array_equal(decode(parameters, reused.finish()), decode(parameters, whole.finish()))


@pytest.mark.parametrize("codec", LOSSLESS)
def test_planes_of_another_shape_or_type_are_refused(codec) -> None:
    spec = PlaneCodecSpec(codec)
    encoder = open_plane_encoder(spec, plane_parameters(spec, 40, 32), Fraction(25))
    with pytest.raises(InputError, match=r"shape \(32, 40\)"):
        encoder.write(np.zeros((40, 32), np.uint8))
    with pytest.raises(InputError, match="uint16"):
        encoder.write(np.zeros((32, 40), np.uint16))


@pytest.mark.parametrize("codec", [*LOSSLESS, "svtav1"])
def test_a_run_without_frames_is_refused(codec) -> None:
    spec = PlaneCodecSpec(codec)
    encoder = open_plane_encoder(spec, plane_parameters(spec, 40, 32), Fraction(25))
    with pytest.raises(InputError, match="at least one frame"):
        encoder.finish()


def test_a_size_that_the_codec_refuses_is_one_line() -> None:
    spec = PlaneCodecSpec("x264")
    with pytest.raises(InputError, match="x264 cannot code this video of 20000x16") as caught:
        open_plane_encoder(spec, plane_parameters(spec, 20000, 16), Fraction(25))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("codec", ["zstd", "ffv1", "x264"])
def test_moving_pictures_get_smaller(codec, make_clip, code) -> None:
    planes = make_clip("moving", 175, 143, 8)
    _, run = code(codec, planes)
    assert run.num_bytes < 0.6 * sum(plane.nbytes for plane in planes)


def test_decoding_is_lazy(make_clip, code) -> None:
    planes = make_clip("moving", 80, 48, 6)
    parameters, run = code("x264", planes)
    first = next(decode_planes(parameters, run, max_frames=6))
    np.testing.assert_array_equal(first, planes[0])

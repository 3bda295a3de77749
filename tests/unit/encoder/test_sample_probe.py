"""Estimates of what planes would cost, on a few frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
import pytest

from codec.encoder.sample_probe import PlaneProbe, _bytes_of_runs
from codec.encoder.samples import SampleCoders, make_sample_coders
from codec.lossless.coder import ChromaCoder
from codec.lossless.predictor_weights import LUMA_PREDICTOR, chroma_predictor, predictor_weights
from codec.options import EncodeOptions
from codec.plane_codecs import PlaneCodecSpec
from codec.progress import Silent
from codec.video.info import VideoInfo
from codec.video.picture import Picture
from codec.video.pixel_formats import PIXEL_FORMATS

WIDTH, HEIGHT = 40, 32
YUV420P = PIXEL_FORMATS["yuv420p"]
INFO = VideoInfo(WIDTH, HEIGHT, YUV420P, Fraction(1, 25), Fraction(25))


def run_of_waves(start: int, count: int = 3) -> list[Picture]:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]

    def picture(index: int) -> Picture:
        waves = 120 + 60 * np.sin((columns + 2 * index) / 9) + 30 * np.cos((rows - index) / 7)
        luma = waves.astype(np.uint8)
        return Picture(luma, (luma[::2, ::2] // 2 + 60, 200 - luma[::2, ::2] // 2))

    return [picture(index) for index in range(start, start + count)]


def run_of_noise(seed: int, count: int = 3) -> list[Picture]:
    random = np.random.default_rng(seed)

    def plane(rows: int, columns: int) -> np.ndarray:
        return random.integers(0, 256, (rows, columns), np.uint8)

    chroma = HEIGHT // 2, WIDTH // 2
    return [Picture(plane(HEIGHT, WIDTH), (plane(*chroma), plane(*chroma))) for _ in range(count)]


def coders_of(runs: list[list[Picture]], **choices: str) -> SampleCoders:
    luma = PlaneCodecSpec.parse(choices.pop("luma", "auto"))
    options = EncodeOptions(color="lossless", effort="none", luma=luma, **choices)
    return make_sample_coders(INFO, luma, runs, options, Silent(), has_chroma=True, num_frames=6)


def test_a_run_stands_for_a_segment_that_goes_on_like_it() -> None:
    """A first frame, and 99 like the others; what runs before have cost is not counted again."""
    sizes = {"a": (100, 110, 130), "b": (150,), "c": (190, 193)}

    def bytes_so_far(run: Sequence[str]) -> Iterator[int]:
        return iter(sizes[run[0]])

    assert _bytes_of_runs(["a", "b", "c"], bytes_so_far) == (100 + 99 * 15) + 20 + (40 + 99 * 3)


def test_tables_learn_from_run_to_run() -> None:
    weights = predictor_weights(LUMA_PREDICTOR)
    once, twice = (PlaneProbe(INFO, [run_of_waves(0)] * count).gray_network_bytes(weights) for count in (1, 2))
    assert once < twice < 2 * once


def test_what_moves_nowhere_costs_next_to_nothing() -> None:
    still, moving = PlaneProbe(INFO, [run_of_waves(0, 1) * 3]), PlaneProbe(INFO, [run_of_waves(0)])
    assert still.motion_bytes < moving.motion_bytes


def test_waves_are_told_and_noise_is_not() -> None:
    for runs, is_told in (([run_of_waves(0), run_of_waves(9)], True), ([run_of_noise(0), run_of_noise(1)], False)):
        probe = PlaneProbe(INFO, runs)
        by_network = probe.gray_network_bytes(predictor_weights(LUMA_PREDICTOR)) + probe.motion_bytes
        coder = ChromaCoder(predictor_weights(chroma_predictor(YUV420P)), YUV420P, 0)
        assert (by_network < probe.gray_codec_bytes(PlaneCodecSpec("ffv1"))) == is_told
        assert (probe.chroma_network_bytes(coder) < probe.smallest_chroma[0]) == is_told


def test_noise_goes_into_one_picture_and_waves_do_not() -> None:
    noise = coders_of([run_of_noise(0), run_of_noise(1)])
    assert (noise.chroma_codec, noise.gray_parameters.pixel_format, noise.parameters) == ("joint", YUV420P, None)
    waves = coders_of([run_of_waves(0), run_of_waves(9)])
    assert (waves.gray.codec, waves.chroma_codec) == ("network", "network")


@pytest.mark.parametrize(
    ("luma", "chroma", "expected"),
    [
        ("x264", "auto", ("x264", "joint")),
        ("zstd", "auto", ("zstd", "x264")),
        ("auto", "network", ("x264", "network")),
        ("ffv1", "network", ("ffv1", "network")),
        ("x264:preset=fast", "joint", ("x264", "joint")),
    ],
)
def test_what_is_given_is_kept(luma: str, chroma: str, expected: tuple[str, str]) -> None:
    found = coders_of([run_of_noise(0), run_of_noise(1)], luma=luma, chroma=chroma)
    assert (found.gray.codec, found.chroma_codec) == expected

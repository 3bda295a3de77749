"""Estimates of what planes would cost, on a few frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from fractions import Fraction
from typing import cast

import numpy as np
import pytest

from codec.encoder.choices import lossless as lossless_choices
from codec.encoder.choices.candidate import smallest
from codec.encoder.choices.lossless import Tracks, choose_tracks
from codec.encoder.choices.plane_probe import PlaneProbe, _bytes_of_runs, first_look
from codec.encoder.gather import Gathered
from codec.encoder.modes import Lossless
from codec.encoder.modes.preparation import Preparation
from codec.encoder.survey import Survey
from codec.encoder.tracks.color import InLuma, PredictedChroma, StackedChroma
from codec.encoder.tracks.luma import PredictedLuma, VideoCodecLuma, WholePicture
from codec.keyframes import Keyframes
from codec.lossless.predictor_weights import LUMA_PREDICTOR, chroma_predictor, predictor_weights
from codec.lossless.stacked import CHROMA_CODECS, StackedParameters
from codec.plane_codecs import PlaneCodecSpec, plane_parameters
from codec.progress import Silent
from codec.video.color import ColorConversion
from codec.video.info import VideoInfo
from codec.video.picture import Picture
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.source import Source

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


class Video:
    """A source of which only the description is read."""

    notes: tuple[str, ...] = ()
    info = INFO


SURVEY = Survey(6, Keyframes((0,), (0,) * 6, 1), ((0, 6),))
CONVERSION = ColorConversion.of(INFO)


def tracks_of(runs: list[list[Picture]], **choices: str) -> Tracks:
    mode = Lossless(effort="none", luma=PlaneCodecSpec.parse(choices.pop("luma", "auto")), **choices)  # type: ignore[arg-type]
    source = cast(Source, Video())
    with ExitStack() as resources:
        return choose_tracks(
            mode, Preparation(INFO, source, SURVEY, Gathered(color_runs=runs), CONVERSION, None, Silent(), resources)
        )


def predicted_luma() -> PredictedLuma:
    parameters = plane_parameters(PlaneCodecSpec("network"), WIDTH, HEIGHT)
    return PredictedLuma(LUMA_PREDICTOR, predictor_weights(LUMA_PREDICTOR), parameters)


def predicted_chroma() -> PredictedChroma:
    number = chroma_predictor(YUV420P)
    return PredictedChroma(number, predictor_weights(number), CONVERSION, 0)


def names_of(tracks: Tracks) -> tuple[str, str]:
    """Codec of the gray, and the kind of the color track or its codec."""
    color = tracks.color
    own = color.codec.codec if isinstance(color, StackedChroma) else type(color).__name__
    return tracks.luma.name.partition(":")[0], own


def test_a_run_stands_for_a_segment_that_goes_on_like_it() -> None:
    """A first frame, and 99 like the others; what runs before have cost is not counted again."""
    sizes = {"a": (100, 110, 130), "b": (150,), "c": (190, 193)}

    def bytes_so_far(run: Sequence[str]) -> Iterator[int]:
        return iter(sizes[run[0]])

    assert _bytes_of_runs(["a", "b", "c"], bytes_so_far, Fraction(100)) == (100 + 99 * 15) + 20 + (40 + 99 * 3)
    assert _bytes_of_runs(["a", "b", "c"], bytes_so_far, Fraction(3)) == (100 + 2 * 15) + 20 + (40 + 2 * 3)


def test_tables_learn_from_run_to_run() -> None:
    once, twice = (
        PlaneProbe(INFO, [run_of_waves(0)] * count).candidate(predicted_luma()).num_bytes for count in (1, 2)
    )
    assert once < twice < 2 * once


def test_what_moves_nowhere_costs_next_to_nothing() -> None:
    still, moving = PlaneProbe(INFO, [run_of_waves(0, 1) * 3]), PlaneProbe(INFO, [run_of_waves(0)])
    assert still.motion_bytes < moving.motion_bytes


def test_waves_are_predicted_and_noise_is_not() -> None:
    for runs, is_predicted in (([run_of_waves(0), run_of_waves(9)], True), ([run_of_noise(0), run_of_noise(1)], False)):
        probe = PlaneProbe(INFO, runs)
        by_network = probe.candidate(predicted_luma()).num_bytes + probe.motion_bytes
        ffv1 = PlaneCodecSpec("ffv1")
        by_codec = probe.candidate(VideoCodecLuma(ffv1, plane_parameters(ffv1, WIDTH, HEIGHT))).num_bytes
        assert (by_network < by_codec) == is_predicted
        stacked = smallest(
            probe.candidate(StackedChroma(spec, StackedParameters.of(spec, YUV420P, WIDTH, HEIGHT)))
            for spec in map(PlaneCodecSpec, CHROMA_CODECS)
        )
        assert (probe.candidate(predicted_chroma()).num_bytes < stacked.num_bytes) == is_predicted


def test_noise_goes_into_one_picture_and_waves_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lossless_choices, "adaptive_is_fast", lambda: False)
    noise = tracks_of([run_of_noise(0), run_of_noise(1)])
    assert isinstance(noise.luma, WholePicture)
    assert (noise.color, noise.luma.parameters.pixel_format) == (InLuma(), YUV420P)
    assert names_of(tracks_of([run_of_waves(0), run_of_waves(9)])) == ("network", "PredictedChroma")


def test_waves_are_coded_adaptively() -> None:
    assert names_of(tracks_of([run_of_waves(0), run_of_waves(9)])) == ("adaptive", "PredictedChroma")


@pytest.mark.parametrize(
    ("luma", "chroma", "expected"),
    [
        ("x264", "auto", ("x264", "InLuma")),
        ("zstd", "auto", ("zstd", "PredictedChroma")),
        ("auto", "network", ("x264", "PredictedChroma")),
        ("ffv1", "network", ("ffv1", "PredictedChroma")),
        ("x264:preset=fast", "joint", ("x264", "InLuma")),
    ],
)
def test_what_is_given_is_kept(luma: str, chroma: str, expected: tuple[str, str]) -> None:
    assert names_of(tracks_of([run_of_noise(0), run_of_noise(1)], luma=luma, chroma=chroma)) == expected


def test_a_first_look_takes_a_few_frames_of_two_runs() -> None:
    runs = [[f"{run}{frame}" for frame in range(10)] for run in "abcdef"]
    assert first_look(runs) == [runs[1][:6], runs[4][:6]]
    assert first_look([["a", "b", "c", "d"]]) == [["a", "b", "c"]]
    assert first_look([["a"], ["b"]]) == [["a"], ["b"]]
    assert first_look([]) == []


@pytest.fixture
def frames_looked_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The frames of each probe that is made."""
    looked_at: list[int] = []

    class Counted(PlaneProbe):
        def __init__(
            self, info: VideoInfo, runs: Sequence[Sequence[Picture]], segment_frames: Fraction = Fraction(100)
        ) -> None:
            looked_at.append(sum(map(len, runs)))
            super().__init__(info, runs, segment_frames)

    monkeypatch.setattr(lossless_choices, "PlaneProbe", Counted)
    return looked_at


@pytest.mark.parametrize(
    ("speed", "clearly", "frames"),
    [("standard", 0.95, [4]), ("standard", 0.0, [4, 18]), ("swift", 0.95, [4]), ("swift", 0.0, [4])],
)
def test_more_is_looked_at_only_where_a_first_look_is_not_enough(
    monkeypatch: pytest.MonkeyPatch, frames_looked_at: list[int], speed: str, clearly: float, frames: list[int]
) -> None:
    monkeypatch.setattr(lossless_choices, "CLEARLY", Fraction(clearly))
    waves = [run_of_waves(start) for start in range(0, 36, 6)]
    assert names_of(tracks_of(waves, speed=speed)) == ("adaptive", "PredictedChroma")
    assert frames_looked_at == frames


def test_swift_leaves_to_a_codec_what_that_makes_smaller() -> None:
    still_noise = [run_of_noise(seed, 1) * 3 for seed in range(6)]
    assert names_of(tracks_of(still_noise, speed="swift")) == ("x264", "InLuma")


def test_swift_looks_longer_where_next_to_nothing_is_left_to_code(
    monkeypatch: pytest.MonkeyPatch, frames_looked_at: list[int]
) -> None:
    """Of few frames of black, most bytes are those of what is learned at first: x264 seemed to be smaller."""
    monkeypatch.setattr(lossless_choices, "CLEARLY", Fraction(0))
    gray, chroma = np.zeros((HEIGHT, WIDTH), np.uint8), np.zeros((HEIGHT // 2, WIDTH // 2), np.uint8)
    black = [[Picture(gray, (chroma, chroma))] * 10 for _ in range(6)]
    assert names_of(tracks_of(black, speed="swift")) == ("adaptive", "PredictedChroma")
    assert frames_looked_at == [12, 60]


def test_estimates_are_the_same_side_by_side() -> None:
    runs = [run_of_waves(0), run_of_waves(9)]
    x264 = PlaneCodecSpec("x264")
    tracks = [
        predicted_luma(),
        predicted_chroma(),
        VideoCodecLuma(x264, plane_parameters(x264, WIDTH, HEIGHT)),
        StackedChroma(x264, StackedParameters.of(x264, YUV420P, WIDTH, HEIGHT)),
    ]
    together, alone = PlaneProbe(INFO, runs), PlaneProbe(INFO, runs)
    together.estimate([*tracks, tracks[0]])
    assert [together.candidate(track) for track in tracks] == [alone.candidate(track) for track in tracks]

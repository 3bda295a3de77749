"""The efforts of a live stream, chosen by what its first frames cost to code on this machine.

A stream's header names one decoder for the gray and one for the color. So adaptive planes are taken only where they
leave room, and otherwise codecs whose presets can change from segment to segment.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from typing import cast

from codec.encoder.choices.alpha import choose_alpha
from codec.encoder.choices.gray import choose_gray
from codec.encoder.choices.guidance import hint_codec
from codec.encoder.gather import Gathered
from codec.encoder.live.pace import Effort
from codec.encoder.modes import Coded, GrayOnly, Guided, Lossless, Mode
from codec.encoder.modes.guided import HintedMode
from codec.encoder.modes.lossless import Chroma
from codec.encoder.modes.preparation import Preparation
from codec.encoder.recipe import ColorFacts, Recipe
from codec.encoder.segment import SegmentInput, encode_segment
from codec.encoder.survey import Survey, frame_rate_of
from codec.encoder.tracks.color import HintedColor
from codec.hints.coder import HintSettings
from codec.keyframes import NO_KEYFRAMES
from codec.lossless.parameters import Speed
from codec.plane_codecs import LUMA_ADAPTIVE, PlaneCodecSpec
from codec.progress import Silent
from codec.video.color import ColorConversion
from codec.video.info import VideoInfo
from codec.video.picture import Frame
from codec.video.pixel_formats import ColorModel
from codec.video.source import Source
from container_format.records import Color

LIVE_MODES = (Guided, Coded, Lossless, GrayOnly)
TRIED_FRAMES = 3
_BUDGET = 0.5  # of the time from one frame to the next
_X264_PRESETS = ("medium", "faster", "veryfast", "superfast", "ultrafast")
_HINT_PRESETS = (8, 10)  # SVT-AV1 writes packets that no decoder takes with preset 12 and a crf of 5 (decision 0025)
_SAFE_CRF = 24
FIRST_CRF = 32
_HINT_SCALES = ((240 * 135, 1), (960 * 540, 2))  # chroma samples of a plane, up to which hints have a scale; else 4
_EVERY = (2, 3, 4, 6, 8)

_Candidate = Callable[[Preparation], Recipe]


def choose_efforts(
    mode: Mode, info: VideoInfo, frames: Sequence[Frame], clock: Callable[[], float] = time.perf_counter
) -> tuple[list[Effort], int]:
    """The efforts for a video, the best first, and the place of the best that this machine holds.

    Args:
        mode: one of ``LIVE_MODES``.
        info: of the video.
        frames: its first ones, ``TRIED_FRAMES`` or so; one at least.
        clock: seconds.

    Raises:
        InputError: an option does not fit the video.
    """
    preparation = _preparation(info, frames)
    rows = _candidates(mode, info)
    budget = _BUDGET / float(frame_rate_of(info))
    for place, row in enumerate(rows):
        recipes = [make(preparation) for make in row]
        is_last = place == len(rows) - 1
        if is_last and len(row) == 1:
            return _efforts(recipes, mode), 0
        _seconds(recipes[0], frames[:1], clock)  # libraries are loaded
        for first, tried in enumerate(recipes):
            if (is_last and first == len(recipes) - 1) or _seconds(tried, frames, clock) <= budget:
                return _efforts(recipes, mode), first
    raise ValueError("expected a candidate")


def _seconds(recipe: Recipe, frames: Sequence[Frame], clock: Callable[[], float]) -> float:
    """What a frame costs."""
    begin = clock()
    encode_segment(recipe, SegmentInput(0, 0, frames))
    return (clock() - begin) / len(frames)


def _preparation(info: VideoInfo, frames: Sequence[Frame]) -> Preparation:
    """What modes want to know of a video, of which nothing is known but its first frames."""
    runs = [[frame.picture for frame in frames]]
    count = len(frames)
    segment_frames = Fraction(max(count, round(frame_rate_of(info))))
    survey = Survey(count, NO_KEYFRAMES, ((0, count),))
    return Preparation(
        info,
        cast(Source, None),  # no mode that may be live reads it
        survey,
        Gathered(runs, [list(run) for run in runs]),
        ColorConversion.of(info),
        choose_alpha(info, runs, segment_frames),
        Silent(),
        ExitStack(),
    )


def _candidates(mode: Mode, info: VideoInfo) -> list[list[_Candidate]]:
    """Rows of recipes that a stream may begin with. Those of a row have one header, the slowest first."""
    if not mode.luma.is_auto or (isinstance(mode, Lossless) and mode.chroma is not Chroma.AUTO):
        return [[_maker(mode, mode.luma, Chroma.AUTO if not isinstance(mode, Lossless) else mode.chroma)]]
    x264 = [PlaneCodecSpec.parse(f"x264:preset={preset},tune=zerolatency,threads=2") for preset in _X264_PRESETS]
    depth, model = info.pixel_format.depth, info.pixel_format.model
    ffv1 = [_maker(mode, PlaneCodecSpec("ffv1"), Chroma.FFV1)]
    fast = [_maker(mode, spec, Chroma.JOINT) for spec in x264] if depth in (8, 10) else ffv1
    if isinstance(mode, Lossless) and model is not ColorModel.YUV:
        fast = ffv1
    elif isinstance(mode, Lossless) and info.pixel_format.name not in _JOINT_FORMATS:
        fast = [_maker(mode, spec, Chroma.X264) for spec in x264] if depth in (8, 10) else ffv1
    return [[_maker(mode, PlaneCodecSpec(LUMA_ADAPTIVE), Chroma.ADAPTIVE)], fast]


_JOINT_FORMATS = ("yuv420p", "yuv422p", "yuv444p", "nv12", "yuv420p10le", "yuv422p10le", "yuv444p10le")


def _maker(mode: Mode, luma: PlaneCodecSpec, chroma: Chroma) -> _Candidate:
    if isinstance(mode, HintedMode):
        return lambda preparation: _hinted(mode, luma, preparation)
    if isinstance(mode, Lossless):
        speed = mode.speed if mode.speed is Speed.MAX else Speed.SWIFT
        exact = replace(mode, luma=luma, chroma=chroma, speed=speed)
        return lambda preparation: _live(exact.prepare(preparation).recipe)
    if not isinstance(mode, GrayOnly):
        raise ValueError(f"expected a mode that may be live. Received: {mode.color}")
    gray = replace(mode, luma=luma, speed=Speed.SWIFT)
    return lambda preparation: _live(gray.prepare(preparation).recipe)


def _live(recipe: Recipe) -> Recipe:
    return replace(recipe, description=replace(recipe.description, is_live=True))


def _hinted(mode: HintedMode, luma: PlaneCodecSpec, preparation: Preparation) -> Recipe:
    """Gray, and hints of a middle quality, which follows the color that comes out."""
    info = preparation.info
    gray = choose_gray(luma, preparation, speed=Speed.SWIFT)
    rows, columns = info.pixel_format.chroma_shape(info.width, info.height)
    scale = next((scale for most, scale in _HINT_SCALES if rows * columns <= most), 4)
    settings = mode.hints or HintSettings(scale, 1, hint_codec(FIRST_CRF, _HINT_PRESETS[0]))
    color = HintedColor(settings, settings.parameters((rows, columns)), ColorConversion.of(info), None)
    facts = ColorFacts(Color.CODED, hints=str(settings), target=mode.wanted, is_target_aimed_at=mode.hints is None)
    return _live(Recipe.of(preparation, gray, color, facts=facts))


def _efforts(recipes: Sequence[Recipe], mode: Mode) -> list[Effort]:
    """Less and less work: faster codecs, no training (which takes what is left over, and little else), fewer frames."""
    efforts = list(_codings(recipes, mode))
    last = efforts[-1]
    return [*efforts, *(replace(last, every=every, text=f"every {_ordinal(every)} frame") for every in _EVERY)]


def _codings(recipes: Sequence[Recipe], mode: Mode) -> Iterator[Effort]:
    trains = isinstance(mode, Guided)
    for recipe in recipes:
        yield Effort(recipe, trains, 1, f"gray by {recipe.luma.name}")
    if trains:
        yield Effort(recipes[-1], False, 1, "no network is trained")
    if isinstance(mode, HintedMode) and mode.hints is None:
        for preset in _HINT_PRESETS[1:]:
            yield Effort(with_hint_preset(recipes[-1], preset), False, 1, f"hints by preset {preset}")


def with_hint_preset(recipe: Recipe, preset: int) -> Recipe:
    """The same recipe with a faster codec of the hints."""
    color = recipe.color
    if not isinstance(color, HintedColor):
        return recipe
    crf = int(float(color.settings.codec.option("crf") or FIRST_CRF))
    settings = replace(color.settings, codec=hint_codec(crf, preset))
    return replace(recipe, color=replace(color, settings=settings))


def safer(recipe: Recipe) -> Recipe:
    """A recipe for a segment that a codec has failed on: hints that are not as fine, by the slowest preset."""
    color = recipe.color
    if not isinstance(color, HintedColor) or color.settings.codec.codec != "svtav1":
        return recipe
    crf = max(_SAFE_CRF, int(float(color.settings.codec.option("crf") or FIRST_CRF)))
    settings = replace(color.settings, codec=hint_codec(crf, _HINT_PRESETS[0]))
    return replace(recipe, color=replace(color, settings=settings))


def _ordinal(number: int) -> str:
    return {2: "second", 3: "third", 4: "fourth", 6: "sixth", 8: "eighth"}[number]

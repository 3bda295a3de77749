"""Preparation of guided color: choice of hints, training of the network, and finer hints where the target is missed.

In a long video only some segments are used for that, so that the time does not grow with the length of the video. The
hints of the other segments are coded in the last pass, with the quality that was found.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from codec.encoder.choices.aim import Aim
from codec.encoder.choices.gray import choose_gray
from codec.encoder.choices.guidance import MAX_CRF, MIN_CRF, Guidance, network_shape, with_crf
from codec.encoder.choices.hint_pass import HintedFrame, HintStore, code_anew, code_hints
from codec.encoder.choices.hint_probe import HintProbe
from codec.encoder.modes.guided import HintedMode
from codec.encoder.modes.preparation import Preparation
from codec.encoder.recipe import ColorFacts, NetworkFacts, Prepared, Recipe
from codec.encoder.survey import frame_rate_of
from codec.encoder.tracks.color import HintedColor, VideoNetwork
from codec.hints.coder import HintSettings
from codec.hints.planes import unpack_hints
from codec.memory import give_back
from codec.networks.compact_weights import base_for
from codec.segment_color import SegmentColor
from codec.training.guided_examples import GuidedExamples
from codec.training.job import CompactJob
from codec.training.options import TrainingOptions
from codec.training.result import NetworkResult
from codec.video.color import ColorConversion
from codec.video.picture import Picture
from container_format.records import Color

_LEAST_MEASURED, _MAX_MEASURED = 48, 256  # limits of the number of frames on which the margin is measured
_MAX_MEASURED_BYTES = 2**27
_MAX_ROUNDS = 3
_SAMPLED_FRAMES, _SAMPLED_BYTES = 2400, 2**29  # limits for the segments on which the quality is found
_SAMPLED_TRAINING_FRAMES = 96
_SURPRISE_DB = 1.0  # if the hints' margin is lower than on the probe by more than this, the steadier guidance is used
_BAD_DB = 2.0  # a segment whose margin is lower than that of all frames by more than this gets finer hints


@dataclass(frozen=True)
class GuidedColor:
    """The hints and the network of a video.

    Attributes:
        store: the hints of the segments that are already coded; in a short video these are all segments.
        settings: how the hints are made. Segments in the store whose color is bad have a finer quality than this.
        network: the trained network; None if hints alone make the color.
        trained_on: the indices of the frames on which the network was trained, ascending; empty if there is no network.
            These are the keyframes; in a long video, the keyframes of the chosen segments and some more frames.
    """

    store: HintStore
    settings: HintSettings
    network: NetworkResult | None
    trained_on: tuple[int, ...]


def prepare_hinted(mode: HintedMode, preparation: Preparation) -> Prepared:
    """Choose the gray's track and the hints, code the hints, train the network on them, and make the recipe.

    Raises:
        TrainingError: the network could not be trained.
    """
    gray = choose_gray(mode.luma, preparation)
    preparation.gathered.gray_runs.clear()  # pictures that nobody needs any more
    guided = make_guided_color(mode, preparation)
    preparation.resources.callback(guided.store.close)
    result, conversion = guided.network, ColorConversion.of(preparation.info)
    network = None if result is None else VideoNetwork.trained(result.record, result.colorizer, conversion)
    color = HintedColor(guided.settings, guided.store.parameters, conversion, network)
    facts = ColorFacts(
        Color.CODED if result is None else Color.GUIDED,
        network=None if result is None else NetworkFacts.of(result, preparation.survey.keyframes.num_clusters),
        hints=str(guided.settings),
        target=mode.wanted,
        is_target_aimed_at=mode.hints is None,
    )
    recipe = Recipe.of(
        preparation,
        gray,
        color,
        networks=() if result is None else (result.record,),
        keyframes=guided.trained_on,
        facts=facts,
    )
    return Prepared(recipe, frozenset(preparation.survey.spread(mode.quality_frames)), guided.store)


def make_guided_color(mode: HintedMode, preparation: Preparation) -> GuidedColor:
    """Choose hints and network, code the hints and train the network.

    Args:
        mode: the options of the mode.
        preparation: the survey and the gathered frames. It must have runs for the probe, unless the options give the
            hints; they are given up once the hints are chosen. Its source is read once or twice.

    Raises:
        TrainingError: the network could not be trained.
    """
    maker = _Maker(mode, preparation)
    guidance = maker.guidance(preparation.gathered.color_runs)
    preparation.gathered.color_runs.clear()  # they would take memory while the network is trained
    give_back()
    return maker.make(guidance)


class _Maker:
    def __init__(self, mode: HintedMode, preparation: Preparation) -> None:
        self._mode = mode
        self._source = preparation.source
        self._survey = preparation.survey
        self._conversion = preparation.conversion
        self._progress = preparation.progress
        self._place = preparation.place
        picture_bytes = 5 * preparation.info.width * preparation.info.height
        count = max(4, min(_MAX_MEASURED, _MAX_MEASURED_BYTES // picture_bytes))
        self._num_measured = min(count, max(mode.quality_frames, _LEAST_MEASURED))
        self._measured: dict[int, HintedFrame] = {}

    def guidance(self, runs: list[list[Picture]]) -> Guidance:
        """The configuration that the options give, or the one that needs the fewest bytes on the probe."""
        mode = self._mode
        if mode.hints is not None:
            return Guidance(mode.hints, network_shape(self._conversion) if mode.network_training else None, None)
        self._progress.start("choosing hints", 2, "scales")
        probe = HintProbe(
            runs,
            self._conversion,
            mode,
            num_frames=self._survey.num_frames,
            num_segments=len(self._survey.borders),
            frame_rate=frame_rate_of(self._source.info),
            place=self._place,
        )
        return probe.choose(self._progress.advance)

    def make(self, guidance: Guidance) -> GuidedColor:
        info = self._source.info
        settings = guidance.settings
        store = HintStore(settings.parameters(info.pixel_format.chroma_shape(info.width, info.height)))
        examples = GuidedExamples(
            info.pixel_format, max_bytes=TrainingOptions().max_example_bytes, seed=self._mode.shared.seed
        )
        hint_bytes = math.prod(info.pixel_format.chroma_shape(info.width, info.height)) * 2 // settings.scale**2
        sampled = self._survey.sample(min(_SAMPLED_FRAMES, _SAMPLED_BYTES // max(1, hint_bytes)))
        # In a short video these are the frames that the report measures, if memory allows, so that the figures agree.
        measured = frozenset(self._survey.spread(self._num_measured, sampled))
        trained_on = self._training_frames(sampled) if guidance.shape is not None else frozenset()
        ways = dict.fromkeys(sampled, settings)
        for item in code_hints(self._source, self._survey, store, ways, trained_on | measured, self._progress):
            if item.index in trained_on:
                shape = item.picture.chroma_planes()[0].shape
                examples.add(item.picture, unpack_hints([item.hint], shape, settings.scale)[0])
            if item.index in measured:
                self._measured[item.index] = item
        if guidance.steadier is not None:
            plain = self._margin(SegmentColor(self._conversion, None, store.parameters), self._measured.values())
            if plain < guidance.plain_db - _SURPRISE_DB:
                store.close()
                self._measured.clear()
                return self.make(guidance.steadier)
        num_sampled = sum(stop - begin for begin, stop in (self._survey.borders[segment] for segment in sampled))
        network = self._train(guidance, examples, store.num_bytes * self._survey.num_frames / num_sampled)
        settings = self._refine(guidance, store, ways, network)
        return GuidedColor(store, settings, network, tuple(sorted(trained_on)) if network else ())

    def _training_frames(self, sampled: tuple[int, ...]) -> frozenset[int]:
        borders = self._survey.borders
        inside = {index for segment in sampled for index in range(*borders[segment])}
        keyframes = inside.intersection(self._survey.keyframes.indices)
        if len(sampled) < len(borders):
            keyframes.update(self._survey.spread(_SAMPLED_TRAINING_FRAMES, sampled))
        return frozenset(keyframes)

    def _train(self, guidance: Guidance, examples: GuidedExamples, hint_bytes: float) -> NetworkResult | None:
        training = self._mode.network_training
        if guidance.shape is None or training is None:
            return None
        job = CompactJob(
            guidance.shape,
            examples,
            training.whole(),
            self._conversion,
            hint_bits=8 * max(1, hint_bytes),
            base=base_for(self._conversion.pixel_format, guidance.settings.scale),
        )
        return self._place.train(job, self._progress)

    def _refine(
        self, guidance: Guidance, store: HintStore, settings: dict[int, HintSettings], network: NetworkResult | None
    ) -> HintSettings:
        """Code hints anew, finer or coarser, until the margin is small but not below 0.

        Returns:
            The settings of most segments.
        """
        color = SegmentColor(self._conversion, network.colorizer if network else None, store.parameters)
        margin = self._margin(color, self._measured.values())
        db_per_crf = guidance.db_per_crf or 0.0
        aim, offset = Aim(db_per_crf), 0
        for number in range(_MAX_ROUNDS if db_per_crf else 0):
            step = aim.step(offset, margin, is_last=number == _MAX_ROUNDS - 1)
            changed = self._changes(color, margin, settings, step, db_per_crf)
            if not changed:
                break
            offset += step
            settings |= changed
            wanted, rate = list(self._measured.values()), frame_rate_of(self._source.info)
            for item in code_anew(self._survey, store, changed, wanted, rate, self._progress):
                self._measured[item.index] = item
            margin = self._margin(color, self._measured.values())
        return _usual(settings)

    def _changes(
        self, color: SegmentColor, margin: float, settings: dict[int, HintSettings], step: int, db_per_crf: float
    ) -> dict[int, HintSettings]:
        """The new settings of segments whose quality changes: by ``step`` for all, and still finer for bad segments."""
        changed = {}
        for segment, items in self._by_segment().items():
            own = self._margin(color, items) - margin if math.isfinite(margin) else 0.0
            extra = math.floor((own + _BAD_DB) / -db_per_crf) if own < -_BAD_DB else 0
            changed[segment] = step + extra
        return {
            segment: finer
            for segment, old in settings.items()
            if (finer := _with_step(old, changed.get(segment, step))) != old
        }

    def _by_segment(self) -> dict[int, list[HintedFrame]]:
        by_segment: dict[int, list[HintedFrame]] = defaultdict(list)
        for item in self._measured.values():
            by_segment[item.segment].append(item)
        return by_segment

    def _margin(self, color: SegmentColor, items: Iterable[HintedFrame]) -> float:
        pairs = (
            (item.picture, decoded) for item in items for decoded in color.pictures([item.picture.luma], [item.hint])
        )
        return self._mode.wanted.margin_db(self._conversion, pairs)


def _with_step(settings: HintSettings, step: int) -> HintSettings:
    crf = int(float(settings.codec.option("crf") or 0))
    return with_crf(settings, min(MAX_CRF, max(MIN_CRF, crf + step)))


def _usual(settings: dict[int, HintSettings]) -> HintSettings:
    """The settings that most segments have."""
    ways = list(settings.values())
    return max(ways, key=ways.count)

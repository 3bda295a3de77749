"""Guided color: hints, a network trained on them, and better hints where they are not good enough.

If the video is long, all of that is done on a sample of its segments, so that it takes a time that does not grow with
it. The hints of the other segments are coded in the last pass, with the quality that was found.
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
from codec.networks.compact_weights import base_for
from codec.segment_color import SegmentColor
from codec.training.guided_examples import GuidedExamples
from codec.training.job import train_compact_network
from codec.training.options import TrainingOptions
from codec.training.result import NetworkResult
from codec.video.picture import Picture
from container_format.records import Color

_LEAST_MEASURED, _MAX_MEASURED = 48, 256  # frames on which the result is judged before it is final
_MAX_MEASURED_BYTES = 2**27
_MAX_ROUNDS = 3
_SAMPLED_FRAMES, _SAMPLED_BYTES = 2400, 2**29  # of the segments on which the quality is found, and of their hints
_SAMPLED_TRAINING_FRAMES = 96
_SURPRISE_DB = 1.0  # hints that are so much worse than on the probe are made in a steadier way
_BAD_DB = 2.0  # a segment that is so much worse than wanted gets better hints than the others


@dataclass(frozen=True)
class GuidedColor:
    """What is sent for color.

    Attributes:
        store: the hints of segments that are coded already: all of a short video.
        settings: of the hints; segments in the store that the network serves badly have a finer quality.
        network: None if hints alone make the color.
        trained_on: frames, if there is a network: the keyframes, of a long video those of the sample and some more.
        margin_db: how much better than wanted the color is, on the frames that were measured.
    """

    store: HintStore
    settings: HintSettings
    network: NetworkResult | None
    trained_on: tuple[int, ...]
    margin_db: float


def prepare_hinted(mode: HintedMode, preparation: Preparation) -> Prepared:
    """Choose the gray's codec and the hints, code the hints, train the network on them, and write the recipe.

    Raises:
        TrainingError: the network could not be trained.
    """
    gray = choose_gray(mode.luma, preparation, mode.predictor_training())
    guided = make_guided_color(mode, preparation)
    preparation.resources.callback(guided.store.close)
    result, conversion = guided.network, preparation.conversion
    network = None if result is None else VideoNetwork.trained(result.record, result.colorizer, conversion)
    color = HintedColor(guided.settings, guided.store.parameters, conversion, network)
    facts = ColorFacts(
        Color.CODED if result is None else Color.GUIDED,
        network=None if result is None else NetworkFacts.of(result, preparation.survey.keyframes.num_clusters),
        hints=str(guided.settings),
        color_target=str(mode.target),
        is_target_aimed_at=mode.hints is None,
    )
    recipe = Recipe.of(
        preparation,
        gray.track,
        color,
        networks=(*(() if result is None else (result.record,)), *gray.networks),
        keyframes=guided.trained_on,
        facts=facts,
    )
    return Prepared(recipe, frozenset(preparation.survey.spread(mode.quality_frames)), guided.store)


def make_guided_color(mode: HintedMode, preparation: Preparation) -> GuidedColor:
    """Choose hints and network, code the hints and train the network.

    Args:
        mode: the sender's choices.
        preparation: with runs to try hints on, unless the mode says which hints; its source is read once or more.

    Raises:
        TrainingError: the network could not be trained.
    """
    maker = _Maker(mode, preparation)
    return maker.make(maker.guidance(preparation.gathered.runs))


class _Maker:
    def __init__(self, mode: HintedMode, preparation: Preparation) -> None:
        self._mode = mode
        self._source = preparation.source
        self._survey = preparation.survey
        self._conversion = preparation.conversion
        self._progress = preparation.progress
        picture_bytes = 5 * preparation.info.width * preparation.info.height
        count = max(4, min(_MAX_MEASURED, _MAX_MEASURED_BYTES // picture_bytes))
        self._num_measured = min(count, max(mode.quality_frames, _LEAST_MEASURED))
        self._measured: dict[int, HintedFrame] = {}

    def guidance(self, runs: list[list[Picture]]) -> Guidance:
        """The hints that the options name, or those that need the fewest bytes on the probe."""
        mode = self._mode
        if mode.hints is not None:
            return Guidance(mode.hints, network_shape(self._conversion) if mode.has_network else None, None)
        self._progress.start("choosing hints", 2, "scales")
        probe = HintProbe(
            runs,
            self._conversion,
            mode,
            num_frames=self._survey.num_frames,
            num_segments=len(self._survey.borders),
            frame_rate=frame_rate_of(self._source.info),
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
        # Of a short video those that the report measures, if memory allows: then its figures are those aimed at.
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
        settings, margin = self._refine(guidance, store, ways, network)
        return GuidedColor(store, settings, network, tuple(sorted(trained_on)) if network else (), margin)

    def _training_frames(self, sampled: tuple[int, ...]) -> frozenset[int]:
        borders = self._survey.borders
        inside = {index for segment in sampled for index in range(*borders[segment])}
        keyframes = inside.intersection(self._survey.keyframes.indices)
        if len(sampled) < len(borders):
            keyframes.update(self._survey.spread(_SAMPLED_TRAINING_FRAMES, sampled))
        return frozenset(keyframes)

    def _train(self, guidance: Guidance, examples: GuidedExamples, hint_bytes: float) -> NetworkResult | None:
        if guidance.shape is None:
            return None
        return train_compact_network(
            guidance.shape,
            examples,
            self._mode.compact_training(),
            self._conversion,
            self._progress,
            hint_bits=8 * max(1, hint_bytes),
            base=base_for(self._conversion.pixel_format, guidance.settings.scale),
        )

    def _refine(
        self, guidance: Guidance, store: HintStore, settings: dict[int, HintSettings], network: NetworkResult | None
    ) -> tuple[HintSettings, float]:
        """Code hints anew, finer or coarser, until the color is as good as wanted; how, and how much better it is."""
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
        return _usual(settings), margin

    def _changes(
        self, color: SegmentColor, margin: float, settings: dict[int, HintSettings], step: int, db_per_crf: float
    ) -> dict[int, HintSettings]:
        """Segments whose hints shall be coded with another quality: all by this step, bad ones finer."""
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
        return self._mode.target.margin_db(self._conversion, pairs)


def _with_step(settings: HintSettings, step: int) -> HintSettings:
    crf = int(float(settings.codec.option("crf") or 0))
    return with_crf(settings, min(MAX_CRF, max(MIN_CRF, crf + step)))


def _usual(settings: dict[int, HintSettings]) -> HintSettings:
    """Those of most segments."""
    ways = list(settings.values())
    return max(ways, key=ways.count)

"""Guided color: hints, a network trained on them, and better hints where they are not good enough.

If the video is long, all of that is done on a sample of its segments, so that it takes a time that does not grow with
it. The hints of the other segments are coded in the last pass, with the quality that was found.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from codec.encoder.aim import Aim
from codec.encoder.guidance import MAX_CRF, MIN_CRF, Guidance, network_shape, with_crf
from codec.encoder.hint_pass import Guided, HintStore, code_anew, code_hints
from codec.encoder.plan import Plan, frame_rate_of
from codec.encoder.probe import Probe
from codec.hints.coder import HintSettings
from codec.hints.planes import unpack_hints
from codec.networks.compact_weights import base_for
from codec.options import EncodeOptions
from codec.progress import Progress
from codec.segment_color import SegmentColor
from codec.training.guided_samples import GuidedSamples
from codec.training.job import NetworkResult, train_compact_network
from codec.video.color import ColorConversion
from codec.video.picture import Picture
from codec.video.source import Source
from container_format.records import COLOR_CODED

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


def make_guided_color(
    source: Source,
    plan: Plan,
    runs: list[list[Picture]],
    conversion: ColorConversion,
    options: EncodeOptions,
    progress: Progress,
) -> GuidedColor:
    """Choose hints and network, code the one and train the other.

    Args:
        source: is read once.
        plan: from the first pass.
        runs: the probe, from the second pass; not needed if the options say which hints.
        conversion: of the video.
        options: the sender's choices.
        progress: is told the stages.

    Raises:
        TrainingError: the network could not be trained.
    """
    maker = _Maker(source, plan, conversion, options, progress)
    return maker.make(maker.guidance(runs))


class _Maker:
    def __init__(
        self, source: Source, plan: Plan, conversion: ColorConversion, options: EncodeOptions, progress: Progress
    ) -> None:
        self._source = source
        self._plan = plan
        self._conversion = conversion
        self._options = options
        self._progress = progress
        picture_bytes = 5 * source.info.width * source.info.height
        count = max(4, min(_MAX_MEASURED, _MAX_MEASURED_BYTES // picture_bytes))
        self._num_measured = min(count, max(options.quality_frames, _LEAST_MEASURED))
        self._measured: dict[int, Guided] = {}

    def guidance(self, runs: list[list[Picture]]) -> Guidance:
        """The way that the options say, or the cheapest on the probe."""
        if self._options.hints is not None:
            shape = None if self._options.color == COLOR_CODED else network_shape(self._conversion)
            return Guidance(self._options.hints, shape, None)
        self._progress.start("choosing hints", 2, "scales")
        probe = Probe(
            runs,
            self._conversion,
            self._options,
            num_frames=self._plan.num_frames,
            num_segments=len(self._plan.borders),
            frame_rate=frame_rate_of(self._source.info),
        )
        return probe.choose(self._progress.advance)

    def make(self, guidance: Guidance) -> GuidedColor:
        info = self._source.info
        settings = guidance.settings
        store = HintStore(settings.parameters(info.pixel_format.chroma_shape(info.width, info.height)))
        samples = GuidedSamples(
            info.pixel_format, max_bytes=self._options.training.max_sample_bytes, seed=self._options.training.seed
        )
        hint_bytes = math.prod(info.pixel_format.chroma_shape(info.width, info.height)) * 2 // settings.scale**2
        sampled = self._plan.sample(min(_SAMPLED_FRAMES, _SAMPLED_BYTES // max(1, hint_bytes)))
        # Of a short video those that the report measures, if memory allows: then its figures are those aimed at.
        measured = frozenset(self._plan.spread(self._num_measured, sampled))
        trained_on = self._training_frames(sampled) if guidance.shape is not None else frozenset()
        ways = dict.fromkeys(sampled, settings)
        for item in code_hints(self._source, self._plan, store, ways, trained_on | measured, self._progress):
            if item.index in trained_on:
                shape = item.picture.chroma_planes()[0].shape
                samples.add(item.picture, unpack_hints([item.hint], shape, settings.scale)[0])
            if item.index in measured:
                self._measured[item.index] = item
        if guidance.steadier is not None:
            plain = self._margin(SegmentColor(self._conversion, None, store.parameters), self._measured.values())
            if plain < guidance.plain_db - _SURPRISE_DB:
                store.close()
                self._measured.clear()
                return self.make(guidance.steadier)
        num_sampled = sum(stop - begin for begin, stop in (self._plan.borders[segment] for segment in sampled))
        network = self._train(guidance, samples, store.num_bytes * self._plan.num_frames / num_sampled)
        settings, margin = self._refine(guidance, store, ways, network)
        return GuidedColor(store, settings, network, tuple(sorted(trained_on)) if network else (), margin)

    def _training_frames(self, sampled: tuple[int, ...]) -> frozenset[int]:
        borders = self._plan.borders
        inside = {index for segment in sampled for index in range(*borders[segment])}
        keyframes = inside.intersection(self._plan.keyframes.indices)
        if len(sampled) < len(borders):
            keyframes.update(self._plan.spread(_SAMPLED_TRAINING_FRAMES, sampled))
        return frozenset(keyframes)

    def _train(self, guidance: Guidance, samples: GuidedSamples, hint_bytes: float) -> NetworkResult | None:
        if guidance.shape is None:
            return None
        return train_compact_network(
            guidance.shape,
            samples,
            self._options.compact_training,
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
            for item in code_anew(self._plan, store, changed, wanted, rate, self._progress):
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

    def _by_segment(self) -> dict[int, list[Guided]]:
        by_segment: dict[int, list[Guided]] = defaultdict(list)
        for item in self._measured.values():
            by_segment[item.segment].append(item)
        return by_segment

    def _margin(self, color: SegmentColor, items: Iterable[Guided]) -> float:
        pairs = (
            (item.picture, decoded) for item in items for decoded in color.pictures([item.picture.luma], [item.hint])
        )
        return self._options.target.margin_db(self._conversion, pairs)


def _with_step(settings: HintSettings, step: int) -> HintSettings:
    crf = int(float(settings.codec.option("crf") or 0))
    return with_crf(settings, min(MAX_CRF, max(MIN_CRF, crf + step)))


def _usual(settings: dict[int, HintSettings]) -> HintSettings:
    """Those of most segments."""
    ways = list(settings.values())
    return max(ways, key=ways.count)

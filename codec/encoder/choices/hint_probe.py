"""The probe of hints: configurations of hints and network are tried on a few runs of frames.

Each configuration is tried at a few qualities, and its network is trained briefly.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from codec.encoder.choices.guidance import (
    Guidance,
    Rung,
    Way,
    cheapest,
    hint_codec,
    hint_preset,
    network_shape,
    with_steadier,
)
from codec.encoder.choices.hint_pass import CODED_SIDE_BY_SIDE
from codec.encoder.modes.guided import HintedMode
from codec.hints.coder import HintParameters, HintSettings, decode_hints, encode_packed_hints
from codec.hints.planes import pack_hint, unpack_hints
from codec.networks.compact import CompactColorizer
from codec.networks.compact_weights import CompactWeights, base_for
from codec.networks.interface import Colorizer
from codec.networks.record import pack_network
from codec.plane_codecs import CodedRun
from codec.progress import Silent
from codec.segment_color import SegmentColor
from codec.training.guided_examples import GuidedExamples
from codec.training.job import BriefJob
from codec.training.options import CompactTraining
from codec.training.place import HERE, Place
from codec.video.color import ColorConversion
from codec.video.picture import Picture, PlaneArray
from container_format.chunks import pack_chunk

LADDER = (10, 26, 42, 58)
"""The qualities (crf of SVT-AV1) that are tried."""
_FINE_CRF = 41  # if scale 2 needs a finer quality than this, scale 1 is tried as well, else scale 4
_FIRST_MEASURED, _MEASURED_STEP = 2, 5  # the measured frames of each run; some have hints, some are interpolated
_MORE_INTERVALS = (2, 4)  # tried in this order until one needs no fewer bytes
# The full training gains more over the plain hints, in dB, than the brief one on the probe, and needs more bytes.
_FULL_TRAINING_GAIN, _FULL_TRAINING_BYTES = 1.3, 1.6
_COARSER_CRF = 5
_PROBE_BYTES = 2**27
_PROBE_TIME = 1 / 4  # the time of each brief training, as a share of the time for the full one


@dataclass(frozen=True)
class _Coded:
    """The hints of all runs at one quality: the coded hints, and the decoded hint pictures of each frame."""

    runs: list[CodedRun]
    hints: list[list[PlaneArray]]


class HintProbe:
    """Tries configurations of hints and network on a few runs of frames.

    Args:
        runs: the runs of the probe, with chroma; one or more.
        conversion: how the planes of the video become R'G'B'.
        mode: the options of the mode.
        num_frames: number of frames in the video.
        num_segments: number of segments in the video.
        frame_rate: frames per second of the video.
        place: where networks are trained.
    """

    def __init__(
        self,
        runs: list[list[Picture]],
        conversion: ColorConversion,
        mode: HintedMode,
        *,
        num_frames: int,
        num_segments: int,
        frame_rate: Fraction,
        place: Place = HERE,
    ) -> None:
        self._runs = runs
        self._conversion = conversion
        self._mode = mode
        self._num_frames, self._num_segments = num_frames, num_segments
        self._frame_rate = frame_rate
        self._place = place
        self._preset = hint_preset(num_frames, runs[0][0].luma.size)
        self._with_hints_of_every_frame: dict[int, Way] = {}
        rows, columns = runs[0][0].chroma_planes()[0].shape
        self._chroma_shape = (int(rows), int(columns))

    def choose(self, show: Callable[[int], None]) -> Guidance:
        """Try the configurations that may need the fewest bytes, and choose the best one.

        Args:
            show: called with the number of scales tried so far.
        """
        ways = self._try(2)
        show(1)
        crf, _ = min((way.crf_and_bytes() for way in ways), key=lambda found: found[1])
        ways += self._try(1 if crf < _FINE_CRF else 4)
        show(2)
        chosen = cheapest(ways)
        if chosen.settings.interval == 1:
            return chosen
        return with_steadier(chosen, ways, self._with_hints_of_every_frame[chosen.settings.scale])

    def _try(self, scale: int) -> list[Way]:
        """Try a scale at its best interval, without a network and, if the mode has one, with it."""
        packed = [[pack_hint(picture.chroma_planes(), scale) for picture in run] for run in self._runs]
        best, coded = self._try_interval(packed, scale, 1)
        self._with_hints_of_every_frame[scale] = best
        for interval in _MORE_INTERVALS:
            way, its_coded = self._try_interval(packed, scale, interval)
            if way.crf_and_bytes()[1] >= best.crf_and_bytes()[1]:
                break
            best, coded = way, its_coded
        ways = [best]
        training = self._mode.network_training
        if training is not None:
            finer = _below(best)
            weights = self._train(
                training.brief(_PROBE_TIME), scale, coded[finer : finer + 2], best.rungs[finer].hint_bytes
            )
            network = CompactColorizer(weights, self._conversion)
            network_bytes = _FULL_TRAINING_BYTES * len(pack_chunk(pack_network(weights.spec, weights.tensors)))
            rungs = (
                replace(rung, margin_db=_after_full_training(rung.margin_db, self._margin(runs, scale, network)))
                for rung, runs in zip(best.rungs, coded, strict=True)
            )
            ways.append(replace(best, shape=weights.shape, network_bytes=network_bytes, rungs=tuple(rungs)))
        return ways

    def _try_interval(self, packed: list[list[PlaneArray]], scale: int, interval: int) -> tuple[Way, list[_Coded]]:
        coded = [self._code(packed, HintSettings(scale, interval, hint_codec(crf, self._preset))) for crf in LADDER]
        rungs = (
            Rung(crf, self._margin(runs, scale, None), self._estimate(runs.runs, interval))
            for crf, runs in zip(LADDER, coded, strict=True)
        )
        return Way(scale, interval, None, 0, tuple(rungs), self._preset), coded

    def _parameters(self, scale: int) -> HintParameters:
        return HintSettings(scale, 1, hint_codec(LADDER[0])).parameters(self._chroma_shape)

    def _code(self, packed: list[list[PlaneArray]], settings: HintSettings) -> _Coded:
        parameters = settings.parameters(self._chroma_shape)

        def code(pictures: list[PlaneArray]) -> tuple[CodedRun, list[PlaneArray]]:
            run = encode_packed_hints(pictures, settings, self._frame_rate)
            return run, decode_hints(run, parameters, len(pictures))

        with ThreadPoolExecutor(CODED_SIDE_BY_SIDE) as threads:
            coded = list(threads.map(code, packed))
        return _Coded([run for run, _ in coded], [hints for _, hints in coded])

    def _estimate(self, runs: list[CodedRun], interval: int) -> float:
        """Estimate the bytes of the hints of the whole video."""
        first = float(np.mean([len(run.extradata) + len(run.packets[0]) for run in runs]))
        others = [len(packet) for run in runs for packet in run.packets[1:]]
        mean = float(np.mean(others)) if others else first
        return self._num_segments * first + (self._num_frames - self._num_segments) / interval * mean

    def _train(self, training: CompactTraining, scale: int, coded: list[_Coded], hint_bytes: float) -> CompactWeights:
        """Train a network briefly on hints of these qualities."""
        examples = GuidedExamples(self._conversion.pixel_format, max_bytes=_PROBE_BYTES, seed=training.seed)
        for number, run in enumerate(self._runs):
            for index, picture in enumerate(run):
                hint = coded[(number + index) % len(coded)].hints[number][index]
                examples.add(picture, unpack_hints([hint], self._chroma_shape, scale)[0])
        base = base_for(self._conversion.pixel_format, scale)
        job = BriefJob(network_shape(self._conversion), examples, training, 8 * hint_bytes, base)
        return self._place.train(job, Silent())

    def _margin(self, coded: _Coded, scale: int, network: Colorizer | None) -> float:
        color = SegmentColor(self._conversion, network, self._parameters(scale))
        pairs = []
        for originals, hints in zip(self._runs, coded.hints, strict=True):
            chosen = range(min(_FIRST_MEASURED, len(originals) - 1), len(originals), _MEASURED_STEP)
            decoded = color.pictures([originals[i].luma for i in chosen], [hints[i] for i in chosen])
            pairs += list(zip([originals[i] for i in chosen], decoded, strict=True))
        return self._mode.wanted.margin_db(self._conversion, pairs)


def _below(plain: Way) -> int:
    """The index in ``LADDER`` of the finer neighbor of the quality that is expected to be needed with a network.

    With a network, somewhat coarser hints are enough.
    """
    crf, _ = plain.crf_and_bytes()
    return max(0, min(len(LADDER) - 2, int(np.searchsorted(LADDER, crf + _COARSER_CRF, side="right")) - 1))


def _after_full_training(plain_db: float, brief_db: float) -> float:
    """Estimate the margin after the full training from the margins without a network and after a brief training."""
    gain = brief_db - plain_db
    return plain_db + max(gain, gain * _FULL_TRAINING_GAIN) if math.isfinite(gain) else brief_db

"""Networks of a live stream: trained in a process of their own, on the keyframes so far, and sent if that pays.

The process is a new one for each training, so that the memory that a training takes is given back.
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass

from codec.color_target import ColorTarget
from codec.encoder.choices.guidance import network_shape
from codec.encoder.live.keyframes import Keyframe
from codec.encoder.tracks.color import VideoNetwork
from codec.errors import GvcError, TrainingError
from codec.hints.coder import HintParameters
from codec.hints.planes import unpack_hints
from codec.networks.compact_weights import base_for
from codec.networks.record import pack_network
from codec.segment_color import SegmentColor
from codec.training.guided_examples import GuidedExamples
from codec.training.options import CompactTraining
from codec.video.color import ColorConversion
from codec.workers.pool import Job, Pool
from codec.workers.worker import Channel
from container_format import NetworkRecord
from container_format.chunks import pack_chunk

HORIZON_SECONDS = 60.0
"""A network is expected to be of use for so long."""
_DB_OF_BYTES = 11.5
"""Hints of equal color take 10^(-gain / 11.5) of the bytes, with 1.15 of the logarithms (codec/training/compact.py)."""
_EXAMPLE_BYTES = 2**26
_JUDGED = 8  # of the keyframes, those on which networks are compared; they are not trained on where there are more
NICE = 19


@dataclass(frozen=True)
class Assignment:
    """What a training is given.

    Attributes:
        keyframes: of the video so far.
        conversion: of the video, of 8 bits.
        hints: for their decoder.
        training: how long.
        hint_bits: that the network's bits are weighed against.
        target: what good color is.
        current: the network that makes the color now; None for the hints alone.
        nice: the priority of the process; 19 takes what others leave.
    """

    keyframes: tuple[Keyframe, ...]
    conversion: ColorConversion
    hints: HintParameters
    training: CompactTraining
    hint_bits: float
    target: ColorTarget
    current: NetworkRecord | None
    nice: int = NICE


@dataclass(frozen=True)
class Trained:
    """What came of a training.

    Attributes:
        record: the network.
        gain_db: by how much its color is better than that of now.
    """

    record: NetworkRecord
    gain_db: float

    @property
    def num_bytes(self) -> int:
        """Of its chunk, about."""
        return len(pack_chunk(self.record))


class BackgroundTraining:
    """At most one training, which never holds up anything else."""

    def __init__(self) -> None:
        self._pool: Pool | None = None
        self._job: Job | None = None

    @property
    def is_running(self) -> bool:
        """Whether a training was begun whose result was not taken."""
        return self._job is not None

    def begin(self, assignment: Assignment) -> None:
        """Begin to train."""
        self._pool = Pool(lambda: None, num_workers=1, num_arenas=0)
        self._job = self._pool.submit(_train, assignment)

    def result(self) -> Trained | GvcError | None:
        """What came of it; None as long as it runs, or if there is none."""
        if self._job is None or not self._job.is_over:
            return None
        found: Trained | GvcError
        try:
            found = next(item for item in self._job.results() if isinstance(item, Trained))
        except GvcError as error:
            found = error
        except (StopIteration, Exception) as error:
            found = GvcError(f"the training failed: {error}")
        self.stop()
        return found

    def stop(self) -> None:
        """End the process."""
        if self._pool is not None:
            self._pool.close()
        self._pool = self._job = None


def pays(trained: Trained, hint_bytes_per_second: float, repeat_seconds: float) -> bool:
    """Whether a network saves more than it costs, with the hints as much coarser as its color is better.

    Args:
        trained: the network.
        hint_bytes_per_second: that the hints take now.
        repeat_seconds: from one sending of the network to the next.
    """
    if not math.isfinite(trained.gain_db):
        return trained.gain_db > 0
    saved = hint_bytes_per_second * HORIZON_SECONDS * (1 - 10 ** (-trained.gain_db / _DB_OF_BYTES))
    return saved > trained.num_bytes * (1 + HORIZON_SECONDS / repeat_seconds)


def base_network(conversion: ColorConversion, scale: int) -> NetworkRecord | None:
    """The base network that comes with gvc, as a record of a few bytes; None if there is none for such video."""
    base = base_for(conversion.of_8_bits().pixel_format, scale)
    return None if base is None else pack_network(base.spec, base.tensors)


def gain_db(
    keyframes: Sequence[Keyframe],
    conversion: ColorConversion,
    hints: HintParameters,
    target: ColorTarget,
    record: NetworkRecord,
    current: NetworkRecord | None,
) -> float:
    """By how much a network's color is better than that of now, on some frames, in dB of the target's margin."""

    def margin(network: NetworkRecord | None) -> float:
        colorizer = None if network is None else VideoNetwork(network, conversion).colorizer
        color = SegmentColor(conversion, colorizer, hints)
        made = color.pictures([item.picture.luma for item in keyframes], [item.hint for item in keyframes])
        originals = (item.picture for item in keyframes)
        return target.margin_db(conversion, zip(originals, made, strict=True))

    gain = margin(record) - margin(current)
    return 0.0 if math.isnan(gain) else gain


def _train(context: object, assignment: Assignment, channel: Channel) -> None:
    """In a process of its own."""
    del context
    with contextlib.suppress(OSError, AttributeError):
        os.nice(assignment.nice)
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ[name] = "1"
    channel.send(train(assignment))


def train(assignment: Assignment) -> Trained:
    """Train a network, and compare it with that of now.

    Raises:
        TrainingError: there are no keyframes, or the loss is no longer finite.
    """
    conversion, hints = assignment.conversion, assignment.hints
    own = conversion.pixel_format
    keyframes = list(assignment.keyframes)
    step = max(1, len(keyframes) // _JUDGED)
    judged = keyframes[::step][:_JUDGED]
    learned = [item for index, item in enumerate(keyframes) if index % step or step == 1] or keyframes
    examples = GuidedExamples(own, max_bytes=_EXAMPLE_BYTES, seed=assignment.training.seed)
    for item in learned:
        shape = item.picture.chroma_planes()[0].shape
        examples.add(item.picture, unpack_hints([item.hint], (shape[0], shape[1]), hints.scale)[0])
    if not examples:
        raise TrainingError("expected keyframes to train on. Received: none")
    from codec.training.compact import train_compact  # imports Keras

    weights = train_compact(
        network_shape(conversion),
        examples,
        assignment.training,
        hint_bits=assignment.hint_bits,
        base=base_for(own, hints.scale),
    )
    record = pack_network(weights.spec, weights.tensors)
    gain = gain_db(judged, conversion, hints, assignment.target, record, assignment.current)
    return Trained(record, gain)

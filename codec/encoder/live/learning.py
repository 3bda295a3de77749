"""What a live sender learns of its video: keyframes, and from time to time a network that makes better color."""

from __future__ import annotations

import math
from dataclasses import dataclass

from codec.encoder.live.keyframes import Cluster, Keyframe, OnlineKeyframes
from codec.encoder.live.segments import LiveSegment
from codec.encoder.live.training import Assignment, BackgroundTraining, Trained, base_network, gain_db, pays
from codec.encoder.modes import Guided, Mode
from codec.encoder.recipe import Recipe
from codec.encoder.tracks.color import HintedColor, VideoNetwork
from codec.errors import GvcError
from codec.hints.coder import decode_hints, encode_hints
from codec.plane_codecs import CodedRun
from codec.video.color import ColorConversion
from codec.video.info import VideoInfo
from codec.video.picture import Picture, of_8_bits
from container_format import NetworkRecord, SegmentRecord, UpdateRecord

_LOOKS_PER_SECOND = 4
_KEYFRAME_EVERY = 4  # of the frames of a cluster that are looked at
_KEYFRAME_BYTES = 2**26
_FEWEST_KEYFRAMES = 6
_FIRST_TRAINING_SECONDS = 4.0  # of video
_PAUSE_SECONDS = 20.0  # of video, from one training to the next
_NEW_SHARE = 0.25  # of the keyframes, that must be new for another training
_AVERAGED_SECONDS = 10.0  # for the bytes of hints
_HINT_SECONDS = 60.0  # of hints, that a network's bits are weighed against
_LEAST_BASE_GAIN_DB = 0.1


@dataclass(frozen=True)
class Learned:
    """A network, as it is sent, and ready to make color."""

    update: UpdateRecord
    network: VideoNetwork


class Learning:
    """Keyframes, trainings and networks of a live stream. Light where nothing is trained.

    Args:
        mode: of the stream.
        info: of the video.
        recipe: whose color track says how hints are made.
        repeat_seconds: from one sending of a network to the next.

    Attributes:
        current: the network of the segments to come; None for none.
        num_networks, num_trainings: so far.
    """

    def __init__(self, mode: Mode, info: VideoInfo, recipe: Recipe, repeat_seconds: float) -> None:
        self._mode = mode if isinstance(mode, Guided) and isinstance(recipe.color, HintedColor) else None
        self._color = recipe.color
        self._info = info
        self._conversion = ColorConversion.of(info)
        self._repeat_seconds = repeat_seconds
        rate = float(1 / info.time_base if info.frame_rate is None else info.frame_rate)
        self._look_every = max(1, round(rate / _LOOKS_PER_SECOND))
        self._frame_rate = recipe.frame_rate
        self._store = OnlineKeyframes(every=_KEYFRAME_EVERY, max_bytes=_KEYFRAME_BYTES)
        self._training = BackgroundTraining()
        self._seconds = 0.0
        self._next_training = _FIRST_TRAINING_SECONDS
        self._trained_on = 0
        self._hint_rate = 0.0  # bytes a second
        self._num_looked = 0
        self._notes: list[str] = []
        self.current: Learned | None = None
        self.num_networks = 0
        self.num_trainings = 0

    @property
    def num_keyframes(self) -> int:
        """Keyframes so far."""
        return self._store.num_keyframes

    @property
    def num_clusters(self) -> int:
        """Clusters so far."""
        return self._store.num_clusters_begun

    def notes(self) -> tuple[str, ...]:
        """What a person should know, since the last call."""
        notes, self._notes = tuple(self._notes), []
        return notes

    def try_base(self, pictures: list[Picture]) -> None:
        """Begin with the base network that comes with gvc, if it makes better color than the hints alone."""
        color = self._color
        if self._mode is None or not isinstance(color, HintedColor):
            return
        record = base_network(self._conversion, color.settings.scale)
        if record is None:
            return
        seen = [of_8_bits(picture, self._info.pixel_format.depth) for picture in pictures]
        run = encode_hints([picture.chroma_planes() for picture in seen], color.settings, self._frame_rate)
        hints = decode_hints(run, color.parameters, len(seen))
        keyframes = [Keyframe(picture, hint) for picture, hint in zip(seen, hints, strict=True)]
        conversion = self._conversion.of_8_bits()
        gain = gain_db(keyframes, conversion, color.parameters, self._mode.wanted, record, None)
        if gain > _LEAST_BASE_GAIN_DB:
            self._use(record)

    def take(self, segment: LiveSegment, record: SegmentRecord, seconds: float, *, may_train: bool) -> None:
        """Look at a segment that was sent.

        Args:
            segment: with its frames.
            record: of it.
            seconds: that it lasts.
            may_train: the machine has room for a training.
        """
        color = self._color
        if self._mode is None or not isinstance(color, HintedColor):
            return
        self._seconds += seconds
        weight = min(1.0, seconds / _AVERAGED_SECONDS) if self._hint_rate else 1.0
        num_bytes = sum(map(len, record.hint_packets)) + len(record.hint_extradata)
        self._hint_rate += weight * (num_bytes / max(seconds, 1e-3) - self._hint_rate)
        self._take_result()
        if not may_train:
            if self._training.is_running:
                self._training.stop()
                self._next_training = self._seconds + _PAUSE_SECONDS
            return
        self._look(segment, record, color)
        if self._is_time():
            self._begin(color, self._mode)

    def close(self) -> None:
        """End a training."""
        self._training.stop()

    def _look(self, segment: LiveSegment, record: SegmentRecord, color: HintedColor) -> None:
        """Find keyframes in a segment."""
        found: list[tuple[int, Cluster]] = []
        for place, arrived in enumerate(segment.arrived):
            self._num_looked += 1
            if self._num_looked % self._look_every == 0:
                cluster = self._store.look(self._conversion.rgb_of_8_bits(arrived.frame.picture))
                if cluster is not None:
                    found.append((place, cluster))
        if not found:
            return
        run = CodedRun(record.hint_extradata, record.hint_packets, len(record.hint_packets))
        hints = decode_hints(run, color.parameters, record.num_frames)
        depth = self._info.pixel_format.depth
        for place, cluster in found:
            picture = of_8_bits(segment.arrived[place].frame.picture, depth)
            # A copy, since a hint may be a view of all hints of the segment.
            self._store.add(cluster, Keyframe(picture, hints[place].copy()))

    def _is_time(self) -> bool:
        if self._training.is_running or self._seconds < self._next_training:
            return False
        new = self._store.num_keyframes - self._trained_on
        held = len(self._store.keyframes())
        return held >= _FEWEST_KEYFRAMES and new >= max(1, math.ceil(_NEW_SHARE * held))

    def _begin(self, color: HintedColor, mode: Guided) -> None:
        self._trained_on = self._store.num_keyframes
        self.num_trainings += 1
        current = None if self.current is None else self.current.update.network
        self._training.begin(
            Assignment(
                tuple(self._store.keyframes()),
                self._conversion.of_8_bits(),
                color.parameters,
                mode.network_training.whole(),
                8 * max(1.0, self._hint_rate * _HINT_SECONDS),
                mode.wanted,
                current,
            )
        )

    def _take_result(self) -> None:
        result = self._training.result()
        if result is None:
            return
        self._next_training = self._seconds + _PAUSE_SECONDS
        if isinstance(result, GvcError):
            self._notes.append(f"a training has failed: {result}")
        elif isinstance(result, Trained) and pays(result, self._hint_rate, self._repeat_seconds):
            self._use(result.record)
            self._notes.append(
                f"network {self.num_networks} is sent: {result.num_bytes:,} bytes, {result.gain_db:+.2f} dB of color"
            )
        elif isinstance(result, Trained):
            self._notes.append(f"a network of {result.num_bytes:,} bytes and {result.gain_db:+.2f} dB did not pay")

    def _use(self, record: NetworkRecord) -> None:
        self.num_networks += 1
        update = UpdateRecord(number=self.num_networks, network=record)
        self.current = Learned(update, VideoNetwork(record, self._conversion))

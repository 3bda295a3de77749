"""What a live sender counts, in bounded memory however long it goes on."""

from __future__ import annotations

import numpy as np

from codec.encoder.live.segments import LiveSegment
from codec.metrics import QualityMeter

_BIN_SECONDS, _NUM_BINS = 0.01, 6000


class Tally:
    """Counts of a live stream.

    Attributes:
        num_frames, num_segments: that were sent.
        luma_bytes, color_bytes: of the segments, by what they are for; the alpha counts as the gray's.
        num_steps_down: how often effort or frame rate was lowered.
        quality: of the measured frames; None if there are none.
    """

    def __init__(self) -> None:
        self.num_frames = 0
        self.num_segments = 0
        self.luma_bytes = 0
        self.color_bytes = 0
        self.num_steps_down = 0
        self.quality: QualityMeter | None = None
        self._latencies = np.zeros(_NUM_BINS, np.int64)

    def add(self, segment: LiveSegment, sent_seconds: float) -> None:
        """Count a segment.

        Args:
            segment: that was sent.
            sent_seconds: when it was sent, by the capture's clock.
        """
        coded = segment.coded
        self.num_frames += len(segment.arrived)
        self.num_segments += 1
        self.luma_bytes += coded.sizes.luma + coded.sizes.alpha
        self.color_bytes += coded.sizes.color
        for arrived in segment.arrived:
            place = int((sent_seconds - arrived.seconds) / _BIN_SECONDS)
            self._latencies[min(_NUM_BINS - 1, max(0, place))] += 1
        if coded.quality is not None:
            if self.quality is None:
                self.quality = coded.quality
            else:
                self.quality.merge(coded.quality)

    def latency(self, percent: float) -> float:
        """Seconds from a frame's arrival until its segment was sent, which this share of the frames did not exceed.

        Args:
            percent: 0 to 100.
        """
        total = int(self._latencies.sum())
        if not total:
            return 0.0
        place = int(np.searchsorted(np.cumsum(self._latencies), percent / 100 * total))
        return round((place + 1) * _BIN_SECONDS, 3)

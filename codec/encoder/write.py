"""The stream, written front to back: header, networks, segments, and the packets to copy between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from codec.encoder.recipe import Recipe
from codec.encoder.schedule import Portion
from codec.encoder.segment import CodedSegment
from codec.metrics import QualityMeter
from codec.stream_header import pack_header, pack_packet
from codec.video.frame_md5 import VideoMd5
from container_format import CopyRecord, SegmentRecord, StreamWriter


@dataclass
class Written:
    """What was written.

    Attributes:
        luma_bytes, network_bytes, color_bytes, alpha_bytes, copy_bytes: by what they are for, framing included.
        later_bytes: about those of the frames that are not the first of their segment.
        total_bytes: of the whole stream.
        num_segments: in the stream.
        num_frames: in the segments.
        first_pts: time of the first frame, in the source's time base.
        end_pts: when the last frame ends.
        quality: of the measured frames; None if there are none.
        source_md5: of the source's frames, at the end of the stream; None if it is not there.
    """

    luma_bytes: int = 0
    network_bytes: int = 0
    color_bytes: int = 0
    alpha_bytes: int = 0
    copy_bytes: int = 0
    later_bytes: int = 0
    total_bytes: int = 0
    num_segments: int = 0
    num_frames: int = 0
    first_pts: int = 0
    end_pts: int = 0
    quality: QualityMeter | None = None
    source_md5: str | None = None

    def add(self, segment: CodedSegment) -> None:
        """Count a segment."""
        record = segment.record
        self.num_frames += record.num_frames
        self.num_segments += 1
        self.luma_bytes += segment.sizes.luma
        self.color_bytes += segment.sizes.color
        self.alpha_bytes += segment.sizes.alpha
        self.later_bytes += segment.sizes.later
        self.first_pts = record.pts if record.first_frame == 0 else self.first_pts
        self.end_pts = _last_pts(record) + (record.last_duration or 0)
        if segment.quality is not None:
            if self.quality is None:
                self.quality = segment.quality
            else:
                self.quality.merge(segment.quality)


class RecipeWriter:
    """Writes the stream of a recipe.

    Args:
        output: a binary file or pipe; left open.
        recipe: whose header and networks are written at once.
        num_frames: of the video, for the projection of its size; None for no projection.

    Attributes:
        written: so far.

    Raises:
        OSError: the output cannot be written.
    """

    def __init__(self, output: BinaryIO, recipe: Recipe, num_frames: int | None = None) -> None:
        self.written = Written()
        self._num_frames = num_frames
        header = pack_header(recipe.description, color=recipe.facts.color, keyframes=recipe.keyframes)
        self._writer = StreamWriter(output, header)
        for network in recipe.networks:
            self.written.network_bytes += self._writer.write_network(network)

    def size_text(self) -> str:
        """What was written, and what that will be at the end, for a progress line."""
        num_bytes, done = self._writer.bytes_written, self.written.num_frames
        text = f"{num_bytes / 1e6:.1f} MB"
        if self._num_frames is None or not 0 < done < self._num_frames:
            return text
        once = self.written.network_bytes
        return f"{text} of about {(once + (num_bytes - once) * self._num_frames / done) / 1e6:.1f} MB"

    def write(self, items: Iterable[CodedSegment | Portion], source_md5: VideoMd5 | None = None) -> Written:
        """Write everything that follows the networks.

        Args:
            items: in order.
            source_md5: has taken in all frames when the items end; None to write none.
        """
        for item in items:
            if isinstance(item, CodedSegment):
                self._writer.write_segment(item.record, item.packed)
                self.written.add(item)
            else:
                record = CopyRecord(packets=tuple(pack_packet(packet) for packet in item))
                self.written.copy_bytes += self._writer.write_copy(record)
            del item  # its bytes are not needed while the next segment is finished
        self.written.source_md5 = None if source_md5 is None else source_md5.hexdigest()
        self._writer.finish(source_md5=self.written.source_md5)
        self.written.total_bytes = self._writer.bytes_written
        return self.written


def _last_pts(record: SegmentRecord) -> int:
    return record.pts + sum(step * count for step, count in record.pts_steps)

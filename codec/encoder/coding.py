"""Last pass: gray is coded, its color is made as the receiver will, and everything is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from codec.encoder.hint_pass import HintStore
from codec.encoder.plan import Plan, frame_rate_of, next_frame
from codec.errors import InputError
from codec.hints.coder import decode_hints
from codec.luma import LumaParameters, LumaRun, LumaSpec, decode_luma, open_luma_encoder
from codec.metrics import QualityMeter
from codec.options import EncodeOptions
from codec.progress import Progress
from codec.segment_color import SegmentColor, chroma_crc32, luma_crc32
from codec.stream_header import pack_packet, pack_times
from codec.video.color import ColorConversion
from codec.video.info import CopyPacket
from codec.video.picture import Frame, Picture, U8Array
from codec.video.source import Source
from container_format import CopyRecord, SegmentRecord, StreamWriter
from container_format.chunks import pack_chunk

_COPY_CHUNK_PACKETS = 1024
_COPY_CHUNK_BYTES = 2**22
_NO_HINTS = LumaRun(b"", (), 0)


@dataclass
class Sizes:
    """Bytes by what they are for, framing included."""

    luma: int = 0
    network: int = 0
    hints: int = 0
    copy: int = 0


@dataclass(frozen=True)
class Tracks:
    """What is coded, and how.

    Attributes:
        luma: the gray's codec.
        parameters: for its decoder.
        color: makes the color as the receiver will; None if there is none.
        hints: of all segments; None if there are none.
    """

    luma: LumaSpec
    parameters: LumaParameters
    color: SegmentColor | None
    hints: HintStore | None


class Coder:
    """Codes segment by segment, passes sound through, and measures the color on the way.

    Attributes:
        source, tracks, plan: what is coded.
        sizes: bytes so far.
        meter: has seen the measured frames.
        measured_frames: how many these are.
        first_pts: time of the first frame.
        end_pts: time of the end of the last.
    """

    def __init__(
        self, source: Source, tracks: Tracks, conversion: ColorConversion, plan: Plan, options: EncodeOptions
    ) -> None:
        self.sizes = Sizes()
        self.meter = QualityMeter(conversion)
        self.measured_frames = 0
        self.end_pts = 0
        self.first_pts = 0
        self.source = source
        self.tracks = tracks
        self.plan = plan
        self._measured = frozenset(plan.spread(options.quality_frames) if tracks.color is not None else ())

    def write(self, writer: StreamWriter, progress: Progress) -> None:
        """Read the source once more and write all segments."""
        progress.start("coding", self.plan.num_frames, "frames")
        copies: list[CopyPacket] = []
        frames = self._frames(writer, copies)
        for index, (begin, stop) in enumerate(self.plan.borders):
            self._write_segment(writer, index, begin, stop, frames, progress)
            self._flush_copies(writer, copies)
        if next(frames, None) is not None:
            raise InputError("the input grew while it was being encoded")
        self._flush_copies(writer, copies)

    def _frames(self, writer: StreamWriter, copies: list[CopyPacket]) -> Iterator[Frame]:
        """The frames alone; packets to copy are collected, and written before they become many."""
        pending_bytes = 0
        for item in self.source.read():
            if isinstance(item, Frame):
                yield item
                continue
            pending_bytes = pending_bytes + len(item.data) if copies else len(item.data)
            copies.append(item)
            if len(copies) >= _COPY_CHUNK_PACKETS or pending_bytes > _COPY_CHUNK_BYTES:
                self._flush_copies(writer, copies)

    def _flush_copies(self, writer: StreamWriter, copies: list[CopyPacket]) -> None:
        if copies:
            self.sizes.copy += writer.write_copy(CopyRecord(packets=tuple(pack_packet(p) for p in copies)))
            copies.clear()

    def _write_segment(
        self, writer: StreamWriter, index: int, begin: int, stop: int, frames: Iterator[Frame], progress: Progress
    ) -> None:
        tracks = self.tracks
        encoder = open_luma_encoder(tracks.luma, tracks.parameters, frame_rate_of(self.source.info))
        pts: list[int] = []
        duration: int | None = None
        lumas_u8: list[U8Array] = []
        originals: dict[int, Picture] = {}
        for number in range(begin, stop):
            frame = next_frame(frames)
            encoder.write(frame.picture.luma_u8)
            lumas_u8.append(frame.picture.luma_u8)
            pts.append(frame.pts)
            duration = frame.duration
            if number in self._measured:
                originals[number - begin] = frame.picture
            progress.advance(number + 1, f"{writer.bytes_written / 1e6:.1f} MB")
        run = encoder.finish()
        if not tracks.parameters.is_lossless:
            lumas_u8 = list(decode_luma(tracks.parameters, run, max_frames=run.num_frames))
        hint_run = tracks.hints[index] if tracks.hints is not None else _NO_HINTS
        segment = SegmentRecord(
            index=index,
            first_frame=begin,
            num_frames=stop - begin,
            pts=pts[0],
            pts_steps=pack_times(pts),
            last_duration=duration,
            luma_crc32=luma_crc32(lumas_u8),
            luma_extradata=run.extradata,
            luma_packets=run.packets,
            hint_extradata=hint_run.extradata,
            hint_packets=hint_run.packets,
            color_crc32=self._color(lumas_u8, hint_run, originals),
        )
        without_color = replace(segment, hint_extradata=b"", hint_packets=(), color_crc32=None)
        luma_bytes = len(pack_chunk(without_color)) if hint_run.num_frames else 0
        num_bytes = writer.write_segment(segment)
        self.sizes.luma += luma_bytes or num_bytes
        self.sizes.hints += num_bytes - luma_bytes if luma_bytes else 0
        self.end_pts = pts[-1] + (duration or 0)
        self.first_pts = pts[0] if begin == 0 else self.first_pts

    def _color(self, lumas_u8: list[U8Array], hint_run: LumaRun, originals: dict[int, Picture]) -> int | None:
        """Make the color of a segment, and measure it; its checksum, if it will be the same everywhere.

        Args:
            lumas_u8: as the receiver will have them.
            hint_run: of the segment.
            originals: the pictures to measure on, by their place in the segment.
        """
        tracks = self.tracks
        if tracks.color is None:
            return None
        hints_u8 = []
        if tracks.hints is not None:
            hints_u8 = decode_hints(hint_run, tracks.hints.parameters, len(lumas_u8))
        # Without a checksum only the measured frames are of interest.
        places = list(range(len(lumas_u8))) if tracks.color.is_exact else list(originals)
        pictures = tracks.color.pictures([lumas_u8[i] for i in places], [hints_u8[i] for i in places if hints_u8])
        checksum = 0
        for place, decoded in zip(places, pictures, strict=True):
            if tracks.color.is_exact:
                checksum = chroma_crc32(decoded, checksum)
            if place in originals:
                self.meter.add(originals[place], decoded)
                self.measured_frames += 1
        return checksum if tracks.color.is_exact else None

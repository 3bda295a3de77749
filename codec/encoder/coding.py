"""Last pass: gray is coded, its color is made as the receiver will, and everything is written.

Two stages overlap: while a segment's color is made, the frames of the next are read and coded.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace

from codec.encoder.hint_pass import HintStore
from codec.encoder.plan import SHRANK, Plan, frame_rate_of
from codec.encoder.samples import SampleCoders
from codec.errors import InputError
from codec.hints.coder import HintSettings, decode_hints, encode_packed_hints
from codec.hints.planes import pack_hint
from codec.lossless.parameters import CodedSamples
from codec.lossless.stacked import StackedChromaEncoder
from codec.metrics import QualityMeter
from codec.options import EncodeOptions
from codec.plane_codecs import CodedRun, PlaneCodecSpec, PlaneParameters, decode_planes, open_plane_encoder
from codec.progress import Progress
from codec.read_ahead import read_ahead
from codec.segment_color import SegmentColor, chroma_crc32, luma_crc32
from codec.stream_header import pack_packet, pack_times
from codec.video.color import ColorConversion
from codec.video.info import CopyPacket
from codec.video.picture import Frame, Picture, PlaneArray
from codec.video.source import Source
from container_format import CopyRecord, SegmentRecord, StreamWriter
from container_format.chunks import pack_chunk

_COPY_CHUNK_PACKETS = 1024
_COPY_CHUNK_BYTES = 2**22
_NO_HINTS = CodedRun(b"", (), 0)
_NO_PLANES = CodedSamples(b"", b"", b"")


@dataclass
class Sizes:
    """Bytes by what they are for, framing included."""

    luma: int = 0
    network: int = 0
    color: int = 0
    copy: int = 0


@dataclass(frozen=True)
class Tracks:
    """What is coded, and how.

    Attributes:
        luma: the gray's codec.
        parameters: for its decoder.
        color: makes the color as the receiver will; None if there is none, or if it is coded sample by sample.
        hints: of segments that are coded already; None if there are none.
        hint_settings: of the other segments' hints.
        samples: of planes that are coded sample by sample, and of all lossless chroma; None if there is neither.
    """

    luma: PlaneCodecSpec
    parameters: PlaneParameters
    color: SegmentColor | None
    hints: HintStore | None
    hint_settings: HintSettings | None = None
    samples: SampleCoders | None = None

    @property
    def has_lossy_samples(self) -> bool:
        """Chroma is coded sample by sample, and not exactly."""
        parameters = self.samples.parameters if self.samples is not None else None
        return parameters is not None and parameters.max_error > 0


@dataclass
class _CodedFrames:
    """A segment, but for its color if that is made from the gray.

    Attributes:
        index: of the segment.
        lumas: the gray planes of the source.
        pts, duration: times, and how long the last frame lasts.
        originals: pictures that the color is to be measured on, by their place in the segment.
        run: the gray.
        hint_run: the hints, if they are coded now.
        far_differences: what the hints cannot hold of lossless chroma of RGB.
        planes: what is coded sample by sample.
        color_crc32: of the chroma that is.
    """

    index: int
    lumas: list[PlaneArray] = field(default_factory=list)
    pts: list[int] = field(default_factory=list)
    duration: int | None = None
    originals: dict[int, Picture] = field(default_factory=dict)
    run: CodedRun = _NO_HINTS
    hint_run: CodedRun = _NO_HINTS
    far_differences: bytes = b""
    planes: CodedSamples = _NO_PLANES
    color_crc32: int | None = None


class _OverError(Exception):
    """Nobody waits for the first stage any more."""


class _Reading:
    """A source that is read once: frames, and packets to copy in portions.

    Args:
        source: of both.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._packets: list[CopyPacket] = []
        self._num_bytes = 0

    def items(self) -> Iterator[Frame | list[CopyPacket]]:
        """Frames as they come, and packets once they are many; what is left comes at the end."""
        for item in self._source.read():
            if isinstance(item, Frame):
                yield item
                continue
            self._packets.append(item)
            self._num_bytes += len(item.data)
            if len(self._packets) >= _COPY_CHUNK_PACKETS or self._num_bytes > _COPY_CHUNK_BYTES:
                yield from self.waiting()
        yield from self.waiting()

    def waiting(self) -> Iterator[list[CopyPacket]]:
        """The packets that have come since the last portion, if there are any."""
        if self._packets:
            packets, self._packets, self._num_bytes = self._packets, [], 0
            yield packets


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
        has_something_to_measure = tracks.color is not None or tracks.has_lossy_samples
        self._is_over = threading.Event()
        self._measured = frozenset(plan.spread(options.quality_frames) if has_something_to_measure else ())

    def write(self, writer: StreamWriter, progress: Progress) -> None:
        """Read the source once more and write all segments."""
        progress.start("coding", self.plan.num_frames, "frames")
        with contextlib.closing(read_ahead(self._coded(writer, progress), 1)) as items:
            try:
                for item in items:
                    if isinstance(item, _CodedFrames):
                        self._write_segment(writer, item)
                    else:
                        record = CopyRecord(packets=tuple(pack_packet(packet) for packet in item))
                        self.sizes.copy += writer.write_copy(record)
            finally:
                self._is_over.set()  # so that the first stage does not go on to the end of its segment

    def _coded(
        self, writer: StreamWriter, progress: Progress
    ) -> Generator[_CodedFrames | list[CopyPacket], None, None]:
        """First stage: segments, each with the packets to copy that were read with it behind it."""
        reading = _Reading(self.source)
        items = reading.items()
        for index in range(len(self.plan.borders)):
            yield (yield from self._code_frames(index, items, writer, progress))
            yield from reading.waiting()
        for item in items:
            if isinstance(item, Frame):
                raise InputError("the input grew while it was being encoded")
            yield item

    def _write_segment(self, writer: StreamWriter, coded: _CodedFrames) -> None:
        tracks, index, (begin, stop) = self.tracks, coded.index, self.plan.borders[coded.index]
        lumas = coded.lumas
        if not tracks.parameters.is_lossless:
            lumas = list(decode_planes(tracks.parameters, coded.run, max_frames=coded.run.num_frames))
        hint_run = tracks.hints[index] if tracks.hints is not None and index in tracks.hints else coded.hint_run
        shot_starts: tuple[int, ...] = ()
        color_crc32 = coded.color_crc32
        if tracks.color is not None:
            if tracks.color.has_memory:
                shot_starts = tuple(cut - begin for cut in self.plan.cuts if begin < cut < stop)
            color_crc32 = self._color(tracks.color, lumas, hint_run, coded.originals, shot_starts)
        segment = SegmentRecord(
            index=index,
            first_frame=begin,
            num_frames=stop - begin,
            pts=coded.pts[0],
            pts_steps=pack_times(coded.pts),
            last_duration=coded.duration,
            luma_crc32=luma_crc32(lumas),
            luma_extradata=coded.run.extradata,
            luma_packets=coded.run.packets,
            hint_extradata=hint_run.extradata,
            hint_packets=hint_run.packets,
            color_crc32=color_crc32,
            motion=coded.planes.motion,
            chroma_samples=coded.planes.chroma,
            far_differences=coded.far_differences,
            shot_starts=shot_starts,
        )
        without_color = replace(
            segment,
            hint_extradata=b"",
            hint_packets=(),
            color_crc32=None,
            motion=segment.motion if tracks.samples and tracks.samples.luma else b"",
            chroma_samples=b"",
            far_differences=b"",
        )
        has_color = bool(segment.hint_packets or segment.chroma_samples)
        luma_bytes = len(pack_chunk(without_color)) if has_color else 0
        num_bytes = writer.write_segment(segment)
        self.sizes.luma += luma_bytes or num_bytes
        self.sizes.color += num_bytes - luma_bytes if luma_bytes else 0
        self.end_pts = coded.pts[-1] + (coded.duration or 0)
        self.first_pts = coded.pts[0] if begin == 0 else self.first_pts

    def _code_frames(
        self, index: int, items: Iterator[Frame | list[CopyPacket]], writer: StreamWriter, progress: Progress
    ) -> Generator[list[CopyPacket], None, _CodedFrames]:
        """Everything of a segment that is coded while its frames come by; packets to copy pass through."""
        tracks, (begin, stop) = self.tracks, self.plan.borders[index]
        rate = frame_rate_of(self.source.info)
        encoder = None
        if tracks.samples is None or tracks.samples.luma is None:
            encoder = open_plane_encoder(tracks.luma, tracks.parameters, rate)
        coded = _CodedFrames(index)
        samples = tracks.samples.begin() if tracks.samples is not None else None
        hints = tracks.samples.hints if tracks.samples is not None else None
        chroma_encoder = StackedChromaEncoder(hints, rate) if hints is not None else None
        hint_settings = tracks.hint_settings if tracks.hints is not None and index not in tracks.hints else None
        hint_pictures: list[PlaneArray] = []
        for number in range(begin, stop):
            frame = yield from _next_frame(items)
            if self._is_over.is_set():
                raise _OverError
            picture = frame.picture
            if encoder is not None:
                encoder.write(picture.luma, picture.chroma_planes() if tracks.parameters.pixel_format else ())
            if chroma_encoder is not None:
                chroma_encoder.write(picture)
            if hint_settings is not None:
                hint_pictures.append(pack_hint(picture.chroma_planes(), hint_settings.scale))
            if samples is not None:
                decoded = samples.write(picture)
                if tracks.samples is not None and tracks.samples.chroma_codec is not None:
                    coded.color_crc32 = chroma_crc32(decoded, coded.color_crc32 or 0)
                    if number in self._measured:
                        self._measure(picture, decoded)
            coded.lumas.append(picture.luma)
            coded.pts.append(frame.pts)
            coded.duration = frame.duration
            if number in self._measured and tracks.color is not None:
                coded.originals[number - begin] = picture
            progress.advance(number + 1, _size_text(writer))
        if samples is not None:
            coded.planes = samples.finish()
            coded.run = CodedRun(b"", (coded.planes.luma,), stop - begin)
        if chroma_encoder is not None:
            coded.hint_run, coded.far_differences = chroma_encoder.finish()
        if hint_settings is not None:
            coded.hint_run = encode_packed_hints(hint_pictures, hint_settings, rate)
        if encoder is not None:
            coded.run = encoder.finish()
        return coded

    def _measure(self, original: Picture, decoded: Picture) -> None:
        self.meter.add(original, decoded)
        self.measured_frames += 1

    def _color(
        self,
        color: SegmentColor,
        lumas: list[PlaneArray],
        hint_run: CodedRun,
        originals: dict[int, Picture],
        shot_starts: tuple[int, ...],
    ) -> int | None:
        """Make the color of a segment, and measure it; its checksum, if it will be the same everywhere.

        Args:
            color: makes it.
            lumas: as the receiver will have them.
            hint_run: of the segment.
            originals: the pictures to measure on, by their place in the segment.
            shot_starts: places where shots begin.
        """
        tracks = self.tracks
        hints = []
        if tracks.hints is not None:
            hints = decode_hints(hint_run, tracks.hints.parameters, len(lumas))
        # Without a checksum only the measured frames are of interest, and those that their color depends on.
        places = list(range(len(lumas))) if color.is_exact else list(originals)
        if color.has_memory:
            places = list(range(max(originals, default=-1) + 1))
        pictures = color.pictures([lumas[i] for i in places], [hints[i] for i in places if hints], shot_starts)
        checksum = 0
        for place, decoded in zip(places, pictures, strict=True):
            if color.is_exact:
                checksum = chroma_crc32(decoded, checksum)
            if place in originals:
                self._measure(originals[place], decoded)
        return checksum if color.is_exact else None


def _next_frame(
    items: Iterator[Frame | list[CopyPacket]],
) -> Generator[list[CopyPacket], None, Frame]:
    """The next frame; packets to copy before it pass through."""
    for item in items:
        if isinstance(item, Frame):
            return item
        yield item
    raise InputError(SHRANK)


def _size_text(writer: StreamWriter) -> str:
    return f"{writer.bytes_written / 1e6:.1f} MB"

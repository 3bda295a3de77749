"""One segment, from its frames to its record: a pure function, wherever it runs.

The first part codes what can be coded while the frames come by; the second makes the color that the receiver will
make. A schedule may let the second part of a segment overlap with the first part of the next.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, field

from codec.checksums import RunningChecksum, gray_crc32
from codec.encoder.recipe import Recipe
from codec.encoder.tracks.alpha import CodedAlpha
from codec.encoder.tracks.color import CodedColor, ColorInput, ColorSession
from codec.encoder.tracks.luma import LumaSession
from codec.encoder.tracks.motion import MotionSession
from codec.lossless.known import I16Array
from codec.metrics import QualityMeter
from codec.plane_codecs import CodedRun
from codec.read_ahead import read_ahead
from codec.stream_header import pack_times
from codec.video.picture import Frame, Picture, PlaneArray
from container_format import SegmentRecord
from container_format.chunks import PackedChunk, pack_record

_GRAYS_AHEAD = 4
_ALPHA_FIELDS = frozenset({"alpha_crc32", "alpha_extradata", "alpha_packets"})


@dataclass(frozen=True)
class SegmentInput:
    """What one segment is coded from.

    Attributes:
        index: of the segment.
        first_frame: of the segment, counted over the video.
        frames: of the segment, at least one; read once.
        color: what the color track is given.
    """

    index: int
    first_frame: int
    frames: Iterable[Frame]
    color: ColorInput = field(default_factory=ColorInput)


@dataclass(frozen=True)
class SegmentSizes:
    """Bytes of a segment: what its color and its alpha take, and the rest, which is the gray's, framing included.

    Attributes:
        luma, color, alpha: by what they are for; together the segment.
        later: of all of them, about those of the frames behind the first.
    """

    luma: int
    color: int
    alpha: int
    later: int = 0


@dataclass(frozen=True)
class CodedSegment:
    """A segment that is ready to be written.

    Attributes:
        record: as the container stores it.
        packed: the same as bytes.
        sizes: of its parts.
        quality: of the measured frames; None if there are none.
    """

    record: SegmentRecord
    packed: PackedChunk
    sizes: SegmentSizes
    quality: QualityMeter | None


@dataclass
class CodedFrames:
    """A segment after its first part.

    Attributes:
        segment: what it is coded from; its frames are used up.
        lumas: the source's gray planes, or those that the receiver will have.
        pts: time of each frame.
        duration: of the last frame.
        luma: the coded gray.
        motion: the coded motion; empty if no track needs it.
        color: codes the color.
        alpha: the coded alpha; None if there is none.
    """

    segment: SegmentInput
    lumas: list[PlaneArray]
    pts: list[int]
    duration: int | None
    luma: CodedRun
    motion: bytes
    color: ColorSession
    alpha: CodedAlpha | None


def encode_segment(recipe: Recipe, segment: SegmentInput, *, in_two_threads: bool = False) -> CodedSegment:
    """Code a segment: the same input gives the same record, in any process.

    Args:
        recipe: of the video.
        segment: with all of its frames.
        in_two_threads: see :func:`code_frames`.

    Raises:
        InputError: a codec refuses the pictures.
    """
    return finish_segment(recipe, code_frames(recipe, segment, in_two_threads=in_two_threads))


def code_frames(recipe: Recipe, segment: SegmentInput, *, in_two_threads: bool = False) -> CodedFrames:
    """The first part: everything that is coded while the frames come by.

    Args:
        recipe: of the video.
        segment: with all of its frames.
        in_two_threads: code the gray in a thread of its own, some frames ahead of the color.
    """
    motion = MotionSession() if recipe.luma.needs_motion or recipe.color.needs_motion else None
    color = recipe.color.begin(segment.color, recipe.frame_rate)
    lumas: list[PlaneArray] = []
    pts: list[int] = []
    duration = None
    luma = recipe.luma.begin(recipe.frame_rate)
    alpha = None if recipe.alpha is None else recipe.alpha.begin(recipe.frame_rate)
    grays = _with_coded_gray(segment.frames, motion, luma)
    with closing(read_ahead(grays, _GRAYS_AHEAD) if in_two_threads else grays) as arriving:
        for frame, motion_field in arriving:
            color.add(frame.picture, motion_field)
            if alpha is not None:
                alpha.add(frame.picture)
            lumas.append(frame.picture.luma)
            pts.append(frame.pts)
            duration = frame.duration
    color.end_frames()
    coded = luma.finish()
    lumas = lumas if luma.received is None else luma.received
    return CodedFrames(
        segment,
        lumas,
        pts,
        duration,
        coded,
        motion.finish() if motion is not None else b"",
        color,
        None if alpha is None else alpha.finish(),
    )


def _with_coded_gray(
    frames: Iterable[Frame], motion: MotionSession | None, luma: LumaSession
) -> Generator[tuple[Frame, I16Array | None], None, None]:
    """Frames whose gray was coded, each with its motion, if any track needs it."""
    for frame in frames:
        motion_field = motion.add(frame.picture.luma) if motion is not None else None
        luma.add(frame.picture, motion_field)
        yield frame, motion_field


def finish_segment(recipe: Recipe, coded: CodedFrames) -> CodedSegment:
    """The second part: the color that is made from the gray, and the record."""
    lumas = recipe.luma.as_received(coded.luma, coded.lumas)
    color = coded.color.finish(lumas)
    record = _record(coded, lumas, color)
    packed = pack_record(record)
    color_bytes = sum(size for name, size in packed.field_bytes.items() if name in _color_fields(recipe))
    alpha_bytes = sum(size for name, size in packed.field_bytes.items() if name in _ALPHA_FIELDS)
    later_bytes = coded.luma.later_bytes + color.hints.later_bytes + color.later_bytes + len(coded.motion)
    later_bytes += len(color.far_differences) * (len(coded.pts) - 1) // len(coded.pts)
    if coded.alpha is not None:
        later_bytes += coded.alpha.run.later_bytes
    sizes = SegmentSizes(len(packed.data) - color_bytes - alpha_bytes, color_bytes, alpha_bytes, later_bytes)
    return CodedSegment(record, packed, sizes, color.quality)


def _record(coded: CodedFrames, lumas: Iterable[PlaneArray], color: CodedColor) -> SegmentRecord:
    gray, alpha = RunningChecksum(gray_crc32), coded.alpha
    for luma in lumas:
        gray.add(Picture(luma))
    return SegmentRecord(
        index=coded.segment.index,
        first_frame=coded.segment.first_frame,
        num_frames=len(coded.pts),
        pts=coded.pts[0],
        pts_steps=pack_times(coded.pts),
        last_duration=coded.duration,
        luma_crc32=gray.checksum.crc32,
        luma_extradata=coded.luma.extradata,
        luma_packets=coded.luma.packets,
        hint_extradata=color.hints.extradata,
        hint_packets=color.hints.packets,
        color_crc32=None if color.checksum is None else color.checksum.crc32,
        motion=coded.motion,
        chroma_samples=color.samples,
        far_differences=color.far_differences,
        shot_starts=color.shot_starts,
        luma_checkpoints=gray.checksum.checkpoints,
        color_checkpoints=() if color.checksum is None else color.checksum.checkpoints,
        alpha_crc32=None if alpha is None else alpha.crc32,
        alpha_extradata=b"" if alpha is None else alpha.run.extradata,
        alpha_packets=() if alpha is None else alpha.run.packets,
    )


def _color_fields(recipe: Recipe) -> frozenset[str]:
    """Fields of the record whose bytes are the color's: motion too, where only the chroma needs it."""
    needs_motion_alone = recipe.color.needs_motion and not recipe.luma.needs_motion
    return recipe.color.fields | ({"motion"} if needs_motion_alone else frozenset())

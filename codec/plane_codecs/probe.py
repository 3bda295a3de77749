"""Estimates of the bytes that a plane codec needs for whole segments, from short runs of frames."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from codec.plane_codecs.interface import CodedRun, PlaneCodecSpec, PlaneParameters
from codec.plane_codecs.registry import open_plane_encoder
from codec.video.picture import Picture

SEGMENT_FRAMES = Fraction(100)
"""The number of frames of the segment that each run represents, where nothing else is known."""


def probed_bytes(
    spec: PlaneCodecSpec,
    parameters: PlaneParameters,
    runs: Sequence[Sequence[Picture]],
    frame_rate: Fraction,
    segment_frames: Fraction = SEGMENT_FRAMES,
) -> Fraction:
    """Estimate the bytes of the segments that the runs represent, summed over all runs.

    A run is shorter than the segment that it represents. Codecs differ in the cost of the first frame and of the other
    frames. Therefore the estimate for a segment is the first packet plus the mean of the other packets for each further
    frame. For a run of one frame, the estimate is the size of that frame. Empty runs are skipped.

    Args:
        spec: the codec and its options.
        parameters: the decoder's parameters. If they have a pixel format, whole pictures are coded; otherwise the gray.
        runs: each a few consecutive pictures.
        frame_rate: in frames per second.
        segment_frames: the length of a segment.

    Raises:
        InputError: a picture cannot be coded.
    """
    total = Fraction(0)
    for run in filter(None, runs):
        coded = _code(spec, parameters, run, frame_rate)
        first, *others = map(len, coded.packets)
        total += segment_bytes(len(coded.extradata) + first, others, segment_frames)
    return total


def segment_bytes(first: int, others: Sequence[int], segment_frames: Fraction = SEGMENT_FRAMES) -> Fraction:
    """Estimate the bytes of a whole segment from the packets of a run.

    Args:
        first: the size of the run's first frame, in bytes.
        others: the size of each other frame, in bytes.
        segment_frames: the length of the segment.
    """
    rest = Fraction(sum(others), len(others)) if others else Fraction(0)
    return first + rest * (segment_frames - 1)


def _code(spec: PlaneCodecSpec, parameters: PlaneParameters, run: Sequence[Picture], frame_rate: Fraction) -> CodedRun:
    encoder = open_plane_encoder(spec, parameters, frame_rate)
    has_chroma = parameters.pixel_format is not None
    for picture in run:
        encoder.write(picture.luma, picture.chroma_planes() if has_chroma else ())
    return encoder.finish()

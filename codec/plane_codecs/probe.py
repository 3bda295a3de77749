"""What a plane codec would make of whole segments, estimated on short runs of frames."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from codec.plane_codecs.interface import CodedRun, PlaneCodecSpec, PlaneParameters
from codec.plane_codecs.registry import open_plane_encoder
from codec.video.picture import Picture

SEGMENT_FRAMES = 100
"""Frames of the segment that a run stands for."""


def probed_bytes(
    spec: PlaneCodecSpec, parameters: PlaneParameters, runs: Sequence[Sequence[Picture]], frame_rate: Fraction
) -> Fraction:
    """Bytes of segments that go on as these runs do, over all runs.

    A run is shorter than the segment that it stands for, and codecs differ in what they pay for the first frame and
    for the others. So a segment is estimated as the first packet plus 99 times the mean of the others. A run of one
    frame counts as that frame alone.

    Args:
        spec: the codec.
        parameters: for its decoder; with a pixel format, pictures are coded with their chroma.
        runs: of consecutive pictures, a handful each.
        frame_rate: frames a second.

    Raises:
        InputError: a picture cannot be coded.
    """
    total = Fraction(0)
    for run in filter(None, runs):
        coded = _code(spec, parameters, run, frame_rate)
        first, *others = map(len, coded.packets)
        total += segment_bytes(len(coded.extradata) + first, others)
    return total


def segment_bytes(first: int, others: Sequence[int]) -> Fraction:
    """Bytes of a whole segment that goes on as a run does.

    Args:
        first: bytes of the run's first frame.
        others: of each other frame.
    """
    rest = Fraction(sum(others), len(others)) if others else Fraction(0)
    return first + rest * (SEGMENT_FRAMES - 1)


def _code(spec: PlaneCodecSpec, parameters: PlaneParameters, run: Sequence[Picture], frame_rate: Fraction) -> CodedRun:
    encoder = open_plane_encoder(spec, parameters, frame_rate)
    has_chroma = parameters.pixel_format is not None
    for picture in run:
        encoder.write(picture.luma, picture.chroma_planes() if has_chroma else ())
    return encoder.finish()

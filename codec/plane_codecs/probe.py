"""``--luma auto``: which lossless codec suits a video, found on a few of its frames."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from codec.plane_codecs.interface import CodedRun, PlaneCodecSpec, PlaneParameters
from codec.plane_codecs.registry import open_plane_encoder, plane_parameters, whole_picture_parameters
from codec.video.picture import Picture, PlaneArray
from codec.video.pixel_formats import PixelFormat

LUMA_CANDIDATES = (PlaneCodecSpec("x264"), PlaneCodecSpec("ffv1"))
"""The codecs among which :func:`choose_luma` chooses."""
SEGMENT_FRAMES = 100
"""Frames of the segment that a probe run stands for."""


def choose_luma(probe_runs: Sequence[Sequence[PlaneArray]], frame_rate: Fraction) -> PlaneCodecSpec:
    """The smaller of lossless x264 and FFV1, judged on short probe runs.

    Each run is coded with both. Since a run is shorter than the segment it stands for, and x264 pays more for its
    first frame and less for the others than FFV1 does, a segment's bytes are estimated as those of the first packet
    plus 99 times the mean of the others. The codec with the smaller sum over all runs is taken; x264 in a tie, or
    without any frame. A run of one frame counts as that frame alone.

    Args:
        probe_runs: runs of consecutive (height, width) uint8 planes, a handful of frames each.
        frame_rate: frames a second.

    Raises:
        InputError: a plane cannot be coded.
    """
    return min(LUMA_CANDIDATES, key=lambda spec: probed_bytes(spec, probe_runs, frame_rate))


def probed_bytes(spec: PlaneCodecSpec, probe_runs: Sequence[Sequence[PlaneArray]], frame_rate: Fraction) -> Fraction:
    """What :func:`choose_luma` compares."""
    total = Fraction(0)
    for run in filter(None, probe_runs):
        rows, columns = run[0].shape
        parameters = plane_parameters(spec, columns, rows)
        total += _estimate(_code(spec, parameters, [Picture(plane) for plane in run], frame_rate))
    return total


def probed_whole_bytes(
    spec: PlaneCodecSpec, runs: Sequence[Sequence[Picture]], pixel_format: PixelFormat, frame_rate: Fraction
) -> Fraction:
    """As :func:`probed_bytes`, for pictures that hold the chroma too."""
    total = Fraction(0)
    for run in runs:
        rows, columns = run[0].luma.shape
        parameters = whole_picture_parameters(spec, columns, rows, pixel_format)
        total += _estimate(_code(spec, parameters, run, frame_rate))
    return total


def segment_bytes(first: int, others: Sequence[int]) -> Fraction:
    """Bytes of a whole segment that goes on as the packets of a probe run, the first one's and the others', do."""
    rest = Fraction(sum(others), len(others)) if others else Fraction(0)
    return first + rest * (SEGMENT_FRAMES - 1)


def _code(spec: PlaneCodecSpec, parameters: PlaneParameters, run: Sequence[Picture], frame_rate: Fraction) -> CodedRun:
    encoder = open_plane_encoder(spec, parameters, frame_rate)
    for picture in run:
        encoder.write(picture.luma, picture.chroma or ())
    return encoder.finish()


def _estimate(run: CodedRun) -> Fraction:
    """Bytes of a segment that goes on as the run does."""
    first, *others = map(len, run.packets)
    return segment_bytes(len(run.extradata) + first, others)

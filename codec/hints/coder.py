"""Coding of a segment's hints: small pictures through a lossy plane codec.

chroma planes -> pack_hint    -> hinted_frames -> codec -> CodedRun
hints         <- unpack_hints <- fill_in       <- codec <- CodedRun
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from codec.errors import InputError, StreamError
from codec.hints.intervals import INTERVALS, fill_in, hinted_frames
from codec.hints.planes import SCALES, pack_hint, reduced_shape
from codec.memory import give_back
from codec.plane_codecs import (
    PLANE_CODECS,
    CodedRun,
    PlaneCodecSpec,
    PlaneParameters,
    decode_planes,
    open_plane_encoder,
    plane_parameters,
)
from codec.video.picture import ChromaArray, PlaneArray

_KNOWN = f"scale {', '.join(map(str, SCALES))}, every {', '.join(map(str, INTERVALS))} frames"


@dataclass(frozen=True)
class HintSettings:
    """How the sender makes the hints of a video.

    Attributes:
        scale: how many chroma samples of the source, along one side, become one sample of the hints: 1, 2, 4 or 8.
        interval: number of frames from one that has a hint to the next, one of ``INTERVALS``.
        codec: the plane codec with its options, such as the quality.

    Raises:
        InputError: the scale, the interval or the codec does not exist.
    """

    scale: int
    interval: int
    codec: PlaneCodecSpec

    def __post_init__(self) -> None:
        if self.scale not in SCALES or self.interval not in INTERVALS:
            raise InputError(f"expected hints of {_KNOWN}. Received: {self}", option="--hints")
        if self.codec.codec not in PLANE_CODECS:
            raise InputError(
                f"expected hints through a plane codec, one of {', '.join(PLANE_CODECS)}. Received: {self}",
                option="--hints",
            )

    @classmethod
    def parse(cls, text: str) -> HintSettings:
        """The inverse of ``str``: ``SCALE:CODEC:OPTIONS`` or ``SCALE/INTERVAL:CODEC:OPTIONS``.

        Raises:
            InputError: the text has another form, or the scale, the interval or the codec does not exist.
        """
        found = re.fullmatch(r"(\d)(?:/(\d))?:(.+)", text)
        if found is None:
            raise InputError(f"expected hints as SCALE:CODEC:OPTIONS, such as 2:svtav1:crf=40. Received: {text}")
        scale, interval, codec = found.groups()
        return cls(int(scale), int(interval or 1), PlaneCodecSpec.parse(codec))

    def __str__(self) -> str:
        every = "" if self.interval == 1 else f"/{self.interval}"
        return f"{self.scale}{every}:{self.codec}"

    def parameters(self, chroma_shape: tuple[int, int]) -> HintParameters:
        """What the receiver must know of these hints, for chroma planes of the shape (rows, columns)."""
        height, width = _picture_shape(chroma_shape, self.scale)
        return HintParameters(self.scale, self.interval, plane_parameters(self.codec, width, height))


@dataclass(frozen=True)
class HintParameters:
    """What the receiver must know to decode hints.

    Attributes:
        scale: as in :class:`HintSettings`.
        interval: as in :class:`HintSettings`.
        pictures: the parameters of the decoder of the hint pictures.

    Raises:
        StreamError: the scale or the interval does not exist.
    """

    scale: int
    interval: int
    pictures: PlaneParameters

    def __post_init__(self) -> None:
        if self.scale not in SCALES or self.interval not in INTERVALS:
            raise StreamError(f"expected hints of {_KNOWN}. Received: {self.scale}, {self.interval}")

    @classmethod
    def of(
        cls, chroma_shape: tuple[int, int], scale: int, interval: int, *, codec: str, coded: tuple[int, int]
    ) -> HintParameters:
        """Make the parameters from the fields of a header.

        Args:
            chroma_shape: (rows, columns) of each chroma plane.
            scale: as in :class:`HintSettings`.
            interval: as in :class:`HintSettings`.
            codec: name of the decoder, as in :class:`codec.plane_codecs.PlaneParameters`.
            coded: (width, height) of the coded pictures.

        Raises:
            StreamError: the scale or the interval does not exist.
        """
        height, width = _picture_shape(chroma_shape, scale)
        return cls(scale, interval, PlaneParameters(codec, width, height, *coded, is_lossless=False))


def _picture_shape(chroma_shape: tuple[int, int], scale: int) -> tuple[int, int]:
    """(rows, columns) of the hint pictures, which hold both planes."""
    rows, columns = reduced_shape(*chroma_shape, scale)
    return 2 * rows, columns


def encode_hints(
    chroma: Sequence[tuple[ChromaArray, ChromaArray]], settings: HintSettings, frame_rate: Fraction
) -> CodedRun:
    """Code the hints of one segment.

    Args:
        chroma: the two chroma planes of each frame, all of one shape; one frame or more.
        settings: how hints are made.
        frame_rate: frames per second of the video.

    Returns:
        The coded hint pictures.
    """
    return encode_packed_hints([pack_hint(planes, settings.scale) for planes in chroma], settings, frame_rate)


def encode_packed_hints(pictures: Sequence[PlaneArray], settings: HintSettings, frame_rate: Fraction) -> CodedRun:
    """Code the hints of one segment from the hint pictures of all its frames.

    Args:
        pictures: the results of :func:`codec.hints.planes.pack_hint`, one for each frame, (2 x rows, columns) uint8.
        settings: how hints are made.
        frame_rate: frames per second of the video.

    Returns:
        The coded hint pictures.
    """
    run = _encoded(pictures, settings, frame_rate / settings.interval)
    give_back()
    return run


def _encoded(pictures: Sequence[PlaneArray], settings: HintSettings, rate: Fraction) -> CodedRun:
    height, width = pictures[0].shape
    parameters = plane_parameters(settings.codec, width, height)
    encoder = open_plane_encoder(_in_one_thread(settings.codec), parameters, rate)
    for index in hinted_frames(len(pictures), settings.interval):
        encoder.write(pictures[index])
    return encoder.finish()


def _in_one_thread(codec: PlaneCodecSpec) -> PlaneCodecSpec:
    """The same codec with one thread, where nothing else is said.

    SVT-AV1 gives the same bytes with any number of threads, and keeps fewer pictures with one: half the memory. Several
    runs are coded side by side instead (docs/decisions/0014-guided-at-real-sizes.md).
    """
    if codec.codec != "svtav1" or codec.option("threads") is not None:
        return codec
    return replace(codec, options=(*codec.options, ("threads", "1")))


def decode_hints(run: CodedRun, parameters: HintParameters, num_frames: int) -> list[PlaneArray]:
    """Decode the hints of one segment.

    Args:
        run: the coded hint pictures.
        parameters: what the receiver knows of the hints.
        num_frames: number of frames in the segment, 1 or more.

    Returns:
        A hint picture for each frame, (2 x rows, columns) uint8, as :func:`codec.hints.planes.pack_hint` makes it but
        with the loss of the codec. Frames without a hint of their own have interpolated pictures.

    Raises:
        StreamError: the decoder fails, or gives another number of pictures.
    """
    num_pictures = len(hinted_frames(num_frames, parameters.interval))
    if run.num_frames != num_pictures:
        raise StreamError(f"expected {num_pictures} pictures of hints. Received: {run.num_frames}")
    pictures = list(decode_planes(parameters.pictures, run, max_frames=num_pictures))
    return fill_in(pictures, num_frames, parameters.interval)

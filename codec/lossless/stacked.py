"""Stacked chroma: lossless chroma through a plane codec, for the mode `lossless` where no predictor pays.

A lossless plane codec carries both chroma planes as one picture, the first plane above the second. YUV video sends U
and V unchanged. RGB video sends the differences B - G and R - G, as in the reversible transform of JPEG 2000 (ITU-T
T.800, G.2), which has the same luma as YCoCg-R: video codecs make these differences smaller than Co and Cg. The
differences have one bit more than the samples of the video, and the picture holds the other bits. Strong colors have
differences outside of their range, [-128, 127] for 8 bits (far differences). Their places are sent as a bit map that
Zstandard compresses.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from codec.errors import StreamError
from codec.plane_codecs import CodedRun, PlaneCodecSpec, PlaneParameters, open_plane_encoder, plane_parameters
from codec.plane_codecs.probe import SEGMENT_FRAMES, probed_bytes
from codec.video.picture import ChromaArray, DifferenceArray, Picture, PlaneArray, difference_dtype, sample_dtype
from codec.video.pixel_formats import ColorModel, PixelFormat
from container_format.compression import compress, decompress

CHROMA_CODECS = ("x264", "ffv1")

BoolArray = npt.NDArray[np.bool_]


def stack_chroma(chroma: tuple[ChromaArray, ChromaArray], depth: int = 8) -> tuple[PlaneArray, BoolArray]:
    """Stack both chroma planes into one picture.

    Args:
        chroma: two planes, (rows, columns) each: U and V, or Co and Cg, which are signed.
        depth: bits of a sample of the video.

    Returns:
        The picture, (2 x rows, columns), and the far differences, bool of the same shape: true where a difference of
        RGB is outside of [-2**(depth - 1), 2**(depth - 1) - 1].
    """
    middle = 1 << (depth - 1)
    if chroma[0].dtype.kind == "u":
        stack: PlaneArray = np.concatenate(chroma)
        return stack, np.zeros(stack.shape, np.bool_)
    planes: list[DifferenceArray] = list(chroma)
    first, second = planes
    blue = -second - (first >> 1)  # B - G, since Co = R - B and Cg = G - (B + (Co >> 1))
    differences = np.concatenate([blue, first + blue])
    is_far: BoolArray = (differences < -middle) | (differences >= middle)
    return ((differences + middle) & (2 * middle - 1)).astype(sample_dtype(depth)), is_far


def unstack_chroma(stack: PlaneArray, is_far: BoolArray, pixel_format: PixelFormat) -> tuple[ChromaArray, ChromaArray]:
    """The inverse of :func:`stack_chroma`; ``pixel_format`` is that of the video."""
    rows = len(stack) // 2
    if pixel_format.model is not ColorModel.RGB:
        return stack[:rows], stack[rows:]
    kind, middle = difference_dtype(pixel_format.depth), 1 << (pixel_format.depth - 1)
    near: npt.NDArray[np.int32] = np.subtract(stack.astype(kind), middle, dtype=kind)
    differences: DifferenceArray = np.where(is_far, near + np.where(near < 0, 2 * middle, -2 * middle), near).astype(
        kind
    )
    blue, red = differences[:rows], differences[rows:]
    chroma_orange = red - blue
    return chroma_orange, -blue - (chroma_orange >> 1)


def pack_far(pictures: Sequence[BoolArray]) -> bytes:
    """Pack the far differences of a segment: one bit per sample, compressed by Zstandard; empty if there are none.

    Args:
        pictures: bool, (2 x rows, columns) each, one for each picture of the segment.
    """
    stacked = np.stack(pictures)
    return compress(np.packbits(stacked).tobytes()) if stacked.any() else b""


def unpack_far(packed: bytes, shape: tuple[int, int, int]) -> BoolArray:
    """The inverse of :func:`pack_far`.

    Args:
        packed: the bytes that :func:`pack_far` returned.
        shape: (pictures, 2 x rows, columns).

    Returns:
        An array of bool of this shape.

    Raises:
        StreamError: the data are damaged, or have another number of samples.
    """
    if not packed:
        return np.zeros(shape, np.bool_)
    count = math.prod(shape)
    data = decompress(packed, max_bytes=-(-count // 8))
    if len(data) != -(-count // 8):
        raise StreamError(f"expected far differences of {count} samples. Received: {len(data)} bytes")
    return np.unpackbits(np.frombuffer(data, np.uint8), count=count).astype(np.bool_).reshape(shape)


def pictures_of_stacks(
    lumas: Iterable[PlaneArray], stacks: Iterable[PlaneArray], far: bytes, pixel_format: PixelFormat, *, count: int
) -> Iterator[Picture]:
    """Rebuild the pictures of a segment from their gray and their stacked chroma.

    Args:
        lumas: the gray planes, (height, width) each; may still be in the making, and so may the stacks.
        stacks: the stacked chroma of each picture, (2 x rows, columns); as many as gray planes.
        far: the far differences, as :func:`pack_far` packs them.
        pixel_format: of the video.
        count: number of pictures.

    Yields:
        The pictures in order.

    Raises:
        StreamError: the data are damaged.
    """
    are_far: BoolArray | None = None
    for index, (luma, stack) in enumerate(zip(lumas, stacks, strict=True)):
        if are_far is None:
            are_far = unpack_far(far, (count, stack.shape[0], stack.shape[1]))
        yield Picture(luma, unstack_chroma(stack, are_far[index], pixel_format))


@dataclass(frozen=True)
class StackedParameters:
    """What the receiver must know to decode stacked chroma.

    Attributes:
        pictures: the parameters of the decoder of the stacked pictures.
    """

    pictures: PlaneParameters

    @classmethod
    def of(cls, codec: PlaneCodecSpec, pixel_format: PixelFormat, width: int, height: int) -> StackedParameters:
        """The parameters for video of this size; ``width`` and ``height`` are in samples of the gray."""
        rows, columns = pixel_format.chroma_shape(width, height)
        return cls(plane_parameters(codec, columns, 2 * rows, pixel_format.depth))


class StackedChromaEncoder:
    """Codes the chroma of one segment as stacked chroma.

    Args:
        codec: a lossless plane codec.
        parameters: what the receiver must know of it.
        frame_rate: frames per second of the video.
    """

    def __init__(self, codec: PlaneCodecSpec, parameters: StackedParameters, frame_rate: Fraction) -> None:
        self._depth = parameters.pictures.depth
        self._encoder = open_plane_encoder(codec, parameters.pictures, frame_rate)
        self._far: list[BoolArray] = []

    def write(self, picture: Picture) -> None:
        """Code the chroma of the next picture."""
        stack, is_far = stack_chroma(picture.chroma_planes(), self._depth)
        self._encoder.write(stack)
        self._far.append(is_far)

    def finish(self) -> tuple[CodedRun, bytes]:
        """End the segment. Returns the coded pictures, and the packed far differences."""
        return self._encoder.finish(), pack_far(self._far)


def probed_stack_bytes(
    codec: PlaneCodecSpec,
    parameters: StackedParameters,
    runs: Sequence[Sequence[Picture]],
    frame_rate: Fraction,
    segment_frames: Fraction = SEGMENT_FRAMES,
) -> Fraction:
    """Estimate the bytes of stacked chroma from a probe.

    Args:
        codec: a lossless plane codec.
        parameters: what the receiver must know of it.
        runs: the runs of the probe.
        frame_rate: frames per second of the video.
        segment_frames: the length of a segment.

    Returns:
        The estimated bytes of one segment of that length for each run, summed over the runs, as in
        :func:`codec.plane_codecs.probe.probed_bytes`.
    """
    total, depth = Fraction(0), parameters.pictures.depth
    for run in runs:
        stacks, far = zip(*(stack_chroma(picture.chroma_planes(), depth) for picture in run), strict=True)
        far_bytes = Fraction(len(pack_far(far)), len(run)) * segment_frames
        pictures = [Picture(stack) for stack in stacks]
        total += probed_bytes(codec, parameters.pictures, [pictures], frame_rate, segment_frames) + far_bytes
    return total

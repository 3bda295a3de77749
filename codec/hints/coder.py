"""The hints of a segment as a few packets and back: small pictures through one of the gray's codecs, with loss.

chroma planes -> pack_hint -> tile_pictures -> codec -> HintRun
hints         <- unpack_hints <- untile_pictures <- codec <- HintRun
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from codec.errors import StreamError
from codec.hints.planes import SCALES, pack_hint, reduced_shape
from codec.hints.tiles import TILINGS, tile_pictures, untile_pictures
from codec.luma import LumaParameters, LumaRun, LumaSpec, decode_luma, luma_parameters, open_luma_encoder
from codec.video.picture import ChromaArray, U8Array


@dataclass(frozen=True)
class HintSettings:
    """How hints are made: one set for a video.

    Attributes:
        scale: samples of the original on a side of one that is sent.
        tiling: rows and columns of frames in one coded picture.
        codec: ``x265`` or ``svtav1`` with its options, the quality among them.

    Raises:
        StreamError: a scale or a tiling that there is not.
    """

    scale: int
    tiling: tuple[int, int]
    codec: LumaSpec

    def __post_init__(self) -> None:
        if self.scale not in SCALES or self.tiling not in TILINGS:
            raise StreamError(
                f"expected hints of scale {SCALES} in tiles {TILINGS}. Received: {self.scale}, {self.tiling}"
            )

    def parameters(self, chroma_shape: tuple[int, int]) -> LumaParameters:
        """What the decoder of the coded pictures needs, for chroma planes of (rows, columns)."""
        rows, columns = reduced_shape(*chroma_shape, self.scale)
        return luma_parameters(self.codec, columns * self.tiling[1], 2 * rows * self.tiling[0])


def encode_hints(
    chroma: Sequence[tuple[ChromaArray, ChromaArray]], settings: HintSettings, frame_rate: Fraction
) -> LumaRun:
    """Code the chroma of one segment.

    Args:
        chroma: two planes of each frame, all of one shape.
        settings: how.
        frame_rate: of the video.
    """
    tiles = settings.tiling[0] * settings.tiling[1]
    parameters = settings.parameters(chroma[0][0].shape)
    encoder = open_luma_encoder(settings.codec, parameters, frame_rate / tiles)
    for picture in tile_pictures([pack_hint(planes, settings.scale) for planes in chroma], settings.tiling):
        encoder.write(picture)
    return encoder.finish()


def decode_hints(run: LumaRun, parameters: LumaParameters, tiling: tuple[int, int], num_frames: int) -> list[U8Array]:
    """The pictures of :func:`codec.hints.planes.pack_hint`, as the codec left them, one for each frame.

    Raises:
        StreamError: the decoder fails, or gives another number of pictures.
    """
    num_pictures = -(-num_frames // (tiling[0] * tiling[1]))
    pictures = list(decode_luma(parameters, run, max_frames=num_pictures))
    if len(pictures) != num_pictures:
        raise StreamError(f"expected {num_pictures} pictures of hints. Received: {len(pictures)}")
    return list(untile_pictures(pictures, tiling, num_frames))

"""From code values to colors and back: the conversions that networks, keyframes and metrics need.

Nothing here touches the gray plane, and nothing that must be bit-exact goes through here: these are views of a
picture for analysis, and the way back from a network's estimate to chroma code values.

Chroma planes are enlarged with a bilinear filter and reduced by area averaging, both with samples centered in
their block, so that a flat color survives either way unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from codec.native.color import YuvConversion, rgb_of_yuv
from codec.native.library import library
from codec.video.info import VideoInfo
from codec.video.picture import (
    Picture,
    PlaneArray,
    RgbArray,
    in_rgb_gamut,
    of_8_bits,
    rgb_to_ycocg_r,
    ycocg_r_to_rgb,
)
from codec.video.pixel_formats import ColorModel, PixelFormat, format_of_8_bits

F32Array = npt.NDArray[np.float32]

# Kr and Kb of the matrix coefficients that ITU-T H.273 numbers; the rest of each matrix follows from them.
_KR_KB: dict[int, tuple[float, float]] = {
    1: (0.2126, 0.0722),  # BT.709
    4: (0.30, 0.11),  # FCC
    5: (0.299, 0.114),  # BT.601, 625 lines
    6: (0.299, 0.114),  # BT.601, 525 lines
    7: (0.212, 0.087),  # SMPTE 240M
    9: (0.2627, 0.0593),  # BT.2020, non-constant luminance
}
CONVERSION_MATRICES = tuple(_KR_KB)


def luma_shares(matrix: int) -> tuple[float, float]:
    """Kr and Kb of one of :data:`CONVERSION_MATRICES`: the weights of R' and B' in the luma."""
    return _KR_KB[matrix]


_MATRIX_BT601 = 6
_MATRIX_BT709 = 1


@dataclass(frozen=True)
class ColorConversion:
    """How one video's planes become R'G'B' and how R'G'B' becomes its chroma planes again.

    Attributes:
        pixel_format: color model, chroma shape and depth.
        matrix: H.273 ``MatrixCoefficients`` in use; only read for YUV.
        full_range: code values of 8 bits span 0-255 rather than 16-235 (chroma 16-240), and those of more bits as many
            times more; only read for YUV and gray.
    """

    pixel_format: PixelFormat
    matrix: int
    full_range: bool

    @classmethod
    def of(cls, info: VideoInfo) -> ColorConversion:
        """The conversion for a video.

        A video that does not state its matrix is read as players read it: BT.709 if it is HD (1280 wide or
        more, or over 576 high), BT.601 otherwise. A YUV range that is not stated is limited; gray is full.
        """
        is_hd = info.width >= 1280 or info.height > 576
        matrix = info.color.matrix
        if matrix not in _KR_KB:
            matrix = _MATRIX_BT709 if is_hd else _MATRIX_BT601
        full_range = info.color.color_range == 2
        if info.color.color_range == 0:
            full_range = info.pixel_format.model is not ColorModel.YUV
        return cls(info.pixel_format, matrix, full_range)

    def luma_weights(self) -> F32Array:
        """(3,) float32: the weights of R', G' and B' in this video's luma; they sum to 1."""
        if self.pixel_format.model is ColorModel.RGB:
            return np.array([0.25, 0.5, 0.25], np.float32)  # the Y of YCoCg
        kr, kb = _KR_KB[self.matrix]
        return np.array([kr, 1 - kr - kb, kb], np.float32)

    def gray(self, luma: PlaneArray) -> F32Array:
        """Luma code values, any shape, to float32 in [0, 1]: 0 is black, 1 is white."""
        codes = luma.astype(np.float32)
        if self.pixel_format.model is ColorModel.RGB or self.full_range:
            return codes / np.float32(self.pixel_format.peak)
        unit = 1 << (self.pixel_format.depth - 8)
        expanded: F32Array = np.clip((codes - np.float32(16 * unit)) / np.float32(219 * unit), 0, 1)
        return expanded

    def rgb(self, picture: Picture) -> RgbArray:
        """A picture as (height, width, 3) R'G'B' of the same depth, full range."""
        native = library() if self.pixel_format.depth == 8 else None
        if native is None or self.pixel_format.model is not ColorModel.YUV or picture.chroma is None:
            return self.rgb_by_numpy(picture)
        return rgb_of_yuv(native, self.as_native(), picture.luma, *picture.chroma)

    def of_8_bits(self) -> ColorConversion:
        """The conversion of the same video seen with 8 bits a sample."""
        return replace(self, pixel_format=format_of_8_bits(self.pixel_format))

    def rgb_of_8_bits(self, picture: Picture) -> RgbArray:
        """A picture as (height, width, 3) uint8 R'G'B', full range, for analysis; of more bits, the rounded one's."""
        depth = self.pixel_format.depth
        return self.rgb(picture) if depth == 8 else self.of_8_bits().rgb(of_8_bits(picture, depth))

    def as_native(self) -> YuvConversion:
        """The same for the native library, of YUV."""
        kr, kb = _KR_KB[self.matrix]
        own = self.pixel_format
        return YuvConversion(self.full_range, kr, kb, 1 << own.log2_chroma_h, 1 << own.log2_chroma_w)

    def rgb_by_numpy(self, picture: Picture) -> RgbArray:
        """The reference of :meth:`rgb`."""
        if self.pixel_format.model is ColorModel.RGB:
            return ycocg_r_to_rgb(picture, self.pixel_format.depth)
        luma, peak = self.gray(picture.luma), self.pixel_format.peak
        if picture.chroma is None:
            return np.repeat(_to_codes(luma, peak)[..., None], 3, axis=-1)
        unit = 1 << (self.pixel_format.depth - 8)
        height, width = luma.shape
        scale = np.float32(1 / peak if self.full_range else 1 / (224 * unit))
        blue_difference, red_difference = (
            (self._enlarge(plane.astype(np.float32), width, height) - np.float32(128 * unit)) * scale
            for plane in picture.chroma
        )
        kr, kb = _KR_KB[self.matrix]
        red = luma + np.float32(2 * (1 - kr)) * red_difference
        blue = luma + np.float32(2 * (1 - kb)) * blue_difference
        green = (luma - np.float32(kr) * red - np.float32(kb) * blue) / np.float32(1 - kr - kb)
        return _to_codes(np.stack([red, green, blue], axis=-1), peak)

    def with_color_of(self, luma: PlaneArray, rgb: F32Array) -> Picture:
        """A picture with exactly this luma and the chroma of ``rgb``; of video of 8 bits.

        Args:
            luma: (height, width) uint8, kept to the bit; also in RGB video, whose colors stay in range.
            rgb: (height, width, 3) float32 R'G'B' in [0, 1].
        """
        if self.pixel_format.model is ColorModel.GRAY:
            return Picture(luma)
        red, green, blue = (rgb[..., i] for i in range(3))
        if self.pixel_format.model is ColorModel.RGB:
            orange = (red - blue) * np.float32(255)
            chroma_green = (green - (red + blue) * np.float32(0.5)) * np.float32(255)
            return in_rgb_gamut(Picture(luma, (_to_i16(orange), _to_i16(chroma_green))))
        kr, kb = _KR_KB[self.matrix]
        gray = np.float32(kr) * red + np.float32(1 - kr - kb) * green + np.float32(kb) * blue
        scale = 255.0 if self.full_range else 224.0
        blue_difference = (blue - gray) * np.float32(scale / (2 * (1 - kb)))
        red_difference = (red - gray) * np.float32(scale / (2 * (1 - kr)))
        low, high = (0, 255) if self.full_range else (16, 240)
        planes = [
            np.clip(np.rint(self._reduce(plane) + np.float32(128)), low, high).astype(np.uint8)
            for plane in (blue_difference, red_difference)
        ]
        return Picture(luma, (planes[0], planes[1]))

    def picture(self, rgb_u8: RgbArray) -> Picture:
        """The picture of (height, width, 3) uint8 R'G'B', luma included, as this video, of 8 bits, would have it."""
        if self.pixel_format.model is ColorModel.RGB:
            return rgb_to_ycocg_r(rgb_u8)
        rgb = rgb_u8.astype(np.float32) / np.float32(255)
        gray = rgb @ self.luma_weights()
        code = gray * np.float32(255) if self.full_range else gray * np.float32(219) + np.float32(16)
        return self.with_color_of(np.rint(np.clip(code, 0, 255)).astype(np.uint8), rgb)

    def neutral(self, luma: PlaneArray) -> Picture:
        """A picture with this luma and no color."""
        return Picture(luma, self.pixel_format.neutral_chroma(luma))

    def _enlarge(self, plane: F32Array, width: int, height: int) -> F32Array:
        """A chroma plane to (height, width) by bilinear interpolation: whole blocks, then cropped."""
        step_x, step_y = 1 << self.pixel_format.log2_chroma_w, 1 << self.pixel_format.log2_chroma_h
        if step_x == step_y == 1:
            return plane
        return _columns_between(_rows_between(plane, step_y), step_x)[:height, :width]

    def _reduce(self, plane: F32Array) -> F32Array:
        """A full-resolution plane to the chroma planes' shape, by averaging blocks (edges repeated)."""
        step_x, step_y = 1 << self.pixel_format.log2_chroma_w, 1 << self.pixel_format.log2_chroma_h
        if step_x == step_y == 1:
            return plane
        height, width = plane.shape
        padded = np.pad(plane, ((0, -height % step_y), (0, -width % step_x)), mode="edge")
        blocks = padded.reshape(padded.shape[0] // step_y, step_y, padded.shape[1] // step_x, step_x)
        averaged: F32Array = blocks.mean(axis=(1, 3), dtype=np.float32)
        return averaged


def _rows_between(plane: F32Array, step: int) -> F32Array:
    """Bilinear interpolation down the columns: ``step`` rows for each; exact for code values."""
    if step == 1:
        return plane
    rows, columns = plane.shape
    padded = np.concatenate([plane[:1], plane, plane[-1:]])
    between = np.empty((rows, step, columns), np.float32)
    for phase, first, share in _phases(step):
        between[:, phase] = padded[first : first + rows] * (1 - share) + padded[first + 1 : first + 1 + rows] * share
    return between.reshape(rows * step, columns)


def _columns_between(plane: F32Array, step: int) -> F32Array:
    """As :func:`_rows_between`, along the rows."""
    if step == 1:
        return plane
    rows, columns = plane.shape
    padded = np.concatenate([plane[:, :1], plane, plane[:, -1:]], axis=1)
    between = np.empty((rows, columns, step), np.float32)
    for phase, first, share in _phases(step):
        left, right = padded[:, first : first + columns], padded[:, first + 1 : first + 1 + columns]
        between[:, :, phase] = left * (1 - share) + right * share
    return between.reshape(rows, columns * step)


def _phases(step: int) -> Iterator[tuple[int, int, np.float32]]:
    """Where each of the ``step`` samples lies that take the place of one.

    Yields:
        Its number, the index of its first neighbor in a list with one more sample in front, the second's share.
    """
    for phase in range(step):
        place = (phase + 0.5) / step + 0.5  # of the sample's center, counted from the center of the one in front
        yield phase, int(place), np.float32(place % 1)


def _to_codes(values: F32Array, peak: int) -> PlaneArray:
    kind = np.uint8 if peak == 255 else np.uint16
    rounded: PlaneArray = np.rint(np.clip(values, 0, 1) * np.float32(peak)).astype(kind)
    return rounded


def _to_i16(values: F32Array) -> npt.NDArray[np.int16]:
    clipped: npt.NDArray[np.int16] = np.clip(np.rint(values), -255, 255).astype(np.int16)
    return clipped

"""Pictures from one pixel format to another, and to the frames that encoders take.

What can be kept is kept to the bit: a change of byte order, a plane that both formats have, the gray plane of any
YUV video. Chroma planes change their resolution in FFmpeg's swscale; RGB becomes limited-range YUV there (its
full-range chroma is half a code value off); YUV becomes RGB through :class:`ColorConversion`.
"""

from __future__ import annotations

from dataclasses import replace

import av
import numpy as np
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from codec.video.color import ColorConversion
from codec.video.info import ColorDescription, VideoInfo
from codec.video.picture import ChromaArray, Picture, PlaneArray, rgb_to_ycocg_r, ycocg_r_to_rgb
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel, PixelFormat, planar_twin

_LIMITED, _FULL = 1, 2
_MATRIX_RGB, _UNSPECIFIED = 0, 2
_MATRIX_BT601 = 6
_SCALER = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP


def gray_info(info: VideoInfo) -> VideoInfo:
    """The description of a video's gray plane alone, which is a gray video of its own.

    The range is stated in any case, since a gray plane that came from limited-range YUV is easily taken for full.
    """
    color_range = _range_of(info)
    matrix = _UNSPECIFIED if info.pixel_format.model is ColorModel.RGB else info.color.matrix
    color = replace(info.color, color_range=color_range, matrix=matrix)
    return replace(info, pixel_format=PIXEL_FORMATS["gray"], color=color)


class PictureConverter:
    """Turns the pictures of one video into another pixel format.

    Attributes:
        target: the format of the pictures that come out.
        color: what the code values that come out mean.
        is_exact: no sample is computed: each one is copied, left out, or is the neutral chroma of a gray video.
    """

    def __init__(self, info: VideoInfo, target: PixelFormat) -> None:
        self.target = target
        self._source = info.pixel_format
        self._conversion = ColorConversion.of(info)
        self._reformatter = VideoReformatter()
        self.is_exact = self._same_samples() or ColorModel.GRAY in (self._source.model, target.model)
        if target.model is ColorModel.RGB and self._source.model is ColorModel.GRAY:
            self.is_exact = self._conversion.full_range
        self.color = self._target_color(info)

    def picture(self, picture: Picture) -> Picture:
        """A picture of the source's format in the target format."""
        if self.target.model is ColorModel.GRAY:
            return Picture(picture.luma)
        if self._same_samples():
            return picture
        if self.target.model is ColorModel.RGB:
            return rgb_to_ycocg_r(self._conversion.rgb(picture))
        if self._source.model is ColorModel.GRAY:
            height, width = picture.luma.shape
            neutral = np.full(self.target.chroma_shape(width, height), 128, np.uint8)
            return Picture(picture.luma, (neutral, neutral))
        return self._scaled(picture)

    def _same_samples(self) -> bool:
        source, target = planar_twin(self._source), planar_twin(self.target)
        return source.name == target.name

    def _target_color(self, info: VideoInfo) -> ColorDescription:
        color, source, target = info.color, self._source.model, self.target.model
        if target is ColorModel.RGB:
            return replace(color, color_range=_FULL, matrix=_MATRIX_RGB)
        if source is target:
            return color
        if target is ColorModel.GRAY:
            return gray_info(info).color
        if source is ColorModel.RGB:
            return replace(color, color_range=_LIMITED, matrix=self._conversion.matrix)
        return replace(color, color_range=_range_of(info))

    def _scaled(self, picture: Picture) -> Picture:
        """RGB or YUV to YUV of another chroma resolution."""
        is_rgb = self._source.model is ColorModel.RGB
        color_range = ColorRange(_FULL if is_rgb or self._conversion.full_range else _LIMITED)
        # swscale numbers matrices as H.273 does, but for BT.601, which is 5 for either line count.
        matrix = 5 if self._conversion.matrix == _MATRIX_BT601 else self._conversion.matrix
        scaled = self._reformatter.reformat(
            video_frame(picture, self._source, "gbrp" if is_rgb else planar_twin(self._source).name),
            format=planar_twin(self.target).name,
            src_colorspace=matrix,
            dst_colorspace=matrix,
            src_color_range=color_range,
            dst_color_range=ColorRange(_LIMITED) if is_rgb else color_range,
            interpolation=_SCALER,
        )
        luma, first, second = _planes(scaled)
        return Picture(luma if is_rgb else picture.luma, (first, second))


def video_frame(picture: Picture, pixel_format: PixelFormat, frame_format: str) -> av.VideoFrame:
    """A picture as FFmpeg's frame, sample by sample.

    Args:
        picture: in ``pixel_format``.
        pixel_format: what the picture's planes are.
        frame_format: for RGB ``gbrp``, ``bgr0`` or ``bgr24``; otherwise the planar format with the same samples.
    """
    height, width = picture.luma.shape
    frame = av.VideoFrame(width, height, frame_format)
    planes: list[PlaneArray | ChromaArray]
    if pixel_format.model is ColorModel.RGB:
        rgb = ycocg_r_to_rgb(picture)
        if frame_format == "gbrp":
            planes = [rgb[..., 1], rgb[..., 2], rgb[..., 0]]
        else:
            packed = np.zeros((height, width, 4 if frame_format == "bgr0" else 3), np.uint8)
            packed[..., :3] = rgb[..., ::-1]
            planes = [packed.reshape(height, -1)]
    elif pixel_format.model is ColorModel.GRAY:
        planes = [picture.luma]
    else:
        planes = [picture.luma, *picture.chroma_planes()]
    for plane, samples in zip(frame.planes, planes, strict=True):
        rows, row_bytes = samples.shape
        # FFmpeg pads lines to please its SIMD code.
        _samples(plane).reshape(rows, plane.line_size)[:, :row_bytes] = samples
    return frame


def _planes(frame: av.VideoFrame) -> list[PlaneArray]:
    """Copies of the planes of a planar frame, without the padding of their lines."""
    return [_samples(plane).reshape(plane.height, plane.line_size)[:, : plane.width].copy() for plane in frame.planes]


def _samples(plane: VideoPlane) -> PlaneArray:
    """A plane's memory, padding included; writing to it changes the frame."""
    return np.frombuffer(memoryview(plane), np.uint8)


def _range_of(info: VideoInfo) -> int:
    """1 (limited) or 2 (full), by the reading of :class:`ColorConversion` where the video does not say."""
    is_full = info.pixel_format.model is ColorModel.RGB or ColorConversion.of(info).full_range
    return _FULL if is_full else _LIMITED

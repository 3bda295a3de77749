"""Pictures from one pixel format to another, and to the frames that encoders take.

What can be kept is kept to the bit: a change of byte order, a plane that both formats have, the gray plane of any
YUV video. Chroma planes change their resolution in FFmpeg's swscale; RGB becomes limited-range YUV there (its
full-range chroma is half a code value off); YUV becomes RGB through :class:`ColorConversion`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from codec.video.color import ColorConversion
from codec.video.info import ColorDescription, VideoInfo
from codec.video.picture import Picture, of_depth, rgb_to_ycocg_r, ycocg_r_to_rgb
from codec.video.pixel_formats import (
    ColorModel,
    PixelFormat,
    gray_format,
    pixel_format,
    planar_twin,
    without_alpha,
)

if TYPE_CHECKING:
    from av import VideoFrame
    from av.video.reformatter import VideoReformatter

_LIMITED, _FULL = 1, 2
_MATRIX_RGB, _UNSPECIFIED = 0, 2
_MATRIX_BT601 = 6


def gray_info(info: VideoInfo) -> VideoInfo:
    """The description of a video's gray plane alone, which is a gray video of its own.

    The range is stated in any case, since a gray plane that came from limited-range YUV is easily taken for full.
    """
    color_range = _range_of(info)
    matrix = _UNSPECIFIED if info.pixel_format.model is ColorModel.RGB else info.color.matrix
    color = replace(info.color, color_range=color_range, matrix=matrix)
    return replace(info, pixel_format=gray_format(info.pixel_format.depth), color=color)


class PictureConverter:
    """Turns the pictures of one video into another pixel format.

    A sample of more bits is the same number of steps from black, times a power of two; one of fewer bits is rounded.

    Attributes:
        target: the format of the pictures that come out.
        color: what the code values that come out mean.
        is_exact: no sample is computed: each one is copied, left out, or is the neutral chroma of a gray video.
        loses_alpha: whether there is a plane of alpha that the target does not have.
        peak: the largest sample of the pictures that go in.
    """

    def __init__(self, info: VideoInfo, target: PixelFormat) -> None:
        self.target = target
        self._depth = info.pixel_format.depth
        self.peak = info.pixel_format.peak
        # Samples get the target's depth first, and then its chroma.
        self._source = planar_twin(replace(info.pixel_format, depth=target.depth))
        self._conversion = ColorConversion.of(replace(info, pixel_format=self._source))
        self.is_exact = self._same_samples() or ColorModel.GRAY in (self._source.model, target.model)
        if target.model is ColorModel.RGB and self._source.model is ColorModel.GRAY:
            self.is_exact = self._conversion.full_range
        self.is_exact = self.is_exact and target.depth == self._depth
        self.loses_alpha = self._source.has_alpha and not target.has_alpha
        self.color = self._target_color(info)

    def picture(self, picture: Picture) -> Picture:
        """A picture of the source's format in the target format."""
        picture = self._of_target_depth(picture)
        converted = self._converted(picture)
        alpha = picture.alpha if self.target.has_alpha else None
        return converted if converted.alpha is alpha else Picture(converted.luma, converted.chroma, alpha)

    def _converted(self, picture: Picture) -> Picture:
        if self.target.model is ColorModel.GRAY:
            return Picture(picture.luma)
        if self._same_samples():
            return picture
        if self.target.model is ColorModel.RGB:
            return rgb_to_ycocg_r(self._conversion.rgb(picture), self.target.depth)
        if self._source.model is ColorModel.GRAY:
            return Picture(picture.luma, self.target.neutral_chroma(picture.luma))
        return self._scaled(picture)

    def _of_target_depth(self, picture: Picture) -> Picture:
        depth, wanted = self._depth, self.target.depth
        if depth == wanted:
            return picture
        if self._source.model is ColorModel.RGB:
            rgb = of_depth(ycocg_r_to_rgb(picture, depth), depth, wanted)
            found = rgb_to_ycocg_r(rgb, wanted)
            luma, chroma = found.luma, found.chroma
        else:
            luma, *planes = (of_depth(plane, depth, wanted) for plane in (picture.luma, *(picture.chroma or ())))
            chroma = (planes[0], planes[1]) if planes else None
        return Picture(luma, chroma, None if picture.alpha is None else of_depth(picture.alpha, depth, wanted))

    def _same_samples(self) -> bool:
        return without_alpha(self._source).name == without_alpha(self.target).name

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

    @cached_property
    def _reformatter(self) -> VideoReformatter:
        from av.video.reformatter import VideoReformatter

        return VideoReformatter()

    def _scaled(self, picture: Picture) -> Picture:
        """RGB or YUV to YUV of another chroma resolution."""
        # FFmpeg is imported where it is used: raw video of the same format does not wait for it.
        from av.video.reformatter import ColorRange, Interpolation

        from codec.video.ffmpeg import raw_planes_of

        is_rgb = self._source.model is ColorModel.RGB
        color_range = ColorRange(_FULL if is_rgb or self._conversion.full_range else _LIMITED)
        # swscale numbers matrices as H.273 does, but for BT.601, which is 5 for either line count.
        matrix = 5 if self._conversion.matrix == _MATRIX_BT601 else self._conversion.matrix
        own = without_alpha(self.target)
        scaled = self._reformatter.reformat(
            video_frame(picture, _scaled_format(self._source)),
            format=own.name,
            src_colorspace=matrix,
            dst_colorspace=matrix,
            src_color_range=color_range,
            dst_color_range=ColorRange(_LIMITED) if is_rgb else color_range,
            interpolation=Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP,
        )
        found = own.picture_of(raw_planes_of(scaled, own), scaled.width, scaled.height)
        return Picture(found.luma if is_rgb else picture.luma, found.chroma)


def _scaled_format(source: PixelFormat) -> str:
    """What swscale is given: the planes without alpha."""
    own = without_alpha(source)
    return "gbrp" if own.name == "rgb24" else own.name


def video_frame(picture: Picture, frame_format: str) -> VideoFrame:
    """A picture as FFmpeg's frame, sample by sample.

    Args:
        picture: of the color model, chroma shape and depth of the format.
        frame_format: of the frame, one of those of gvc.
    """
    from av import VideoFrame

    from codec.video.ffmpeg import samples_of

    height, width = picture.luma.shape
    own = pixel_format(frame_format)
    frame = VideoFrame(width, height, frame_format)
    for plane, samples in zip(frame.planes, own.raw_planes(picture), strict=True):
        rows, columns = samples.shape
        samples_of(plane, own)[:rows, :columns] = samples
    return frame


def _range_of(info: VideoInfo) -> int:
    """1 (limited) or 2 (full), by the reading of :class:`ColorConversion` where the video does not say."""
    is_full = info.pixel_format.model is ColorModel.RGB or ColorConversion.of(info).full_range
    return _FULL if is_full else _LIMITED

"""Pictures of one video in several pixel formats: the format that holds them all exactly, and each picture in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from codec.video.picture import ChromaArray, Picture, ycocg_r_of
from codec.video.pixel_formats import ColorModel, PixelFormat, planar_twin, with_alpha


def common_format(formats: Iterable[PixelFormat]) -> PixelFormat | None:
    """The coarsest format in which pictures of all these formats are exact; None if there is none.

    Gray fits into anything, YUV into YUV with more chroma samples, and opaque pictures into those with alpha. YUV never
    fits into RGB, nor samples into those of another depth.
    """
    common: PixelFormat | None = None
    for form in formats:
        common = form if common is None else _of_both(common, form)
        if common is None:
            return None
    return common


def promoted(picture: Picture, source: PixelFormat, target: PixelFormat) -> Picture:
    """A picture of ``source`` in ``target``, which :func:`common_format` gave: no sample is lost or computed anew.

    Gray becomes three equal colors, or gets neutral chroma; chroma samples are repeated where there are more.
    """
    if source == target:
        return picture
    alpha = picture.alpha
    if target.has_alpha and alpha is None:
        alpha = target.opaque(picture.luma)
    return replace(_without_alpha(picture, source, target), alpha=alpha)


def _without_alpha(picture: Picture, source: PixelFormat, target: PixelFormat) -> Picture:
    luma = picture.luma
    if source.model is ColorModel.GRAY and target.model is ColorModel.RGB:
        return ycocg_r_of(luma, luma, luma, target.depth)
    if source.model is ColorModel.GRAY and target.model is ColorModel.YUV:
        return Picture(luma, target.neutral_chroma(luma))
    if source.model is not ColorModel.YUV:
        return picture
    height, width = luma.shape
    rows, columns = target.chroma_shape(width, height)
    down, across = 1 << source.log2_chroma_h - target.log2_chroma_h, 1 << source.log2_chroma_w - target.log2_chroma_w

    def repeated(plane: ChromaArray) -> ChromaArray:
        return np.ascontiguousarray(plane.repeat(down, axis=0).repeat(across, axis=1)[:rows, :columns])

    first, second = picture.chroma_planes()
    return Picture(luma, (repeated(first), repeated(second)))


def _of_both(one: PixelFormat, other: PixelFormat) -> PixelFormat | None:
    if one == other:
        return one
    if one.depth != other.depth:
        return None
    if ColorModel.GRAY in (one.model, other.model):
        common = other if one.model is ColorModel.GRAY else one
    elif one.model is not other.model:
        return None
    else:
        common = replace(
            one,
            log2_chroma_w=min(one.log2_chroma_w, other.log2_chroma_w),
            log2_chroma_h=min(one.log2_chroma_h, other.log2_chroma_h),
        )
    return planar_twin(with_alpha(common) if one.has_alpha or other.has_alpha else common)

"""Runs of consecutive pictures to training.examples, by the same steps as they will be coded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from codec.lossless.history import ChromaHistory, LumaHistory, from_origin, no_gray
from codec.lossless.motion_search import MotionSearch
from codec.lossless.parameters import EIGHT_BITS, SampleScale
from codec.training.plane_patches import PlanePatches
from codec.video.picture import Picture
from codec.video.pixel_formats import ColorModel, PixelFormat


def add_luma_run(
    patches: PlanePatches, run: Sequence[Picture], every: int = 1, scale: SampleScale = EIGHT_BITS
) -> None:
    """Offer the gray planes of consecutive pictures: the first as one without another before it.

    Args:
        patches: of the network for gray planes.
        run: the pictures.
        every: offer only every so-many-th of the others.
        scale: of the samples.
    """
    search, history = MotionSearch(), LumaHistory(scale)
    for index, picture in enumerate(run):
        luma = from_origin(picture.luma, scale.origin)
        planes = luma.astype(np.int32)[..., None]
        if index == 0:
            patches.add_alone(planes, no_gray(planes.shape), scale.neutral, scale)
        else:
            known = history.known(search(picture.luma, run[index - 1].luma))
            if index % every == 0:
                patches.add(planes, known, scale.neutral, scale)
        history.remember(luma)


def add_chroma_run(
    patches: PlanePatches,
    run: Sequence[Picture],
    pixel_format: PixelFormat,
    every: int = 1,
    scale: SampleScale = EIGHT_BITS,
) -> None:
    """As :func:`add_luma_run`, for the chroma planes.

    Args:
        patches: of the network for such chroma planes.
        run: the pictures.
        pixel_format: of the video.
        every: as there.
        scale: of the samples.
    """
    search, history = MotionSearch(), ChromaHistory(pixel_format, scale)
    is_rgb = pixel_format.model is ColorModel.RGB
    neutral, origin = (0, 0) if is_rgb else (scale.neutral, scale.chroma_origin)
    for index, picture in enumerate(run):
        luma = from_origin(picture.luma, scale.origin)
        first, second = (from_origin(plane, origin) for plane in picture.chroma_planes())
        planes = np.stack([first, second], axis=-1).astype(np.int32)
        if index == 0:
            patches.add_alone(planes, history.gray(luma), neutral, scale)
        else:
            known = history.known(luma, search(picture.luma, run[index - 1].luma))
            if index % every == 0:
                patches.add(planes, known, neutral, scale)
        history.remember(luma, (first, second))

"""Runs of consecutive pictures to training.examples, by the same steps as they will be coded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from codec.lossless.history import ChromaHistory, LumaHistory, no_gray
from codec.lossless.motion_search import MotionSearch
from codec.lossless.planes import LUMA_RANGE, chroma_range
from codec.training.plane_patches import PlanePatches
from codec.video.picture import Picture
from codec.video.pixel_formats import PixelFormat


def add_luma_run(patches: PlanePatches, run: Sequence[Picture], every: int = 1) -> None:
    """Offer the gray planes of consecutive pictures: the first as one without another before it.

    Args:
        patches: of the network for gray planes.
        run: the pictures.
        every: offer only every so-many-th of the others.
    """
    search, history = MotionSearch(), LumaHistory()
    for index, picture in enumerate(run):
        planes = picture.luma.astype(np.int16)[..., None]
        if index == 0:
            patches.add_alone(planes, no_gray(planes.shape), LUMA_RANGE.neutral)
        else:
            known = history.known(search(picture.luma, run[index - 1].luma))
            if index % every == 0:
                patches.add(planes, known, LUMA_RANGE.neutral)
        history.remember(picture.luma)


def add_chroma_run(patches: PlanePatches, run: Sequence[Picture], pixel_format: PixelFormat, every: int = 1) -> None:
    """As :func:`add_luma_run`, for the chroma planes.

    Args:
        patches: of the network for such chroma planes.
        run: the pictures.
        pixel_format: of the video.
        every: as there.
    """
    search, history = MotionSearch(), ChromaHistory(pixel_format)
    neutral = chroma_range(pixel_format).neutral
    for index, picture in enumerate(run):
        planes = np.stack([plane.astype(np.int16) for plane in picture.chroma_planes()], axis=-1)
        if index == 0:
            patches.add_alone(planes, history.gray(picture.luma), neutral)
        else:
            known = history.known(picture.luma, search(picture.luma, run[index - 1].luma))
            if index % every == 0:
                patches.add(planes, known, neutral)
        history.remember(picture.luma, picture.chroma_planes())

"""Pictures that a run leaves for the report's viewer: original, gray and decoded, and the worst frames.

They lie in the working folder, beside the prepared clips, and are no part of the results. JPEG with full-resolution
chroma, so that the page stays small; every figure was measured on the exact pictures.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from codec.video.picture import PlaneArray

JPEG_QUALITY = 90
VIEWER_FRAMES = 12
WORST_FRAMES = 3
FULL_SCALE_DIFFERENCE = 20.0
"""CIEDE2000 that is drawn in the brightest color of a difference map; 1 is about what an eye can just tell."""


@dataclass(frozen=True)
class WorstFrame:
    """A frame that the contender served badly: its index, its mean CIEDE2000, and three pictures."""

    index: int
    ciede2000_mean: float
    original: Path
    decoded: Path
    difference: Path


@dataclass(frozen=True)
class StoredPictures:
    """What the viewer shows of one record; the pictures of each list belong to ``indices``, in order."""

    indices: tuple[int, ...]
    original: tuple[Path, ...]
    gray: tuple[Path, ...]
    decoded: tuple[Path, ...]
    worst: tuple[WorstFrame, ...]


def viewer_indices(num_frames: int) -> range:
    """The frames that the viewer shows: consecutive ones from the middle of the video, the same for every contender."""
    count = min(VIEWER_FRAMES, num_frames)
    first = (num_frames - count) // 2
    return range(first, first + count)


class PictureStore:
    """The pictures of all records under one folder.

    Args:
        folder: of the pictures; made when the first is stored.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, case: str) -> StoredPictures | None:
        """The pictures of a case, or None if the case was not run here."""
        described = self._case_folder(case) / "pictures.json"
        if not described.exists():
            return None
        facts = json.loads(described.read_text())
        folder, shared = described.parent, described.parent.parent
        indices = tuple(facts["indices"])
        return StoredPictures(
            indices,
            original=tuple(shared / "original" / _name(index) for index in indices),
            gray=tuple(shared / "gray" / _name(index) for index in indices),
            decoded=tuple(folder / _name(index) for index in indices),
            worst=tuple(
                WorstFrame(
                    worst["index"],
                    worst["ciede2000_mean"],
                    original=folder / f"worst_original_{_name(worst['index'])}",
                    decoded=folder / f"worst_decoded_{_name(worst['index'])}",
                    difference=folder / f"worst_difference_{_name(worst['index'])}",
                )
                for worst in facts["worst"]
            ),
        )

    def store_frame(
        self, case: str, index: int, *, original: PlaneArray, gray: PlaneArray, decoded: PlaneArray
    ) -> None:
        """Keep one frame of the viewer; (height, width, 3) uint8 R, G, B, gray (height, width)."""
        folder = self._case_folder(case)
        _write(folder / _name(index), decoded)
        _write(folder.parent / "original" / _name(index), original)
        _write(folder.parent / "gray" / _name(index), gray)

    def store_worst(
        self, case: str, index: int, *, original: PlaneArray, decoded: PlaneArray, difference: PlaneArray
    ) -> None:
        """Keep a bad frame: both pictures, and the map of their difference."""
        folder = self._case_folder(case)
        _write(folder / f"worst_original_{_name(index)}", original)
        _write(folder / f"worst_decoded_{_name(index)}", decoded)
        _write(folder / f"worst_difference_{_name(index)}", difference)

    def describe(self, case: str, indices: Sequence[int], worst: Sequence[tuple[int, float]]) -> None:
        """Say what was stored, last of all: a case without this has no pictures."""
        facts = {
            "indices": list(indices),
            "worst": [{"index": index, "ciede2000_mean": mean} for index, mean in worst],
        }
        (self._case_folder(case) / "pictures.json").write_text(json.dumps(facts))

    def _case_folder(self, case: str) -> Path:
        material, _, contender = case.partition("/")
        return self._folder / material / contender.replace("/", "_")


def difference_map(ciede2000: npt.NDArray[np.floating]) -> PlaneArray:
    """(height, width) color differences to (height, width, 3) uint8 R, G, B: black is none, bright is much."""
    scaled = np.clip(ciede2000 * (255 / FULL_SCALE_DIFFERENCE), 0, 255).astype(np.uint8)
    colored: PlaneArray = cv2.applyColorMap(scaled, cv2.COLORMAP_INFERNO)[..., ::-1]
    return colored


def _name(index: int) -> str:
    return f"{index:06d}.jpg"


def _write(path: Path, picture: PlaneArray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    blue_first = picture if picture.ndim == 2 else np.ascontiguousarray(picture[..., ::-1])
    settings = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    settings += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    if not cv2.imwrite(str(path), blue_first, settings):
        raise OSError(f"cannot write {path}")

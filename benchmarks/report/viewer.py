"""Records and their pictures to the data of the page's viewers, one for each material.

A viewer's data are two: facts, which are small and read at once, and pictures, which the page reads when the viewer
comes near the screen. Pictures are told apart by their bytes, so that what contenders share is in the page once.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.number_text import count, decimals, frame_rate, psnr
from benchmarks.pictures import FULL_SCALE_DIFFERENCE, JPEG_QUALITY, PictureStore, StoredPictures, difference_map
from benchmarks.report.cases import color_bytes
from benchmarks.report.markup import escaped, json_for_script
from benchmarks.results import MaterialFacts, Record

LEGEND_COLORS, LEGEND_STEP = 17, 5


@dataclass
class PicturePool:
    """Pictures by number, each once, as the data URIs that a page shows."""

    uris: list[str] = field(default_factory=list)
    _numbers: dict[bytes, int] = field(default_factory=dict)
    _read: dict[Path, int] = field(default_factory=dict)

    def add(self, path: Path) -> int:
        """The number of a JPEG file's picture."""
        if path not in self._read:
            content = path.read_bytes()
            digest = hashlib.sha256(content).digest()
            if digest not in self._numbers:
                self._numbers[digest] = len(self.uris)
                self.uris.append(f"data:image/jpeg;base64,{base64.b64encode(content).decode()}")
            self._read[path] = self._numbers[digest]
        return self._read[path]


def material_of(record: Record) -> str:
    """The first part of the case, which names clip and preparation."""
    return record.case.partition("/")[0]


def materials_of(results: Sequence[Record]) -> dict[str, list[Record]]:
    """The records by material, in order."""
    grouped: dict[str, list[Record]] = {}
    for record in results:
        grouped.setdefault(material_of(record), []).append(record)
    return grouped


def viewer_html(records: Sequence[Record], pictures: PictureStore, *, name: str, place: str) -> str | None:
    """The viewer of one material, to be filled in by ``viewer.js``; None if none of its records has pictures here.

    Args:
        records: of the material.
        pictures: where they are kept.
        name: of the material.
        place: the element's ``id``.
    """
    stored = [(record, found) for record in records if (found := pictures.load(record.case)) and found.indices]
    if not stored:
        return None
    pool = PicturePool()
    material = stored[0][0].material
    facts = {
        "material": name,
        "numFrames": material.num_frames,
        "framesPerSecond": float(Fraction(material.frame_rate)),
        "aspect": material.width / material.height,
        "contenders": [_contender(record, found, pool) for record, found in stored],
    }
    return (
        f'<section class="viewer" id="{place}" aria-labelledby="{place}-name">'
        f'<h3 id="{place}-name">{escaped(name)}</h3>'
        f'<p class="note">{escaped(_described(material))}</p>'
        f'<script type="application/json" class="facts">{json_for_script(facts)}</script>'
        f'<script type="application/json" class="pictures">{json_for_script(pool.uris)}</script></section>'
    )


def about_pictures() -> str:
    """What a reader has to know of the pictures, with marks."""
    return (
        f"Pictures are stored as JPEG, quality {JPEG_QUALITY}, with full-resolution (4:4:4) chroma, to keep this page "
        "small; every figure was measured on the exact pictures. PSNR has a peak of 255. Frames are counted from 1. A "
        f"difference map shows CIEDE2000 for each pixel from 0 (black) to {FULL_SCALE_DIFFERENCE:g} and more (bright); "
        "about 1 is what an eye can just tell."
    )


def difference_legend() -> str:
    """The colors of a difference map with their scale."""
    scale = np.linspace(0, FULL_SCALE_DIFFERENCE, LEGEND_COLORS)[None]
    colors = ", ".join("#" + bytes(color).hex() for color in difference_map(scale)[0])
    steps = range(0, int(FULL_SCALE_DIFFERENCE) + 1, LEGEND_STEP)
    numbers = "".join(f"<span>{step}{'+' if step == FULL_SCALE_DIFFERENCE else ''}</span>" for step in steps)
    return (
        f'<div class="scale"><span>CIEDE2000</span><div><div class="ramp" style="background:linear-gradient(to right, '
        f'{colors})"></div><div class="scale-numbers">{numbers}</div></div></div>'
    )


def _described(material: MaterialFacts) -> str:
    size = f"{material.width}x{material.height}, {material.pixel_format}"
    length = f"{count(material.num_frames)} frames at {frame_rate(material.frame_rate)} a second"
    return f"{material.clip}: {size}, {length}, {count(material.raw_bytes)} bytes uncompressed; {material.preparation}"


def _contender(record: Record, found: StoredPictures, pool: PicturePool) -> dict[str, Any]:
    triples = zip(found.indices, found.original, found.gray, found.decoded, strict=True)
    return {
        "name": record.name,
        "figures": _figures(record),
        "frames": [
            {"index": index, "original": pool.add(original), "gray": pool.add(gray), "decoded": pool.add(decoded)}
            for index, original, gray, decoded in triples
        ],
        "worst": [
            {
                "index": worst.index,
                "mean": decimals(worst.ciede2000_mean, 2),
                "original": pool.add(worst.original),
                "decoded": pool.add(worst.decoded),
                "difference": pool.add(worst.difference),
            }
            for worst in found.worst
        ],
    }


def _figures(record: Record) -> list[tuple[str, str]]:
    quality = record.quality
    exact = quality.picture_exact and quality.luma_exact
    return [
        ("total bytes", count(record.total_bytes)),
        ("color bytes", color_bytes(record)),
        ("PSNR chroma, dB", psnr(quality.psnr_chroma_db, exact=exact)),
        ("CIEDE2000 mean", decimals(quality.ciede2000_mean, 2)),
        ("CIEDE2000 p95", decimals(quality.ciede2000_p95, 2)),
        ("SSIM of R, G, B", decimals(quality.ssim_rgb, 4)),
    ]

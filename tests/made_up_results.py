"""Benchmark records and pictures that nobody measured, for tests of what is made from them."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from benchmarks.pictures import PictureStore, difference_map, viewer_indices
from benchmarks.results import MaterialFacts, QualityFacts, Record, Timing

ENVIRONMENT: dict[str, str | int] = {"machine": "x86_64, 2 cores", "python": "3.11.9", "cores": 2}
MATERIAL = MaterialFacts(
    clip="disc",
    width=64,
    height=48,
    num_frames=40,
    frame_rate="30000/1001",
    pixel_format="yuv420p",
    raw_bytes=184_320,
    sha256="0" * 64,
    preparation="made up",
)
QUALITY = QualityFacts(
    picture_exact=False,
    luma_exact=True,
    psnr_luma_db=None,
    psnr_chroma_db=38.125,
    ssim_rgb=0.98765,
    ciede2000_mean=1.25,
    ciede2000_p95=3.5,
    colorfulness_original=30.0,
    colorfulness_decoded=28.0,
    cdc_original=0.01,
    cdc_decoded=0.02,
    chroma_flicker=0.3,
    num_compared=8,
    worst_frames=(13, 20),
)


def make_record(case: str = "disc-64/gvc", **changes: object) -> Record:
    """A record of a case ``MATERIAL/CONTENDER``, with some of its fields changed."""
    contender = case.partition("/")[2]
    fields: dict[str, object] = {
        "case": case,
        "material": MATERIAL,
        "contender": contender,
        "settings": "",
        "version": f"{contender} 1.0",
        "parts_bytes": {"luma": 9_000, "network": 2_000, "color": 1_000, "other": 345},
        "total_bytes": 12_345,
        "encode": Timing(
            command=f"{contender} encode in.y4m out", seconds=(3.0, 2.0, 4.0), peak_mib=(100.0, 101.0, 99.0)
        ),
        "decode": Timing(command=f"{contender} decode out back.y4m", seconds=(1.0,), peak_mib=(50.0,)),
        "quality": QUALITY,
        "seed": 0,
        "options": {},
        "details": {},
        "environment": ENVIRONMENT,
        "commit": "abc1234",
        "date": "2026-03-04",
        **changes,
    }
    return Record(**fields)  # type: ignore[arg-type]


def exact_record(case: str = "disc-64/ffv1") -> Record:
    """A record of a lossless contender."""
    quality = dataclasses.replace(QUALITY, picture_exact=True, psnr_chroma_db=None, ciede2000_mean=0.0)
    return make_record(case, quality=quality, parts_bytes={"picture": 60_000}, total_bytes=60_000)


def store_pictures(store: PictureStore, record: Record, *, fade: float = 0.5) -> None:
    """Pictures of a disc that moves over a slope; decoded with less color, down to none with a ``fade`` of 1."""
    material = record.material
    indices = viewer_indices(material.num_frames)
    for index in indices:
        original, gray, decoded = pictures_of(material, index, fade)
        store.store_frame(record.case, index, original=original, gray=gray, decoded=decoded)
    worst = [index for index in record.quality.worst_frames if index < material.num_frames]
    for index in worst:
        original, _, decoded = pictures_of(material, index, fade)
        difference = difference_map(np.abs(original.astype(np.float32) - decoded).mean(axis=-1) / 4)
        store.store_worst(record.case, index, original=original, decoded=decoded, difference=difference)
    store.describe(record.case, indices, [(index, 5.0 - place) for place, index in enumerate(worst)])


def pictures_of(
    material: MaterialFacts, index: int, fade: float
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Original (height, width, 3), gray (height, width) and decoded (height, width, 3) of a frame, all uint8."""
    width, height = material.width, material.height
    y, x = np.mgrid[:height, :width].astype(np.float32)
    original = np.stack([40 + 30 * y / height, 60 + 120 * x / width, 160 - 100 * y / height], axis=-1)
    center = width * (0.1 + 0.8 * index / max(material.num_frames, 2))
    original[(x - center) ** 2 + (y - height / 2) ** 2 < (height / 4) ** 2] = (200, 50, 40)
    gray = original @ np.array([0.299, 0.587, 0.114], np.float32)
    decoded = original + fade * (gray[..., None] - original)
    return original.astype(np.uint8), gray.astype(np.uint8), decoded.astype(np.uint8)

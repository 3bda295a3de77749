"""Runs of consecutive frames at random places, from which the networks that gvc ships are trained."""

from __future__ import annotations

import numpy as np

from benchmarks.material import Material
from codec.video.picture import Picture


def random_runs(material: Material, count: int, length: int, random: np.random.Generator) -> list[list[Picture]]:
    """At most ``count`` runs of ``length`` frames, fewer and shorter ones of a short video; they may overlap."""
    last = max(0, material.facts.num_frames - length)
    runs: dict[int, list[Picture]] = {start: [] for start in random.integers(0, last + 1, count).tolist()}
    for index, frame in enumerate(material.open().frames()):
        for start, run in runs.items():
            if start <= index < start + length:
                run.append(frame.picture)
    return list(runs.values())

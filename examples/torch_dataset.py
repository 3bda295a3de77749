"""Clips of a folder of streams for PyTorch: random access in as many worker processes as the loader has.

python examples/torch_dataset.py videos/ --length 8 --every 2
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch.utils.data import DataLoader, Dataset

import gvc


class Clips(Dataset[torch.Tensor]):
    """Clips of RGB: each item is a tensor (length, 3, height, width) of uint8, or of int32 for more bits.

    Videos go to worker processes with the data set. Each process opens the streams that it reads by itself.

    Args:
        folder: with streams whose pictures have one size.
        length: frames of a clip.
        every: take every so-many-th frame.
    """

    def __init__(self, folder: Path, length: int, every: int = 1) -> None:
        self._length, self._every = length, every
        self._videos = [gvc.open(path).rgb for path in sorted(folder.glob("*.gvc"))]
        span = (length - 1) * every + 1
        self._starts = [
            (number, start)
            for number, video in enumerate(self._videos)
            for start in range(0, len(video) - span + 1, span)
        ]

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, index: int) -> torch.Tensor:
        number, start = self._starts[index]
        frames = self._videos[number][start : start + self._length * self._every : self._every]
        images = [torch.from_numpy(f.data if f.data.dtype == "uint8" else f.data.astype("int32")) for f in frames]
        return torch.stack(images).permute(0, 3, 1, 2)


def main(arguments: list[str] | None = None) -> int:
    """Load all clips once, and say how many there were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--length", type=int, default=8)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(arguments)
    loader = DataLoader(
        Clips(options.folder, options.length, options.every), batch_size=2, shuffle=True, num_workers=options.workers
    )
    num_clips = 0
    for batch in loader:
        num_clips += len(batch)
    print(f"{num_clips} clips")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

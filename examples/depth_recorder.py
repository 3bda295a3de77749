"""Records a depth camera: 16 bits a sample, every bit kept, and compared with what was recorded.

python examples/depth_recorder.py depth.gvc --frames 90

The camera here is made up, so that the example runs anywhere: a floor, a wall, a ball that rolls, and the noise and
holes of real ones. With a camera, ``depth_frames`` gives its arrays, such as ``np.asanyarray(frame.get_data())`` of a
RealSense.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

import gvc

HEIGHT, WIDTH, FPS = 120, 160, 30


def depth_frames(count: int, seed: int = 0) -> Iterator[npt.NDArray[np.uint16]]:
    """Depth in millimeters, 0 where the camera sees nothing: arrays (height, width) of uint16."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    room = np.minimum(3500, 90_000 / (rows + 1))
    for number in range(count):
        depth = room.copy()
        depth[np.hypot(rows - 80, columns - 20 - 2 * number) < 15] = 900
        depth += random.normal(0, depth / 800)
        depth[random.random(depth.shape) < 0.01] = 0
        yield np.rint(depth).astype(np.uint16)


def main(arguments: list[str] | None = None) -> int:
    """Record, compare, and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stream", type=Path)
    parser.add_argument("--frames", type=int, default=90)
    options = parser.parse_args(arguments)
    # Segments of a second, so that any moment is quickly there.
    mode = gvc.Lossless(shared=gvc.Shared(segment_frames=FPS))
    with gvc.Writer(options.stream, fps=FPS, mode=mode, overwrite=True) as writer:
        for depth in depth_frames(options.frames):
            writer.write(depth)
    with gvc.open(options.stream) as video:
        for frame, depth in zip(video.gray, depth_frames(options.frames), strict=True):
            if not np.array_equal(frame.data, depth):
                print(f"frame {frame.index} is not what was recorded")
                return 1
        raw_bytes = len(video) * HEIGHT * WIDTH * 2
    size = options.stream.stat().st_size
    print(f"{options.frames} frames, {raw_bytes:,} bytes as {size:,}; every sample is the camera's")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

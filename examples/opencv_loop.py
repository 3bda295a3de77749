"""An OpenCV loop over the frames of a stream: edges of each picture, written as another stream.

python examples/opencv_loop.py in.gvc edges.gvc

Where ``cv2.VideoCapture`` seeks to the nearest keyframe it likes, ``video[i]`` is frame i.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2

import gvc


def main(arguments: list[str] | None = None) -> int:
    """Read, find edges, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    options = parser.parse_args(arguments)
    with gvc.open(options.source) as video:
        rate = video.metadata.frame_rate or 25
        with gvc.Writer(options.target, fps=rate, overwrite=True) as writer:
            for frame in video.rgb:
                image = cv2.cvtColor(frame.data, cv2.COLOR_RGB2BGR)  # as OpenCV's own readers give pictures
                edges = cv2.Canny(image, 60, 180)
                writer.write(edges)
        print(f"{writer.num_frames} pictures of edges in {options.target}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Peak memory against length: ``python -m benchmarks.memory [VIDEO]``.

Joins a clip to itself once and ten times, encodes and decodes both with the installed commands, and prints the peak
resident memory of each process. Frames are 320x180 from the bundled sample unless another video is named.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import tempfile
from pathlib import Path

import av
import numpy as np

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "demo_bbb_320x180_12fps.mp4"
REPEATS = (1, 10)
TRAINING = ("--epochs", "1", "--max-keyframes", "16", "--quality-frames", "8")


def main(arguments: list[str]) -> int:
    """Print the table; returns an exit code."""
    clip = Path(arguments[0]) if arguments else SAMPLE
    rows: dict[str, list[float]] = {"encode": [], "decode": []}
    with tempfile.TemporaryDirectory() as folder:
        for repeats in REPEATS:
            video, stream = Path(folder) / f"{repeats}.y4m", Path(folder) / f"{repeats}.gvc"
            num_frames = write_joined(clip, video, repeats)
            rows["encode"].append(peak_mib("gvc-encode", str(video), str(stream), *TRAINING))
            rows["decode"].append(peak_mib("gvc-decode", str(stream), f"{folder}/{repeats}.mkv", "--gray"))
            print(f"{repeats} x {clip.name}: {num_frames} frames", flush=True)
            video.unlink()
    print("| process | peak MiB, 1x | peak MiB, 10x | ratio |\n|---|---|---|---|")
    for name, (short, long) in rows.items():
        print(f"| {name} | {short:.0f} | {long:.0f} | {long / short:.3f} |")
    return 0


def write_joined(clip: Path, video: Path, repeats: int) -> int:
    """Write a clip ``repeats`` times in a row as 4:2:0 y4m; returns the number of frames."""
    num_frames = 0
    with video.open("wb") as output:
        for _ in range(repeats):
            with av.open(str(clip)) as container:
                for frame in container.decode(video=0):
                    if num_frames == 0:
                        output.write(f"YUV4MPEG2 W{frame.width} H{frame.height} F24:1 Ip A1:1 C420jpeg\n".encode())
                    output.write(b"FRAME\n" + np.ascontiguousarray(frame.to_ndarray(format="yuv420p")).tobytes())
                    num_frames += 1
    return num_frames


def peak_mib(name: str, *arguments: str) -> float:
    """Peak resident memory of one of gvc's commands, as the operating system counts it, in MiB."""
    program = str(Path(sysconfig.get_path("scripts")) / name)
    process = os.posix_spawn(program, [program, *arguments, "-q", "-y"], dict(os.environ))
    _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{name} failed")
    return usage.ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

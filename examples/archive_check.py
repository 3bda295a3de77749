"""Reads every stream of an archive to its end, and names those that are damaged.

python examples/archive_check.py archive/

Each frame is decoded and compared with the sender's checksums. For a damaged stream, the frames that are still good are
counted. ``gvc-verify`` checks one stream, and compares it with its source.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import gvc


def good_frames(path: Path) -> tuple[int, int, str | None]:
    """Frames that decode, frames in all (0 if that is not known), and the first error; None without one."""
    try:
        gvc.info(path)  # every checksum of the container, sound and subtitles too
        first_error = None
    except gvc.GvcError as error:
        first_error = str(error)
    good = 0
    try:
        with gvc.open(path) as video:
            for index in range(len(video)):
                try:
                    video[index]
                    good += 1
                except gvc.StreamError as error:
                    first_error = first_error or str(error)
            return good, len(video), first_error
    except gvc.GvcError as error:
        return 0, 0, first_error or str(error)


def main(arguments: list[str] | None = None) -> int:
    """Check a folder and all below; the exit code is 1 if something is damaged."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    num_damaged = 0
    for path in sorted(options.folder.rglob("*.gvc")):
        good, count, error = good_frames(path)
        if error is None:
            print(f"{path}: {count} frames, all good")
        else:
            num_damaged += 1
            print(f"{path}: DAMAGED, {good} of {count or '?'} frames are good: {error}")
    return 1 if num_damaged else 0


if __name__ == "__main__":
    raise SystemExit(main())

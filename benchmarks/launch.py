"""Runs a command and writes down its wall time and peak memory: ``python launch.py FIGURES PROGRAM ARGUMENT ...``.

A process of its own, as small as Python can be, since the operating system counts the memory of the process that
starts a program as that program's, up to the moment when the program takes over.
"""

import json
import os
import sys
import time


def main() -> int:
    """Run the command; returns its exit code."""
    figures, *command = sys.argv[1:]
    start = time.perf_counter()
    process = os.posix_spawn(command[0], command, dict(os.environ))
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - start
    with open(figures, "w") as output:  # noqa: PTH123 (pathlib is not imported: it takes memory)
        json.dump({"seconds": seconds, "peak_mib": usage.ru_maxrss / 1024}, output)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())

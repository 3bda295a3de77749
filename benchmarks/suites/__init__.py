"""What is measured: a suite for each question."""

from benchmarks.suites import color, consistency, engine, lossless, networks, papers, quick, speed
from benchmarks.suites.interface import Suite

SUITES: dict[str, Suite] = {
    suite.name: suite
    for suite in (
        papers.SUITE,
        color.SUITE,
        lossless.SUITE,
        speed.SUITE,
        engine.SUITE,
        consistency.SUITE,
        networks.SUITE,
        quick.SUITE,
    )
}
FULL_SUITES = tuple(name for name in SUITES if name != quick.SUITE.name)
"""Those that need real clips, in the order of the report."""

__all__ = ["FULL_SUITES", "SUITES", "Suite"]

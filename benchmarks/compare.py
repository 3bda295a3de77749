"""What changed between two sets of results: ``python -m benchmarks compare A B``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.figures import Table
from benchmarks.number_text import ABSENT, decimals
from benchmarks.results import Record, ResultSet
from benchmarks.suites.interface import geometric_mean


@dataclass(frozen=True)
class Figure:
    """One figure of a record that is worth comparing.

    Attributes:
        name: with its unit.
        value: of a record; None where it does not apply.
        decimals: that are shown.
        is_ratio: compared as B / A rather than B - A.
        tolerance: a smaller change is none: relative for a ratio.
    """

    name: str
    value: Callable[[Record], float | None]
    decimals: int
    is_ratio: bool
    tolerance: float


FIGURES = (
    Figure("total bytes", lambda record: record.total_bytes, 0, True, 0.0),
    Figure("color bytes", lambda record: record.color_bytes or None, 0, True, 0.0),
    Figure("chroma PSNR dB", lambda record: record.quality.psnr_chroma_db, 2, False, 0.005),
    Figure("CIEDE2000 mean", lambda record: record.quality.ciede2000_mean, 2, False, 0.005),
    Figure("CIEDE2000 p95", lambda record: record.quality.ciede2000_p95, 2, False, 0.005),
    Figure("flicker", lambda record: record.quality.chroma_flicker, 2, False, 0.005),
    Figure("encode s", lambda record: record.encode.median_seconds, 1, True, 0.1),
    Figure("decode s", lambda record: record.decode.median_seconds, 1, True, 0.1),
    Figure("encode peak MiB", lambda record: record.encode.median_peak_mib, 0, True, 0.1),
    Figure("decode peak MiB", lambda record: record.decode.median_peak_mib, 0, True, 0.1),
)


def comparison(before: ResultSet, after: ResultSet) -> tuple[list[str], list[Table]]:
    """Remarks, and tables of what changed: by case, and over all cases of a contender."""
    remarks = []
    pairs = [(record, found) for record in before if (found := after.get(record.case)) is not None]
    remarks.append(
        f"{len(pairs)} cases in both, {len(before)} in {before.path.stem}, {len(after)} in {after.path.stem}"
    )
    for one, other in ((before, after), (after, before)):
        missing = sorted(record.case for record in one if record.case not in other)
        if missing:
            remarks.append(f"only in {one.path.stem}: {', '.join(missing)}")
    if other_pixels := [old.case for old, new in pairs if old.material.sha256 != new.material.sha256]:
        remarks.append(f"prepared to other pixels, so not comparable to the bit: {', '.join(sorted(other_pixels))}")
    machines = [{str(record.environment.get("cpu")) for record in pair} for pair in pairs]
    if any(len(names) > 1 for names in machines):
        remarks.append("run on different machines: times and memory are not comparable")
    return remarks, [_by_contender(pairs), _by_case(pairs)]


def _by_contender(pairs: Sequence[tuple[Record, Record]]) -> Table:
    groups: dict[str, list[tuple[Record, Record]]] = {}
    for old, new in pairs:
        groups.setdefault(old.name, []).append((old, new))
    rows = []
    for name, group in sorted(groups.items()):
        cells = []
        for figure in FIGURES:
            values = [(figure.value(old), figure.value(new)) for old, new in group]
            known = [(a, b) for a, b in values if a is not None and b is not None]
            if figure.is_ratio:
                cells.append(decimals(geometric_mean(b / a for a, b in known if a > 0 and b > 0), 3))
            else:
                mean = sum(b - a for a, b in known) / len(known) if known else None
                cells.append(ABSENT if mean is None else f"{mean:+.{figure.decimals}f}")
        rows.append((name, str(len(group)), *cells))
    columns = (f"{figure.name}{', B / A' if figure.is_ratio else ', B - A'}" for figure in FIGURES)
    return Table(("contender", "cases", *columns), tuple(rows))


def _by_case(pairs: Sequence[tuple[Record, Record]]) -> Table:
    rows = []
    for old, new in sorted(pairs, key=lambda pair: pair[0].case):
        for figure in FIGURES:
            a, b = figure.value(old), figure.value(new)
            if a == b or (a is not None and b is not None and _is_small(figure, a, b)):
                continue
            change = ABSENT if a is None or b is None else _change(figure, a, b)
            rows.append((old.case, figure.name, decimals(a, figure.decimals), decimals(b, figure.decimals), change))
    return Table(("case", "figure", "A", "B", "change"), tuple(rows))


def _is_small(figure: Figure, a: float, b: float) -> bool:
    change = abs(b / a - 1) if figure.is_ratio and a else abs(b - a)
    return change <= figure.tolerance


def _change(figure: Figure, a: float, b: float) -> str:
    if figure.is_ratio:
        return f"{100 * (b / a - 1):+.1f} %" if a else ABSENT
    return f"{b - a:+.{figure.decimals}f}"

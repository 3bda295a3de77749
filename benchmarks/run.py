"""Runs the cases of suites, one after the other, and keeps each result as soon as it is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console

from benchmarks.cases import Case, Workplace, run_case
from benchmarks.results import Record, ResultSet
from codec.errors import GvcError


@dataclass(frozen=True)
class Outcome:
    """Of a run: how many cases were measured now, were there already, and failed."""

    measured: int
    kept: int
    failed: int


def run_cases(
    cases: Iterable[Case], results: ResultSet, workplace: Workplace, console: Console, *, again: bool = False
) -> Outcome:
    """Measure what the set does not have yet.

    A case that fails is reported and left out; the others go on.

    Args:
        cases: what to measure; a case that occurs twice is measured once.
        results: takes the records.
        workplace: folders.
        console: where progress is printed.
        again: measure everything, whatever the set has.
    """
    wanted = {case.key: case for case in cases}
    todo = [case for case in wanted.values() if again or case.key not in results]
    workplace.folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    for number, case in enumerate(todo, 1):
        place = f"[{number}/{len(todo)}] {case.key}"
        try:
            record = run_case(case, workplace)
        except GvcError as error:
            failed += 1
            console.print(f"{place}: failed. {error}", markup=False, highlight=False, soft_wrap=True)
            continue
        results.add(record)
        console.print(f"{place}: {_in_short(record)}", markup=False, highlight=False, soft_wrap=True)
    return Outcome(len(todo) - failed, len(wanted) - len(todo), failed)


def _in_short(record: Record) -> str:
    quality = record.quality
    chroma = "exact" if quality.picture_exact else f"chroma {quality.psnr_chroma_db or float('inf'):.2f} dB"
    seconds = f"{record.encode.median_seconds:.1f} s, {record.decode.median_seconds:.1f} s"
    return f"{record.total_bytes:,} bytes, {chroma}, {seconds}"

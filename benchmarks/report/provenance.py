"""Where the figures come from: versions, days, commits and machines of the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from benchmarks.figures import Table
from benchmarks.number_text import ABSENT
from benchmarks.report.markup import escaped
from benchmarks.report.tables import table_html
from benchmarks.results import Record
from codec.version import VERSION


def provenance_html(results: Sequence[Record]) -> str:
    """What all records share as a list, and a table of what tells the machines apart, a row for each."""
    facts = {"gvc": VERSION, "cases": str(len(results)), "measured": _days(results), "commit": _commits(results)}
    machines: dict[frozenset[tuple[str, str | int]], list[Record]] = {}
    for record in results:
        machines.setdefault(frozenset(record.environment.items()), []).append(record)
    groups = list(machines.values())
    keys = list(dict.fromkeys(key for group in groups for key in group[0].environment))
    shared = [key for key in keys if len({group[0].environment.get(key) for group in groups}) == 1]
    facts |= {key: str(groups[0][0].environment[key]) for key in shared}
    items = "".join(f"<div><dt>{escaped(name)}</dt><dd>{escaped(value)}</dd></div>" for name, value in facts.items())
    table = _machines_table(groups, [key for key in keys if key not in shared]) if len(groups) > 1 else ""
    return f'<dl class="provenance">{items}</dl>{table}'


def _machines_table(groups: Sequence[Sequence[Record]], keys: Sequence[str]) -> str:
    rows = tuple(
        (_cases(group), *(str(group[0].environment.get(key, ABSENT)) for key in keys))
        for group in sorted(groups, key=len, reverse=True)
    )
    table = table_html(Table(("cases", *keys), rows), label="machines")
    return f'<div class="provenance"><p>The cases ran in {len(groups)} environments:</p>{table}</div>'


def _cases(group: Sequence[Record]) -> str:
    clips = list(dict.fromkeys(record.material.clip for record in group))
    return f"{len(group)} of {', '.join(clips)}"


def _days(results: Sequence[Record]) -> str:
    days = sorted({record.date for record in results})
    if not days:
        return ABSENT
    return days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"


def _commits(results: Sequence[Record]) -> str:
    """Every commit; with more than one, the number of cases of each."""
    cases = Counter(record.commit for record in results)
    if len(cases) < 2:
        return next(iter(cases), ABSENT)
    return ", ".join(f"{commit} ({number})" for commit, number in cases.most_common())

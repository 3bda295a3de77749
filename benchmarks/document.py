"""Writes the committed results into the documents: ``python -m benchmarks document``.

It writes all of ``docs/benchmarks.md``, the README's headline, and the table of ``docs/paper-networks.md``. The
last two stand between marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.clips import declared_clips
from benchmarks.figures import Section, Table
from benchmarks.measure import ROOT
from benchmarks.results import Record, ResultSet, set_path
from benchmarks.suites import FULL_SUITES, SUITES
from benchmarks.suites.summary import headline
from codec.version import VERSION

DOCUMENT = ROOT / "docs" / "benchmarks.md"
README = ROOT / "README.md"
START, END = "<!-- headline: made by `python -m benchmarks document` -->", "<!-- end of headline -->"
NETWORKS = ROOT / "docs" / "paper-networks.md"
TABLE_START, TABLE_END = "<!-- table: made by `python -m benchmarks document` -->", "<!-- end of table -->"

INTRODUCTION = """\
# Benchmarks

Measured by `python -m benchmarks`, and written by `python -m benchmarks document` from
`benchmarks/results/{name}.jsonl`: this page and the README's headline are never edited by hand. Every record there has
the command lines, the options, the seed, the versions, the machine, the commit and the sha256 of the pixels.

How figures come about:

- **Bytes** are those of files on disk. gvc's parts add up to its file.
- **Time** is the wall time of whole processes, start of the interpreter included; **memory** is the peak resident size.
- **Chroma PSNR** is over both chroma planes of all frames together, peak 255: U and V of YUV material, Cb and Cr of
  BT.601 for RGB. **CIEDE2000** (mean / 95th percentile) is over up to 48 frames, evenly spread; so is SSIM. All metrics
  are in `codec/metrics`, each tested against an independent implementation.
- Codecs run through PyAV (FFmpeg's libraries), each in a process of its own, and everything is decoded again and
  compared.
- Clips are prepared by the FFmpeg filters that their records name; every contender of a comparison is given the same
  pixels.

To see the pictures, run a suite and open the page that it writes: original, gray and decoded side by side or under a
slider, frame by frame, with difference maps of the worst frames.
"""


def render_document(results: ResultSet) -> str:
    """The page, as Markdown."""
    records = list(results)
    parts = [INTRODUCTION.format(name=results.path.stem)]
    for section in (*headline(records), *(s for name in FULL_SUITES for s in SUITES[name].sections(records))):
        parts.append(_section(section))
    parts += [_machines(records), _clips(records)]
    return "\n".join(parts)


def render_headline(results: ResultSet) -> str:
    """The README's part between its marks: for each use of gvc a heading, a text, a table and the command."""
    parts = [_section(section, level=3) for section in headline(list(results))]
    return "\n".join([START, *parts, END])


def render_networks(results: ResultSet) -> str:
    """The table of the papers' networks, between its two marks."""
    suite = SUITES["networks"]
    parts = [_section(section).partition("\n\n")[2] for section in suite.sections(list(results))]
    return f"{TABLE_START}\n" + "\n".join(parts or [f"Measured by `{suite.command}`; not run yet.\n"]) + TABLE_END


def write_documents(name: str = VERSION, *, check: bool = False) -> list[Path]:
    """Write all documents, or find out which would change.

    Args:
        name: name of the set of results.
        check: write nothing.

    Returns:
        The files that were changed, or would be.
    """
    results = ResultSet(set_path(name))
    wanted = {
        DOCUMENT: render_document(results),
        README: _between(README, START, render_headline(results), END),
        NETWORKS: _between(NETWORKS, TABLE_START, render_networks(results), TABLE_END),
    }
    changed = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    if not check:
        for path in changed:
            path.write_text(wanted[path])
    return changed


def _between(path: Path, start: str, text: str, end: str) -> str:
    """The file's text, with everything from ``start`` to ``end`` replaced by ``text``, which contains both marks."""
    before, found, rest = path.read_text().partition(start)
    _, ended, after = rest.partition(end)
    if not (found and ended):
        raise ValueError(f"expected the marks {start} and {end} in {path}")
    return before + text + after


def _section(section: Section, *, level: int = 2) -> str:
    parts = [f"{'#' * level} {section.heading}\n", *(f"{text}\n" for text in section.text)]
    parts += [f"{table.as_markdown()}\n" for table in section.tables if table.rows]
    return "\n".join([*parts, f"`{section.command}`\n"])


def _machines(records: Sequence[Record]) -> str:
    """The machines, versions and commits that the records come from."""
    groups: dict[tuple[tuple[str, str], ...], list[Record]] = {}
    for record in records:
        facts = tuple((name, str(value)) for name, value in record.environment.items())
        groups.setdefault(facts, []).append(record)
    parts = ["## Machine and versions\n"]
    for facts, group in groups.items():
        commits = ", ".join(sorted({record.commit for record in group}))
        dates = sorted({record.date for record in group})
        when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
        encoders = ", ".join(sorted({record.version for record in group}))
        rows = (*facts, ("encoders", encoders), ("records", str(len(group))), ("commits", commits), ("run", when))
        parts.append(Table(("", "value"), tuple(rows)).as_markdown() + "\n")
    return "\n".join(parts)


def _clips(records: Sequence[Record]) -> str:
    used = {record.material.clip for record in records}
    rows = [
        (clip.name, clip.shows, clip.origin.replace("|", "/"), clip.license.replace("|", "/"))
        for clip in declared_clips().values()
        if clip.name in used
    ]
    return f"## Clips\n\n{Table(('clip', 'shows', 'from', 'license'), tuple(rows)).as_markdown()}\n"

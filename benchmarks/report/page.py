"""The report: sections, viewers and every case, put into one HTML file that needs nothing else.

Sections become HTML in ``tables`` and ``plots``, results in ``provenance`` and ``cases``, pictures in ``viewer``; all
of it goes into ``page.html``, with ``page.css``, ``tables.js`` and ``viewer.js`` inside.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from benchmarks.figures import Section
from benchmarks.pictures import PictureStore
from benchmarks.report.cases import cases_html
from benchmarks.report.markup import escaped, inline, plain, slug
from benchmarks.report.plots import bars_html, part_styles, plot_html, series_styles
from benchmarks.report.provenance import provenance_html
from benchmarks.report.styles import Style
from benchmarks.report.tables import command_html, table_html
from benchmarks.report.viewer import about_pictures, difference_legend, materials_of, viewer_html
from benchmarks.results import Record
from codec.files import PendingFile, output_error
from codec.version import PROGRAM

FOLDER = Path(__file__).parent
NO_PICTURES = (
    "No pictures are stored here. They stay on the machine that runs the cases and are no part of the committed "
    "results: `python -m benchmarks run --again` measures there again, and writes a report with pictures."
)
ABOUT_CASES = (
    "The records of this report, {cases} in all, a row each. Bytes are those of the whole file; seconds and MiB (peak "
    "resident memory) are the median over the runs."
)


@dataclass(frozen=True)
class Part:
    """A piece of the page that the table of contents names.

    Attributes:
        heading: with marks.
        place: its ``id``.
        html: all of it, heading included.
        below: parts within it, for the table of contents.
    """

    heading: str
    place: str
    html: str
    below: tuple[Part, ...] = ()


def write_report(
    sections: Sequence[Section], results: Sequence[Record], pictures: PictureStore, target: Path, *, title: str
) -> None:
    """Write the report: whole, or not at all.

    Args:
        sections: in order.
        results: every record that the sections speak of; those with pictures get into the viewers.
        pictures: where the pictures of the records are kept; may be empty.
        target: the HTML file. Its folder is made; a file that is there is replaced.
        title: heading.

    Raises:
        ValueError: a plot or bars cannot be drawn.
        OutputError: the file cannot be written.
    """
    page = report_html(sections, results, pictures, title=title).encode()
    file = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        file = PendingFile(str(target), overwrite=True)
        file.stream.write(page)
        file.commit()
    except OSError as error:
        raise output_error(str(target), error) from error
    finally:
        if file is not None:
            file.abort()


def report_html(sections: Sequence[Section], results: Sequence[Record], pictures: PictureStore, *, title: str) -> str:
    """The report as text; see :func:`write_report`."""
    taken = {"top", "contents"}
    lines = series_styles([plot for section in sections for plot in section.plots])
    stacked = part_styles([bars for section in sections for bars in section.bars])
    parts = [_section(section, lines, stacked, taken) for section in sections]
    parts += [_pictures(results, pictures, taken), _cases(results, taken)]
    scripts = [_read("tables.js"), _read("viewer.js")]
    return Template(_read("page.html")).substitute(
        title=escaped(plain(title)),
        heading=inline(title),
        policy=_policy(scripts),
        style=_read("page.css"),
        provenance=provenance_html(results),
        contents=_contents(parts),
        parts="\n".join(part.html for part in parts),
        difference_legend=difference_legend(),
        program=escaped(PROGRAM),
        scripts="\n".join(f"<script>{script}</script>" for script in scripts),
    )


def _section(section: Section, lines: Mapping[str, Style], stacked: Mapping[str, Style], taken: set[str]) -> Part:
    place = slug(section.heading, taken)
    plots = "".join(plot_html(plot, lines) for plot in section.plots)
    body = [
        *(f"<p>{inline(paragraph)}</p>" for paragraph in section.text),
        *(table_html(table, label=section.heading) for table in section.tables),
        f'<div class="plots">{plots}</div>' if plots else "",
        *(bars_html(bars, stacked) for bars in section.bars),
        command_html(section.command) if section.command else "",
    ]
    return _part(section.heading, place, "\n".join(body))


def _pictures(results: Sequence[Record], pictures: PictureStore, taken: set[str]) -> Part:
    place = slug("Pictures", taken)
    viewers, absent = [], []
    for material, records in materials_of(results).items():
        place_of_viewer = slug(f"pictures {material}", taken)
        html = viewer_html(records, pictures, name=material, place=place_of_viewer)
        if html is None:
            absent.append(material)
        else:
            viewers.append(Part(material, place_of_viewer, html))
    if not viewers:
        return _part("Pictures", place, f'<p class="note">{inline(NO_PICTURES)}</p>')
    body = [
        f"<p>{inline(about_pictures())}</p>",
        "<noscript><p>The viewers need JavaScript; nothing else on this page does.</p></noscript>",
        *(viewer.html for viewer in viewers),
        f'<p class="note">Without pictures here: {escaped(", ".join(absent))}.</p>' if absent else "",
    ]
    return _part("Pictures", place, "\n".join(body), tuple(viewers))


def _cases(results: Sequence[Record], taken: set[str]) -> Part:
    about = inline(ABOUT_CASES.format(cases=len(results)))
    return _part("Every case", slug("Every case", taken), f"<p>{about}</p>{cases_html(results)}")


def _part(heading: str, place: str, body: str, below: tuple[Part, ...] = ()) -> Part:
    html = f'<section class="part" id="{place}">\n<h2>{inline(heading)}</h2>\n{body}\n</section>'
    return Part(heading, place, html, below)


def _contents(parts: Sequence[Part]) -> str:
    items = []
    for part in parts:
        below = f"<ul>{_contents(part.below)}</ul>" if part.below else ""
        items.append(f'<li><a href="#{part.place}">{escaped(plain(part.heading))}</a>{below}</li>')
    return "".join(items)


def _policy(scripts: Sequence[str]) -> str:
    """What a browser lets the page do: run these scripts, show pictures that lie in it, and load nothing."""
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {allowed}"


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")

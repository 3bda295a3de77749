"""The report as a file: whole, safe, and with everything inside."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from benchmarks.figures import Bars, Plot, Section, Series, Table
from benchmarks.number_text import ABSENT
from benchmarks.pictures import PictureStore, viewer_indices
from benchmarks.report.markup import inline, json_for_script, plain, slug
from benchmarks.report.page import report_html, write_report
from codec.errors import OutputError
from tests.made_up_results import ENVIRONMENT, MATERIAL, exact_record, make_record, store_pictures

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
VOID = {"meta", "link", "input", "br", "img", "hr"}


class Reader(HTMLParser):
    """Checks that elements close in order, and collects what a browser would load or run."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.places: list[str] = []
        self.scripts: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append("")
        for name, value in attrs:
            if name in ("src", "href", "srcset", "data", "action") and tag != "a":
                self.addresses.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)
            if name == "id":
                self.places.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """``<path/>`` opens nothing."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data
        elif self.open and self.open[-1] != "style":
            self.text.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open
    return reader


def sections(word: str = "plain") -> list[Section]:
    table = Table((word, f"{word} bytes"), ((f"{word} row", "1,234"), ("other", "-5.5 %")), command=f"run {word}")
    return [
        Section(f"Summary {word}", f"measure {word}", (f"Text of {word}.",), (table,)),
        Section(
            f"Plots {word}",
            "measure plots",
            plots=(Plot(word, word, word, (Series(word, ((1, 2), (3, 4))),), log_x=True),),
            bars=(Bars(word, word, (word,), ((word, (1,)),)),),
        ),
    ]


@pytest.fixture
def store(tmp_path: Path) -> PictureStore:
    return PictureStore(tmp_path / "pictures")


def test_page_holds_every_section_and_record_and_is_well_formed(store: PictureStore) -> None:
    records = [make_record(), make_record("disc-64/x265"), exact_record()]
    store_pictures(store, records[0])
    reader = read(report_html(sections(), records, store, title="Report"))
    text = " ".join(reader.text)
    for record in records:
        assert record.case in text
        assert record.encode.command in text
    for word in ("Summary plain", "Text of plain.", "plain row", "1,234", "measure plain", "run plain", "Plots plain"):
        assert word in text
    assert len(reader.places) == len(set(reader.places))


@pytest.mark.parametrize("target", ["summary-plain", "plots-plain", "pictures", "pictures-disc-64", "every-case"])
def test_contents_lead_to_places_that_are_there(store: PictureStore, target: str) -> None:
    store_pictures(store, make_record())
    html = report_html(sections(), [make_record()], store, title="Report")
    assert f'<a href="#{target}">' in html
    assert f'id="{target}"' in html


def test_page_loads_nothing(store: PictureStore) -> None:
    record = make_record()
    store_pictures(store, record)
    html = report_html(sections(), [record], store, title="Report")
    reader = read(html)
    assert all(address.startswith("data:") for address in reader.addresses)
    assert not re.search("https?:", html)
    assert "url(" not in html
    assert "@import" not in html
    assert "default-src 'none'" in html


def test_only_links_in_the_text_lead_outside(store: PictureStore) -> None:
    section = Section("S", "c", ("See [the paper](https://example.org/a_b?c=1&d=2), [this](javascript:alert(1)).",))
    html = report_html([section], [], store, title="Report")
    assert re.findall(r'(?:href|src)="(?!data:|#)([^"]*)"', html) == ["https://example.org/a_b?c=1&amp;d=2"]


def test_hostile_names_are_text(store: PictureStore) -> None:
    record = make_record(
        "disc-64/hostile",
        contender=HOSTILE,
        settings=HOSTILE,
        version=HOSTILE,
        commit=HOSTILE,
        environment={HOSTILE: HOSTILE},
    )
    store_pictures(store, record)
    html = report_html(sections(HOSTILE), [record, make_record()], store, title=HOSTILE)
    reader = read(html)
    assert "alert(1)" not in "".join(script for script in reader.scripts if not script.startswith(("{", "[")))
    assert len(reader.scripts) == 4  # facts, pictures, tables.js, viewer.js
    assert not reader.handlers
    assert "<img" not in html
    facts = json.loads(next(script for script in reader.scripts if script.startswith("{")))
    assert facts["contenders"][0]["name"] == f"{HOSTILE} {HOSTILE}"


def test_pictures_that_contenders_share_are_in_the_page_once(store: PictureStore) -> None:
    records = [make_record(), make_record("disc-64/x265"), exact_record()]
    for record, fade in zip(records, (0.5, 0.9, 0.0), strict=True):
        store_pictures(store, record, fade=fade)
    reader = read(report_html([], records, store, title="Report"))
    facts, uris = (json.loads(script) for script in reader.scripts[:2])
    assert len(uris) == len(set(uris))
    first, second, lossless = (contender["frames"] for contender in facts["contenders"])
    assert [frame["index"] for frame in first] == list(viewer_indices(40))
    assert [frame["original"] for frame in first] == [frame["original"] for frame in second]
    assert [frame["gray"] for frame in first] == [frame["gray"] for frame in second]
    assert not {frame["decoded"] for frame in first} & {frame["decoded"] for frame in second}
    assert [frame["decoded"] for frame in lossless] == [frame["original"] for frame in lossless]
    used = {frame[kind] for frames in (first, second, lossless) for frame in frames for kind in ("original", "gray")}
    assert used <= set(range(len(uris)))


def test_viewer_has_the_figures_of_each_contender(store: PictureStore) -> None:
    records = [make_record(settings="network=small"), exact_record()]
    for record in records:
        store_pictures(store, record)
    facts = json.loads(read(report_html([], records, store, title="Report")).scripts[0])
    assert facts["framesPerSecond"] == pytest.approx(30000 / 1001)
    assert facts["numFrames"] == 40
    model, lossless = (dict(contender["figures"]) for contender in facts["contenders"])
    assert facts["contenders"][0]["name"] == "gvc network=small"
    assert model["total bytes"] == "12,345"
    assert model["color bytes"] == "3,000"
    assert model["PSNR chroma, dB"] == "38.12"
    assert lossless["PSNR chroma, dB"] == "exact"
    assert lossless["color bytes"] == ABSENT
    assert [worst["index"] for worst in facts["contenders"][0]["worst"]] == [13, 20]


@pytest.mark.parametrize(
    ("parts", "cells"),
    [
        ({"luma": 9_000, "network": 3_345}, "<td>93.3</td><td>3,345</td>"),
        ({"picture": 12_345}, f"<td>93.3</td><td>{ABSENT}</td>"),
        ({"color": 12_345}, f"<td>{ABSENT}</td><td>12,345</td>"),
    ],
)
def test_cases_have_only_figures_that_mean_something(store: PictureStore, parts: dict[str, int], cells: str) -> None:
    assert f"<td>12,345</td>{cells}" in report_html([], [make_record(parts_bytes=parts)], store, title="Report")


@pytest.mark.parametrize("stored", [0, 1])
def test_page_says_where_pictures_are_missing(store: PictureStore, stored: int) -> None:
    records = [make_record(), make_record("slope-64/gvc")]
    for record in records[:stored]:
        store_pictures(store, record)
    text = " ".join(read(report_html([], records, store, title="Report")).text)
    assert ("Without pictures here: slope-64." if stored else "No pictures are stored here.") in text


def test_page_of_nothing_is_a_page(store: PictureStore) -> None:
    assert "There are no records." in " ".join(read(report_html([], [], store, title="Report")).text)


def test_provenance_names_versions_days_and_commits(store: PictureStore) -> None:
    records = [make_record(), make_record("disc-64/x265", commit="def5678+", date="2026-03-06")]
    text = " ".join(read(report_html([], records, store, title="Report")).text)
    for word in ("x86_64, 2 cores", "3.11.9", "2026-03-04 to 2026-03-06", "abc1234 (1)", "def5678+ (1)"):
        assert word in text
    assert "environments" not in text


def test_provenance_tells_machines_apart(store: PictureStore) -> None:
    other = ENVIRONMENT | {"cores": 16, "gpu": "some"}
    records = [make_record(), make_record("disc-64/x265"), make_record("disc-64/x264", environment=other)]
    html = report_html([], records, store, title="Report")
    assert "The cases ran in 2 environments" in html
    assert f'<th scope="row">2 of disc</th><td>2</td><td>{ABSENT}</td>' in html
    assert '<th scope="row">1 of disc</th><td>16</td><td>some</td>' in html


def test_report_is_written_whole_or_not_at_all(store: PictureStore, tmp_path: Path) -> None:
    target = tmp_path / "new" / "report.html"
    write_report(sections(), [make_record()], store, target, title="First")
    first = target.read_text()
    assert first.startswith("<!doctype html>")
    bad = Section("S", "c", plots=(Plot("t", "x", "y", (Series("s", ((0, float("nan")),)),)),))
    with pytest.raises(ValueError, match="finite"):
        write_report([bad], [make_record()], store, target, title="Second")
    assert target.read_text() == first
    assert [path.name for path in target.parent.iterdir()] == ["report.html"]


def test_report_that_cannot_be_written_is_an_output_error(store: PictureStore, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot write"):
        write_report([], [], store, tmp_path / "file" / "report.html", title="Report")


def test_material_is_described(store: PictureStore) -> None:
    store_pictures(store, make_record())
    html = report_html([], [make_record()], store, title="Report")
    assert f"{MATERIAL.clip}: 64x48, yuv420p, 40 frames at 29.97 a second, 184,320 bytes uncompressed; made up" in html
    assert "JPEG, quality 90" in html
    assert "4:4:4" in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("`a<b>` **bold `x`**", "<code>a&lt;b&gt;</code> <strong>bold <code>x</code></strong>"),
        ('[a **b**](https://x.org/?a="b")', '<a href="https://x.org/?a=&quot;b&quot;">a <strong>b</strong></a>'),
        ("[a](#place)", '<a href="#place">a</a>'),
        ("[a](javascript:alert)", "[a](javascript:alert)"),
        ("[a](data:text/html,x)", "[a](data:text/html,x)"),
        ("2 ** 3 * 4, a_b, `", "2 ** 3 * 4, a_b, `"),
        ("**a*b**", "<strong>a*b</strong>"),
    ],
)
def test_marks(text: str, html: str) -> None:
    assert inline(text) == html


def test_plain_text_has_no_marks() -> None:
    assert plain("**a** `b` [c](https://x.org) <d>") == "a b c <d>"


def test_places_have_names_of_their_own() -> None:
    taken: set[str] = set()
    assert [slug(text, taken) for text in ("Rate, `a`", "rate a", "÷", "÷")] == ["rate-a", "rate-a-2", "part", "part-2"]


def test_json_cannot_leave_its_script() -> None:
    text = json_for_script({"<!--": "</script>"})
    assert "<" not in text
    assert json.loads(text) == {"<!--": "</script>"}

"""What is generated is what is committed: the page and the README's headline."""

from __future__ import annotations

from benchmarks.document import DOCUMENT, END, README, START, render_document, render_headline, write_documents
from benchmarks.figures import Table
from benchmarks.results import ResultSet, set_path
from codec.version import VERSION


def test_the_page_and_the_headline_are_up_to_date() -> None:
    assert write_documents(check=True) == []


def test_the_readme_holds_the_headline_of_the_committed_results() -> None:
    headline = render_headline(ResultSet(set_path(VERSION)))
    assert headline.startswith(START)
    assert headline.endswith(END)
    assert headline in README.read_text()


def test_every_record_has_a_place_in_the_page() -> None:
    results = ResultSet(set_path(VERSION))
    page = render_document(results)
    assert DOCUMENT.read_text() == page
    for record in results:
        assert record.material.clip in page
        assert record.version in page


def test_tables_are_markdown() -> None:
    table = Table(("clip", "bytes"), (("a", "1"), ("b", "2")))
    assert table.as_markdown() == "| clip | bytes |\n| --- | ---: |\n| a | 1 |\n| b | 2 |"

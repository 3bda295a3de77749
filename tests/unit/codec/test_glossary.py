"""The glossary can be searched: it is in alphabetical order, and every term that it refers to is in it."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def entries() -> dict[str, str]:
    rows = ROW.findall((DOCS / "glossary.md").read_text(encoding="utf-8"))
    return dict(rows[1:])  # without the heading


def test_terms_are_in_alphabetical_order() -> None:
    terms = list(entries())
    assert terms == sorted(terms, key=str.casefold)
    assert len(terms) > 50


def test_terms_in_italics_are_defined() -> None:
    known = {term.rstrip("s") for term in entries()}
    for term, meaning in entries().items():
        for used in re.findall(r"\*([^*]+)\*", meaning):
            assert used.casefold().rstrip("s") in known, f"{used}, in the meaning of {term}"


def test_it_is_linked() -> None:
    for page in (DOCS / "how-it-works.md", DOCS.parent / "README.md"):
        assert "glossary.md" in page.read_text(encoding="utf-8")

"""The tables of docs/format.md are those of the declarations."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from container_format import network_records, records
from container_format.chunks import CHUNK_RECORDS
from container_format.document import END, main, update
from container_format.fields import declarations

PAGE = Path(__file__).parents[3] / "docs" / "format.md"


def test_page_is_up_to_date() -> None:
    assert main([str(PAGE), "--check"]) == 0


def test_check_fails_on_an_old_page(tmp_path: Path) -> None:
    old = tmp_path / "format.md"
    old.write_text(PAGE.read_text(encoding="utf-8").replace("luma_crc32", "luma_crc31"), encoding="utf-8")
    assert main([str(old), "--check"]) == 1
    assert main([str(old)]) == 0
    assert main([str(old), "--check"]) == 0


def test_page_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="markers"):
        update("# a page" + END)


def test_numbers_are_unique_and_every_record_is_declared() -> None:
    modules = (records.__name__, network_records.__name__)
    classes = [c for c in vars(records).values() if dataclasses.is_dataclass(c) and c.__module__ in modules]
    assert set(CHUNK_RECORDS.values()) < set(classes)
    for record in classes:
        numbers = [declaration.number for _, declaration in declarations(record)]  # type: ignore[arg-type]
        assert len(set(numbers)) == len(numbers)

"""The tables of the page are those of the declarations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from codec.page.tables import _kind, document, main
from container_format.fields import Int

TABLES = Path(__file__).parents[3] / "web" / "generated" / "tables.js"


def test_the_file_is_what_the_declarations_say() -> None:
    assert TABLES.read_text(encoding="utf-8") == document(), "run python -m codec.page.tables web/generated/tables.js"


def test_check_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "tables.js"
    assert main([str(path), "--check"]) == 1
    assert "run python -m codec.page.tables" in capsys.readouterr().out
    assert not path.exists()
    assert main([str(path)]) == 0
    assert main([str(path), "--check"]) == 0


def test_numbers_beyond_2_to_the_53_stay_exact() -> None:
    assert "high: 4611686018427387904n" in document()
    assert _kind(Int(0, 7)) == {"type": "int", "low": 0, "high": 7}


def test_a_kind_that_the_page_does_not_know_is_refused() -> None:
    @dataclass(frozen=True)
    class Other:
        """No kind of field."""

    with pytest.raises(TypeError, match="that the page knows"):
        _kind(Other())  # type: ignore[arg-type]

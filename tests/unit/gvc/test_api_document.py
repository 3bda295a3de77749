"""The examples of docs/api.md do what they show."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "api.md"


def test_the_examples_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    examples = doctest.DocTestParser().get_doctest("".join(blocks), {}, "api.md", str(PAGE), 0)
    assert len(examples.examples) > 30
    output: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(examples, out=output.append)
    assert results.failed == 0, "".join(output)


def test_the_page_names_everything_public() -> None:
    import gvc

    text = PAGE.read_text(encoding="utf-8")
    missing = {name for name in gvc.__all__ if f"gvc.{name}" not in text}
    assert missing <= {"DecodeReport", "EncodeReport", "Mode", "Progress", "Video", "__version__"}

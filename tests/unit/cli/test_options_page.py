from pathlib import Path

from codec.cli.document import document

PAGE = Path(__file__).parents[3] / "docs" / "options.md"


def test_the_page_says_what_is_declared() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "python -m codec.cli.document docs/options.md"

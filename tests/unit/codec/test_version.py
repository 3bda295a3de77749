"""The version is stated once, where a build can read it without importing anything."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

from codec.version import PROGRAM, VERSION

ROOT = Path(__file__).parents[3]


def test_the_build_takes_the_version_from_the_code() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in settings["project"]
    assert settings["project"]["dynamic"] == ["version"]
    assert settings["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "codec.version.VERSION"}


def test_the_version_is_a_plain_literal() -> None:
    module = ast.parse((ROOT / "codec" / "version.py").read_text(encoding="utf-8"))
    assert not any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(module))
    values = [
        node.value
        for node in module.body
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["VERSION"]
    ]
    assert [ast.literal_eval(value) for value in values] == [VERSION]
    assert PROGRAM.endswith(VERSION)

"""The examples run as they are shown."""

from __future__ import annotations

import ast
import importlib.util
import json
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import gvc

ROOT = Path(__file__).parents[3]
VALID = ROOT / "tests" / "conformance" / "v1" / "valid"


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{name}", ROOT / "examples" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_depth_recorder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert example("depth_recorder").main([str(tmp_path / "depth.gvc"), "--frames", "4"]) == 0
    assert "4 frames, 153,600 bytes as" in capsys.readouterr().out


def test_archive_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(VALID / "segments.gvc", tmp_path / "good.gvc")
    module = example("archive_check")
    assert module.main([str(tmp_path)]) == 0
    data = bytearray((VALID / "segments.gvc").read_bytes())
    with gvc.open(tmp_path / "good.gvc") as video:
        place, count = video._opened._reader.segments[1], len(video)
    data[place.offset + 40] ^= 1
    (tmp_path / "bad.gvc").write_bytes(data)
    (tmp_path / "cut.gvc").write_bytes(data[:100])
    capsys.readouterr()
    assert module.main([str(tmp_path)]) == 1
    bad, cut, good = capsys.readouterr().out.splitlines()
    assert f"bad.gvc: DAMAGED, {count - place.num_frames} of {count} frames are good" in bad
    assert "cut.gvc: DAMAGED, 0 of ? frames are good" in cut
    assert f"good.gvc: {count} frames, all good" in good


def test_opencv_loop(tmp_path: Path) -> None:
    pytest.importorskip("cv2")
    assert example("opencv_loop").main([str(VALID / "guided_yuv420p.gvc"), str(tmp_path / "edges.gvc")]) == 0
    with gvc.open(tmp_path / "edges.gvc") as edges, gvc.open(VALID / "guided_yuv420p.gvc") as video:
        assert len(edges) == len(video)
        assert set(np.unique(edges.gray[0].data)) <= {0, 255}


def test_the_notebook(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its cells in order, in this process: what the last line of each is worth."""
    pytest.importorskip("IPython", reason="needs the extra [dev]")
    monkeypatch.chdir(ROOT / "examples")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    notebook = json.loads(Path("frames.ipynb").read_text(encoding="utf-8"))
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    names: dict[str, Any] = {}
    shown = [result_of(cell, names) for cell in cells]
    assert "bytes, 81 % less than raw, 696,100 as FFV1" in shown[0]
    assert shown[1] == (75, 4.0, [(90, 160), (45, 80), (45, 80)], 37)
    assert shown[2].data.startswith(b"\x89PNG")
    assert len(shown[3]) == 5
    assert shown[4] is True


def result_of(cell: str, names: dict[str, Any]) -> Any:
    """Run a cell as a notebook does, and return the value of the expression that it ends with."""
    *statements, last = ast.parse(cell).body
    assert isinstance(last, ast.Expr)
    exec(compile(ast.Module(statements, []), "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)


def test_torch_dataset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    shutil.copy(VALID / "segments.gvc", tmp_path / "one.gvc")
    assert example("torch_dataset").main([str(tmp_path), "--length", "2", "--workers", "1"]) == 0
    assert "2 clips" in capsys.readouterr().out

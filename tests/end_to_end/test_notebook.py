"""docs/notebook.ipynb from top to bottom, in a kernel of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

nbclient = pytest.importorskip("nbclient", reason="needs the extra [dev]")
pytest.importorskip("ipykernel", reason="needs the extra [dev]")
pytest.importorskip("ipywidgets", reason="needs the extra [notebook]")
nbformat = pytest.importorskip("nbformat")

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of Jupyter's own
def test_the_notebook_runs_from_top_to_bottom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(entry for entry in sys.path if entry))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    kernels = tmp_path / "kernels" / "python3"
    kernels.mkdir(parents=True)
    line = f'["{sys.executable}", "-m", "ipykernel_launcher", "-f", "{{connection_file}}"]'
    (kernels / "kernel.json").write_text(f'{{"argv": {line}, "display_name": "Python 3", "language": "python"}}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    notebook = nbformat.read(DOCS / "notebook.ipynb", as_version=4)
    executed = nbclient.NotebookClient(notebook, timeout=900, resources={"metadata": {"path": str(DOCS)}}).execute()
    cells = [cell for cell in executed.cells if cell.cell_type == "code"]
    assert all(cell.outputs and cell.outputs[0].output_type != "error" for cell in cells)
    said = [cell.outputs[-1].data["text/plain"] for cell in cells]
    assert "12 frames" in said[1]
    assert "bytes of raw video saved" in said[3]
    assert "Image(" in said[4]

"""Who may import whom: the table of docs/architecture.md, held by reading the imports of every module."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Each part, and the parts of ours that it may import. Everything may import the errors and itself.
ALLOWED: dict[str, set[str]] = {
    "container_format": set(),
    "codec.errors": {"container_format"},
    "codec.version": set(),
    "codec.progress": set(),
    "codec.unfinished": set(),
    "codec.read_ahead": {"codec.unfinished"},
    "codec.caching": set(),
    "codec.workers": {"codec.native", "codec.unfinished"},
    "codec.files": {"codec.unfinished"},
    "codec.cluster": {"codec.native", "codec.unfinished", "codec.version", "codec.workers"},
    "codec.extras": set(),
    "codec.video": {"codec.extras", "codec.files", "codec.native", "codec.unfinished", "codec.version"},
    "codec.kept_files": {"codec.files", "codec.video", "container_format"},
    "codec.keyframes": {"codec.native", "codec.video"},
    "codec.metrics": {"codec.video"},
    "codec.color_target": {"codec.metrics", "codec.video"},
    "codec.references": {"codec.files", "codec.progress", "codec.video"},
    "codec.report": {"codec.version"},
    "codec.live_report": {"codec.version"},
    "codec.splice_report": {"codec.version"},
    "codec.transport": set(),
    # What both sides share, from planes to networks.
    "codec.plane_codecs": {"codec.extras", "codec.video", "container_format"},
    "codec.memory": set(),
    "codec.hints": {"codec.exact", "codec.memory", "codec.native", "codec.plane_codecs", "codec.video"},
    "codec.entropy": {"codec.native"},
    "codec.backend": set(),
    "codec.native": set(),
    "codec.exact": {"codec.native", "codec.video"},
    "codec.weights": {"codec.entropy", "codec.exact", "container_format"},
    "codec.lossless": {
        "codec.entropy",
        "codec.exact",
        "codec.extras",
        "codec.native",
        "codec.plane_codecs",
        "codec.video",
        "codec.weights",
        "container_format",
    },
    "codec.networks": {
        "codec.backend",
        "codec.exact",
        "codec.extras",
        "codec.hints",
        "codec.lossless",
        "codec.native",
        "codec.video",
        "codec.weights",
        "container_format",
    },
    "codec.checksums": {"codec.video"},
    "codec.late_picture": {"codec.video"},
    "codec.segment_color": {"codec.hints", "codec.late_picture", "codec.networks", "codec.video"},
    "codec.stream_recoding": {"codec.video", "container_format"},
    "codec.stream_header": {
        "codec.hints",
        "codec.lossless",
        "codec.plane_codecs",
        "codec.stream_recoding",
        "codec.version",
        "codec.video",
        "container_format",
    },
    # The receiver.
    "codec.decoder": {
        "codec.caching",
        "codec.checksums",
        "codec.cluster",
        "codec.hints",
        "codec.late_picture",
        "codec.lossless",
        "codec.networks",
        "codec.plane_codecs",
        "codec.progress",
        "codec.read_ahead",
        "codec.segment_color",
        "codec.stream_header",
        "codec.video",
        "codec.workers",
        "container_format",
    },
    # The sender.
    "codec.training": {
        "codec.backend",
        "codec.caching",
        "codec.exact",
        "codec.hints",
        "codec.lossless",
        "codec.metrics",
        "codec.networks",
        "codec.progress",
        "codec.video",
        "codec.weights",
        "container_format",
    },
    "codec.encoder": {
        "codec.caching",
        "codec.checksums",
        "codec.cluster",
        "codec.backend",
        "codec.color_target",
        "codec.extras",
        "codec.hints",
        "codec.keyframes",
        "codec.live_report",
        "codec.splice_report",
        "codec.lossless",
        "codec.memory",
        "codec.metrics",
        "codec.networks",
        "codec.plane_codecs",
        "codec.progress",
        "codec.read_ahead",
        "codec.references",
        "codec.report",
        "codec.segment_color",
        "codec.stream_header",
        "codec.training",
        "codec.video",
        "codec.workers",
        "container_format",
    },
    "codec.colorization": {
        "codec.keyframes",
        "codec.networks",
        "codec.progress",
        "codec.references",
        "codec.training",
        "codec.video",
        "container_format",
    },
    # Both sides beside each other.
    "codec.verification": {"codec.decoder", "codec.metrics", "codec.progress", "codec.video", "container_format"},
    "codec.splicing": {
        "codec.decoder",
        "codec.kept_files",
        "codec.progress",
        "codec.stream_header",
        "codec.video",
        "container_format",
    },
    # From path to path, and what a person uses.
    "codec.jobs": {
        "codec.cluster",
        "codec.colorization",
        "codec.decoder",
        "codec.encoder",
        "codec.files",
        "codec.kept_files",
        "codec.live_report",
        "codec.metrics",
        "codec.splice_report",
        "codec.plane_codecs",
        "codec.progress",
        "codec.references",
        "codec.report",
        "codec.transport",
        "codec.splicing",
        "codec.verification",
        "codec.version",
        "codec.video",
        "container_format",
    },
    "codec.page": {"codec.version", "codec.video", "container_format"},
    "codec.studio": {
        "codec.colorization",
        "codec.decoder",
        "codec.encoder",
        "codec.files",
        "codec.jobs",
        "codec.networks",
        "codec.progress",
        "codec.report",
        "codec.training",
        "codec.unfinished",
        "codec.version",
    },
    "codec.notebook": {
        "codec.colorization",
        "codec.decoder",
        "codec.encoder",
        "codec.jobs",
        "codec.progress",
        "codec.report",
        "codec.training",
        "codec.video",
    },
    "codec.cli": {
        "codec.cluster",
        "codec.files",
        "codec.page",
        "codec.plane_codecs",
        "codec.colorization",
        "codec.decoder",
        "codec.encoder",
        "codec.extras",
        "codec.jobs",
        "codec.live_report",
        "codec.memory",
        "codec.splice_report",
        "codec.native",
        "codec.networks",
        "codec.progress",
        "codec.report",
        "codec.studio",
        "codec.training",
        "codec.unfinished",
        "codec.verification",
        "codec.version",
        "codec.video",
        "codec.workers",
        "container_format",
    },
    # What Python programs use.
    "gvc": {
        "codec.cluster",
        "codec.decoder",
        "codec.encoder",
        "codec.extras",
        "codec.files",
        "codec.jobs",
        "codec.progress",
        "codec.report",
        "codec.splice_report",
        "codec.splicing",
        "codec.version",
        "codec.video",
        "container_format",
    },
}
# Third-party packages that only some parts may import, at any level.
RESERVED: dict[str, set[str]] = {
    "keras": {"codec.backend"},
    "tensorflow": {"codec.backend"},
    "cv2": {"codec.colorization", "codec.networks", "codec.notebook"},
    "av": {"codec.video", "codec.plane_codecs"},
    "msgpack": {"container_format"},
    "zstandard": {"container_format"},
    "constriction": set(),  # for the tests alone
    "h5py": {"codec.networks"},
    "sklearn": {"codec.keyframes"},
    "skimage": {"codec.metrics"},
    "scipy": {"codec.colorization", "codec.metrics"},
    "ipywidgets": {"codec.notebook"},
    "IPython": {"codec.notebook"},
    "rich": {"codec.cli"},
    "argparse": {"codec.cli"},
    "fsspec": {"gvc"},
    "dask": {"codec.cluster"},
    "distributed": {"codec.cluster"},
    "starlette": {"codec.studio"},
    "uvicorn": {"codec.studio"},
}
CONTAINER_MAY_IMPORT = {"msgpack", "zstandard", "container_format"}
OURS = ("codec", "container_format", "gvc")
MODULES = sorted(path for folder in OURS for path in (ROOT / folder).rglob("*.py"))


def part_of(module: str) -> str:
    """``codec.video.color`` belongs to ``codec.video``, ``container_format.reader`` to ``container_format``."""
    top = module.split(".")[0]
    if top in ("container_format", "gvc"):
        return top
    return ".".join(module.split(".")[:2])


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_imports_point_one_way(path: Path) -> None:
    part = part_of(module_name(path))
    if part == "codec":
        assert not [name for name in imports_of(path) if name.startswith("codec")]
        return
    assert part in ALLOWED, f"{part} is not in the table"
    allowed = ALLOWED[part] | {part, "codec.errors"}
    ours = {part_of(name) for name in imports_of(path) if name.split(".")[0] in OURS}
    if part == "container_format":
        allowed.discard("codec.errors")
    # The errors of the stream are part of the error tree, open to all.
    exempt = {"container_format"} if imports_only_errors(path) else set()
    assert ours <= allowed | exempt, f"{part} may not import {sorted(ours - allowed)}"


def imports_only_errors(path: Path) -> bool:
    ours = {name for name in imports_of(path) if name.startswith("container_format")}
    return ours <= {"container_format.errors"}


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_packages_stay_in_their_folders(path: Path) -> None:
    part = part_of(module_name(path))
    for name in imports_of(path):
        top = name.split(".")[0]
        assert part in RESERVED.get(top, {part}), f"{part} may not import {top}"
        assert top not in ("tests", "benchmarks")


def test_container_needs_nothing_but_msgpack_and_zstandard() -> None:
    for path in (ROOT / "container_format").rglob("*.py"):
        tops = {name.split(".")[0] for name in imports_of(path)}
        assert tops <= CONTAINER_MAY_IMPORT | set(sys.stdlib_module_names)


def test_nobody_imports_the_commands() -> None:
    for path in MODULES:
        if part_of(module_name(path)) != "codec.cli":
            assert not [name for name in imports_of(path) if name.startswith("codec.cli")]


def test_nobody_imports_the_python_api() -> None:
    for path in MODULES:
        if part_of(module_name(path)) != "gvc":
            assert "gvc" not in {name.split(".")[0] for name in imports_of(path)}


def test_modules_stay_small() -> None:
    long = {module_name(p): n for p in MODULES if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400}
    assert not long

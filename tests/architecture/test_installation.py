"""What ``pip install .`` alone can do: everything but training and the papers' networks, without their packages."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from codec.networks.declarations import color_networks
from container_format import NetworkRecord, StreamReader

ROOT = Path(__file__).parents[2]
STREAMS = ROOT / "tests" / "conformance" / "v1"
SAMPLE = ROOT / "samples" / "demo_cc0_flower_320x180_15fps.mp4"
_SENDER = {"keras", "tensorflow", "cv2", "sklearn", "skimage", "scipy", "h5py"}
NOT_INSTALLED = _SENDER | {"constriction", "dask", "distributed", "fsspec", "starlette", "uvicorn"}
"""Packages of the extras ``sender``, ``remote``, ``cluster``, ``studio`` and ``dev`` that a receiver does not have."""
PROVIDED_BY = {
    "dask": "distributed",
    "cv2": "opencv-python-headless",
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
}

_BLOCK = f"""
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {{names}}:
            raise ModuleNotFoundError(f"No module named {{{{name!r}}}}", name=name)
sys.meta_path.insert(0, Missing())
sys.path.insert(0, {str(ROOT)!r})
"""


def run_without(packages: set[str], program: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a process where these packages are not installed."""
    prelude = _BLOCK.format(names=sorted(packages))
    return subprocess.run([sys.executable, "-c", prelude + program], capture_output=True, text=True, check=False)


def run_command(packages: set[str], command: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a process where these packages are not installed."""
    program = f"from codec.cli.{command} import main\nsys.exit(main({[str(a) for a in arguments]!r}))"
    return run_without(packages, program)


def is_of_a_receiver(stream: Path) -> bool:
    """Whether it needs no network of floats."""
    extras = {network.name: network.extra for network in color_networks()}
    with stream.open("rb") as file:
        records = list(StreamReader(file).records())
    return not any(extras.get(record.architecture) for record in records if isinstance(record, NetworkRecord))


def test_the_conformance_streams_decode() -> None:
    streams = [stream for kind in ("valid", "uncommon") for stream in sorted((STREAMS / kind).glob("*.gvc"))]
    streams = [stream for stream in streams if is_of_a_receiver(stream)]
    assert len(streams) > 40
    program = f"""
import json
from pathlib import Path
from tests.conformance.recorder import record
for path in map(Path, {[str(stream) for stream in streams]!r}):
    assert record(path.read_bytes()) == json.loads(path.with_suffix(".json").read_text()), path
"""
    result = run_without(NOT_INSTALLED, program)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    "options",
    [
        ("--color", "none"),
        ("--color", "coded", "--hints", "2:svtav1:crf=30,preset=8"),
        ("--color", "coded", "--color-target", "psnr=30"),
        ("--color", "lossless", "--chroma", "ffv1"),
        ("--color", "lossless", "--effort", "none", "--chroma", "network"),
    ],
    ids=" ".join,
)
def test_a_sender_that_trains_nothing(options: tuple[str, ...], tmp_path: Path) -> None:
    stream, missing = tmp_path / "out.gvc", NOT_INSTALLED
    encoded = run_command(missing, "encode", SAMPLE, stream, "--frames", "2", *options)
    assert encoded.returncode == 0, encoded.stderr
    decoded = run_command(missing, "decode", stream, f"{tmp_path}/frames/")
    assert decoded.returncode == 0, decoded.stderr
    assert len(list((tmp_path / "frames").iterdir())) == 2
    verified = run_command(missing, "verify", stream, SAMPLE, "--frames", "2")
    assert verified.returncode == 0, verified.stderr
    assert "the same frames and times" in verified.stdout


@pytest.mark.parametrize(
    ("command", "options", "message"),
    [
        (
            "encode",
            (),
            "since --color guided trains a network. Received: no keras; pip install 'gvc-codec[sender]', or give",
        ),
        ("encode", ("--color", "model"), "since --color model trains a network"),
        (
            "encode",
            ("--color", "lossless", "--luma", "network"),
            "since --effort default trains a network. Received: no keras; pip install 'gvc-codec[sender]', or give "
            "--effort none",
        ),
        ("encode", ("--color", "none", "--export-keyframes", "keys"), "since --export-keyframes clusters the frames"),
        ("colorize", ("--network", "singh2020"), "since gvc-colorize colors with networks"),
    ],
)
def test_what_needs_the_extra_says_so_in_one_line(
    command: str, options: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    result = run_command(NOT_INSTALLED, command, SAMPLE, tmp_path / "out.gvc", *options)
    assert result.returncode == 3
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_network_of_floats_says_so_too(tmp_path: Path) -> None:
    stream = STREAMS / "valid" / "model_colornn_consistent.gvc"
    result = run_command(NOT_INSTALLED, "decode", stream, tmp_path / "out.y4m")
    assert result.returncode == 3
    assert (
        "for the network colornn_consistent. Received: no keras; pip install 'gvc-codec[sender]' brings it"
        in result.stderr
    )
    assert not list(tmp_path.iterdir())


def test_the_packages_of_each_part_are_declared() -> None:
    """What the receiver imports are dependencies; what it never has, comes with an extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = {_name(line) for line in project["dependencies"]}
    assert required == {"av", "msgpack", "numpy", "rich", "zstandard"}
    optional = project["optional-dependencies"]
    extras = {_name(line) for extra in ("sender", "remote", "cluster", "studio", "dev") for line in optional[extra]}
    assert {PROVIDED_BY.get(package, package) for package in NOT_INSTALLED} <= extras
    assert "gvc-codec[cluster,remote,sender,studio]" in optional["dev"]


def test_no_module_imports_a_package_that_nobody_declares() -> None:
    known = NOT_INSTALLED | {"av", "msgpack", "numpy", "rich", "zstandard", "ipywidgets", "IPython"}
    for path in [path for folder in ("codec", "container_format", "gvc") for path in (ROOT / folder).rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            tops = {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names)
            assert tops <= known | {"codec", "container_format", "gvc"}, path


def test_the_image_is_built_from_all_that_the_wheel_needs() -> None:
    """What Docker is given is what pyproject.toml and setup.py read; what the image runs is not the superuser's."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {name.rstrip("*") for name in config["tool"]["setuptools"]["packages"]["find"]["include"]}
    needed = packages | {config["project"]["readme"], "LICENSE", "MANIFEST.in", "pyproject.toml", "setup.py"}
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {line[1:] for line in lines if line.startswith("!")} == needed
    assert "*" in lines
    recipe = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert [line for line in recipe if line.startswith("USER ")] == ["USER 1000:1000"]
    python = next(line for line in recipe if line.startswith("ARG PYTHON="))
    assert tuple(map(int, python.split("=")[1].split("."))) >= (3, 11)


def _name(requirement: str) -> str:
    return requirement.split(">")[0].strip()

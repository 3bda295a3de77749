"""What programs load when they run: a help text nothing heavy, a receiver nothing of the sender."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

VALID = Path(__file__).parents[1] / "conformance" / "v1" / "valid"
SENDER = ("codec.encoder", "codec.training", "codec.keyframes", "codec.metrics", "codec.colorization")
"""Parts that a decode has no use for."""


def check(program: str) -> None:
    """Run a program in a process of its own, which looks at its own modules and returns 0 if they are as wanted."""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("command", ["encode", "decode", "info", "verify", "colorize", "cut", "join", "play", "studio"])
def test_help_imports_nothing_heavy(command: str) -> None:
    program = (
        f"import sys; from codec.cli.{command} import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'keras', 'tensorflow', 'av', 'cv2', 'sklearn', 'skimage', 'rich', 'starlette', 'uvicorn'}\n"
        "heavy &= set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    check(program)


def test_keras_waits_until_there_is_a_network() -> None:
    program = (
        "import sys, codec.jobs.encode, codec.jobs.decode, codec.encoder.choices.lossless\n"
        "sys.exit('keras' in sys.modules)"
    )
    check(program)


@pytest.mark.parametrize("name", ["coded_yuv420p", "guided_yuv420p", "lossless_8_and_9", "model_compact", "gray_x264"])
def test_a_decode_imports_nothing_of_the_sender(name: str, tmp_path: Path) -> None:
    """Not even while it runs: every kind of stream is decoded, in one process, whose modules are then looked at."""
    stream = VALID / f"{name}.gvc"
    program = (
        "import sys; from codec.cli.decode import main\n"
        f"code = main([{str(stream)!r}, {str(tmp_path / 'out.y4m')!r}, '-q', '--workers', '1'])\n"
        f"sender = {SENDER!r} + ('codec.lossless.motion_search', 'keras', 'rich', 'skimage')\n"
        "found = sorted(name for name in sys.modules if name.startswith(sender))\n"
        "sys.exit(code or (f'imported {found}' if found else 0))"
    )
    check(program)


@pytest.mark.parametrize("name", ["guided_yuv420p", "lossless_8_and_9"])
def test_a_verification_without_a_source_needs_what_a_decode_needs(name: str) -> None:
    stream = VALID / f"{name}.gvc"
    program = (
        "import sys; from codec.cli.verify import main\n"
        f"code = main([{str(stream)!r}, '--md5', '-q', '--workers', '1'])\n"
        f"found = sorted(name for name in sys.modules if name.startswith({SENDER!r} + ('keras', 'rich')))\n"
        "sys.exit(code or (f'imported {found}' if found else 0))"
    )
    check(program)


def test_describing_a_stream_imports_no_numpy() -> None:
    program = (
        "import sys; from container_format.describe import describe\n"
        "sys.exit('numpy' in sys.modules or 'av' in sys.modules)"
    )
    check(program)

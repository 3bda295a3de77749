"""Ctrl-C while a command is still starting."""

from __future__ import annotations

import signal
import subprocess
import time

import pytest

from tests.end_to_end.conftest import command


@pytest.mark.skipif(not hasattr(signal, "SIGINT"), reason="there is no such signal")
def test_no_traceback_however_early() -> None:
    for delay in (0.03, 0.06, 0.1, 0.15, 0.25, 0.4):
        line = [command("gvc-encode"), "no such file", "x.gvc"]
        with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            time.sleep(delay)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=60)
        # Python has the word until the first module of gvc is there.
        assert b"codec/cli/encode.py" not in errors, f"after {delay} s"

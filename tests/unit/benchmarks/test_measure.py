from __future__ import annotations

import os
import re

import numpy as np
import pytest

from benchmarks.measure import BenchmarkError, commit, environment, run_process


def test_a_process_is_timed_and_its_memory_counted() -> None:
    ballast = np.ones(300 << 20, np.uint8)  # of this process: not the child's
    idle = run_process(["python", "-c", "print('done')"])
    busy = run_process(["python", "-c", "x = b'1' * (200 << 20)"])
    assert idle.stdout == "done\n"
    assert idle.seconds > 0
    assert idle.peak_mib < 100
    assert 200 < busy.peak_mib < 300
    del ballast


def test_a_failure_names_the_command_its_exit_code_and_its_last_words() -> None:
    with pytest.raises(BenchmarkError, match=r"exit code 3: too bad") as caught:
        run_process(["python", "-c", "import sys; print('too bad', file=sys.stderr); sys.exit(3)"])
    assert str(caught.value).startswith("python -c")


def test_gvc_commands_are_those_beside_this_interpreter() -> None:
    assert run_process(["gvc-info", "--version"]).stdout.startswith("gvc")


def test_the_machine_is_described() -> None:
    facts = environment()
    assert facts["cores"] == os.cpu_count()
    assert facts["memory_gib"]
    assert {"cpu", "python", "tensorflow", "av", "keras_backend"} <= facts.keys()
    assert re.fullmatch(r"[0-9a-f]{7,}\+?|unknown", commit())

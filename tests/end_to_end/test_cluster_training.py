"""Networks that a worker with a GPU trains; or what happens if none can. The workers here have a GPU in name only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from distributed import Client

from tests.end_to_end.conftest import TINY_GUIDED, TINY_TRAINING, command, run_json, run_ok, slow
from tests.end_to_end.dask_machines import WAIT_SECONDS, Machines

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills processes")

GPU = ("--resources", "GPU=1")
MODES = {
    "guided": (*TINY_GUIDED, "--segment-frames", "6"),
    "model": (*TINY_TRAINING, "--segment-frames", "6"),
    "lossless": ("--color", "lossless", "--luma", "network", "--effort", "fast", "--max-seconds", "2"),
}


def encoded(video: Path, output: Path, machines: Machines, *options: str) -> dict[str, object]:
    return run_json("gvc-encode", video, output, *options, "--cluster", machines.address, "--verify")


@pytest.mark.parametrize("mode", ["guided", *slow("model", "lossless")])
def test_a_worker_with_a_gpu_trains(
    mode: str, machines: Machines, video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines.start_worker(*GPU)
    machines.await_workers(3)
    if mode != "model":  # whose color is made here, by Keras
        monkeypatch.setenv("KERAS_BACKEND", "nothing")  # nothing can be trained here
    report = encoded(video, tmp_path / "out.gvc", machines, *MODES[mode])
    assert not [note for note in report["notes"] if "could not" in note]  # type: ignore[attr-defined]
    if mode != "lossless":
        assert " at tcp://127.0.0.1:" in str(report["device"])
        assert int(str(report["network_bytes"])) > 0
    run_ok("gvc-decode", tmp_path / "out.gvc", tmp_path / "out.y4m", "-q")  # with its checksums


@pytest.mark.slow
def test_a_worker_that_cannot_train_is_told_of_in_one_line(machines: Machines, video: Path, tmp_path: Path) -> None:
    machines.start_worker(*GPU, KERAS_BACKEND="nothing")
    machines.await_workers(3)
    report = encoded(video, tmp_path / "out.gvc", machines, *MODES["guided"])
    (note,) = report["notes"]  # type: ignore[misc]
    assert str(note).startswith("the network was trained in this process, since tcp://127.0.0.1:")
    assert "could not: " in str(note)
    assert " at " not in str(report["device"])


@pytest.mark.slow
def test_a_worker_that_dies_in_the_training_is_replaced(machines: Machines, video: Path, tmp_path: Path) -> None:
    trainers = [machines.start_worker(*GPU), machines.start_worker(*GPU)]
    machines.await_workers(4)
    line = [command("gvc-encode"), str(video), str(tmp_path / "out.gvc"), *MODES["guided"], "--json"]
    with Client(machines.address, set_as_default=False) as client:
        process = subprocess.Popen([*line, "--cluster", machines.address], stdout=subprocess.PIPE)
        deadline = time.monotonic() + WAIT_SECONDS
        while not (busy := [address for address, keys in client.processing().items() if keys]):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        pids = client.run(os.getpid, workers=busy)
    (trainer,) = (one for one in trainers if one.pid in pids.values())
    trainer.kill()
    output, _ = process.communicate(timeout=WAIT_SECONDS)
    report = json.loads(output)
    (note,) = report["notes"]
    assert note.startswith("the network was trained at another worker, since tcp://")
    assert note.endswith("could not: it is gone")
    assert " at tcp://" in report["device"]
    assert busy[0] not in report["device"]

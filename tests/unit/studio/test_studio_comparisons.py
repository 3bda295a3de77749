"""Several networks asked for at once, and several jobs beside each other: from a request to tasks and results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from codec.colorization import ColorizeOptions
from codec.colorization.scribbles import Stroke
from codec.decoder import DecodeOptions
from codec.encoder.modes import GrayOnly, Model
from codec.errors import InputError, OutputError
from codec.jobs.decode import decode_file
from codec.jobs.encode import encode_file
from codec.jobs.frames import write_frames
from codec.progress import Progress, Silent
from codec.report import EncodeReport
from codec.studio.job_requests import add_jobs
from codec.studio.jobs import Job, JobQueue, State
from codec.studio.tasks import EncodeTask, FramesTask, KeyframesTask, RecolorTask
from codec.studio.videos import Videos
from codec.studio.work import Messages, run
from codec.training.options import TrainingOptions

STROKES = {"frame_000001.png": [{"color": [200, 30, 30], "radius": 2, "points": [[1, 1], [5, 5]]}]}


@pytest.fixture
def queue(tmp_path: Path) -> JobQueue:
    """A queue that runs nothing."""
    (tmp_path / "jobs").mkdir()
    queue = JobQueue(tmp_path / "jobs", 0)
    queue.close()
    return queue


@pytest.fixture
def videos(tmp_path: Path) -> Videos:
    """Two small clips."""
    for name in ("a", "b"):
        data = np.random.default_rng(0).integers(0, 256, (3, 24, 32, 3), dtype=np.uint8)
        (tmp_path / f"{name}_32x24_25fps_rgb24.raw").write_bytes(data.tobytes())
    videos = Videos(tmp_path, [tmp_path])
    for name in ("a", "b"):
        videos.add_local(0, f"{name}_32x24_25fps_rgb24.raw")
    return videos


def done(job: Job, **result: Any) -> Job:
    job.state, job.result = State.DONE, {"files": [], "frames": 3} | result
    return job


def encoded(queue: JobQueue, videos: Videos, video: int, color: str) -> Job:
    (job,) = add_jobs(queue, videos, {"kind": "encode", "video": video, "color": color})
    return done(job)


def test_each_network_becomes_a_job(queue: JobQueue, videos: Videos) -> None:
    wish = {"kind": "encode", "video": 1, "color": "model", "options": {"seed": "7"}}
    jobs = add_jobs(queue, videos, wish | {"networks": ["compact", "colornn"]})
    modes = [job.task.mode for job in jobs if isinstance(job.task, EncodeTask)]
    assert [mode.network for mode in modes if isinstance(mode, Model)] == ["compact", "colornn"]
    assert {mode.shared.seed for mode in modes} == {7}
    assert [(job.as_json()["network"], job.as_json()["options"]) for job in jobs] == [
        ("compact", "seed 7"),
        ("colornn", "seed 7"),
    ]
    with pytest.raises(InputError, match="expected --epochs with a network"):  # of the second one, before the first
        add_jobs(queue, videos, wish | {"options": {"epochs": "3"}, "networks": ["colornn", "compact"]})
    assert queue.jobs() == jobs


def test_each_network_learns_the_same_strokes(queue: JobQueue, videos: Videos) -> None:
    (keyframes,) = add_jobs(queue, videos, {"kind": "keyframes", "video": 1})
    assert isinstance(keyframes.task, KeyframesTask)
    done(keyframes, files=["keyframes/frame_000001.png"])
    wish = {"kind": "recolor", "job": keyframes.number, "strokes": STROKES, "epochs": 2}
    jobs = add_jobs(queue, videos, wish | {"networks": ["singh2020", "colornn"], "stream": True})
    tasks = [job.task for job in jobs if isinstance(job.task, RecolorTask)]
    assert [task.network for task in tasks] == ["singh2020", "colornn"]
    assert tasks[0].strokes == tasks[1].strokes
    assert {task.shown for task in tasks} == {"a_32x24_25fps_rgb24_recolored.gvc"}
    (plain,) = add_jobs(queue, videos, wish | {"network": "singh2020"})
    assert isinstance(plain.task, RecolorTask)
    assert (plain.task.stream, plain.task.shown) == (None, "a_32x24_25fps_rgb24_recolored.mp4")


def test_frames_of_several_jobs_of_one_video(queue: JobQueue, videos: Videos) -> None:
    first, second, foreign = (encoded(queue, videos, *of) for of in ((1, "none"), (1, "lossless"), (2, "none")))
    second.result["frames"] = 2
    videos.remove(1)  # from the list; the file is there
    (job,) = add_jobs(queue, videos, {"kind": "frames", "jobs": [first.number, second.number], "frames": [1]})
    assert isinstance(job.task, FramesTask)
    assert list(job.task.made) == [first.number, second.number]
    assert job.task.made[2] == second.folder / "a_32x24_25fps_rgb24.gvc"
    for numbers, frame, words in (
        ([first.number, foreign.number], 0, "jobs of one video"),
        ([first.number, second.number], 2, "frames from 1 to 2"),
        ([first.number] * 2, 0, "each job once"),
        ([first.number, 99], 0, "Received: job 99"),
        ([first.number, job.number], 0, f"Received: job {job.number}"),
        ([True], 0, "each job once, by its number"),
    ):
        with pytest.raises(InputError, match=words):
            add_jobs(queue, videos, {"kind": "frames", "jobs": numbers, "frames": [frame]})
    done(job)
    queue.cancel(second.number)  # what shows it goes with it
    assert queue.jobs() == [first, foreign]


def test_the_result_names_the_pictures_and_their_errors(queue: JobQueue, videos: Videos) -> None:
    jobs = [encoded(queue, videos, 1, color) for color in ("none", "lossless")]
    for job in jobs:
        job.folder.mkdir()
        job.task.run(job.folder, Silent())
    (shown,) = add_jobs(queue, videos, {"kind": "frames", "jobs": [job.number for job in jobs], "frames": [2, 0]})
    shown.folder.mkdir()
    result = shown.task.run(shown.folder, Silent())
    assert result["files"] == [f"{side}/frame_{number:06d}.png" for number in (1, 3) for side in ("original", 1, 2)]
    assert all((shown.folder / name).is_file() for name in result["files"])
    gray, exact = (result["quality"][str(job.number)] for job in jobs)
    assert list(gray) == ["1", "3"]
    assert gray["1"]["ciede2000_mean"] > 5
    assert exact["3"] == exact["3"] | {"ciede2000_mean": 0, "chroma_exact": True, "psnr_chroma_db": None}


def test_a_recolored_video_is_what_receivers_make_of_its_stream(
    tmp_path: Path, videos: Videos, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an encode of another mode in place of the one that trains a network, which tests of gvc-colorize have."""

    def send(source: str, stream: str, options: ColorizeOptions, *, progress: Progress) -> EncodeReport:
        assert (options.network, options.training) == ("singh2020", TrainingOptions(epochs=2))
        assert [path.name for path in Path(options.references[0]).iterdir()] == ["frame_000001.png"]
        return encode_file(source, stream, GrayOnly(), progress=progress)

    monkeypatch.setattr("codec.jobs.colorize.send_colored", send)
    source, keyframes = videos.get(1).path, tmp_path / "keyframes"
    write_frames(str(source), str(keyframes), [0])
    (tmp_path / "out").mkdir()
    strokes = {"frame_000001.png": (Stroke((200, 30, 30), 2, ((1, 1),)),)}
    task = RecolorTask(source, keyframes, strokes, "singh2020", TrainingOptions(epochs=2), "out.y4m", "out.gvc")
    result = task.run(tmp_path / "out", Silent())
    assert result["files"] == ["out.y4m", "out.gvc", "references/frame_000001.png"]
    assert (result["frames"], result["report"]["input"], result["report"]["output"]) == (3, source.name, "out.gvc")
    assert result["report"]["total_bytes"] == (tmp_path / "out" / "out.gvc").stat().st_size
    assert [row[0] for row in result["rows"]][-2:] == ["total", "raw video"]
    decode_file(str(tmp_path / "out" / "out.gvc"), str(tmp_path / "again.y4m"), DecodeOptions())
    assert (tmp_path / "out" / "out.y4m").read_bytes() == (tmp_path / "again.y4m").read_bytes()


class _Link:
    def write(self, data: bytes) -> None:
        pass


def test_an_error_names_no_folder_of_what_is_compared(tmp_path: Path) -> None:
    task = FramesTask(tmp_path / "no.mp4", {1: tmp_path / "deep" / "no.gvc"}, (0,))
    (tmp_path / "out").mkdir()
    last = run(task, tmp_path / "out", Messages(_Link()))  # type: ignore[arg-type]
    assert last["event"] == "failed"
    assert "no.mp4" in last["error"]
    assert str(tmp_path) not in last["error"]
    with pytest.raises(OutputError):
        EncodeTask(tmp_path / "no.mp4", Model(), "no.mp4").run(tmp_path, Silent())

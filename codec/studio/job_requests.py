"""From what a page asks for to a task. Whatever is wrong with it is found here, before a job begins."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from codec.colorization.options import ColorizeOptions
from codec.colorization.scribbles import Stroke
from codec.errors import InputError
from codec.studio.form import mode_of_form, reference_networks
from codec.studio.jobs import Job, JobQueue, State
from codec.studio.tasks import DecodeTask, EncodeTask, FramesTask, KeyframesTask, RecolorTask, Task
from codec.studio.videos import Videos
from codec.training.options import TrainingOptions

_MAX_FRAMES = 32
"""Of one job, each of them of the original and of all that is compared."""
_MAX_BESIDE = 4
"""Jobs that are compared with the original and each other."""

Request = Mapping[str, Any]


def add_jobs(queue: JobQueue, videos: Videos, request: Request) -> list[Job]:
    """Put one job into the queue, or one for each of several networks. The first is added once all are known to fit.

    Args:
        queue: takes them.
        videos: of which one is meant by ``video``.
        request: from the page. ``kind`` says which of the functions below reads it. Each of ``networks``, where they
            are given, is the ``network`` of a job.

    Raises:
        InputError: something in the request is missing, or is no possible value.
        UsageError: the mode does not have an option.
    """
    kinds: dict[str, Callable[[JobQueue, Videos, Request], tuple[Task, str, dict[str, Any]]]] = {
        "encode": _encode,
        "decode": _decode,
        "frames": _frames,
        "keyframes": _keyframes,
        "recolor": _recolor,
    }
    kind = request.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        raise InputError(f"expected a job among {', '.join(kinds)}. Received: {str(kind)[:50]}")
    wanted = [kinds[kind](queue, videos, one) for one in _one_for_each_network(request)]
    return [queue.add(task, label, **about) for task, label, about in wanted]


def _one_for_each_network(request: Request) -> list[Request]:
    networks = request.get("networks")
    if networks is None or request["kind"] not in ("encode", "recolor"):
        return [request]
    if not isinstance(networks, list) or not networks or not all(isinstance(name, str) for name in networks):
        raise InputError("expected one network or more by name. Received: none, or something else")
    if len(set(networks)) != len(networks):
        raise InputError(f"expected each network once. Received: {_shown(', '.join(networks))}")
    return [{**request, "network": name} for name in networks]


def _encode(queue: JobQueue, videos: Videos, request: Request) -> tuple[Task, str, dict[str, Any]]:
    del queue
    video = videos.get(request.get("video"))
    options = request.get("options", {})
    mode = mode_of_form(request.get("color"), options, request.get("network"))
    about = {"video": video.number, "color": str(mode.color), "options": _in_words(options)}
    network = getattr(mode, "network", None)
    return (
        EncodeTask(video.path, mode, f"{video.stem}.gvc"),
        video.label,
        about | ({} if network is None else {"network": network}),
    )


def _in_words(options: Mapping[str, Any]) -> str:
    given = {name: value for name, value in options.items() if name != "network" and str(value).strip()}
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in given.items())


def _decode(queue: JobQueue, videos: Videos, request: Request) -> tuple[Task, str, dict[str, Any]]:
    del videos
    job = _done_job(queue, request, request.get("job"))
    if not isinstance(job.task, EncodeTask):
        raise _not_done(request, job.number)
    name = job.task.name.removesuffix(".gvc") + ".mp4"
    return DecodeTask(job.folder / job.task.name, name), job.label, {"of": job.number}


def _frames(queue: JobQueue, videos: Videos, request: Request) -> tuple[Task, str, dict[str, Any]]:
    del videos
    numbers = request.get("jobs")
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= _MAX_BESIDE:
        raise InputError(f"expected 1 to {_MAX_BESIDE} jobs to compare. Received: another list")
    jobs = {number: _done_job(queue, request, number) for number in numbers if type(number) is int}
    if len(jobs) != len(numbers):
        raise InputError("expected each job once, by its number. Received: another list")
    made: dict[int, Path] = {}
    sources: set[Path] = set()
    for number, job in jobs.items():
        if not isinstance(job.task, EncodeTask | RecolorTask):
            raise _not_done(request, number)
        made[number] = job.folder / job.task.shown
        sources.add(job.task.source)
    if len(sources) > 1:
        raise InputError("expected jobs of one video to compare. Received: some of another one")
    num_frames = min(int(job.result["frames"]) for job in jobs.values())
    frames = request.get("frames")
    if not isinstance(frames, list) or not 1 <= len(frames) <= _MAX_FRAMES:
        raise InputError(f"expected 1 to {_MAX_FRAMES} frames. Received: another list")
    for frame in frames:
        if not _is_whole(frame, 0, num_frames - 1):
            raise InputError(f"expected frames from 1 to {num_frames}. Received: {_shown(frame, 1)}")
    first = next(iter(jobs.values()))
    return FramesTask(sources.pop(), made, tuple(frames)), first.label, {"shows": list(made)}


def _keyframes(queue: JobQueue, videos: Videos, request: Request) -> tuple[Task, str, dict[str, Any]]:
    del queue
    video = videos.get(request.get("video"))
    every = request.get("every", 30)
    if not _is_whole(every, 1, 10**6):
        raise InputError(f"expected every so-many-th frame, from 1 to 1000000. Received: {_shown(every)}")
    return KeyframesTask(video.path, every), video.label, {"video": video.number}


def _recolor(queue: JobQueue, videos: Videos, request: Request) -> tuple[Task, str, dict[str, Any]]:
    job = _done_job(queue, request, request.get("job"))
    if not isinstance(job.task, KeyframesTask):
        raise _not_done(request, job.number)
    video = videos.get(job.about["video"])
    network = request.get("network")
    if network not in reference_networks():
        raise InputError(f"expected a network among {', '.join(reference_networks())}. Received: {_shown(network)}")
    training: dict[str, Any] = {}
    for name in ("epochs", "train_size", "max_seconds"):
        value = request.get(name)
        if value is not None:
            if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
                raise InputError(f"expected {name} as a number. Received: {_shown(value)}")
            training[name] = value if name == "max_seconds" else int(value)
    task = RecolorTask(
        source=video.path,
        keyframes=job.folder / "keyframes",
        strokes=_strokes(request.get("strokes"), {name.rpartition("/")[2] for name in job.result["files"]}),
        network=str(network),
        training=TrainingOptions(**training),
        name=f"{video.stem}_recolored.mp4",
        stream=f"{video.stem}_recolored.gvc" if request.get("stream") is True else None,
    )
    ColorizeOptions(network=task.network, references=("references",), training=task.training)  # refuses what it must
    about = {"video": video.number, "of": job.number, "network": task.network, "options": _in_words(training)}
    return task, video.label, about


def _strokes(value: object, keyframes: set[str]) -> dict[str, tuple[Stroke, ...]]:
    if not isinstance(value, Mapping) or not any(value.values()):
        raise InputError("expected strokes of color on at least one keyframe. Received: none")
    unknown = next((name for name in value if name not in keyframes), None)
    if unknown is not None:
        raise InputError(f"expected strokes on a keyframe of this video. Received: some on {_shown(unknown)}")
    try:
        return {
            name: tuple(
                Stroke(
                    color=tuple(map(int, stroke["color"])),  # type: ignore[arg-type]  # the stroke counts them
                    radius=float(stroke["radius"]),
                    points=tuple((float(x), float(y)) for x, y in stroke["points"]),
                )
                for stroke in strokes
            )
            for name, strokes in value.items()
        }
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise InputError("expected strokes with a color, a radius and points. Received: something else") from error


def _done_job(queue: JobQueue, request: Request, number: object) -> Job:
    job = queue.get(number) if type(number) is int else None  # True is an int, too
    if job is None or job.state is not State.DONE:
        raise _not_done(request, number)
    return job


def _not_done(request: Request, number: object) -> InputError:
    return InputError(f"expected a job that is done and fits {request['kind']}. Received: job {_shown(number)}")


def _is_whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _shown(value: object, add: int = 0) -> str:
    return str(value + add if isinstance(value, int) else value)[:50]

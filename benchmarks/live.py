"""Measures live: ``python -m benchmarks.live CLIP ... [--seconds 600] [--transport pipe|tcp] [--color guided]``.

The clips are joined, made to one size, and looped. They go as y4m at their rate, by the wall clock, into
``gvc-encode --live``. ``gvc-decode`` shows what comes out of it as y4m. Each gray plane that comes out is looked for
among those that went in, so that the latency of each frame is known, and that its gray is exact. The color of some
frames is compared with the source's. The memory of both processes is looked at each second, that of a training apart.
Once a while another receiver joins (``tcp`` alone), and the time to its first picture is taken.

``--two-pass`` encodes one round of the clips with ``gvc-encode`` as ever, and compares its color on the same frames.
Results: ``docs/decisions/0025-live.md``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shlex
import socket
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import zlib
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

import av
import numpy as np
import numpy.typing as npt

from benchmarks.measure import BenchmarkError
from benchmarks.processes import children, cpu_seconds, rss_mib
from codec.metrics import ColorDifference
from codec.video.color import ColorConversion
from codec.video.info import VideoInfo
from codec.video.picture import Picture
from codec.video.pixel_formats import PIXEL_FORMATS

FORMAT = PIXEL_FORMATS["yuv420p"]
SCRIPTS = Path(sysconfig.get_path("scripts"))
_COLOR_EVERY = 48  # frames
_AFTER_CUT = range(0, 96, 6)  # frames
_CUT_SECONDS = (0.0, 0.5, 1.0, 2.0, 4.0, float("inf"))
_JOIN_EVERY_SECONDS = 45.0
_DRIFT_SHARE = 0.1  # of the time, at the start and at the end, whose latencies are compared


@dataclass(frozen=True)
class Material:
    """One round of the clips: (frames, bytes) uint8 on disk, what they are, and where each clip begins."""

    frames: npt.NDArray[np.uint8]
    info: VideoInfo
    starts: tuple[int, ...] = (0,)

    def since_cut(self, index: int) -> int:
        """Frames from the beginning of its clip to a frame of any round."""
        place = index % len(self.frames)
        return place - max(start for start in self.starts if start <= place)

    def picture(self, index: int) -> Picture:
        """A frame of any round."""
        data = self.frames[index % len(self.frames)].tobytes()
        return FORMAT.unpack(data, self.info.width, self.info.height)


@dataclass
class Seen:
    """What was seen while it went on.

    Attributes:
        latencies: seconds, by the time at which the frame went in.
        num_unknown: frames whose gray never went in.
        colors: mean CIEDE2000 of frames, by the time at which they went in.
        rss: MiB of sender, receiver and training, each second.
        cpu: seconds of processor time of sender and receiver, without trainings.
        joins: seconds from a connection to the first picture.
        after_cuts: mean CIEDE2000 of frames, by the seconds of video since another clip began.
    """

    latencies: list[tuple[float, float]] = field(default_factory=list)
    num_unknown: int = 0
    colors: list[tuple[float, float]] = field(default_factory=list)
    rss: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    cpu: dict[str, float] = field(default_factory=dict)
    joins: list[float] = field(default_factory=list)
    after_cuts: list[tuple[float, float]] = field(default_factory=list)


def make_material(clips: Sequence[Path], width: int, height: int, rate: int, most: int, target: Path) -> Material:
    """Decode the clips, one behind the other, to one size.

    Raises:
        BenchmarkError: there is no frame.
    """
    info = VideoInfo(width, height, FORMAT, Fraction(1, rate), Fraction(rate))
    num_frames, starts = 0, []
    with target.open("wb") as file:
        for clip in clips:
            starts.append(num_frames)
            with av.open(str(clip)) as container:
                for count, frame in enumerate(container.decode(video=0)):
                    if count >= most:
                        break
                    small = frame.reformat(width, height, "yuv420p", interpolation="AREA")
                    file.write(small.to_ndarray().tobytes())
                    num_frames += 1
    if not num_frames:
        raise BenchmarkError("expected clips with frames. Received: none")
    return Material(np.memmap(target, np.uint8, "r", shape=(num_frames, info.raw_frame_bytes)), info, tuple(starts))


class Feed:
    """Writes the frames to a pipe at their rate, and knows when each went in."""

    def __init__(self, material: Material, rate: float, seconds: float, sink: IO[bytes]) -> None:
        self._material, self._rate, self._seconds, self._sink = material, rate, seconds, sink
        self._lock = threading.Lock()
        self._sent: dict[int, deque[tuple[int, float]]] = defaultdict(deque)
        self._last = -1
        self.num_frames = 0
        self.begin = time.monotonic()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def found(self, gray: bytes) -> tuple[int, float] | None:
        """The frame that this gray is of, behind the last one that was found, and when it went in."""
        with self._lock:
            places = self._sent.get(zlib.crc32(gray))
            while places and places[0][0] <= self._last:
                places.popleft()
            if not places:
                return None
            self._last = places[0][0]
            return places[0]

    def _run(self) -> None:
        info = self._material.info
        luma_bytes = info.width * info.height
        head = f"YUV4MPEG2 W{info.width} H{info.height} F{round(self._rate)}:1 Ip A1:1 C420jpeg\n"
        with contextlib.suppress(BrokenPipeError), self._sink:
            self._sink.write(head.encode("ascii"))
            self.begin = time.monotonic()
            while self.num_frames < self._seconds * self._rate:
                due = self.begin + self.num_frames / self._rate
                time.sleep(max(0.0, due - time.monotonic()))
                data = self._material.frames[self.num_frames % len(self._material.frames)].tobytes()
                with self._lock:
                    # When it was due: a pipe that is not emptied counts.
                    self._sent[zlib.crc32(data[:luma_bytes])].append((self.num_frames, due))
                self._sink.write(b"FRAME\n" + data)
                self._sink.flush()
                self.num_frames += 1


def y4m_frames(stream: IO[bytes], info: VideoInfo) -> Iterator[bytes]:
    """The samples of each frame of a y4m stream."""
    stream.readline()
    while stream.readline():
        data = stream.read(info.raw_frame_bytes)
        if len(data) < info.raw_frame_bytes:
            return
        yield data


def run_live(material: Material, options: argparse.Namespace) -> tuple[Seen, dict[str, Any], Feed]:
    """Send, receive and watch, to the end."""
    seen, info = Seen(), material.info
    address = f"tcp://127.0.0.1:{_free_port()}"
    target = "-" if options.transport == "pipe" else f"{address}?listen"
    encode = [str(SCRIPTS / "gvc-encode"), "--live", "-", target, "--json", "--color", options.color, *options.encode]
    with tempfile.TemporaryFile() as report, contextlib.ExitStack() as stack:
        # The report goes to standard error where the stream goes to standard output.
        to_pipe = options.transport == "pipe"
        sender = subprocess.Popen(
            encode,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if to_pipe else report,
            stderr=report if to_pipe else None,
        )
        stack.callback(sender.kill)
        if sender.stdin is None:
            raise BenchmarkError("expected a pipe to the sender")
        feed = Feed(material, options.fps, options.seconds, sender.stdin)
        feed.thread.start()
        receiver = _receiver("-" if to_pipe else address, sender.stdout)
        stack.callback(receiver.kill)
        if sender.stdout is not None:
            sender.stdout.close()
        watching = threading.Event()
        watcher = threading.Thread(target=_watch, args=(seen, sender.pid, receiver.pid, watching), daemon=True)
        watcher.start()
        if not to_pipe:
            joiner = threading.Thread(target=_join, args=(seen, address, info, watching), daemon=True)
            joiner.start()
        if receiver.stdout is None:
            raise BenchmarkError("expected a pipe from the receiver")
        _take(seen, material, feed, receiver.stdout)
        watching.set()
        receiver.stdout.close()
        if sender.wait(60) or receiver.wait(60):
            report.seek(0)
            raise BenchmarkError(f"the sender or the receiver failed: {report.read().decode()[-500:]}")
        report.seek(0)
        lines = report.read().decode().strip().splitlines()
        return seen, json.loads(lines[-1]), feed


def _receiver(source: str, stdin: IO[bytes] | None) -> subprocess.Popen[bytes]:
    """``gvc-decode`` to y4m; it waits until somebody listens at an address."""
    for _ in range(300):
        if not source.startswith("tcp:") or _is_open(source):
            break
        time.sleep(0.1)
    line = [str(SCRIPTS / "gvc-decode"), source, "-", "-q", "--workers", "1"]
    return subprocess.Popen(line, stdin=stdin, stdout=subprocess.PIPE)


def _is_open(address: str) -> bool:
    host, port = address.removeprefix("tcp://").split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _take(seen: Seen, material: Material, feed: Feed, stream: IO[bytes]) -> None:
    info = material.info
    luma_bytes, conversion = info.width * info.height, ColorConversion.of(info)
    for number, data in enumerate(y4m_frames(stream, info)):
        now = time.monotonic()
        found = feed.found(data[:luma_bytes])
        if found is None:
            seen.num_unknown += 1
            continue
        index, since_begin = found[0], found[1] - feed.begin
        seen.latencies.append((since_begin, now - found[1]))
        since_cut, is_sample = material.since_cut(index), number % _COLOR_EVERY == 0
        if is_sample or since_cut in _AFTER_CUT:
            error = color_error(material.picture(index), FORMAT.unpack(data, info.width, info.height), conversion)
            seen.after_cuts.append((float(since_cut / (info.frame_rate or 1)), error))
            if is_sample:
                seen.colors.append((since_begin, error))


def color_error(original: Picture, decoded: Picture, conversion: ColorConversion) -> float:
    """The mean CIEDE2000 between two pictures."""
    difference = ColorDifference()
    difference.add(conversion.rgb(original), conversion.rgb(decoded))
    return difference.mean


def _watch(seen: Seen, sender: int, receiver: int, is_over: threading.Event) -> None:
    while not is_over.wait(1.0):
        seen.rss["sender"].append(rss_mib(sender))
        seen.rss["receiver"].append(rss_mib(receiver))
        seen.rss["training"].append(sum(map(rss_mib, children(sender))))
        for name, pid in (("sender", sender), ("receiver", receiver)):
            seen.cpu[name] = cpu_seconds(pid) or seen.cpu.get(name, 0.0)


def _join(seen: Seen, address: str, info: VideoInfo, is_over: threading.Event) -> None:
    """From time to time, join in the middle, and see how long the first picture takes, with the program's own start."""
    while not is_over.wait(_JOIN_EVERY_SECONDS):
        begin = time.monotonic()
        joiner = _receiver(address, None)
        if joiner.stdout is not None:
            with joiner.stdout as pictures:
                if next(y4m_frames(pictures, info), None) is not None:
                    seen.joins.append(time.monotonic() - begin)
                joiner.kill()
        joiner.wait()


def two_pass(material: Material, options: argparse.Namespace, folder: Path) -> tuple[list[float], int, float]:
    """Color errors, bytes of color and seconds of video of one round, encoded as ever."""
    info = material.info
    source, coded = folder / "round.y4m", folder / "round.gvc"
    with source.open("wb") as file:
        head = f"YUV4MPEG2 W{info.width} H{info.height} F{round(options.fps)}:1 Ip A1:1 C420jpeg\n"
        file.write(head.encode("ascii"))
        for data in material.frames:
            file.write(b"FRAME\n" + data.tobytes())
    line = [
        str(SCRIPTS / "gvc-encode"),
        str(source),
        str(coded),
        "-y",
        "--json",
        "--color",
        options.color,
        "--luma",
        "ffv1",
    ]
    report = json.loads(subprocess.run([*line, "--workers", "1"], check=True, capture_output=True).stdout)
    receiver = _receiver(str(coded), None)
    errors, conversion = [], ColorConversion.of(info)
    if receiver.stdout is not None:
        for index, data in enumerate(y4m_frames(receiver.stdout, info)):
            if index % _COLOR_EVERY == 0:
                decoded = FORMAT.unpack(data, info.width, info.height)
                errors.append(color_error(material.picture(index), decoded, conversion))
    receiver.wait()
    return errors, report["color_bytes"] + report["network_bytes"], len(material.frames) / options.fps


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of the values, 0 to 100, does not exceed; NaN of none."""
    return float(np.percentile(values, share)) if values else float("nan")


def summary(seen: Seen, report: dict[str, Any], feed: Feed, seconds: float) -> list[str]:
    """The figures, a line each."""
    delays = [delay for _, delay in seen.latencies]
    early = [delay for when, delay in seen.latencies if 5 < when < 5 + seconds * _DRIFT_SHARE]
    late = [delay for when, delay in seen.latencies if when > seconds * (1 - _DRIFT_SHARE)]
    lines = [
        f"frames: {feed.num_frames} went in, {len(delays)} came out with the gray of one of them, "
        f"{seen.num_unknown} with another; dropped {report['frames_dropped']}, skipped {report['frames_skipped']}, "
        f"steps down {report['steps_down']}",
        f"latency: median {percentile(delays, 50):.2f} s, p95 {percentile(delays, 95):.2f} s, "
        f"most {max(delays, default=float('nan')):.2f} s; median at the start {percentile(early, 50):.2f} s, "
        f"at the end {percentile(late, 50):.2f} s",
        f"rate: {len(delays) / seconds:.2f} frames a second came out",
    ]
    cpu = ", ".join(f"{name} {1000 * value / max(1, len(delays)):.1f} ms" for name, value in seen.cpu.items())
    lines.append(f"processor time a frame: {cpu}, the programs' start included")
    for name, values in seen.rss.items():
        parts = np.array_split(np.array(values or [0.0]), 4)
        peaks = ", ".join(f"{part.max(initial=0):.0f}" for part in parts)
        lines.append(f"memory of {name}: at most {peaks} MiB in the quarters of the time")
    if seen.colors:
        errors = [error for _, error in seen.colors]
        quarters = np.array_split(np.array(errors), 4)
        means = ", ".join(f"{part.mean():.2f}" for part in quarters if part.size)
        lines.append(f"color: CIEDE2000 {statistics.fmean(errors):.2f} over {len(errors)} frames; by quarters {means}")
        for low, high in pairwise(_CUT_SECONDS):
            part = [error for since, error in seen.after_cuts if low <= since < high] or [float("nan")]
            lines.append(
                f"color {low:g} to {high:g} s after another clip began: CIEDE2000 {statistics.fmean(part):.2f}"
            )
    rate = {name: report[f"{name}_bytes"] / report["seconds"] for name in ("luma", "color", "network")}
    lines.append("bytes a second: " + ", ".join(f"{name} {value:,.0f}" for name, value in rate.items()))
    lines.append(
        f"networks: {report['networks']} sent of {report['trainings']} trainings on {report['keyframes']} keyframes "
        f"of {report['clusters']} clusters; gray {report['luma']}, hints {report['hints']}"
    )
    if seen.joins:
        lines.append(
            f"joining: {len(seen.joins)} times, first picture after {percentile(seen.joins, 50):.2f} s in the median, "
            f"{max(seen.joins):.2f} s at most, the start of gvc-decode included"
        )
    return lines


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("clips", nargs="+", type=Path, metavar="CLIP")
    parser.add_argument("--seconds", type=float, default=60, metavar="S", help="how long (60)")
    parser.add_argument("--size", default="320x180", metavar="WxH", help="of the pictures (320x180)")
    parser.add_argument("--fps", type=int, default=24, metavar="N", help="frames a second (24)")
    parser.add_argument("--transport", choices=("pipe", "tcp"), default="pipe")
    parser.add_argument("--color", default="guided", metavar="MODE", help="as gvc-encode's (guided)")
    parser.add_argument("--most", type=int, default=720, metavar="N", help="frames of each clip, at most (720)")
    parser.add_argument("--two-pass", action="store_true", help="compare with an encode as ever")
    parser.add_argument("--series", type=Path, metavar="FILE", help="write all that was seen as JSON")
    parser.add_argument("--encode", type=shlex.split, default=[], metavar="WORDS", help="more options of gvc-encode")
    options = parser.parse_args(arguments)
    width, height = map(int, options.size.split("x"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        material = make_material(options.clips, width, height, options.fps, options.most, folder / "round.raw")
        print(f"{len(material.frames)} frames a round; load of the machine {os.getloadavg()[0]:.1f}", flush=True)
        seen, report, feed = run_live(material, options)
        print("\n".join(summary(seen, report, feed, options.seconds)))
        print(f"load of the machine {os.getloadavg()[0]:.1f}")
        if options.series is not None:
            options.series.write_text(json.dumps({**vars(seen), "report": report}), encoding="utf-8")
        if options.two_pass:
            errors, size, seconds = two_pass(material, options, folder)
            print(f"two passes: CIEDE2000 {statistics.fmean(errors):.2f}, color {size / seconds:,.0f} bytes a second")
    return 0


if __name__ == "__main__":
    sys.exit(main())

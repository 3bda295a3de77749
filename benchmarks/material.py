"""Prepared clips: the raw pixels that every contender of a comparison is given, made once and kept.

What is done to a clip is written down as an FFmpeg filter chain, which is also how it is done.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from benchmarks.clips import LocatedClip
from benchmarks.results import MaterialFacts
from codec.errors import InputError
from codec.video.source import Source
from codec.video.sources import SourceKind, SourceOptions, open_source


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """What is made of a clip.

    Attributes:
        pixel_format: ``rgb24``, ``yuv420p``, ``yuv422p`` or ``yuv444p``; 8 bits, limited range for YUV.
        width: largest width; the height follows, both even. A clip that is smaller stays as it is.
        height: with it, the picture is scaled and cropped about its center to exactly ``width`` x ``height``.
        num_frames: frames at most.
        frame_rate: overrides the clip's, which is its average if it varies.
        joined: all clips in a row, and that again and again, up to exactly ``num_frames``.
    """

    pixel_format: str
    width: int
    height: int | None = None
    num_frames: int
    frame_rate: Fraction | None = None
    joined: bool = False

    def key(self, clip: str) -> str:
        """The name of the material that this makes of a clip; unique, and fit for a file name."""
        size = f"{self.width}x{self.height}" if self.height else f"{self.width}w"
        return f"{clip}-{size}-{self.pixel_format}-{self.num_frames}f"

    def filters(self, clip_width: int, clip_height: int) -> tuple[tuple[str, str], ...]:
        """The FFmpeg filters, (name, arguments), for a clip of this size."""
        quality = "flags=area+accurate_rnd+full_chroma_int:out_range=limited"
        form = ("format", self.pixel_format)
        if self.height:
            size = f"{self.width}:{self.height}"
            fill = f"{size}:force_original_aspect_ratio=increase:{quality}"
            return ("scale", fill), ("crop", size), form
        width = min(self.width, clip_width) // 2 * 2
        height = round(clip_height * width / clip_width / 2) * 2
        return ("scale", f"{width}:{height}:{quality}"), form


@dataclass(frozen=True)
class Material:
    """A prepared clip on disk: raw frames, one after the other."""

    key: str
    path: Path
    facts: MaterialFacts

    @property
    def geometry_options(self) -> tuple[str, ...]:
        """The options with which gvc's commands read it."""
        facts = self.facts
        return ("-s", f"{facts.width}x{facts.height}", "-r", facts.frame_rate, "-pix_fmt", facts.pixel_format)

    def open(self, path: Path | None = None) -> Source:
        """The frames of the material, or of another raw file of the same size and format."""
        facts = self.facts
        options = SourceOptions(
            (facts.width, facts.height), Fraction(facts.frame_rate), facts.pixel_format, SourceKind.RAW
        )
        return open_source(str(path or self.path), options)


def prepare(name: str, clips: Sequence[LocatedClip], preparation: Preparation, folder: Path) -> Material:
    """Make a prepared clip, or take the one that is there.

    Args:
        name: of the clip, or of the joined video.
        clips: one, or those to join.
        preparation: what to do.
        folder: where prepared clips are kept.

    Raises:
        InputError: a clip cannot be decoded.
    """
    key = preparation.key(name)
    path, described = folder / f"{key}.raw", folder / f"{key}.json"
    recipe = {**dataclasses.asdict(preparation), "sources": {clip.name: clip.clip.sha256 for clip in clips}}
    recipe["frame_rate"] = str(preparation.frame_rate)
    if path.exists() and described.exists():
        known = json.loads(described.read_text())
        if known["recipe"] == recipe:
            return Material(key, path, MaterialFacts(**known["facts"]))
    folder.mkdir(parents=True, exist_ok=True)
    described.unlink(missing_ok=True)
    facts = _write(name, clips, preparation, path)
    described.write_text(json.dumps({"recipe": recipe, "facts": dataclasses.asdict(facts)}, indent=1))
    return Material(key, path, facts)


def _write(name: str, clips: Sequence[LocatedClip], preparation: Preparation, path: Path) -> MaterialFacts:
    digest, num_frames = hashlib.sha256(), 0
    width = height = 0
    rate = preparation.frame_rate or average_rate(clips[0].path)
    with path.open("wb") as output:
        for frame in itertools.islice(_frames(clips, preparation), preparation.num_frames):
            pixels = np.ascontiguousarray(frame.to_ndarray()).tobytes()
            width, height = frame.width, frame.height
            digest.update(pixels)
            output.write(pixels)
            num_frames += 1
    if num_frames == 0:
        raise InputError(f"expected frames in {clips[0].path}. Received: none")
    return MaterialFacts(
        clip=name,
        width=width,
        height=height,
        num_frames=num_frames,
        frame_rate=str(rate),
        pixel_format=preparation.pixel_format,
        raw_bytes=path.stat().st_size,
        sha256=digest.hexdigest(),
        preparation=_in_words(clips, preparation, num_frames),
    )


def _in_words(clips: Sequence[LocatedClip], preparation: Preparation, num_frames: int) -> str:
    filters = preparation.filters(*picture_size(clips[0].path))
    chain = ",".join(f"{name}={arguments}" for name, arguments in filters)
    if preparation.joined:
        order = ", ".join(clip.name for clip in clips)
        return f"{order} in a row, and that again, cut at {num_frames} frames; {chain}"
    return f"first {num_frames} frames; {chain}"


def _frames(clips: Sequence[LocatedClip], preparation: Preparation) -> Iterator[av.VideoFrame]:
    rounds = itertools.count() if preparation.joined else range(1)
    for _ in rounds:
        for clip in clips:
            yield from _filtered(clip.path, preparation)


def _filtered(path: Path, preparation: Preparation) -> Iterator[av.VideoFrame]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        graph: av.filter.Graph | None = None
        for frame in container.decode(stream):
            if graph is None:
                graph = _graph(frame, preparation, stream.time_base or Fraction(1, 1000))
            frame.pts = None  # every frame counts, whatever its time
            graph.push(frame)
            filtered = graph.pull()
            if isinstance(filtered, av.VideoFrame):
                yield filtered


def _graph(frame: av.VideoFrame, preparation: Preparation, time_base: Fraction) -> av.filter.Graph:
    graph = av.filter.Graph()
    nodes = [graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=time_base)]
    nodes += [graph.add(name, arguments) for name, arguments in preparation.filters(frame.width, frame.height)]
    graph.link_nodes(*nodes, graph.add("buffersink")).configure()
    return graph


def picture_size(path: Path) -> tuple[int, int]:
    """Width and height of a video file's pictures."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return stream.width, stream.height


def average_rate(path: Path) -> Fraction:
    """Frames a second of a video file, as its container or its stream has it; 25 where neither does."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return Fraction(stream.average_rate or stream.guessed_rate or 25)

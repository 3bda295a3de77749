"""Measures the sender's probe: ``python -m benchmarks.probe_error --clips FOLDER [CLIP ...]``.

The sender chooses how gray and chroma are carried by coding six short runs of frames. Here the same frames are coded
twice, as six runs and as one segment, and both are extended to a segment of 100 frames, as the probe does it. A ratio
above 1 means that the runs overestimate the segment. The second table has the time that decoding takes.
Results: ``docs/decisions/0012-choice-of-plane-codecs.md``.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median

from benchmarks.clips import find_clips
from benchmarks.figures import Table
from benchmarks.material import Preparation, prepare
from benchmarks.number_text import decimals
from codec.lossless.coder import ChromaCoder, LumaCoder
from codec.lossless.decoding import decode_lumas, decode_pictures
from codec.lossless.known import I16Array
from codec.lossless.motion_code import MotionEncoder
from codec.lossless.motion_search import MotionSearch
from codec.lossless.parameters import CodedSamples
from codec.lossless.predictor_weights import LUMA_PREDICTOR, chroma_predictor, predictor_weights
from codec.lossless.stacked import CHROMA_CODECS, StackedParameters, probed_stack_bytes
from codec.lossless.symbols import SymbolEncoder
from codec.plane_codecs import (
    PlaneCodecSpec,
    PlaneParameters,
    decode_whole_pictures,
    open_plane_encoder,
    plane_parameters,
    tried_codecs,
    whole_picture_parameters,
)
from codec.plane_codecs.probe import probed_bytes, segment_bytes
from codec.video.picture import Picture
from codec.video.pixel_formats import PIXEL_FORMATS

CLIPS = ("blackswan", "tennis", "carphone", "mobile", "face", "calendar")
"""Clips that the shipped predictors were not trained on."""
PREPARATION = Preparation(pixel_format="yuv420p", width=256, num_frames=60)
FORMAT = PIXEL_FORMATS[PREPARATION.pixel_format]
RUNS, RUN_FRAMES = 6, 10  # as the sender takes them of a video of this size
DECODED_FRAMES = 20
WHOLE_PICTURE_CODECS = tuple(PlaneCodecSpec.parse(codec) for codec in ("x264:preset=veryslow", "ffv1"))

Runs = Sequence[Sequence[Picture]]
Estimate = Callable[[Runs], Fraction]


@dataclass(frozen=True)
class Planes:
    """Pictures of a video, and everything that can carry their planes.

    Attributes:
        pictures: consecutive 4:2:0 pictures, two at least.
        frame_rate: frames a second.
    """

    pictures: Sequence[Picture]
    frame_rate: Fraction

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the gray plane."""
        height, width = self.pictures[0].luma.shape
        return width, height

    def runs(self) -> Runs:
        """Short runs of the pictures, evenly spread."""
        last = max(0, len(self.pictures) - RUN_FRAMES)
        starts = [last * index // (RUNS - 1) for index in range(RUNS)]
        return [self.pictures[start : start + RUN_FRAMES] for start in starts]

    def estimates(self) -> dict[str, Estimate]:
        """By name, what gives the bytes of one segment of 100 frames for each run."""
        found: dict[str, Estimate] = {}
        for spec in tried_codecs():
            found[f"gray, {spec.codec}"] = self._codec(spec, plane_parameters(spec, *self.size))
        for spec in map(PlaneCodecSpec, CHROMA_CODECS):
            found[f"stacked chroma, {spec.codec}"] = self._stacked(spec)
        for spec in WHOLE_PICTURE_CODECS:
            parameters = whole_picture_parameters(spec, *self.size, FORMAT)
            found[f"whole pictures, {spec.codec}"] = self._codec(spec, parameters)
        luma, chroma = _coders()
        found["gray, predictor"] = lambda runs: _predicted_bytes(luma, runs)
        found["chroma, predictor"] = lambda runs: _predicted_bytes(chroma, runs)
        return found

    def _codec(self, spec: PlaneCodecSpec, parameters: PlaneParameters) -> Estimate:
        return lambda runs: probed_bytes(spec, parameters, runs, self.frame_rate)

    def _stacked(self, spec: PlaneCodecSpec) -> Estimate:
        parameters = StackedParameters.of(spec, FORMAT, *self.size)
        return lambda runs: probed_stack_bytes(spec, parameters, runs, self.frame_rate)


def error_ratios(planes: Planes) -> dict[str, float]:
    """By name, the estimate from short runs divided by the bytes of all pictures coded as one segment."""
    return {
        name: float(estimate(planes.runs()) / RUNS / estimate([planes.pictures]))
        for name, estimate in planes.estimates().items()
    }


def decoding_seconds(planes: Planes) -> dict[str, float]:
    """By name, the seconds that one picture takes to decode, gray and chroma: the median of three rounds."""
    pictures = planes.pictures[:DECODED_FRAMES]
    decoders = {
        f"whole pictures, {spec.codec}": _whole_decoder(spec, planes, pictures) for spec in WHOLE_PICTURE_CODECS
    }
    decoders["predictors"] = _predicted_decoder(pictures)
    seconds: dict[str, list[float]] = {name: [] for name in decoders}
    for _ in range(3):  # interleaved, so that other work on the machine slows all of them
        for name, decode in decoders.items():
            started = time.perf_counter()
            count = sum(1 for _ in decode())
            seconds[name].append((time.perf_counter() - started) / count)
    return {name: median(values) for name, values in seconds.items()}


def ratio_table(ratios: dict[str, dict[str, float]]) -> Table:
    """Ratios by clip and name, with the median and the range of each name."""
    names = list(next(iter(ratios.values())))
    rows = []
    for name in names:
        values = [of_clip[name] for of_clip in ratios.values()]
        extent = f"{min(values):.3f} to {max(values):.3f}"
        rows.append((name, *(decimals(value, 3) for value in values), decimals(median(values), 3), extent))
    return Table(("estimate / segment", *ratios, "median", "range"), tuple(rows))


def time_table(seconds: dict[str, dict[str, float]]) -> Table:
    """Milliseconds by clip and name, with the median of each name."""
    rows = []
    for name in next(iter(seconds.values())):
        values = [1000 * of_clip[name] for of_clip in seconds.values()]
        rows.append((name, *(decimals(value, 1) for value in values), decimals(median(values), 1)))
    return Table(("decoding, ms a picture", *seconds, "median"), tuple(rows))


def _coders() -> tuple[LumaCoder, ChromaCoder]:
    """The shipped predictors, on the backend."""
    chroma = predictor_weights(chroma_predictor(FORMAT))
    return LumaCoder(predictor_weights(LUMA_PREDICTOR)), ChromaCoder(chroma, FORMAT, 0)


def _fields(pictures: Iterable[Picture]) -> Iterator[I16Array | None]:
    """The motion to each picture; None for the first."""
    search = MotionSearch()
    yield None
    for earlier, later in itertools.pairwise(pictures):
        yield search(later.luma, earlier.luma)


def _code(coder: LumaCoder | ChromaCoder, pictures: Sequence[Picture], symbols: SymbolEncoder) -> Iterator[int]:
    """Code a run; gives the bytes of everything coded so far, after each picture."""
    luma_history = coder.begin() if isinstance(coder, LumaCoder) else None
    chroma_history = coder.begin() if isinstance(coder, ChromaCoder) else None
    for picture, field in zip(pictures, _fields(pictures), strict=True):
        if isinstance(coder, LumaCoder) and luma_history is not None:
            height, width = picture.luma.shape
            coder.code(luma_history, picture.luma, (height, width), field, symbols)
        elif isinstance(coder, ChromaCoder) and chroma_history is not None:
            coder.code(chroma_history, picture.luma, picture.chroma_planes(), field, symbols)
        yield symbols.num_bytes


def _predicted_bytes(coder: LumaCoder | ChromaCoder, runs: Runs) -> Fraction:
    """As ``probed_bytes``, without the motion; tables learn from run to run, as in the sender's probe."""
    symbols, total = SymbolEncoder(1 if isinstance(coder, LumaCoder) else 2), Fraction(0)
    for run in runs:
        sizes = [
            later - earlier for earlier, later in itertools.pairwise((symbols.num_bytes, *_code(coder, run, symbols)))
        ]
        total += segment_bytes(sizes[0], sizes[1:])
    return total


def _whole_decoder(spec: PlaneCodecSpec, planes: Planes, pictures: Sequence[Picture]) -> Callable[[], Iterable[object]]:
    parameters = whole_picture_parameters(spec, *planes.size, FORMAT)
    encoder = open_plane_encoder(spec, parameters, planes.frame_rate)
    for picture in pictures:
        encoder.write(picture.luma, picture.chroma_planes())
    coded = encoder.finish()
    return lambda: decode_whole_pictures(parameters, coded, max_frames=len(pictures))


def _predicted_decoder(pictures: Sequence[Picture]) -> Callable[[], Iterable[object]]:
    luma, chroma = _coders()
    luma_symbols, chroma_symbols, motion = SymbolEncoder(1), SymbolEncoder(2), MotionEncoder()
    for coder, symbols in ((luma, luma_symbols), (chroma, chroma_symbols)):
        for _ in _code(coder, pictures, symbols):
            pass
    for field in _fields(pictures):
        if field is not None:
            motion.add(field)
    coded = CodedSamples(motion.finish(), luma_symbols.finish(), chroma_symbols.finish())
    height, width = pictures[0].luma.shape

    def decode() -> Iterable[object]:
        return decode_pictures(chroma, coded, list(decode_lumas(luma, coded, len(pictures), (height, width))))

    return decode


def main(words: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.probe_error", description=__doc__)
    parser.add_argument("clip", nargs="*", default=CLIPS, help=f"names of clips (default: {' '.join(CLIPS)})")
    parser.add_argument("--clips", type=Path, required=True, help="folder of clips")
    parser.add_argument("--work", type=Path, default=Path("build/benchmarks/material"), help="for prepared clips")
    arguments = parser.parse_args(words)
    ratios: dict[str, dict[str, float]] = {}
    seconds: dict[str, dict[str, float]] = {}
    for located in find_clips(arguments.clips, arguments.clip):
        material = prepare(located.name, [located], PREPARATION, arguments.work)
        pictures = [frame.picture for frame in material.open().frames()]
        planes = Planes(pictures, Fraction(material.facts.frame_rate))
        ratios[located.name] = error_ratios(planes)
        seconds[located.name] = decoding_seconds(planes)
        print(f"{located.name}: {len(pictures)} frames, {'x'.join(map(str, planes.size))}", file=sys.stderr)
    print(f"{ratio_table(ratios).as_markdown()}\n\n{time_table(seconds).as_markdown()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

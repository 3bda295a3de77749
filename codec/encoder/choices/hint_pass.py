"""Coding of hints in a separate pass over the video. They are kept on disk until the network is trained on them."""

from __future__ import annotations

import math
import tempfile
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from codec.encoder.survey import Survey, frame_rate_of, next_frame
from codec.hints.coder import HintParameters, HintSettings, decode_hints, encode_packed_hints
from codec.hints.planes import pack_hint
from codec.plane_codecs import CodedRun, open_plane_encoder
from codec.progress import Progress
from codec.video.info import VideoInfo
from codec.video.picture import Picture, PlaneArray
from codec.video.source import Source


def check_hints(hints: HintSettings, info: VideoInfo) -> None:
    """Check that the hint codec accepts pictures of the hints' size, by opening an encoder.

    Raises:
        InputError: the codec does not accept them.
    """
    parameters = hints.parameters(info.pixel_format.chroma_shape(info.width, info.height))
    open_plane_encoder(hints.codec, parameters.pictures, frame_rate_of(info) / hints.interval)


CODED_SIDE_BY_SIDE = 2
"""Runs or segments of hints that are coded at the same time, each in one thread; each takes up to 250 bytes a sample of
a hint picture."""


class HintStore(Mapping[int, CodedRun]):
    """A store on disk of the hints of segments: a mapping from the number of a segment to its coded hints.

    It also keeps the pictures that the hints were coded from. Several threads may use it.

    Attributes:
        parameters: what the receiver must know of the hints.
    """

    def __init__(self, parameters: HintParameters) -> None:
        self.parameters = parameters
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._lock = threading.Lock()  # of the place in the file
        self._places: dict[int, tuple[int, tuple[int, ...]]] = {}
        self._pictures: dict[int, tuple[int, tuple[int, ...]]] = {}

    def __setitem__(self, segment: int, run: CodedRun) -> None:
        pieces = (run.extradata, *run.packets)
        with self._lock:
            self._places[segment] = (self._file.seek(0, 2), tuple(map(len, pieces)))
            self._file.write(b"".join(pieces))

    def __getitem__(self, segment: int) -> CodedRun:
        with self._lock:
            offset, lengths = self._places[segment]
            self._file.seek(offset)
            extradata, *packets = (self._file.read(length) for length in lengths)
        return CodedRun(extradata, tuple(packets), len(packets))

    def __contains__(self, segment: object) -> bool:
        return segment in self._places

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def keep_pictures(self, segment: int, pictures: Sequence[PlaneArray]) -> None:
        """Keep the hint pictures of a segment's frames, as :func:`codec.hints.planes.pack_hint` makes them."""
        stacked = np.stack(pictures)
        with self._lock:
            self._pictures[segment] = (self._file.seek(0, 2), stacked.shape)
            self._file.write(stacked.data)

    def pictures(self, segment: int) -> list[PlaneArray]:
        """The hint pictures of a segment that were kept, (2 x rows, columns) uint8 each."""
        with self._lock:
            offset, shape = self._pictures[segment]
            self._file.seek(offset)
            data = self._file.read(math.prod(shape))
        return list(np.frombuffer(data, np.uint8).reshape(shape))

    @property
    def num_bytes(self) -> int:
        """The bytes of the coded hints of all segments."""
        return sum(sum(lengths) for _, lengths in self._places.values())

    def close(self) -> None:
        """Free the disk space."""
        self._file.close()


@dataclass(frozen=True)
class HintedFrame:
    """A frame and its hint as the receiver will have it.

    Attributes:
        index: the index of the frame.
        segment: the number of its segment.
        picture: the original picture.
        hint: the decoded hint picture, (2 x rows, columns) uint8.
    """

    index: int
    segment: int
    picture: Picture
    hint: PlaneArray


@dataclass
class _Segment:
    """The hint pictures and the wanted pictures of a segment, gathered while it is read."""

    begin: int
    hints: list[PlaneArray] = field(default_factory=list)
    wanted: dict[int, Picture] = field(default_factory=dict)


def code_hints(
    source: Source,
    survey: Survey,
    store: HintStore,
    settings: Mapping[int, HintSettings],
    wanted_frames: frozenset[int],
    progress: Progress,
) -> Iterator[HintedFrame]:
    """Code the hints of some segments, or of all.

    Args:
        source: the video. It is read up to the end of the last of these segments.
        survey: the survey of the source.
        store: receives the coded hints, and the pictures that they are coded from.
        settings: for the number of each segment to code, how its hints are made.
        wanted_frames: the indices of the frames to yield.
        progress: receives the number of frames read.

    Yields:
        The wanted frames in order, segment by segment, as soon as their segment is coded.
    """
    rate = frame_rate_of(source.info)
    last = max(settings)
    progress.start("coding hints", survey.borders[last][1], "frames")
    frames = iter(source.frames())
    coding: deque[tuple[int, _Segment, Future[list[PlaneArray]]]] = deque()
    with ThreadPoolExecutor(CODED_SIDE_BY_SIDE) as threads:
        for number, (begin, stop) in enumerate(survey.borders[: last + 1]):
            segment = _Segment(begin)
            for index in range(begin, stop):
                frame = next_frame(frames)
                if number in settings:
                    segment.hints.append(pack_hint(frame.picture.chroma_planes(), settings[number].scale))
                    if index in wanted_frames:
                        segment.wanted[index] = frame.picture
                progress.advance(index + 1)
            if number not in settings:
                continue
            store.keep_pictures(number, segment.hints)
            task = threads.submit(
                _code, store, number, segment.hints, settings[number], rate, is_wanted=bool(segment.wanted)
            )
            coding.append((number, segment, task))
            if len(coding) > CODED_SIDE_BY_SIDE:
                yield from _finished(*coding.popleft())
        while coding:
            yield from _finished(*coding.popleft())


def _finished(number: int, segment: _Segment, task: Future[list[PlaneArray]]) -> Iterator[HintedFrame]:
    decoded = task.result()
    for index, picture in segment.wanted.items():
        yield HintedFrame(index, number, picture, decoded[index - segment.begin])


def code_anew(
    survey: Survey,
    store: HintStore,
    settings: Mapping[int, HintSettings],
    wanted: Sequence[HintedFrame],
    frame_rate: Fraction,
    progress: Progress,
) -> Iterator[HintedFrame]:
    """Code the hints of some segments again with other settings, from the pictures that were kept.

    Args:
        survey: the survey of the source.
        store: has the pictures. The new coded hints replace the old ones in it.
        settings: for the number of each segment to code, how its hints are made.
        wanted: the frames to yield.
        frame_rate: frames per second of the video.
        progress: receives the number of segments coded.

    Yields:
        The wanted frames of these segments with their new hints.
    """
    progress.start("coding hints anew", len(settings), "segments")
    by_segment = {number: [item for item in wanted if item.segment == number] for number in settings}

    def code(number: int) -> list[PlaneArray]:
        pictures, is_wanted = store.pictures(number), bool(by_segment[number])
        return _code(store, number, pictures, settings[number], frame_rate, is_wanted=is_wanted)

    with ThreadPoolExecutor(CODED_SIDE_BY_SIDE) as threads:
        for done, (number, decoded) in enumerate(zip(settings, threads.map(code, settings), strict=True), 1):
            for item in by_segment[number]:
                yield replace(item, hint=decoded[item.index - survey.borders[number][0]])
            progress.advance(done)


def _code(
    store: HintStore,
    number: int,
    pictures: Sequence[PlaneArray],
    settings: HintSettings,
    rate: Fraction,
    *,
    is_wanted: bool,
) -> list[PlaneArray]:
    """Code the hints of a segment into the store. Returns the decoded hints if they are wanted, else an empty list."""
    run = store[number] = encode_packed_hints(pictures, settings, rate)
    return decode_hints(run, store.parameters, len(pictures)) if is_wanted else []

"""Third pass: the hints of every segment are coded, and kept on disk until the network is trained on them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from codec.encoder.plan import Plan, frame_rate_of, next_frame
from codec.hints.coder import HintParameters, HintSettings, decode_hints, encode_packed_hints
from codec.hints.planes import pack_hint
from codec.luma import LumaRun
from codec.progress import Progress
from codec.video.picture import Picture, U8Array
from codec.video.source import Source


class HintStore:
    """The coded hints of all segments, on disk.

    Attributes:
        parameters: for the decoder of the hints.
    """

    def __init__(self, parameters: HintParameters) -> None:
        self.parameters = parameters
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._places: dict[int, tuple[int, tuple[int, ...]]] = {}

    def __setitem__(self, segment: int, run: LumaRun) -> None:
        pieces = (run.extradata, *run.packets)
        self._places[segment] = (self._file.seek(0, 2), tuple(map(len, pieces)))
        self._file.write(b"".join(pieces))

    def __getitem__(self, segment: int) -> LumaRun:
        offset, lengths = self._places[segment]
        self._file.seek(offset)
        extradata, *packets = (self._file.read(length) for length in lengths)
        return LumaRun(extradata, tuple(packets), len(packets))

    @property
    def num_bytes(self) -> int:
        """Of all segments."""
        return sum(sum(lengths) for _, lengths in self._places.values())

    def close(self) -> None:
        """Give the disk space back."""
        self._file.close()


@dataclass(frozen=True)
class Guided:
    """A picture and its hint as the receiver will have it.

    Attributes:
        index: of the frame.
        segment: that it is in.
        picture: the original.
        hint_u8: the decoded hint, as :func:`codec.hints.planes.pack_hint` makes it.
    """

    index: int
    segment: int
    picture: Picture
    hint_u8: U8Array


@dataclass
class _Segment:
    """What is gathered of a segment while it passes by."""

    hints_u8: list[U8Array] = field(default_factory=list)
    wanted: dict[int, Picture] = field(default_factory=dict)


def code_hints(
    source: Source,
    plan: Plan,
    store: HintStore,
    settings: Mapping[int, HintSettings],
    wanted_frames: frozenset[int],
    progress: Progress,
) -> Iterator[Guided]:
    """Code the hints of some segments, or of all.

    Args:
        source: is read up to the last of these segments.
        plan: from the first pass.
        store: is given the coded hints.
        settings: for each segment that is to be coded.
        wanted_frames: frames that are asked for.
        progress: is told the frames.

    Yields:
        The wanted frames in order, segment by segment, as soon as their segment is coded.
    """
    rate = frame_rate_of(source.info)
    last = max(settings)
    progress.start("coding hints", plan.borders[last][1], "frames")
    frames = iter(source.frames())
    for number, (begin, stop) in enumerate(plan.borders[: last + 1]):
        segment = _Segment()
        for index in range(begin, stop):
            frame = next_frame(frames)
            if number in settings:
                segment.hints_u8.append(pack_hint(frame.picture.chroma_planes(), settings[number].scale))
                if index in wanted_frames:
                    segment.wanted[index] = frame.picture
            progress.advance(index + 1)
        if number in settings:
            yield from _code(number, begin, segment, store, settings[number], rate)


def _code(
    number: int, begin: int, segment: _Segment, store: HintStore, settings: HintSettings, rate: Fraction
) -> Iterator[Guided]:
    run = encode_packed_hints(segment.hints_u8, settings, rate)
    store[number] = run
    if segment.wanted:
        decoded = decode_hints(run, store.parameters, len(segment.hints_u8))
        for index, picture in segment.wanted.items():
            yield Guided(index, number, picture, decoded[index - begin])

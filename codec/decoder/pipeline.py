"""A stream, front to back, into a sink: container -> segments -> pictures -> frames.

One pass, front to back, so that a pipe will do and decoding starts with the first segment that arrives. A frame is
written as soon as it is decoded. The stages overlap: while a frame is written, the next ones are decoded. The first
segment is decoded in this process, in two threads. Where there is another one, worker processes decode that and all
that follow, here or on the machines of a cluster. Memory is bounded by the size of a few segments.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from codec.decoder.entry import Entry, entry_of
from codec.decoder.networks import StreamNetworks
from codec.decoder.promise import Promise
from codec.decoder.segment import Numbered, Receiver, decode_segment
from codec.errors import InputError, StreamError
from codec.networks.declarations import Role
from codec.progress import Progress, Silent
from codec.read_ahead import depth_for, read_ahead
from codec.stream_header import unpack_header, unpack_packet, unpack_times
from codec.video.cut import Cut, before_the_first_frame
from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame, Picture
from codec.video.recoding import restored
from codec.video.selection import EVERYTHING, Selection, Selector
from codec.video.sink import Sink
from container_format import (
    DEFAULT_LIMITS,
    CopyRecord,
    Damage,
    JoinRecord,
    Limits,
    NetworkRecord,
    SegmentRecord,
    UpdateRecord,
)

if TYPE_CHECKING:
    from codec.cluster.connection import Cluster
    from codec.decoder.in_workers import SegmentDecoders
    from codec.decoder.on_cluster import ClusterDecoders

_FRAMES_AHEAD = 8  # fewer of large ones
_PATIENCE_SECONDS = 5  # of video read behind a part's end for packets of its time
_ITEMS_AHEAD = 1000  # of a stream whose segments wait for a cluster: packets to copy, most of all
_MOST_LOSSES = 1000  # that are told one by one: a live stream may go on for ever


@dataclass(frozen=True, kw_only=True)
class DecodeOptions:
    """What the receiver wants.

    Attributes:
        gray: write the gray stream alone; the network is not even loaded.
        recover: decode the intact segments of a damaged stream.
        join: begin in the middle of a live stream, where the bytes begin there.
        vgg16: where this machine has the weights of VGG16, ``imagenet`` or a path, for streams that ask for them.
        verify: compare the decoded color with the sender's checksum, where the stream has one.
        workers: the most processes that decode segments; 1 decodes in this process.
        limits: of the pictures; a stream beyond them is refused before anything is decoded.
        selection: the frames that are wanted; other segments are not decoded.
    """

    gray: bool = False
    recover: bool = False
    join: bool = False
    verify: bool = True
    vgg16: str | None = None
    workers: int = 1
    limits: Limits = DEFAULT_LIMITS
    selection: Selection = EVERYTHING


@dataclass(frozen=True)
class Decoded:
    """What came of a decode: counts, and what was lost (one line each; only when recovering).

    Where the stream has the MD5 of its source's frames, that too; it is not compared with anything here.
    """

    num_frames: int
    num_segments: int
    lost: tuple[str, ...]
    notes: tuple[str, ...]
    seconds: float
    source_md5: str | None = None


def decode(
    stream: BinaryIO,
    open_sink: Callable[[VideoInfo], Sink],
    options: DecodeOptions = DecodeOptions(),
    *,
    cluster: Cluster | None = None,
    on_promise: Callable[[Promise], None] | None = None,
    progress: Progress | None = None,
) -> Decoded:
    """Decode a ``.gvc`` stream into a sink.

    Args:
        stream: a binary file or pipe.
        open_sink: makes the sink, once the video's description is known: that of the selected part, if there is one.
        options: see :class:`DecodeOptions`.
        cluster: decodes the segments in place of workers here, if the color does not need Keras; left open.
        on_promise: is told what the stream promises of its pictures, before the sink is made.
        progress: is told the frames done.

    Raises:
        InputError: the stream has none of the frames that are selected.
        StreamError: the stream is damaged, truncated, foreign, or needs a newer version; nothing is left behind.
        WorkerError: a worker process has died, or the cluster is gone.
        OutputError: the sink cannot take the frames.
    """
    start = time.monotonic()
    progress = progress or Silent()
    entry = entry_of(stream, options.selection, recover=options.recover, join=options.join, limits=options.limits)
    reader, pipeline = entry.records, _Pipeline(entry, options, cluster)
    if on_promise is not None:
        on_promise(Promise.of(reader.header))
    sink = open_sink(pipeline.info) if options.selection.is_everything else None
    try:
        progress.start("decoding", None, "frames")
        place = "" if cluster is None else cluster.dashboard or ""
        num_written = 0
        depth = depth_for(pipeline.info.raw_frame_bytes, _FRAMES_AHEAD)
        frames = read_ahead(pipeline.frames(), depth, on_stop=pipeline.close)
        with contextlib.closing(frames) as items:
            unpacked = _unpacked(items)
            if sink is None:
                info, unpacked = pipeline.cut(unpacked)
                sink = open_sink(info)
            for item in unpacked:
                if isinstance(item, Frame):
                    sink.write(item)
                    num_written += 1
                    progress.advance(num_written, place)
                else:
                    sink.write_packet(item)
        pipeline.check_result()
        sink.close()
    except BaseException:
        if sink is not None:
            sink.abort()
        raise
    return Decoded(
        pipeline.num_frames,
        pipeline.num_segments,
        tuple(pipeline.lost.lines()),
        (*pipeline.notes(), *sink.notes),
        time.monotonic() - start,
        reader.end.source_md5 if reader.end is not None else None,
    )


def _unpacked(items: Iterator[Frame | CopyRecord]) -> Iterator[Frame | CopyPacket]:
    for item in items:
        if isinstance(item, Frame):
            yield item
        else:
            yield from map(unpack_packet, item.packets)


@dataclass(frozen=True)
class _Loss:
    reason: str


class _Losses:
    """What was lost, a line each; of very many the first ones."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._num_more = 0

    def __bool__(self) -> bool:
        return bool(self._lines)

    def append(self, line: str) -> None:
        """One more."""
        if len(self._lines) < _MOST_LOSSES:
            self._lines.append(line)
        else:
            self._num_more += 1

    def lines(self) -> list[str]:
        """All of them."""
        return [*self._lines, *([f"and {self._num_more} times more"] if self._num_more else [])]


@dataclass(frozen=True)
class _Begun:
    """A segment, and those of its pictures that are wanted, as they come, each with its place."""

    segment: SegmentRecord
    times: list[int]
    pictures: Iterator[Numbered]


class _Pipeline:
    """Turns the records of a stream into frames and packets to copy, in order.

    Its two stages run in two threads: :meth:`_begun` touches the reader, :meth:`frames` the counts.
    """

    def __init__(self, entry: Entry, options: DecodeOptions, cluster: Cluster | None) -> None:
        reader = self._reader = entry.records
        self._options = options
        self._cluster = cluster
        description = unpack_header(reader.header)
        self.info = description.info
        self._recoding = description.recoding
        self._networks = StreamNetworks(options.vgg16)
        self._receiver = Receiver.of(
            description, self._networks, reader.header.color, gray=options.gray, verify=options.verify
        )
        self._selector = Selector(options.selection, self.info, origin_pts=entry.origin_pts)
        self._workers: SegmentDecoders | ClusterDecoders | None = None
        self._opening = threading.Lock()
        self._given_up = threading.Event()
        self._next_frame = entry.first_frame
        self.num_frames = 0
        self.num_segments = 0
        self.lost = _Losses()
        self._num_left_out = 0

    def close(self) -> None:
        """End the worker processes, and wait no more for the rest of the stream."""
        with self._opening:
            self._given_up.set()
        if self._workers is not None:
            self._workers.close()

    def frames(self) -> Generator[Frame | CopyRecord, None, None]:
        """Second stage: frames with their pictures, and packets to copy between them."""
        # A segment is being written, one is waiting to be taken from this thread, and the others are in between.
        # A cluster bounds what is begun by itself, since its workers come and go.
        depth = self._options.workers if self._cluster is None else _ITEMS_AHEAD
        ahead = read_ahead(self._begun(), depth, given_up=self._given_up)
        with contextlib.closing(ahead) as items:
            for item in items:
                if isinstance(item, _Loss):
                    self.lost.append(item.reason)
                elif isinstance(item, NetworkRecord):
                    self._receiver.color.load()  # before the first segment has arrived
                elif isinstance(item, UpdateRecord):
                    self._networks.take_update(item)
                elif isinstance(item, _Begun):
                    yield from self._frames(item)
                else:
                    yield item

    def _begun(self) -> Generator[NetworkRecord | UpdateRecord | _Begun | CopyRecord | _Loss, None, None]:
        """First stage: everything in the stream, with segments that worker processes have begun to decode."""
        num_segments = 0
        for record in self._reader.records():
            if isinstance(record, Damage):
                yield _Loss(record.reason)
            elif isinstance(record, NetworkRecord):
                if self._networks.add(record) is Role.COLOR:
                    yield record
            elif isinstance(record, JoinRecord):
                self._num_left_out += record.frame - self._next_frame if self._next_frame else 0
                self._next_frame = record.frame
            elif isinstance(record, SegmentRecord):
                if record.first_frame > self._next_frame:
                    yield _Loss(f"frames {self._next_frame} to {record.first_frame - 1} are missing")
                self._next_frame = record.first_frame + record.num_frames
                begun = self._selected(record, is_first=num_segments == 0)
                if begun is not None:
                    yield begun
                    num_segments += 1
                elif self._is_over(record):
                    return
            else:
                yield record

    def _selected(self, record: SegmentRecord, *, is_first: bool) -> _Begun | None:
        """A segment of which a picture is wanted, and begin to decode it; None for others."""
        times = unpack_times(record)
        takes, first = self._selector.takes, record.first_frame
        places = frozenset(place for place, pts in enumerate(times) if takes(first + place, pts))
        if not places:
            return None
        # A segment that is recovered is decoded to its end, since nothing of it is shown if it is damaged there.
        stops = self._selector.over_pts is not None and not self._options.recover
        return _Begun(record, times, self._pictures(record, places, is_first=is_first, stops=stops))

    def _is_over(self, record: SegmentRecord) -> bool:
        """Whether a segment is so far behind all frames that are wanted that no packet of their time comes any more."""
        over = self._selector.over_pts
        patience = _PATIENCE_SECONDS if self.info.copy_streams else 0
        return over is not None and (record.pts - over) * self.info.time_base >= patience

    def cut(self, items: Iterator[Frame | CopyPacket]) -> tuple[VideoInfo, Iterator[Frame | CopyPacket]]:
        """The selected part as a video of its own.

        Raises:
            InputError: the stream has no such frame.
        """
        early, frame = before_the_first_frame(items, self.info)
        if frame is None:
            raise self._nothing()
        begin_pts = frame.pts if self._selector.first_index else None
        cut = Cut(self.info, begin_pts, every=self._options.selection.every)
        return cut.info, cut.items(itertools.chain(early, [frame], items))

    def _pictures(
        self, segment: SegmentRecord, places: frozenset[int], *, is_first: bool, stops: bool
    ) -> Iterator[Numbered]:
        # The first segment is decoded here while workers start, which a video of one segment has no use for.
        is_alone = self._options.workers == 1 and self._cluster is None
        if is_alone or is_first or not self._receiver.color.runs_in_workers:
            return decode_segment(self._receiver, segment, places, stops=stops, in_two_threads=True)
        with self._opening:
            if self._given_up.is_set():
                return iter(())  # nobody waits for these pictures any more
            workers = self._workers = self._workers or self._opened()
        return workers.pictures(segment, places, stops=stops)

    def _opened(self) -> SegmentDecoders | ClusterDecoders:
        if self._cluster is None:
            from codec.decoder.in_workers import SegmentDecoders

            return SegmentDecoders(lambda: self._receiver, self._options.workers)
        from codec.decoder.on_cluster import ClusterDecoders

        return ClusterDecoders(self._receiver, self._cluster)

    def notes(self) -> tuple[str, ...]:
        """What a person should know of a live stream."""
        count = self._num_left_out
        return (f"the sender left out {count} frames, since this receiver was slow",) if count else ()

    def check_result(self) -> None:
        """Make sure that there is something to show.

        Raises:
            InputError: there are frames, but not in the part that was selected.
            StreamError: not a single frame could be decoded.
        """
        end = self._reader.end
        if end is not None and end.num_frames > self._next_frame:
            self.lost.append(f"frames {self._next_frame} to {end.num_frames - 1} are missing")
        if self.num_frames == 0:
            raise self._nothing()

    def _nothing(self) -> InputError | StreamError:
        if self._next_frame and not self.lost:
            return InputError(
                f"expected frames in the part that was asked for. Received: a stream of {self._next_frame} frames, "
                "none of them there"
            )
        reason = f": {self.lost.lines()[0]}" if self.lost else ""
        return StreamError(f"the stream has no frame that could be decoded{reason}")

    def _frames(self, begun: _Begun) -> Iterator[Frame]:
        segment, pts, pictures = begun.segment, begun.times, begun.pictures
        self._receiver.color.load()  # a network that is missing is no damage of this segment
        try:
            if self._options.recover:
                pictures = iter(list(pictures))  # nothing of a damaged segment is shown, so its end must be seen first
            for index, picture in pictures:
                duration = pts[index + 1] - pts[index] if index + 1 < len(pts) else segment.last_duration
                self.num_frames += 1
                yield Frame(self._restored(picture), pts[index], duration)
        except StreamError as error:
            self.lost.append(self._loss(segment, error))
            return
        self.num_segments += 1

    def _restored(self, picture: Picture) -> Picture:
        return restored(self._recoding, picture, gray=self._options.gray)

    def _loss(self, segment: SegmentRecord, error: StreamError) -> str:
        error.segment = segment.index if error.segment is None else error.segment
        if not self._options.recover:
            raise error
        last_frame = segment.first_frame + segment.num_frames - 1
        return f"segment {segment.index}, frames {segment.first_frame} to {last_frame}: {error}"

"""A full decode into nowhere: every checksum, hashes of the frames, and the source beside them if it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from codec.decoder import DecodeOptions, decode
from codec.decoder.promise import Promise
from codec.errors import MismatchError
from codec.progress import Progress
from codec.video.frame_md5 import FrameMd5, VideoMd5
from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame
from codec.video.source import Source
from container_format import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:  # the metrics are needed for a source alone
    from codec.verification.comparison import Comparison, Measured


@dataclass(frozen=True, kw_only=True)
class VerifyOptions:
    """What is wanted beside the verification.

    Attributes:
        vgg16: as :class:`codec.decoder.DecodeOptions` has it.
        workers: as :class:`codec.decoder.DecodeOptions` has it.
        limits: as :class:`codec.decoder.DecodeOptions` has it.
        md5: compute the MD5 of all decoded frames, whether or not the stream promises that they are the source's.
        frame_md5: is given each line of FFmpeg's muxer ``framemd5``, as soon as it is known; None for none.
    """

    vgg16: str | None = None
    workers: int = 1
    limits: Limits = DEFAULT_LIMITS
    md5: bool = False
    frame_md5: Callable[[str], None] | None = None


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What was found of a stream that is whole.

    Attributes:
        promise: what the stream says of its frames; holds where the source was given.
        num_frames, num_segments: decoded.
        md5: of all decoded frames in the source's pixel format; None if it was not wanted, and they are not exact.
        source_md5: what the stream says of its source; None if it says nothing.
        is_source_md5_checked: it was compared with exact frames, or with the source.
        measured: beside the source, where nothing is promised; None without a source.
        seconds: wall time.
    """

    promise: Promise
    num_frames: int
    num_segments: int
    md5: str | None
    source_md5: str | None
    is_source_md5_checked: bool
    measured: Measured | None
    seconds: float


def verify(
    stream: BinaryIO,
    options: VerifyOptions = VerifyOptions(),
    *,
    source: Source | None = None,
    progress: Progress | None = None,
) -> Verified:
    """Decode a whole stream, and compare it with its checksums, its MD5 and its source.

    Args:
        stream: a binary file or pipe, read once.
        options: see :class:`VerifyOptions`.
        source: what the stream was made from, read once; None if it is not there.
        progress: is told the frames done.

    Raises:
        InputError: the source cannot be read, or a network asks for weights that are not here.
        StreamError: the stream is damaged, truncated, foreign, or needs a newer version.
        MismatchError: the stream is whole, but its frames are not what it promises.
        WorkerError: a worker process has died.
    """
    sink = _VerifySink(options, source)
    decoded = decode(
        stream,
        sink.open,
        DecodeOptions(vgg16=options.vgg16, workers=options.workers, limits=options.limits),
        on_promise=sink.take_promise,
        progress=progress,
    )
    sink.check(decoded.source_md5)
    return Verified(
        promise=sink.promise,
        num_frames=decoded.num_frames,
        num_segments=decoded.num_segments,
        md5=sink.md5,
        source_md5=decoded.source_md5,
        is_source_md5_checked=decoded.source_md5 is not None and (sink.promise.is_exact or source is not None),
        measured=None if sink.comparison is None else sink.comparison.measured(),
        seconds=decoded.seconds,
    )


class _VerifySink:
    """A sink that keeps nothing of a frame but its hashes, and what it differs in."""

    notes: tuple[str, ...] = ()

    def __init__(self, options: VerifyOptions, source: Source | None) -> None:
        self._options = options
        self._source = source
        self._md5: VideoMd5 | None = None
        self._lines: FrameMd5 | None = None
        self.promise: Promise
        self.comparison: Comparison | None = None

    def take_promise(self, promise: Promise) -> None:
        self.promise = promise

    def open(self, info: VideoInfo) -> _VerifySink:
        # Whether the stream has an MD5 of its source is known at its end, too late to begin with another.
        if self._options.md5 or self.promise.is_exact:
            self._md5 = VideoMd5(info.pixel_format)
        if self._options.frame_md5 is not None:
            self._lines = FrameMd5(info)
            for line in self._lines.head():
                self._options.frame_md5(line)
        if self._source is not None:
            from codec.verification.comparison import Comparison

            self.comparison = Comparison(self._source, info, self.promise)
        return self

    @property
    def md5(self) -> str | None:
        return None if self._md5 is None else self._md5.hexdigest()

    def write(self, frame: Frame) -> None:
        if self._md5 is not None:
            self._md5.add(frame.picture)
        if self._lines is not None and self._options.frame_md5 is not None:
            self._options.frame_md5(self._lines.line(frame))
        if self.comparison is not None:
            self.comparison.add(frame)

    def check(self, source_md5: str | None) -> None:
        """Say what differs, now that all checksums hold.

        Raises:
            InputError: the source cannot be read.
            MismatchError: something does.
        """
        if self.comparison is not None:
            self.comparison.finish(source_md5)
            if self.comparison.difference is not None:
                raise MismatchError(self.comparison.difference)
        elif self.promise.is_exact and source_md5 not in (None, self.md5):
            raise MismatchError(f"the MD5 of its frames differs: expected {source_md5}. Received: {self.md5}")

    def write_packet(self, packet: CopyPacket) -> None:
        pass

    def close(self) -> None:
        pass

    def abort(self) -> None:
        pass

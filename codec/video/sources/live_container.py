"""Live video that FFmpeg opens: cameras, RTSP, UDP, and what comes through a pipe in a container."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import av
import av.container
from av.video.frame import VideoFrame

from codec.errors import InputError
from codec.video.info import VideoInfo
from codec.video.picture import Frame, Picture
from codec.video.sources.decoded_frames import color_of, display_matrix_of, picture_of, source_format, with_alpha_of
from codec.video.sources.frame_clock import FrameClock
from codec.video.sources.options import SourceOptions
from codec.video.sources.stream_marks import marks_of

_DEVICES = (("/dev/video", "v4l2"),)
_OPEN_SECONDS, _READ_SECONDS = 10.0, 10.0
_OPTIONS = {"analyzeduration": "1000000"}  # microseconds; what is read meanwhile is kept
_RTSP = {"rtsp_transport": "tcp"}  # so that no packet is lost on the way
_MOST_BAD_PACKETS = 250  # one after another; then the source is given up


class LiveContainer:
    """The first video stream of what FFmpeg opens.

    Frames that are damaged are left out, since their gray would not be the source's.

    Args:
        place: an URL or a device, or an open pipe.
        name: what to call it in errors.
        options: a rate, and the ``kind``: a demuxer or a device of FFmpeg's.

    Raises:
        InputError: it cannot be opened, or has no video.
    """

    def __init__(self, place: str | BinaryIO, name: str, options: SourceOptions) -> None:
        self._name = name
        self._num_damaged = self._num_bad_in_row = 0
        kind = None if options.kind in (None, "container") else str(options.kind)
        settings = dict(_OPTIONS)
        if isinstance(place, str):
            kind = kind or next((device for start, device in _DEVICES if place.startswith(start)), None)
            if kind is None and not re.match(r"[a-z][a-z0-9+.-]*:", place) and not Path(place).exists():
                raise InputError(f"expected a video file, a device or an URL. Received: {place}, which does not exist")
            settings |= _RTSP if place.startswith("rtsp:") else {}
            settings |= {"framerate": str(options.frame_rate)} if options.frame_rate and kind else {}
            settings |= {"video_size": "{}x{}".format(*options.size)} if options.size and kind else {}
        try:
            self._container = av.open(
                place,
                "r",
                format=kind,
                options=settings,
                timeout=(_OPEN_SECONDS, _READ_SECONDS),
                metadata_errors="replace",
            )
            self._packets, self._frames = self._first_frames()
            first = self._frames[0]
            self.info = self._describe(first, options)
        except (av.FFmpegError, OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise InputError(f"cannot open {name} as live video: {reason}") from error
        self._clock = FrameClock(self.info)
        self._first_pts: int | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """See :class:`codec.video.sources.live.LiveSource`."""
        others = self._others
        notes = [f"live sends pictures alone: {', '.join(others)} left out"] if others else []
        if self._num_damaged:
            notes.append(f"{self._num_damaged} packets of {self._name} could not be decoded")
        return tuple(notes)

    def arrivals(self) -> Iterator[Any]:
        """See :class:`codec.video.sources.live.LiveSource`."""
        try:
            while True:
                for frame in self._frames:
                    self._check_same(frame)
                    pts, duration = self._clock.stamp(frame)
                    self._first_pts = pts if self._first_pts is None else self._first_pts
                    yield self._late(frame, pts - self._first_pts, duration)
                packet = next(self._packets, None)
                if packet is None:
                    return
                self._frames = self._decoded(packet)
        except (av.FFmpegError, OSError) as error:
            raise InputError(f"cannot read {self._name} any more: {error.strerror or error}") from error
        finally:
            self._container.close()

    def close(self) -> None:
        """See :class:`codec.video.sources.live.LiveSource`. Who waits for a packet gives up by itself."""

    def _first_frames(self) -> tuple[Iterator[av.Packet[Any]], list[VideoFrame]]:
        if not self._container.streams.video:
            raise InputError(f"expected a video stream in {self._name}. Received: none")
        self._video = self._container.streams.video[0]
        self._others = sorted({stream.type for stream in self._container.streams if stream.type != "video"})
        packets = iter(self._container.demux(self._video))
        for packet in packets:
            frames = self._decoded(packet)
            if frames:
                return packets, frames
        raise InputError(f"expected at least one frame in {self._name}. Received: none")

    def _decoded(self, packet: av.Packet[Any]) -> list[VideoFrame]:
        try:
            frames = [frame for frame in self._video.decode(packet) if not frame.is_corrupt]
            self._num_bad_in_row = 0
        except av.FFmpegError:
            self._num_damaged += 1
            self._num_bad_in_row += 1
            if self._num_bad_in_row > _MOST_BAD_PACKETS:
                raise
            return []
        return frames

    def _check_same(self, frame: VideoFrame) -> None:
        received = (frame.width, frame.height, frame.format.name)
        if received != self._first:
            raise InputError(
                f"expected {self._first[0]}x{self._first[1]} {self._first[2]} in all of {self._name}. Received: "
                f"{received[0]}x{received[1]} {received[2]}"
            )

    def _late(self, frame: VideoFrame, pts: int, duration: int | None) -> Any:
        return lambda: Frame(self._picture(frame), pts, duration)

    def _picture(self, frame: VideoFrame) -> Picture:
        return with_alpha_of(picture_of(frame), self.info.pixel_format)

    def _describe(self, first: VideoFrame, options: SourceOptions) -> VideoInfo:
        self._first = (first.width, first.height, first.format.name)
        if self._video.time_base is None:
            raise InputError(f"expected a time base in {self._name}. Received: none")
        return VideoInfo(
            first.width,
            first.height,
            source_format(first),
            time_base=self._video.time_base,
            frame_rate=options.frame_rate or self._video.average_rate or self._video.guessed_rate,
            color=color_of(first),
            sample_aspect_ratio=self._video.sample_aspect_ratio or None,
            display_matrix=display_matrix_of(first),
            marks=marks_of(self._video, first),
        )

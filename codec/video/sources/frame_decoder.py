"""Packets to frames, with damage reported."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import av
from av.codec.context import Flags, ThreadType
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from codec.errors import InputError
from codec.video.damage import Damage, DamageLog
from codec.video.sources.missing_pictures import picture_numbers

_MISSING_REFERENCE = "a picture that it refers to is missing"
_CUT_OFF = "its packet is cut off or damaged"
_INVENTED = "parts of it are missing"
_WITHHELD = "it cannot be decoded without pictures that are missing"
# Decoders that give no frame for a picture whose references are missing, and one frame for every other packet.
_WITHHOLDING = frozenset({"hevc", "mpeg1video", "mpeg2video"})
# Decoders that show pictures before the first one that stands alone, and do not mark them.
_CARELESS = frozenset({"flv1", "h263", "mpeg4", "msmpeg4v2", "msmpeg4v3", "vp8", "wmv1", "wmv2"})
# More packets than decoders keep before a frame comes out: threads, and pictures that are put in order.
_LATEST_PACKETS = 64
# A frame that a later one has overtaken comes no more; times that FFmpeg guessed may be wrong by a few packets.
_OVERTAKEN_PACKETS = 8


@dataclass
class _Picture:
    """A packet, and what became of it.

    Attributes:
        place: in the order of decoding.
        pts: when it is shown; None if it is not known.
        fault: what is wrong with it; None if nothing is.
        number: of the frame that came out.
        passed: the number of frames that had come out when a later one overtook it.
    """

    place: int
    pts: int | None
    fault: str | None = None
    number: int | None = None
    passed: int | None = None


def is_checked(codec: str) -> bool:
    """Whether pictures that are missing from a stream are found; ``codec`` is FFmpeg's name."""
    return codec == "h264" or codec in _WITHHOLDING


class FrameDecoder:
    """The decoder of one video stream.

    A frame that the decoder had to invent in part, or that it cannot decode, is an error, unless damage is kept.

    Args:
        stream: of an open input, not yet decoded from.
        name: what to call the input in errors.
        keep_damaged: give such frames, and count them.
        is_whole: says of a packet that FFmpeg calls corrupt whether all of its bytes are there all the same.
    """

    def __init__(
        self,
        stream: VideoStream,
        name: str,
        *,
        keep_damaged: bool = False,
        is_whole: Callable[[av.Packet[Any]], bool] | None = None,
    ) -> None:
        self._stream = stream
        self._name = name
        self._keep_damaged = keep_damaged
        self._is_whole = is_whole
        self._log = DamageLog()
        self._num_frames = 0
        self._num_packets = 0
        context = stream.codec_context
        # With one thread, what a decoder invents is the same in each pass, and no frame behind an error is lost.
        stream.thread_type = ThreadType.SLICE if keep_damaged else ThreadType.AUTO
        if keep_damaged:
            context.thread_count = 1
        context.flags |= Flags.output_corrupt | Flags.copy_opaque
        codec = context.codec
        self._is_intra = codec.intra_only or codec.canonical_name == "ffv1"
        if self._is_intra:
            # Other decoders mark a frame that they had to mend; these report damage only when told to be strict.
            context.options = {"err_detect": "explode"}
        self._codec = codec.canonical_name
        self._numbers = picture_numbers(self._codec, context.extradata or b"")
        self._is_broken = False
        self._sound_from: int | None = None
        self._recent: deque[_Picture] = deque(maxlen=_LATEST_PACKETS)
        self._waiting: dict[int, _Picture] = {}
        self._is_started = self._codec not in _CARELESS

    @property
    def damage(self) -> Damage:
        """What was found so far."""
        return self._log.result()

    def decode(self, packet: av.Packet[Any]) -> list[VideoFrame]:
        """The frames that come out when ``packet`` goes in; an empty packet without a time asks for all that are left.

        Raises:
            InputError: the packet, or a frame, is damaged, and damage is not kept.
        """
        is_last = packet.size == 0 and packet.dts is None
        if packet.size == 0 and not is_last:
            return []  # AVI's way to show a frame for longer; to the decoder it would mean the end
        if not is_last:
            self._register(packet)
        try:
            frames = self._stream.decode(packet)
        except av.FFmpegError as error:
            self._lose(error.strerror or str(error), packet.pts)
            return []
        for frame in frames:
            self._check(frame)
            self._num_frames += 1
        if is_last:
            self._finish()
        return frames

    def _register(self, packet: av.Packet[Any]) -> None:
        """Look at a packet before it is decoded."""
        self._num_packets += not packet.is_discard
        picture = _Picture(self._num_packets, packet.pts, self._fault_of(packet))
        packet.opaque = picture
        self._recent.append(picture)
        if self._codec in _WITHHOLDING and not packet.is_discard:
            self._waiting[picture.place] = picture

    def _fault_of(self, packet: av.Packet[Any]) -> str | None:
        if packet.is_corrupt and not (self._is_whole is not None and self._is_whole(packet)):
            return _CUT_OFF
        if self._numbers is None:
            return None
        num_before = self._numbers.missing_before(bytes(packet))
        if num_before is not None:
            self._is_broken, self._sound_from = True, None
            for earlier in list(self._recent)[len(self._recent) - num_before :]:
                self._blame(earlier)
        if self._is_broken and packet.is_keyframe:
            # This picture needs no other; those that are shown before it may.
            self._is_broken, self._sound_from = False, packet.pts
        is_leading = self._sound_from is not None and packet.pts is not None and packet.pts < self._sound_from
        return _MISSING_REFERENCE if self._is_broken or is_leading else None

    def _blame(self, picture: _Picture) -> None:
        """A picture turns out to lack one; its frame may have come out already."""
        picture.fault = picture.fault or _MISSING_REFERENCE
        if picture.number is not None:
            self._report(picture.number, picture.fault, picture.pts)

    def _check(self, frame: VideoFrame) -> None:
        """Look at the next frame."""
        picture = frame.opaque if isinstance(frame.opaque, _Picture) else None
        self._is_started = self._is_started or bool(frame.key_frame)
        fault = picture.fault if picture is not None else None
        if fault is None and not self._is_started:
            fault = _MISSING_REFERENCE
        if fault is None and frame.is_corrupt:
            fault = _INVENTED
        if fault is not None:
            self._report(self._num_frames, fault, frame.pts)
        if picture is not None:
            picture.number = self._num_frames
            self._overtake(picture)

    def _overtake(self, picture: _Picture) -> None:
        """Find packets that were to be shown before this one and that no frame has come of."""
        self._waiting.pop(picture.place, None)
        for earlier in list(self._waiting.values()):
            if earlier.place < picture.place - _OVERTAKEN_PACKETS:
                self._withheld(earlier)
            elif earlier.passed is None and _is_before(earlier, picture):
                earlier.passed = self._num_frames

    def _withheld(self, picture: _Picture) -> None:
        del self._waiting[picture.place]
        number = self._num_frames if picture.passed is None else picture.passed
        self._lose(picture.fault or _WITHHELD, picture.pts, number)

    def _finish(self) -> None:
        for picture in list(self._waiting.values()):
            self._withheld(picture)
        # PyAV drops an error that comes up while the threads are emptied, and all frames behind it.
        if self._is_intra and self._num_frames < self._num_packets and not self._keep_damaged:
            raise self._error(self._num_frames, f"{self._num_packets} packets gave {self._num_frames} frames", None)

    def _report(self, number: int, fault: str, pts: int | None) -> None:
        if not self._keep_damaged:
            raise self._error(number, fault, pts)
        self._log.add_frame(number, fault)

    def _lose(self, fault: str, pts: int | None, number: int | None = None) -> None:
        if not self._keep_damaged:
            raise self._error(self._num_frames if number is None else number, fault, pts)
        if number is not None or self._codec not in _WITHHOLDING:  # those are counted when they are overtaken
            self._log.add_missing(fault)

    def _error(self, number: int, reason: str, pts: int | None) -> InputError:
        base = self._stream.time_base
        time = f", at {float(pts * base):.3f} s" if pts is not None and base is not None else ""
        return InputError(
            f"cannot decode frame {number} of {self._name}{time}: {reason}. "
            "--keep-damaged takes what there is of damaged recordings"
        )


def _is_before(picture: _Picture, other: _Picture) -> bool:
    return picture.pts is not None and other.pts is not None and picture.pts < other.pts

"""Recordings whose times start anew: one timeline for all streams.

The cells of a DVD, transport streams joined end to end and a recorder that was restarted begin to count again in the
middle of a file. What comes behind such a place is moved by one offset for all streams, so that picture and sound stay
together: the smallest one that lets no stream overlap itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av

# FFmpeg's command line joins at the same step forward. Back, decoding times never step in a sound stream; FFmpeg's own
# guesses of missing times may by a frame or two.
_FORWARD_SECONDS = Fraction(10)
_BACK_SECONDS = Fraction(1, 10)
_BACK_SECONDS_SHOWN = Fraction(1)
# What is read behind a place before its offset is set, so that each stream has come.
_PATIENCE_SECONDS = Fraction(2)
_PATIENCE_PACKETS = 4096

if TYPE_CHECKING:
    _Packet = av.Packet[Any]


@dataclass
class _Part:
    """Packets that count their times together. All times are in seconds, as they are stored.

    Attributes:
        origin: of the first packet.
        now: the latest so far.
        before: the part before; None for the first.
        offset: what is added to each time.
        starts, ends: of each stream that has packets all the time.
    """

    origin: Fraction
    now: Fraction
    before: _Part | None = None
    offset: Fraction = Fraction(0)
    starts: dict[int, Fraction] = field(default_factory=dict)
    ends: dict[int, Fraction] = field(default_factory=dict)


@dataclass
class _Track:
    """A stream that has packets all the time.

    Attributes:
        time_base: seconds in a unit of its times.
        step: seconds of a packet that states no duration.
        part: where its last packet was.
    """

    time_base: Fraction
    step: Fraction
    part: _Part


class Timeline:
    """Joins the parts of one pass over a recording.

    Args:
        tracks: for each stream of picture or sound its time base, and the seconds of a packet without a duration.
        has_decoding_times: packets state when they are decoded. Else the times at which they are shown are compared,
            and only larger steps back are joints.

    Attributes:
        joints: where parts were joined, in seconds of the joined recording.
    """

    def __init__(self, tracks: Mapping[int, tuple[Fraction, Fraction]], *, has_decoding_times: bool = True) -> None:
        self._has_decoding_times = has_decoding_times
        self._newest = _Part(Fraction(0), Fraction(0))
        self._is_settled = True
        self._tracks = {index: _Track(*times, self._newest) for index, times in tracks.items()}
        self._held: list[tuple[_Packet, _Part]] = []
        self.joints: list[Fraction] = []

    def joined(self, packets: Iterable[_Packet]) -> Iterator[_Packet]:
        """The packets in their order, with the times of one timeline."""
        for packet in packets:
            self._held.append((packet, self._part_of(packet)))
            if not self._is_settled and self._is_known():
                self._settle()
            if self._is_settled:
                yield from self._release()
        if not self._is_settled:
            self._settle()
        yield from self._release()

    def _release(self) -> Iterator[_Packet]:
        held, self._held = self._held, []
        for packet, part in held:
            if part.offset and packet.time_base:
                units = round(part.offset / packet.time_base)
                packet.pts = None if packet.pts is None else packet.pts + units
                packet.dts = None if packet.dts is None else packet.dts + units
            yield packet

    def _part_of(self, packet: _Packet) -> _Part:
        track = self._tracks.get(packet.stream_index)
        time = packet.dts if self._has_decoding_times else packet.pts
        if track is None or time is None:
            return self._nearest(packet)
        index, now = packet.stream_index, time * track.time_base
        if index in track.part.ends and self._is_joint(packet, track.part, now):
            track.part = self._part_from(track.part, now)
        part = track.part
        part.starts.setdefault(index, now)
        end = now + (packet.duration * track.time_base if packet.duration else track.step)
        part.ends[index] = max(end, part.ends.get(index, end))
        part.now = max(part.now, now)
        return part

    def _is_joint(self, packet: _Packet, part: _Part, now: Fraction) -> bool:
        end = part.ends[packet.stream_index]
        if not self._has_decoding_times:
            return packet.is_keyframe and now < end - _BACK_SECONDS_SHOWN  # others may be stored behind their time
        # A stream that pauses while the others go on is not at a joint.
        return now < end - _BACK_SECONDS or now > part.now + _FORWARD_SECONDS

    def _nearest(self, packet: _Packet) -> _Part:
        """The part of a packet of a stream that has few, or of one without a decoding time."""
        newest, before = self._newest, self._newest.before
        if before is None or packet.pts is None or packet.time_base is None:
            return newest
        time = packet.pts * packet.time_base
        return newest if abs(time - newest.now) <= abs(time - before.now) else before

    def _part_from(self, part: _Part, now: Fraction) -> _Part:
        """The part of a stream that leaves its own."""
        if part is not self._newest and abs(now - self._newest.now) <= _FORWARD_SECONDS:
            return self._newest
        if not self._is_settled:
            self._settle()
        self._newest.before = None  # nothing of it comes any more
        self._newest = _Part(now, now, before=self._newest)
        self._is_settled = False
        return self._newest

    def _is_known(self) -> bool:
        newest = self._newest
        return (
            all(track.part is newest for track in self._tracks.values() if track.part.ends)
            or newest.now - newest.origin > _PATIENCE_SECONDS
            or len(self._held) > _PATIENCE_PACKETS
        )

    def _settle(self) -> None:
        """Set the offset of the newest part."""
        self._is_settled = True
        newest, before = self._newest, self._newest.before
        if before is None:
            return
        newest.offset = before.offset
        steps = [before.ends[index] - start for index, start in newest.starts.items() if index in before.ends]
        newest.offset += max(steps, default=before.now - newest.origin)
        self.joints.append(newest.origin + newest.offset)

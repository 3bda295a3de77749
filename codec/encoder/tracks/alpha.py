"""How the alpha of a segment is coded: as gray planes through a lossless plane codec, in every mode."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from codec.checksums import RunningChecksum, alpha_crc32
from codec.plane_codecs import CodedRun, PlaneCodecSpec, PlaneParameters, open_plane_encoder
from codec.video.picture import Picture


@dataclass(frozen=True)
class AlphaTrack:
    """Alpha planes through a plane codec that keeps every bit.

    Attributes:
        codec: with its options.
        parameters: for the decoder.
    """

    codec: PlaneCodecSpec
    parameters: PlaneParameters

    def begin(self, frame_rate: Fraction) -> AlphaSession:
        """For one segment."""
        return AlphaSession(self, frame_rate)


class AlphaSession:
    """Codes the alpha of one segment.

    Args:
        track: of the video.
        frame_rate: in frames per second.
    """

    def __init__(self, track: AlphaTrack, frame_rate: Fraction) -> None:
        self._encoder = open_plane_encoder(track.codec, track.parameters, frame_rate)
        self._running = RunningChecksum(alpha_crc32)

    def add(self, picture: Picture) -> None:
        """Take the alpha of the next picture."""
        if picture.alpha is None:
            raise ValueError("expected a picture with alpha. Received: one without")
        self._encoder.write(picture.alpha)
        self._running.add(picture)

    def finish(self) -> CodedAlpha:
        """What is sent."""
        return CodedAlpha(self._encoder.finish(), self._running.checksum.crc32)


@dataclass(frozen=True)
class CodedAlpha:
    """The alpha of a segment: its planes, and the CRC-32 of all of them."""

    run: CodedRun
    crc32: int

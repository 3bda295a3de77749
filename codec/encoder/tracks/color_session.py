"""What all color tracks share: what they are given for a segment, and what they give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from codec.checksums import Checksum
from codec.hints.coder import HintParameters
from codec.lossless.known import I16Array
from codec.lossless.stacked import StackedParameters
from codec.metrics import QualityMeter
from codec.plane_codecs import CodedRun
from codec.video.picture import Picture, PlaneArray

NO_RUN = CodedRun(b"", (), 0)


@dataclass(frozen=True)
class ColorInput:
    """What a color track is given for one segment, beside its pictures.

    Attributes:
        hints: the segment's hints, if they are coded already.
        measured: places of the pictures that are to be measured.
        shot_starts: places of pictures that begin a shot, but for the first picture.
    """

    hints: CodedRun | None = None
    measured: frozenset[int] = frozenset()
    shot_starts: tuple[int, ...] = ()


@dataclass(frozen=True)
class CodedColor:
    """The color of a segment; what a track does not send is empty.

    Attributes:
        hints: the hints, or stacked chroma.
        samples: entropy-coded chroma samples.
        later_bytes: of them, about those of all pictures but the first.
        far_differences: what stacked chroma of RGB cannot hold.
        checksum: of the decoded chroma, where it is the same everywhere.
        shot_starts: as in :class:`ColorInput`, where the receiver needs them.
        quality: of the measured pictures; None if there are none.
    """

    hints: CodedRun = NO_RUN
    samples: bytes = b""
    later_bytes: int = 0
    far_differences: bytes = b""
    checksum: Checksum | None = None
    shot_starts: tuple[int, ...] = ()
    quality: QualityMeter | None = None


class ColorSession(Protocol):
    """Codes the color of one segment."""

    def add(self, picture: Picture, motion: I16Array | None) -> None:
        """Take the next picture, and the motion to it if the track needs that."""

    def end_frames(self) -> None:
        """All pictures are there: code what waited for them."""

    def finish(self, lumas: Sequence[PlaneArray]) -> CodedColor:
        """What is sent.

        Args:
            lumas: the gray planes as the receiver will have them, (height, width) uint8 each.
        """


class BaseColorTrack:
    """What is the same for most color tracks.

    Attributes:
        needs_motion: sessions are given motion.
        fields: of the segment's record that the track fills, whose bytes are the color's.
    """

    needs_motion: ClassVar[bool] = False
    fields: ClassVar[frozenset[str]] = frozenset()

    @property
    def runs_in_workers(self) -> bool:
        """Whether other processes may make the color, too: it does not need Keras."""
        return True

    @property
    def hints(self) -> HintParameters | None:
        """For the decoder of the hints, if the track has some."""
        return None

    @property
    def stacked(self) -> StackedParameters | None:
        """For the decoder of stacked chroma, if the track has that."""
        return None

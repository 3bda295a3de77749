"""The declaration of a plane codec. Importing this module does not import PyAV or NumPy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from codec.errors import InputError
from codec.plane_codecs.interface import CodedRun, PlaneCodecSpec, PlaneEncoder, PlaneParameters
from codec.plane_codecs.options import Option

if TYPE_CHECKING:
    from codec.video.picture import PlaneArray

Decode = Callable[[PlaneParameters, CodedRun], "Iterator[PlaneArray]"]
"""Decodes a run to its planes, (height, width), in display order: uint8 for 8 bits, otherwise uint16."""


@dataclass(frozen=True, kw_only=True)
class PlaneCodec:
    """The declaration of one plane codec. Each codec has its own module with a constant ``CODEC`` of this type.

    Attributes:
        name: the codec's name, as ``--luma`` and ``--hints`` take it.
        summary: one line for the help text.
        options: the options that the codec takes.
        is_lossless: returns True if the codec, with the options of the given spec, keeps every bit.
        decoder: the name of the decoder in a stream. Several codecs may share one decoder.
        decode: the function that decodes a run.
        parameters: returns the decoder's parameters for a spec, a plane width and a plane height, in samples.
        open_encoder: returns a new encoder for one segment. Its last argument is the frame rate, in frames per second.
        whole_picture_formats: the pixel formats of whole pictures that the codec takes; empty if it takes none.
        depths: the bit depths, in bits per sample, that the codec takes.
        extra: the name of the optional dependencies of gvc that the codec needs; None if it needs none.
        tried: the codec's position among the candidates of ``--luma auto``. In a tie the lowest position wins. None if
            ``auto`` does not try the codec.
        plays_in_browsers: the page that plays streams decodes it.
        tried_deep: the options with which ``--luma auto`` tries the codec for more than 8 bits; None if it does not.
    """

    name: str
    summary: str
    options: tuple[Option, ...]
    is_lossless: Callable[[PlaneCodecSpec], bool]
    decoder: str
    decode: Decode
    parameters: Callable[[PlaneCodecSpec, int, int], PlaneParameters]
    open_encoder: Callable[[PlaneCodecSpec, PlaneParameters, Fraction], PlaneEncoder]
    whole_picture_formats: tuple[str, ...] = ()
    depths: tuple[int, ...] = (8,)
    extra: str | None = None
    tried: int | None = None
    tried_deep: str | None = None
    plays_in_browsers: bool = False

    def picture_format(self, parameters: PlaneParameters) -> str:
        """FFmpeg's name of the format of the pictures that an encoder gets: gray for single planes."""
        if parameters.pixel_format is not None:
            return parameters.pixel_format.name
        depth = self.coded_depth(parameters.depth)
        return "gray" if depth == 8 else f"gray{depth}le"

    def coded_depth(self, depth: int) -> int:
        """The bit depth of the pictures in which the codec carries samples of ``depth`` bits.

        Raises:
            InputError: the codec does not take as many bits.
        """
        enough = [own for own in self.depths if own >= depth]
        if not enough:
            raise InputError(
                f"{self.name} takes at most {self.depths[-1]} bits a sample. Received: video of {depth} bits; "
                "ffv1, zstd, raw and network take all 16"
            )
        return min(enough)


def always(spec: PlaneCodecSpec) -> bool:
    """Return True: the ``is_lossless`` of codecs that keep every bit with any options."""
    del spec
    return True


def never(spec: PlaneCodecSpec) -> bool:
    """Return False: the ``is_lossless`` of codecs that are always lossy."""
    del spec
    return False


def decode_by_ffmpeg(parameters: PlaneParameters, run: CodedRun) -> Iterator[PlaneArray]:
    """Decode a run with FFmpeg: the ``decode`` of all codecs that use FFmpeg's decoders. It imports PyAV when called.

    Yields:
        (height, width) planes in display order: uint8 for 8 bits, otherwise uint16.
    """
    from codec.plane_codecs.ffmpeg import decode_packets

    return decode_packets(parameters, run)

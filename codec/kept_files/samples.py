"""The samples of a picture as the bytes of an image file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from codec.errors import StreamError
from codec.video.depths import DEEP
from codec.video.picture import Picture, PlaneArray, ycocg_r_to_rgb
from codec.video.pixel_formats import ColorModel, PixelFormat
from container_format.kept_files import SampleLayoutRecord

ByteRows = npt.NDArray[np.uint8]  # (rows, bytes of a row)


class Packing(StrEnum):
    """How samples become bytes. The names are those on disk."""

    BYTES = "8"  # one byte
    WORDS = "16"  # two bytes, the value as it is
    WORDS_12_HIGH = "12 high"  # two bytes, times 16
    TRIPLES_HIGH = "10 high"  # three in 32 bits, the first on top, two bits of filling below
    TRIPLES_LOW = "10 low"  # the same, two bits of filling above
    TRIPLES_HIGH_REVERSED = "10 high reversed"  # the last of three on top
    TRIPLES_LOW_REVERSED = "10 low reversed"
    STREAM_12 = "12 stream"  # bit after bit, from the lowest of each 32


@dataclass(frozen=True)
class _Packer:
    """How one packing works.

    Attributes:
        depths: bits of the samples that it takes.
        rows: from (rows, samples) and the byte order to (rows, bytes).
    """

    depths: tuple[int, ...]
    rows: Callable[[PlaneArray, str], ByteRows]


def sample_rows(picture: Picture, form: PixelFormat, layout: SampleLayoutRecord) -> ByteRows:
    """The rows of an image file without its filling, each of a whole number of bytes.

    Args:
        picture: as decoded.
        form: of the video.
        layout: of the file; from a stream of unknown origin.

    Raises:
        StreamError: the video has no such samples.
    """
    packer = _packer_of(layout.packing, form)
    components = _components(picture, form)
    if not layout.order or not set(layout.order) <= set(components):
        raise StreamError(f"expected components of {form.name} video in a kept file. Received: {layout.order!r:.60}")
    planes = [components[name] for name in layout.order]
    samples = np.concatenate(planes, axis=0)[..., np.newaxis] if layout.is_separate else np.stack(planes, axis=-1)
    if layout.is_difference:
        differences = samples.copy()
        differences[:, 1:] -= samples[:, :-1]  # modulo 2**8 or 2**16, as the samples' type is
        samples = differences
    return packer.rows(samples.reshape(samples.shape[0], -1), ">" if layout.is_big_endian else "<")


def _packer_of(name: str, form: PixelFormat) -> _Packer:
    packer = _PACKERS.get(name)
    if packer is None or form.depth not in packer.depths:
        raise StreamError(f"expected a packing of samples of {form.depth} bits for a kept file. Received: {name!r:.60}")
    return packer


def _components(picture: Picture, form: PixelFormat) -> dict[str, PlaneArray]:
    """All components, also those of files that were promoted to the video's format."""
    if form.model is ColorModel.RGB:
        red, green, blue = np.moveaxis(ycocg_r_to_rgb(picture, form.depth), -1, 0)
        found = {"r": red, "g": green, "b": blue, "y": green}  # gray in a video of RGB has three equal colors
    else:
        found = {"y": picture.luma}
    return found | {"a": form.opaque(picture.luma) if picture.alpha is None else picture.alpha}


def _single_bytes(samples: PlaneArray, order: str) -> ByteRows:
    del order
    return _bytes_of(samples)


def _words(samples: PlaneArray, order: str) -> ByteRows:
    return _bytes_of(samples.astype(f"{order}u2"))


def _words_12_high(samples: PlaneArray, order: str) -> ByteRows:
    return _bytes_of((samples << 4).astype(f"{order}u2"))


def _triples(shifts: tuple[int, int, int]) -> Callable[[PlaneArray, str], ByteRows]:
    """Three samples in 32 bits, each shifted; what is missing in the last word of a row is 0."""

    def rows(samples: PlaneArray, order: str) -> ByteRows:
        count = -(-samples.shape[1] // 3) * 3
        filled = np.zeros((samples.shape[0], count), np.uint32)
        filled[:, : samples.shape[1]] = samples
        words = np.zeros((samples.shape[0], count // 3), np.uint32)
        for place, shift in enumerate(shifts):
            words |= filled[:, place::3] << np.uint32(shift)
        return _bytes_of(words.astype(f"{order}u4"))

    return rows


def _stream(bits: int) -> Callable[[PlaneArray, str], ByteRows]:
    """Bit after bit; rows end with a whole word."""

    def rows(samples: PlaneArray, order: str) -> ByteRows:
        places = np.arange(bits, dtype=np.uint16)
        each = ((samples[..., np.newaxis] >> places) & 1).astype(np.uint8)
        packed = np.packbits(each.reshape(samples.shape[0], -1), axis=1, bitorder="little")
        filled = np.pad(packed, ((0, 0), (0, -packed.shape[1] % 4)))
        return _bytes_of(filled.view("<u4").astype(f"{order}u4"))

    return rows


def _bytes_of(values: npt.NDArray[Any]) -> ByteRows:
    return np.ascontiguousarray(values).view(np.uint8)


_PACKERS: dict[str, _Packer] = {
    Packing.BYTES: _Packer((8,), _single_bytes),
    Packing.WORDS: _Packer(DEEP, _words),
    Packing.WORDS_12_HIGH: _Packer((12,), _words_12_high),
    Packing.TRIPLES_HIGH: _Packer((10,), _triples((22, 12, 2))),
    Packing.TRIPLES_LOW: _Packer((10,), _triples((20, 10, 0))),
    Packing.TRIPLES_HIGH_REVERSED: _Packer((10,), _triples((2, 12, 22))),
    Packing.TRIPLES_LOW_REVERSED: _Packer((10,), _triples((0, 10, 20))),
    Packing.STREAM_12: _Packer((12,), _stream(12)),
}

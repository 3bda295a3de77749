"""What restores the files that a video came from: the packets of a copied stream of kind ``files``.

A file is its samples, which the pictures have, and its *rest*: everything else, in the order of the file, with gaps
where the samples were. A file that cannot be made from the pictures is a rest without gaps. Each packet is one zstd
frame. Its dictionary is in the stream's extradata, since the files of a sequence are nearly alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from container_format.chunks import pack_payload, unpack_payload
from container_format.compression import compress, decompress
from container_format.errors import UnsupportedError
from container_format.fields import Bool, Bytes, Int, ListOf, Optional, RecordOf, Text, declare

KEPT_FILES_VERSION = 1
MAX_NAME_BYTES = 255
MAX_DICTIONARY_BYTES = 2**17
MAX_REST_BYTES = 2**30
MAX_GAPS = 2**14

_SIZE = Int(0, 2**40)
_FAST_FROM_BYTES = 2**20
_FAST_LEVEL, _BEST_LEVEL = 9, 19


@dataclass(frozen=True, kw_only=True)
class KeptFilesRecord:
    """Extradata of the stream of kind `files`: what all files have in common (since 1.2)."""

    version: int = declare(1, Int(1, 2**16 - 1), "1; a reader restores nothing of a version that it does not know")
    kind: str = declare(2, Text(64), "`images`: a file a frame; `y4m` or `raw`: one file of all frames")
    name: str = declare(3, Text(MAX_NAME_BYTES), "the name of the one file, without folders", default="")
    dictionary: bytes = declare(
        4, Bytes(MAX_DICTIONARY_BYTES), "content that the packets' zstd frames refer to", default=b""
    )


@dataclass(frozen=True, kw_only=True)
class SampleLayoutRecord:
    """How the samples of a picture follow each other in a file."""

    order: str = declare(1, Text(8), "components: `y` gray, `r`, `g`, `b`, `a` alpha; such as `rgb`")
    packing: str = declare(2, Text(64), "how samples become bytes, see *Kept files*")
    is_big_endian: bool = declare(3, Bool(), "of samples or words of more than a byte", default=False)
    is_separate: bool = declare(4, Bool(), "all rows of a component, then those of the next", default=False)
    is_difference: bool = declare(
        5, Bool(), "samples minus those of the pixel before (TIFF predictor 2)", default=False
    )
    filters: bytes = declare(6, Bytes(2**18), "PNG: the filter of each row, 0 to 4", default=b"")


@dataclass(frozen=True, kw_only=True)
class DeflateRecord:
    """How zlib made the rows of samples small. Each run of rows is a zlib stream of its own."""

    level: int = declare(1, Int(1, 9), "as zlib's `deflateInit2`")
    window_bits: int = declare(2, Int(9, 15), "the same")
    memory_level: int = declare(3, Int(1, 9), "the same")
    strategy: int = declare(4, Int(0, 4), "the same")
    header: bytes = declare(5, Bytes(2), "the first two bytes of each zlib stream")
    rows: int = declare(6, Int(1, 2**18), "rows in a zlib stream; the last one may have fewer")


@dataclass(frozen=True, kw_only=True)
class KeptFileRecord:
    """Packet of the stream of kind `files`: one file, or what stands before one frame in it (since 1.2)."""

    name: str = declare(
        1, Text(MAX_NAME_BYTES), "the file's name, without folders; empty in a file of all frames", default=""
    )
    sha256: bytes = declare(2, Bytes(32), "of the whole file; only at its end in a file of all frames", default=b"")
    rest: bytes = declare(3, Bytes(MAX_REST_BYTES), "all bytes that are no samples", default=b"")
    gaps: tuple[tuple[int, ...], ...] = declare(
        4,
        ListOf(ListOf(_SIZE, 3, 3), MAX_GAPS),
        "[bytes of the rest, bytes of samples, count]: what follows each other in the file; then comes what is left of "
        "the rest",
        default=(),
    )
    samples: SampleLayoutRecord | None = declare(
        5, Optional(RecordOf(SampleLayoutRecord)), "how samples become bytes", default=None
    )
    deflate: DeflateRecord | None = declare(
        6, Optional(RecordOf(DeflateRecord)), "how these bytes become zlib streams", default=None
    )
    changed_places: bytes = declare(
        7,
        Bytes(MAX_REST_BYTES),
        "little-endian 32-bit numbers: distances from one byte of samples that is to be replaced to the next, the "
        "first from the start",
        default=b"",
    )
    changed_values: bytes = declare(8, Bytes(MAX_REST_BYTES), "what each of them is replaced with", default=b"")


Kept = TypeVar("Kept", KeptFilesRecord, KeptFileRecord)


def pack_kept(record: KeptFilesRecord | KeptFileRecord, dictionary: bytes = b"") -> bytes:
    """A record as one zstd frame.

    Args:
        record: of a file, or of all files.
        dictionary: content that the frame may refer to.

    Raises:
        LimitError: a field is outside its declared range.
    """
    payload = pack_payload(record)
    level = _FAST_LEVEL if len(payload) > _FAST_FROM_BYTES else _BEST_LEVEL
    return compress(payload, level=level, dictionary=dictionary)


def unpack_kept(kind: type[Kept], frame: bytes, dictionary: bytes = b"", *, max_bytes: int = 2**20) -> Kept:
    """The inverse of :func:`pack_kept`.

    Args:
        kind: of record.
        frame: from a stream of unknown origin.
        dictionary: as it was packed with.
        max_bytes: the largest payload that is accepted.

    Raises:
        DamagedError, LimitError: the record is not as declared.
        UnsupportedError: a newer gvc has written it.
    """
    record: Kept = unpack_payload(kind, decompress(frame, max_bytes=max_bytes, dictionary=dictionary))
    if isinstance(record, KeptFilesRecord) and record.version != KEPT_FILES_VERSION:
        raise UnsupportedError(
            f"restoring the files needs a newer gvc: expected kept files of version {KEPT_FILES_VERSION}. "
            f"Received: version {record.version}"
        )
    return record

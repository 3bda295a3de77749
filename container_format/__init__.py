"""The ``.gvc`` container: bytes, their order, and their checks.

``records`` declares every record and field once. ``chunks`` frames records. ``writer`` writes them in the legal order,
``reader`` accepts only what is whole, and ``index`` finds single segments. ``describe`` explains a stream. Nothing
here looks inside a picture, a video packet or a network. The normative text is ``docs/format.md``, whose tables are
generated from ``records``.
"""

from container_format.errors import (
    DamagedError,
    GvcError,
    LimitError,
    NotGvcError,
    StreamError,
    TruncatedError,
    UnsupportedError,
)
from container_format.index import SeekingReader, SegmentPlace
from container_format.limits import DEFAULT_LIMITS, UNLIMITED, Limits
from container_format.reader import Damage, StreamReader
from container_format.records import (
    AlphaRecord,
    ChapterRecord,
    CopyPacketRecord,
    CopyRecord,
    CopyStreamRecord,
    EndRecord,
    HeaderRecord,
    HintsRecord,
    IndexRecord,
    JoinRecord,
    MarksRecord,
    NetworkRecord,
    PlanesRecord,
    SegmentRecord,
    TensorRecord,
    UpdateRecord,
)
from container_format.writer import StreamWriter

__all__ = [
    "DEFAULT_LIMITS",
    "UNLIMITED",
    "AlphaRecord",
    "ChapterRecord",
    "CopyPacketRecord",
    "CopyRecord",
    "CopyStreamRecord",
    "Damage",
    "DamagedError",
    "EndRecord",
    "GvcError",
    "HeaderRecord",
    "HintsRecord",
    "IndexRecord",
    "JoinRecord",
    "LimitError",
    "Limits",
    "MarksRecord",
    "NetworkRecord",
    "NotGvcError",
    "PlanesRecord",
    "SeekingReader",
    "SegmentPlace",
    "SegmentRecord",
    "StreamError",
    "StreamReader",
    "StreamWriter",
    "TensorRecord",
    "TruncatedError",
    "UnsupportedError",
    "UpdateRecord",
]

"""The names of the files that streams restore, a file a frame: in one stream, none may be there twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import BinaryIO

from codec.kept_files.restoring import most_record_bytes
from codec.stream_header import unpack_header
from codec.video.info import FILES
from container_format import UNLIMITED, SeekingReader
from container_format.kept_files import MAX_DICTIONARY_BYTES, KeptFileRecord, KeptFilesRecord, unpack_kept

_MOST_COMMON_BYTES = 4 * MAX_DICTIONARY_BYTES


def name_that_is_twice(opens: Iterable[Callable[[], AbstractContextManager[BinaryIO]]]) -> str | None:
    """The first name that two files have; None if all are different.

    Args:
        opens: opens each stream, as a binary file that can seek.

    Raises:
        StreamError: a stream is damaged.
    """
    names: set[str] = set()
    for open_stream in opens:
        with open_stream() as stream:
            for name in _names(SeekingReader(stream, limits=UNLIMITED)):
                if name in names:
                    return name
                names.add(name)
    return None


def _names(reader: SeekingReader) -> Iterable[str]:
    info = unpack_header(reader.header).info
    number = next(number for number, stream in enumerate(info.copy_streams) if stream.kind == FILES)
    common = unpack_kept(KeptFilesRecord, info.copy_streams[number].extradata, max_bytes=_MOST_COMMON_BYTES)
    most = most_record_bytes(info.raw_frame_bytes)
    for following in range(len(reader.segments) + 1):
        for record in reader.packets(following):
            for packet in record.packets:
                if packet.stream == number:
                    yield unpack_kept(KeptFileRecord, packet.data, common.dictionary, max_bytes=most).name

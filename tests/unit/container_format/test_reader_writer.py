"""What is written comes out again; what is damaged does not."""

from __future__ import annotations

import io
import itertools
import tracemalloc
from dataclasses import replace
from fractions import Fraction

import pytest

from container_format import (
    CopyRecord,
    Damage,
    DamagedError,
    EndRecord,
    HintsRecord,
    IndexRecord,
    LimitError,
    NetworkRecord,
    NotGvcError,
    PlanesRecord,
    SegmentRecord,
    StreamError,
    StreamReader,
    StreamWriter,
    TruncatedError,
    UnsupportedError,
)
from container_format.chunks import (
    CHUNK_HEADER,
    PRELUDE,
    ChunkFlag,
    frame_chunk,
    minor_of,
    pack_chunk,
    pack_prelude,
)
from tests.conftest import WEIGHTS, make_header, make_segment, make_stream


def read_all(data: bytes, *, recover: bool = False) -> list[object]:
    reader = StreamReader(io.BytesIO(data), recover=recover)
    return [reader.header, *reader.records()]


def test_round_trip(small_stream: bytes) -> None:
    header, network, *rest = read_all(small_stream)
    assert header == make_header()
    assert isinstance(network, NetworkRecord)
    assert network.tensors[0].payload == b"payload"
    assert [r for r in rest if isinstance(r, SegmentRecord)] == [make_segment(i) for i in range(3)]
    assert [r.packets[0].data for r in rest if isinstance(r, CopyRecord)] == [b"sound" * 5] * 3


@pytest.mark.parametrize(
    ("changes", "minor"),
    [
        ({}, 4),
        ({"planes": PlanesRecord(max_error=0, luma_predictor=257, chroma_predictor=258)}, 4),
        ({"is_live": True}, 5),
        ({"planes": PlanesRecord(max_error=0, luma_predictor=259, chroma_predictor=0)}, 6),
        ({"planes": PlanesRecord(max_error=0, luma_predictor=0, chroma_predictor=259), "is_live": True}, 6),
    ],
)
def test_a_stream_states_the_least_version_that_has_all_of_it(changes: dict[str, object], minor: int) -> None:
    assert minor_of(make_header(**changes)) == minor


def test_every_bit_flip_is_noticed(small_stream: bytes) -> None:
    for position in range(len(small_stream)):
        for bit in range(8):
            damaged = bytearray(small_stream)
            damaged[position] ^= 1 << bit
            with pytest.raises(StreamError):
                read_all(bytes(damaged))


def test_every_cut_is_noticed(small_stream: bytes) -> None:
    for length in range(len(small_stream)):
        with pytest.raises(StreamError):
            read_all(small_stream[:length])


def test_bytes_behind_the_end_are_noticed(small_stream: bytes) -> None:
    with pytest.raises(DamagedError, match="follow the end"):
        read_all(small_stream + b"\0")


def test_foreign_bytes_are_named() -> None:
    with pytest.raises(NotGvcError, match="PK"):
        read_all(b"PK\x03\x04 something else altogether")
    with pytest.raises(TruncatedError, match="no bytes at all"):
        read_all(b"")


def test_text_mode_transfer_is_named(small_stream: bytes) -> None:
    with pytest.raises(DamagedError, match="text-mode"):
        read_all(small_stream.replace(b"\r\n", b"\n"))


def test_other_major_version_is_refused(small_stream: bytes) -> None:
    import zlib

    prelude = bytearray(small_stream[: PRELUDE.size])
    prelude[8] = 2
    prelude[-4:] = zlib.crc32(bytes(prelude[:-4])).to_bytes(4, "little")
    with pytest.raises(UnsupportedError, match=r"version 2\.4"):
        read_all(bytes(prelude) + small_stream[PRELUDE.size :])


def chunk_starts(data: bytes) -> list[int]:
    reader = StreamReader(io.BytesIO(data))
    list(reader.records())
    return [place.offset for place in reader.places]


def test_unknown_chunk_is_skipped_only_if_it_may_be(small_stream: bytes) -> None:
    start = small_stream.index(b"INDX")  # before the index, whose offsets stay right
    may_skip = frame_chunk(b"NEWS", ChunkFlag.MAY_SKIP, b"anything")
    must_know = frame_chunk(b"NEWS", ChunkFlag(0), b"anything")
    assert len(read_all(small_stream[:start] + may_skip + small_stream[start:])) == len(read_all(small_stream))
    with pytest.raises(UnsupportedError, match="NEWS"):
        read_all(small_stream[:start] + must_know + small_stream[start:])


def test_lost_doubled_and_swapped_segments_are_noticed(small_stream: bytes) -> None:
    starts = [*chunk_starts(small_stream), len(small_stream)]
    chunks = [small_stream[a:b] for a, b in itertools.pairwise(starts)]
    prelude = small_stream[: starts[0]]
    segments = [i for i, chunk in enumerate(chunks) if chunk.startswith(b"SEGM")]
    first, second = segments[:2]
    lost = chunks[:first] + chunks[first + 1 :]
    doubled = chunks[: first + 1] + chunks[first:]
    swapped = list(chunks)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    without_sound = [chunk for chunk in chunks if not chunk.startswith(b"COPY")]
    for wrong in (lost, doubled, swapped, without_sound):
        with pytest.raises(DamagedError):
            read_all(prelude + b"".join(wrong))


def test_recovery_names_the_damage_and_goes_on(small_stream: bytes) -> None:
    starts = chunk_starts(small_stream)
    segment_starts = [s for s in starts if small_stream[s:].startswith(b"SEGM")]
    damaged = bytearray(small_stream)
    damaged[segment_starts[1] + CHUNK_HEADER.size + 5] ^= 1
    records = read_all(bytes(damaged), recover=True)
    assert [r.index for r in records if isinstance(r, SegmentRecord)] == [0, 2]
    reasons = [r for r in records if isinstance(r, Damage)]
    assert reasons[0].offset == segment_starts[1]


def test_recovery_from_a_damaged_length(small_stream: bytes) -> None:
    segment = next(s for s in chunk_starts(small_stream) if small_stream[s:].startswith(b"SEGM"))
    damaged = bytearray(small_stream)
    damaged[segment + 8] ^= 0xFF
    records = read_all(bytes(damaged), recover=True)
    assert [r.index for r in records if isinstance(r, SegmentRecord)] == [1, 2]


def test_recovery_from_lost_bytes(small_stream: bytes) -> None:
    segment = next(s for s in chunk_starts(small_stream) if small_stream[s:].startswith(b"SEGM"))
    shortened = small_stream[: segment + 40] + small_stream[segment + 50 :]
    records = read_all(shortened, recover=True)
    assert [r.index for r in records if isinstance(r, SegmentRecord)] == [1, 2]


def test_recovery_of_a_cut_stream(small_stream: bytes) -> None:
    records = read_all(small_stream[: len(small_stream) // 2], recover=True)
    assert isinstance(records[-1], Damage)


def test_writer_refuses_a_wrong_order() -> None:
    writer = StreamWriter(io.BytesIO(), make_header())
    with pytest.raises(ValueError, match="network before"):
        writer.write_segment(make_segment(0))
    gray = StreamWriter(io.BytesIO(), make_header(color="none"))
    gray.write_segment(make_segment(0))
    with pytest.raises(ValueError, match="expected segment 1"):
        gray.write_segment(make_segment(2))


def test_writer_refuses_values_out_of_range() -> None:
    with pytest.raises(DamagedError, match=r"HeaderRecord\.width"):
        StreamWriter(io.BytesIO(), make_header(width=0))
    with pytest.raises(LimitError, match=r"HeaderRecord\.luma_codec"):
        StreamWriter(io.BytesIO(), make_header(luma_codec="x" * 100))


def test_writer_counts_its_bytes() -> None:
    data = make_stream(5)
    reader = StreamReader(io.BytesIO(data))
    list(reader.records())
    assert PRELUDE.size + sum(place.num_bytes for place in reader.places) == len(data)


def rewritten(data: bytes, chunk_id: bytes, chunk: bytes) -> bytes:
    """A stream with another chunk in place of the one of this id."""
    starts = [*chunk_starts(data), len(data)]
    place = next(i for i, start in enumerate(starts) if data[start:].startswith(chunk_id))
    return data[: starts[place]] + chunk + data[starts[place + 1] :]


def test_wrong_index_is_noticed(small_stream: bytes) -> None:
    wrong = pack_chunk(IndexRecord(offsets=(5, 6, 7), first_frames=(0, 3, 6)))
    with pytest.raises(DamagedError, match="index"):
        read_all(rewritten(small_stream, b"INDX", wrong))
    index = pack_chunk(IndexRecord(offsets=(), first_frames=()))
    with pytest.raises(DamagedError, match="index"):
        read_all(small_stream[: small_stream.index(b"SEGM")] + index + small_stream[small_stream.index(b"SEGM") :])


def test_network_must_agree_with_the_header(small_stream: bytes) -> None:
    gray = pack_chunk(make_header(color="none"))
    with pytest.raises(DamagedError, match="network where none may stand"):
        read_all(rewritten(small_stream, b"HEAD", gray))


def test_recovery_stops_where_another_stream_begins(small_stream: bytes) -> None:
    records = read_all(small_stream + make_stream(5), recover=True)
    assert [r.index for r in records if isinstance(r, SegmentRecord)] == [0, 1, 2]
    headless = small_stream[: small_stream.index(b"TEND")] + make_stream(5)[PRELUDE.size :]
    records = read_all(headless, recover=True)
    assert [r.index for r in records if isinstance(r, SegmentRecord)] == [0, 1, 2]


def test_recovery_from_a_large_damaged_chunk_is_quick() -> None:
    buffer = io.BytesIO()
    writer = StreamWriter(buffer, make_header(color="none"))
    for index in range(2):
        packets = tuple(bytes(8 << 20) for _ in range(3))
        writer.write_segment(replace(make_segment(index), luma_packets=packets))
    writer.finish()
    data = bytearray(buffer.getvalue())
    data[1000] ^= 1
    tracemalloc.start()
    records = read_all(bytes(data), recover=True)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [r.index for r in records if isinstance(r, SegmentRecord)] == [1]
    assert peak < 12 * len(data)


def test_ratios_are_checked_when_they_are_written() -> None:
    with pytest.raises(DamagedError, match="sample_aspect_ratio"):
        StreamWriter(io.BytesIO(), make_header(sample_aspect_ratio=Fraction(2**32, 3)))


HINTS = HintsRecord(codec="ffv1", scale=1, coded_width=16, coded_height=16)


def sample_stream(**header_changes: object) -> bytes:
    """A stream whose gray and chroma are coded sample by sample."""
    planes = PlanesRecord(max_error=0, luma_predictor=1, chroma_predictor=5)
    changes: dict[str, object] = {"color": "lossless", "luma_codec": "network", "planes": planes, **header_changes}
    target = io.BytesIO()
    target.write(pack_prelude())
    network = NetworkRecord(architecture="test", parameters={}, tensors=(WEIGHTS,))
    for record in (make_header(**changes), network, network):
        target.write(pack_chunk(record))
    segment = replace(make_segment(0), motion=b"motion", chroma_samples=b"samples")
    target.write(pack_chunk(segment))
    target.write(pack_chunk(EndRecord(num_segments=1, num_frames=segment.num_frames)))
    return target.getvalue()


def test_planes_coded_sample_by_sample() -> None:
    header, *records = read_all(sample_stream())
    assert header.planes == PlanesRecord(max_error=0, luma_predictor=1, chroma_predictor=5)  # type: ignore[attr-defined]
    assert [type(record) for record in records] == [NetworkRecord, NetworkRecord, SegmentRecord]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"planes": None}, "networks for the samples"),
        ({"luma_codec": "h264"}, "networks for the samples"),
        ({"color": "none"}, "networks for the samples"),
        ({"planes": PlanesRecord(max_error=0, luma_predictor=1, chroma_predictor=0)}, "hints in a header exactly if"),
        ({"hints": HINTS}, "hints in a header exactly if"),
        (
            {
                "color": "none",
                "planes": PlanesRecord(max_error=0, luma_predictor=1, chroma_predictor=0),
            },
            "network where none may stand",
        ),
    ],
)
def test_planes_agree_with_gray_and_color(changes: dict[str, object], words: str) -> None:
    with pytest.raises(DamagedError, match=words):
        read_all(sample_stream(**changes))


def stream_of_whole_chroma(**segment_changes: object) -> bytes:
    """A lossless stream whose chroma goes through a video codec."""
    header = make_header(color="lossless", hints=HINTS)
    segment = replace(make_segment(0), **segment_changes)  # type: ignore[arg-type]
    end = EndRecord(num_segments=1, num_frames=segment.num_frames)
    return pack_prelude() + b"".join(map(pack_chunk, (header, segment, end)))


def test_lossless_chroma_as_hints() -> None:
    header, segment = read_all(stream_of_whole_chroma(hint_packets=(b"one", b"two")))
    assert header.hints == HINTS  # type: ignore[attr-defined]
    assert segment.hint_packets == (b"one", b"two")  # type: ignore[attr-defined]


@pytest.mark.parametrize("changes", [{}, {"hint_packets": (b"one",), "chroma_samples": b"samples"}])
def test_lossless_chroma_is_there_once(changes: dict[str, object]) -> None:
    with pytest.raises(DamagedError, match="where none may be, or none"):
        read_all(stream_of_whole_chroma(**changes))

"""What is done to good conformance streams of version 1 to make faulty ones of them."""

from __future__ import annotations

import dataclasses
import io
import zlib

import msgpack

from container_format import StreamReader
from container_format.chunks import MAP_LENGTH, ChunkFlag, frame_chunk, pack_prelude
from container_format.fields import Body, pack_fields
from container_format.records import HeaderRecord, NetworkRecord, SegmentRecord
from tests.conftest import copied_stream


def chunks_of(data: bytes) -> list[bytes]:
    """The prelude, then each chunk."""
    reader = StreamReader(io.BytesIO(data))
    list(reader.records())
    starts = [place.offset for place in reader.places]
    return [data[: starts[0]], *(data[a:b] for a, b in zip(starts, [*starts[1:], len(data)], strict=True))]


def rewritten(data: bytes, chunk_id: bytes, record_class: type, **changes: object) -> bytes:
    """A stream in which one chunk's record has other values, and right checksums."""
    reader = StreamReader(io.BytesIO(data))
    records = [reader.header, *reader.records()]
    original = next(r for r in records if isinstance(r, record_class))
    body = Body()
    fields = pack_fields(original, body)
    numbers = {f.name: f.metadata["declaration"].number for f in dataclasses.fields(record_class)}
    fields |= {numbers.get(name, name): value for name, value in changes.items()}
    packed = msgpack.packb(fields)
    chunk = frame_chunk(chunk_id, ChunkFlag(0), MAP_LENGTH.pack(len(packed)) + packed + body.getvalue())
    parts = chunks_of(data)
    place = next(i for i, part in enumerate(parts) if part.startswith(chunk_id))
    return b"".join([*parts[:place], chunk, *parts[place + 1 :]])


def faulty(good: bytes) -> dict[str, tuple[bytes, str]]:
    """Faulty streams by name, with a part of the message that names the fault."""
    prelude, head, first, *rest = chunks_of(good)
    flipped = bytearray(good)
    flipped[len(prelude) + len(head) + 60] ^= 1
    version_2 = bytearray(prelude)
    version_2[8] = 2
    version_2[-4:] = zlib.crc32(bytes(version_2[:-4])).to_bytes(4, "little")
    bomb = b"\xdc\xff\xff" + b"\x90" * 65535
    return {
        "flipped_bit": (bytes(flipped), "checksum does not hold"),
        "cut_in_a_segment": (good[: len(prelude + head) + 70], "stops inside chunk SEGM"),
        "no_end": (b"".join([prelude, head, first]), "before its end chunk"),
        "bytes_behind_the_end": (good + b"\0", "bytes follow the end"),
        "segment_lost": (b"".join([prelude, head, *rest]), "expected segment 0"),
        "segment_twice": (b"".join([prelude, head, first, first, *rest]), "expected segment 1"),
        "header_twice": (b"".join([prelude, head, head, first, *rest]), "second header"),
        "no_header": (b"".join([prelude, first, *rest]), "expected the header"),
        "unknown_chunk": (b"".join([prelude, head, frame_chunk(b"WHAT", ChunkFlag(0), b""), first, *rest]), "WHAT"),
        "version_2": (b"".join([bytes(version_2), head, first, *rest]), "version 2.0"),
        "text_mode": (good.replace(b"\r\n", b"\n", 1), "text-mode transfer"),
        "foreign": (b"\0\0\0\x18ftypmp42" + bytes(40), "expected a .gvc stream"),
        "width_zero": (rewritten(good, b"HEAD", HeaderRecord, width=0), "HeaderRecord.width"),
        "unknown_pixel_format": (rewritten(good, b"HEAD", HeaderRecord, pixel_format="yuv0"), "yuv0"),
        "unknown_luma_codec": (rewritten(good, b"HEAD", HeaderRecord, luma_codec="mpeg2video"), "mpeg2video"),
        "unknown_conversion_matrix": (rewritten(good, b"HEAD", HeaderRecord, conversion_matrix=99), "conversion matri"),
        "unknown_color": (rewritten(good, b"HEAD", HeaderRecord, color="magic"), "magic"),
        "wrong_gray_checksum": (rewritten(good, b"SEGM", SegmentRecord, luma_crc32=1), "as the sender did"),
        "frames_and_times_disagree": (rewritten(good, b"SEGM", SegmentRecord, num_frames=3), "times"),
        "nested_arrays": (
            b"".join([prelude, head, frame_chunk(b"SEGM", ChunkFlag(0), MAP_LENGTH.pack(len(bomb)) + bomb)]),
            "expected a map",
        ),
        "claims_four_gigabytes": (
            pack_prelude() + head[:8] + bytes(7) + b"\1" + head[16:],
            "header of a chunk is damaged",
        ),
    }


def faulty_color(good: bytes) -> dict[str, tuple[bytes, str]]:
    """Faulty guided streams by name; those whose name begins with ``color_`` are sound as far as the gray goes."""
    no_packets = {"hint_packets": []}
    scale_3 = {1: "av1", 2: 3, 4: 64, 5: 64}
    return {
        "color_checksum_wrong": (rewritten(good, b"SEGM", SegmentRecord, color_crc32=1), "color of segment 0"),
        "color_base_unknown": (network_with(good, base=999), "unknown base network 999"),
        "color_sizes_not_the_bases": (network_with(good, width=8), "of base network 2"),
        "color_network_for_another_format": (network_with(good, base=0, chroma=8), "expected shape"),
        "hints_missing_in_a_segment": (rewritten(good, b"SEGM", SegmentRecord, **no_packets), "belong to none"),
        "hints_of_scale_3": (rewritten(good, b"HEAD", HeaderRecord, hints=scale_3), "scale"),
        "hints_where_none_may_be": (rewritten(good, b"HEAD", HeaderRecord, color="model"), "hints"),
    }


def faulty_samples(good: bytes) -> dict[str, tuple[bytes, str]]:
    """Faulty lossless streams by name."""
    return {
        "color_samples_checksum_wrong": (rewritten(good, b"SEGM", SegmentRecord, color_crc32=1), "color of segment 0"),
        "color_predictor_unknown": (rewritten(good, b"HEAD", HeaderRecord, planes={1: 0, 2: 1, 3: 99}), "predictor 99"),
        "gray_predictor_unknown": (rewritten(good, b"HEAD", HeaderRecord, planes={1: 0, 2: 99, 3: 5}), "predictor 99"),
        "gray_samples_checksum_wrong": (rewritten(good, b"SEGM", SegmentRecord, luma_crc32=1), "gray of segment 0"),
        "planes_missing": (rewritten(good, b"HEAD", HeaderRecord, planes=None), "networks for the samples"),
        "planes_of_error_5": (rewritten(good, b"HEAD", HeaderRecord, planes={1: 5, 2: 1, 3: 5}), "max_error"),
    }


def faulty_whole_chroma(good: bytes) -> dict[str, tuple[bytes, str]]:
    """Faulty streams whose RGB chroma goes through FFV1, by name."""
    scale_2 = {1: "ffv1", 2: 2, 4: 64, 5: 96}
    return {
        "color_whole_checksum_wrong": (rewritten(good, b"SEGM", SegmentRecord, color_crc32=1), "color of segment 0"),
        "lossless_of_scale_2": (rewritten(good, b"HEAD", HeaderRecord, hints=scale_2), "every chroma sample"),
        "color_far_differences_cut": (copied_stream(good, far_differences=b"\x28\xb5\x2f\xfd\x20"), "zstd frame"),
        "lossless_without_chroma": (rewritten(good, b"HEAD", HeaderRecord, hints=None), "hints in a header"),
    }


def faulty_joint(good: bytes) -> dict[str, tuple[bytes, str]]:
    """Faulty streams of whole 4:2:0 pictures, by name."""
    return {
        "color_joint_checksum_wrong": (rewritten(good, b"SEGM", SegmentRecord, color_crc32=1), "color of segment 0"),
        "gray_joint_checksum_wrong": (rewritten(good, b"SEGM", SegmentRecord, luma_crc32=1), "gray of segment 0"),
        "joint_of_rgb": (rewritten(good, b"HEAD", HeaderRecord, pixel_format="rgb24"), "which needs YUV"),
        "joint_of_444": (
            rewritten(good, b"HEAD", HeaderRecord, pixel_format="yuv444p"),
            "24x18 yuv444p from h264",
        ),
        "joint_of_model": (rewritten(good, b"HEAD", HeaderRecord, color="none"), "chroma in the gray's packets"),
        "color_joint_by_zstd": (rewritten(good, b"HEAD", HeaderRecord, luma_codec="zstd"), "gray and chroma together"),
    }


def faulty_limits(good: bytes, lossless: bytes) -> dict[str, tuple[bytes, str]]:
    """Faulty streams that ask for more than they may, by name; ``good`` has one segment."""

    def sized(data: bytes, width: int, height: int, **more: object) -> bytes:
        size = {"width": width, "height": height, "coded_width": width, "coded_height": height}
        return rewritten(data, b"HEAD", HeaderRecord, **size, **more)

    large = sized(good, 3600, 3600)
    return {
        "picture_too_large": (sized(good, 20000, 20000), "--max-pixels 400000000"),
        "network_picture_too_large": (sized(lossless, 4096, 4096), "counted 4 times"),
        "segment_too_large": (
            rewritten(large, b"SEGM", SegmentRecord, num_frames=100, pts_steps=[[1, 99]]),
            "at most 67,108,864 pixels in segment 0",
        ),
        "coded_side_too_long": (rewritten(good, b"HEAD", HeaderRecord, coded_width=65535), "coded sides"),
        "predictor_of_chroma_for_gray": (
            rewritten(lossless, b"HEAD", HeaderRecord, planes={1: 0, 2: 2, 3: 10}),
            "expected a predictor of 1 planes",
        ),
        "color_predictor_of_another_format": (
            rewritten(lossless, b"HEAD", HeaderRecord, planes={1: 0, 2: 1, 3: 2}),
            "expected a predictor of 2 planes from 4",
        ),
    }


def faulty_checkpoints(good: bytes) -> dict[str, tuple[bytes, str]]:
    """Faulty streams whose checksums hold, and those on the way do not, by name."""
    segment = next(r for r in StreamReader(io.BytesIO(good)).records() if isinstance(r, SegmentRecord))
    (gray, later), (color, _) = segment.luma_checkpoints, segment.color_checkpoints
    none = {"color_crc32": None}
    return {
        "gray_checkpoint_wrong": (
            rewritten(good, b"SEGM", SegmentRecord, luma_checkpoints=[gray, later ^ 1]),
            "gray of segment 0",
        ),
        "color_checkpoint_wrong": (
            rewritten(good, b"SEGM", SegmentRecord, color_checkpoints=[color ^ 1]),
            "color of segment 0",
        ),
        "checkpoints_of_no_checksum": (rewritten(good, b"SEGM", SegmentRecord, **none), "that it has not"),
    }


def faulty_memory(good: bytes) -> dict[str, tuple[bytes, str]]:
    """Faulty streams of a network with memory by name."""
    never = rewritten(good, b"NETW", NetworkRecord, architecture="zhang2016")
    return {
        "shot_starts_behind_the_end": (
            rewritten(good, b"SEGM", SegmentRecord, shot_starts=[6, 16]),
            "shots that begin later",
        ),
        "color_network_that_is_never_sent": (never, "Received: zhang2016"),
        "color_window_of_9": (network_with(good, window=9), "expected window"),
        "color_unknown_parameter": (network_with(good, depth=9), "parameters among"),
        "color_gray_of_its_own": (network_with(good, keep_luma=0), "leaves the gray as it is"),
    }


def network_with(data: bytes, **parameters: int) -> bytes:
    """The stream with other sizes of its network."""
    network = next(r for r in StreamReader(io.BytesIO(data)).records() if isinstance(r, NetworkRecord))
    return rewritten(data, b"NETW", NetworkRecord, parameters={**network.parameters, **parameters})

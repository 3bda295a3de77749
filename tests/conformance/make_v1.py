"""Made the conformance streams of version 1: ``python -m tests.conformance.make_v1 NEW_FOLDER``.

Files that are in ``v1`` already are never made again: the point of them is that they are old.
"""

from __future__ import annotations

import dataclasses
import io
import json
import sys
import zlib
from fractions import Fraction
from pathlib import Path

import msgpack
import numpy as np

from codec.encoder.encode import encode
from codec.encoder.modes import Coded, Guided, Lossless, Mode, Model, Shared
from codec.hints.coder import HintSettings
from codec.plane_codecs import PlaneCodecSpec
from codec.video.color import ColorConversion
from codec.video.info import Chapter, CopyPacket, CopyStream, VideoInfo
from codec.video.picture import Frame, Picture, rgb_to_ycocg_r
from codec.video.pixel_formats import PIXEL_FORMATS
from container_format import StreamReader
from container_format.chunks import MAP_LENGTH, ChunkFlag, frame_chunk, pack_prelude
from container_format.fields import Body, pack_fields
from container_format.records import HeaderRecord, NetworkRecord, SegmentRecord
from tests.conformance.recorder import record
from tests.conftest import copied_stream

WIDTH, HEIGHT, FRAMES = 24, 17, 5
CUT = 6


class MadeUp:
    """A source of made-up pictures."""

    notes: tuple[str, ...] = ()

    def __init__(self, info: VideoInfo, times: list[int], packets: list[CopyPacket] | None = None) -> None:
        self.info = info
        self._times = times
        self._packets = packets or []

    def frames(self):  # type: ignore[no-untyped-def]
        random = np.random.default_rng(1)
        shape = (self.info.height, self.info.width)
        for index, pts in enumerate(self._times):
            slope = np.add.outer(np.arange(shape[0]) * 5, np.arange(shape[1]) * 3) + index * 4
            luma = (slope + random.integers(0, 6, shape)).clip(0, 255).astype(np.uint8)
            yield Frame(self._picture(luma), pts, None)

    def read(self):  # type: ignore[no-untyped-def]
        yield from self._packets
        yield from self.frames()

    def close(self) -> None:
        pass

    def _picture(self, luma: np.ndarray) -> Picture:  # type: ignore[type-arg]
        name = self.info.pixel_format.name
        if name == "gray":
            return Picture(luma)
        if name == "rgb24":
            return rgb_to_ycocg_r(np.stack([luma, 255 - luma, luma // 2], axis=-1))
        rows, columns = self.info.pixel_format.chroma_shape(self.info.width, self.info.height)
        return Picture(luma, (luma[:rows, :columns] // 2 + 60, 200 - luma[:rows, :columns] // 2))


def info(pixel_format: str, **changes: object) -> VideoInfo:
    base = VideoInfo(WIDTH, HEIGHT, PIXEL_FORMATS[pixel_format], Fraction(1, 25), Fraction(25))
    return dataclasses.replace(base, **changes)  # type: ignore[arg-type]


def stream(source: MadeUp, luma: str = "raw", segment_frames: int = 240) -> bytes:
    buffer = io.BytesIO()
    mode = Model(
        luma=PlaneCodecSpec.parse(luma),
        epochs=1,
        train_size=16,
        shared=Shared(segment_frames=segment_frames),
        quality_frames=0,
    )
    encode(source, buffer, mode)
    return buffer.getvalue()


def hinted_stream(
    source: MadeUp,
    hints: str = "2:svtav1:crf=30,preset=8",
    kind: type[Guided] | type[Coded] = Guided,
    segment_frames: int = 240,
) -> bytes:
    mode = kind(
        hints=HintSettings.parse(hints),
        luma=PlaneCodecSpec.parse("raw"),
        quality_frames=0,
        shared=Shared(segment_frames=segment_frames),
    )
    if isinstance(mode, Guided):
        mode = dataclasses.replace(mode, max_seconds=2)
    return coded(source, mode)


def coded(source: MadeUp, mode: Mode) -> bytes:
    buffer = io.BytesIO()
    encode(source, buffer, mode)
    return buffer.getvalue()


def lossless_stream(source: MadeUp, **choices: object) -> bytes:
    mode = Lossless(
        effort="none", luma=PlaneCodecSpec.parse("network"), chroma="network", shared=Shared(segment_frames=3)
    )
    return coded(source, dataclasses.replace(mode, **choices))  # type: ignore[arg-type]


class TwoShots(MadeUp):
    """The same pictures, and after the cut their negative."""

    def frames(self):  # type: ignore[no-untyped-def]
        for frame in super().frames():
            if frame.pts < CUT:
                yield frame
            else:
                yield dataclasses.replace(frame, picture=rgb_to_ycocg_r(255 - self._rgb(frame.picture)))

    def _rgb(self, picture: Picture) -> np.ndarray:  # type: ignore[type-arg]
        return ColorConversion.of(self.info).rgb(picture)


def paper_stream() -> bytes:
    """A network with memory, in a segment of two shots."""
    mode = Model(
        network="colornn_consistent",
        luma=PlaneCodecSpec.parse("raw"),
        epochs=1,
        batch_size=1,
        max_loss_db=20,
        quality_frames=0,
        shared=Shared(max_keyframes=1),
    )
    return coded(TwoShots(info("rgb24"), list(range(16))), mode)


def decodable() -> dict[str, bytes]:
    """Valid and uncommon streams by path."""
    regular = list(range(FRAMES))
    sound = CopyStream("audio", "pcm_s16le", Fraction(1, 8000), b"", 8000, "mono", "s16")
    packets = [CopyPacket(0, i * 10, i * 10, 10, True, bytes(20)) for i in range(4)]
    matrix = (0, 65536, 0, -65536, 0, 0, 0, 0, 1073741824)
    chapters = (Chapter(0, 5, Fraction(1, 25), {"title": "one"}),)
    return {
        **{
            f"valid/gray_{luma}": stream(MadeUp(info("gray"), regular), luma)
            for luma in ("raw", "zstd", "ffv1", "x264")
        },
        "valid/gray_x265": stream(MadeUp(info("gray"), regular), "x265"),
        "valid/gray_x264_lossy": stream(MadeUp(info("gray"), regular), "x264:crf=20"),
        "valid/segments": stream(MadeUp(info("gray"), regular), "raw", 2),
        "valid/sound": stream(MadeUp(info("gray", copy_streams=(sound,)), regular, packets)),
        "valid/color_yuv420p": stream(MadeUp(info("yuv420p"), regular)),
        "valid/color_rgb24": stream(MadeUp(info("rgb24"), regular), "ffv1"),
        **{
            f"valid/guided_{name}": hinted_stream(MadeUp(info(name), regular), segment_frames=3)
            for name in ("yuv420p", "yuv422p", "yuv444p", "rgb24")
        },
        "valid/guided_1_to_4": hinted_stream(MadeUp(info("yuv420p"), regular), "4:x265:crf=30"),
        "valid/coded_yuv420p": hinted_stream(MadeUp(info("yuv420p"), regular), "1:x265:crf=20", Coded),
        "valid/coded_rgb24": hinted_stream(MadeUp(info("rgb24"), regular), "2:svtav1:crf=30", Coded),
        "valid/model_compact": coded(
            MadeUp(info("yuv420p"), regular),
            Model(network="compact", luma=PlaneCodecSpec.parse("raw"), max_seconds=2, quality_frames=0),
        ),
        **{
            f"valid/lossless_{name}": lossless_stream(MadeUp(info(name), regular))
            for name in ("yuv420p", "yuv422p", "yuv444p", "rgb24")
        },
        # Made when these were the networks that streams began with.
        "valid/lossless_6_and_7": lossless_stream(MadeUp(info("yuv420p"), regular)),
        "valid/lossless_8_and_9": lossless_stream(MadeUp(info("rgb24"), regular)),
        "valid/lossless_8_and_10": lossless_stream(MadeUp(info("yuv420p"), regular)),
        "valid/lossless_beside_x264": lossless_stream(
            MadeUp(info("rgb24"), regular), luma=PlaneCodecSpec.parse("x264")
        ),
        **{
            f"valid/lossless_{chroma}_{name}": lossless_stream(
                MadeUp(info(name), regular), luma=PlaneCodecSpec.parse("ffv1"), chroma=chroma
            )
            for chroma, name in (("x264", "yuv420p"), ("ffv1", "rgb24"))
        },
        "uncommon/lossless_network_beside_ffv1": lossless_stream(MadeUp(info("yuv422p"), regular), chroma="ffv1"),
        "uncommon/lossless_ffv1_one_pixel": lossless_stream(
            MadeUp(info("rgb24", width=1, height=1), regular), luma=PlaneCodecSpec.parse("ffv1"), chroma="ffv1"
        ),
        "valid/lossless_joint_yuv420p": lossless_stream(
            MadeUp(info("yuv420p"), regular), luma=PlaneCodecSpec.parse("x264"), chroma="joint"
        ),
        "uncommon/lossless_joint_yuv411p": lossless_stream(
            MadeUp(info("yuv411p"), regular), luma=PlaneCodecSpec.parse("ffv1"), chroma="joint"
        ),
        "uncommon/lossless_joint_nv12_one_pixel": lossless_stream(
            MadeUp(info("nv12", width=1, height=1), regular), luma=PlaneCodecSpec.parse("ffv1"), chroma="joint"
        ),
        "valid/gray_network": lossless_stream(MadeUp(info("gray"), regular)),
        "uncommon/lossless_trained": lossless_stream(
            MadeUp(info("yuv420p", width=200, height=160), list(range(9))),
            effort="fast",
            max_seconds=10,
        ),
        "uncommon/lossless_within_3": lossless_stream(MadeUp(info("rgb24"), regular), max_error=3),
        "uncommon/lossless_one_pixel": lossless_stream(MadeUp(info("yuv420p", width=1, height=1), regular)),
        "valid/model_colornn_consistent": paper_stream(),
        "uncommon/guided_one_pixel": hinted_stream(MadeUp(info("yuv420p", width=1, height=1), regular)),
        "uncommon/guided_every_3": hinted_stream(MadeUp(info("yuv420p"), regular), "1/3:x265:crf=30"),
        "uncommon/guided_no_base": hinted_stream(MadeUp(info("yuv420p"), regular), "8:svtav1:crf=30"),
        "valid/checkpoints": lossless_stream(
            MadeUp(info("yuv420p"), list(range(10))), shared=Shared(segment_frames=240)
        ),
        "uncommon/one_frame": stream(MadeUp(info("gray"), [0])),
        "uncommon/one_pixel": stream(MadeUp(info("gray", width=1, height=1), regular)),
        "uncommon/negative_and_uneven_times": stream(MadeUp(info("gray"), [-7, -6, 0, 100, 101]), "raw", 3),
        "uncommon/rotated_with_chapter": stream(
            MadeUp(info("gray", display_matrix=matrix, chapters=chapters), regular)
        ),
        "uncommon/no_frame_rate": stream(MadeUp(info("gray", frame_rate=None), regular)),
    }


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
            rewritten(good, b"SEGM", SegmentRecord, shot_starts=[CUT, 16]),
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


def main(folder: Path) -> None:
    """Write what is not there yet."""
    for name, data in decodable().items():
        path = folder / f"{name}.gvc"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_bytes(data)
            path.with_suffix(".json").write_text(json.dumps(record(data)) + "\n", encoding="utf-8")
    good = (folder / "valid" / "segments.gvc").read_bytes()
    (folder / "faulty").mkdir(exist_ok=True)
    errors = {}
    guided = (folder / "valid" / "guided_yuv420p.gvc").read_bytes()
    lossless = (folder / "valid" / "lossless_yuv420p.gvc").read_bytes()
    whole = (folder / "valid" / "lossless_ffv1_rgb24.gvc").read_bytes()
    joint = (folder / "valid" / "lossless_joint_yuv420p.gvc").read_bytes()
    memory = (folder / "valid" / "model_colornn_consistent.gvc").read_bytes()
    bad = faulty(good) | faulty_color(guided) | faulty_samples(lossless)
    bad |= faulty_whole_chroma(whole) | faulty_joint(joint) | faulty_memory(memory)
    bad |= faulty_limits((folder / "valid" / "gray_raw.gvc").read_bytes(), lossless)
    bad |= faulty_checkpoints((folder / "valid" / "checkpoints.gvc").read_bytes())
    for name, (data, message) in bad.items():
        path = folder / "faulty" / f"{name}.gvc"
        errors[name] = message
        if not path.exists():
            path.write_bytes(data)
    text = json.dumps(errors, indent=1, sort_keys=True) + "\n"
    (folder / "faulty" / "errors.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "v1")

"""Made the conformance streams of version 1: ``python -m tests.conformance.make_v1 NEW_FOLDER``.

Files that are in ``v1`` already are never made again: the point of them is that they are old.
"""

from __future__ import annotations

import dataclasses
import io
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np

from codec.encoder.encode import encode
from codec.encoder.modes import Coded, Guided, Lossless, Mode, Model, Shared
from codec.hints.coder import HintSettings
from codec.plane_codecs import PlaneCodecSpec
from codec.video.color import ColorConversion
from codec.video.damage import NO_DAMAGE
from codec.video.info import Chapter, CopyPacket, CopyStream, VideoInfo
from codec.video.picture import Frame, Picture, rgb_to_ycocg_r
from codec.video.pixel_formats import PIXEL_FORMATS
from tests.conformance.faults_v1 import (
    faulty,
    faulty_checkpoints,
    faulty_color,
    faulty_joint,
    faulty_limits,
    faulty_memory,
    faulty_samples,
    faulty_whole_chroma,
)
from tests.conformance.recorder import write_new

WIDTH, HEIGHT, FRAMES = 24, 17, 5
CUT = 6


class MadeUp:
    """A source of made-up pictures."""

    notes: tuple[str, ...] = ()
    damage = NO_DAMAGE

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


def all_faulty(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Streams by name, each with a part of its error."""

    def good(name: str) -> bytes:
        return (folder / "valid" / f"{name}.gvc").read_bytes()

    lossless = good("lossless_yuv420p")
    bad = faulty(good("segments")) | faulty_color(good("guided_yuv420p")) | faulty_samples(lossless)
    bad |= faulty_whole_chroma(good("lossless_ffv1_rgb24")) | faulty_joint(good("lossless_joint_yuv420p"))
    bad |= faulty_memory(good("model_colornn_consistent"))
    return bad | faulty_limits(good("gray_raw"), lossless) | faulty_checkpoints(good("checkpoints"))


if __name__ == "__main__":
    write_new(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "v1", decodable, all_faulty)

"""Samples of 8 to 16 bits and alpha, from raw bytes through the encoder and the decoder to raw bytes again."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from codec.decoder import DecodeOptions, decode
from codec.encoder.encode import encode
from codec.encoder.modes import Coded, GrayOnly, Lossless, Mode, Shared
from codec.hints.coder import HintSettings
from codec.metrics import QualityMeter
from codec.plane_codecs import PlaneCodecSpec
from codec.video.color import ColorConversion
from codec.video.convert import video_frame
from codec.video.geometry import GeometryHints
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel, PixelFormat
from codec.video.sources.decoded_frames import picture_of
from codec.video.sources.raw import RawSource
from container_format import StreamReader
from tests.end_to_end.conftest import assert_one_line_error, call, call_json
from tests.formats import DEEP, REPRESENTATIVE, WITH_ALPHA, noise_bytes
from tests.kept_frames import KeptFrames


def smooth_bytes(own: PixelFormat, width: int, height: int, index: int) -> bytes:
    """The raw bytes of a frame with slopes that move, and some noise."""
    random = np.random.default_rng(index)
    planes = []
    for number, (rows, columns) in enumerate(own.raw_shapes(width, height)):
        slope = np.add.outer(np.arange(rows) * (2 + number), np.arange(columns)) + 3 * index
        values = (slope << (own.depth - 8)) + random.integers(0, 1 << (own.depth - 7), slope.shape)
        planes.append((values % (own.peak + 1) << own.padding).astype(own.raw_dtype))
    return own.pack(own.picture_of(planes, width, height))


def raw_source(path: Path, own: PixelFormat, size: tuple[int, int], frames: list[bytes]) -> RawSource:
    path.write_bytes(b"".join(frames))
    return RawSource(path, GeometryHints(size, own.name, Fraction(25)))


def round_trip(source: RawSource, mode: Mode, **options: bool) -> KeptFrames:
    stream, kept = io.BytesIO(), KeptFrames()
    encode(source, stream, mode)
    stream.seek(0)
    decode(stream, kept.open, DecodeOptions(**options))
    return kept


@pytest.mark.parametrize("size", [(35, 21), (1, 1)], ids=["odd", "one pixel"])
@pytest.mark.parametrize("name", [name for name in PIXEL_FORMATS if not name.endswith("be")])
def test_every_format_comes_back(tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    own = PIXEL_FORMATS[name]
    random = np.random.default_rng(1)
    frames = [noise_bytes(own, *size, random) for _ in range(2 if size != (1, 1) else 1)]
    source = raw_source(tmp_path / "a.raw", own, size, frames)
    ffv1 = PlaneCodecSpec("ffv1")
    mode: Mode = Lossless(effort="none", luma=ffv1, chroma="ffv1")  # type: ignore[arg-type]
    kept = round_trip(source, mode)
    assert kept.info.pixel_format == own
    assert [own.pack(frame.picture) for frame in kept.frames] == frames


@pytest.mark.parametrize("name", DEEP)
def test_predictors_carry_every_depth(tmp_path: Path, name: str) -> None:
    own = PIXEL_FORMATS[name]
    frames = [smooth_bytes(own, 37, 23, index) for index in range(3)]
    source = raw_source(tmp_path / "a.raw", own, (37, 23), frames)
    network = PlaneCodecSpec("network")
    mode: Mode = Lossless(effort="none", luma=network, chroma="network")  # type: ignore[arg-type]
    kept = round_trip(source, mode)
    assert [own.pack(frame.picture) for frame in kept.frames] == frames


@pytest.mark.parametrize("luma", ["raw", "zstd", "ffv1", "x264", "x265"])
@pytest.mark.parametrize("depth", [9, 10, 12, 14, 16])
def test_every_codec_carries_the_depths_that_it_takes(tmp_path: Path, luma: str, depth: int) -> None:
    own = PIXEL_FORMATS[f"gray{depth}le"]
    frames = [smooth_bytes(own, 40, 32, index) for index in range(3)]
    (tmp_path / "a.raw").write_bytes(b"".join(frames))
    stream, back = tmp_path / "a.gvc", tmp_path / "b.raw"
    options = ("--size", "40x32", "--fps", "25", "--pix-fmt", own.name, "--color", "none", "--luma", luma)
    most = {"x264": 10, "x265": 12}.get(luma, 16)
    if depth > most:
        refusal = call("gvc-encode", tmp_path / "a.raw", stream, *options)
        assert_one_line_error(refusal, 3, f"takes at most {most} bits a sample", f"{depth} bits")
        return
    call_json("gvc-encode", tmp_path / "a.raw", stream, *options)
    call_json("gvc-decode", stream, back)
    assert back.read_bytes() == b"".join(frames)


@pytest.mark.parametrize("name", ["yuv420p10le", "gbrp12le", "yuv444p16le"])
def test_color_that_is_made_is_near_and_the_gray_exact(tmp_path: Path, name: str) -> None:
    own = PIXEL_FORMATS[name]
    frames = [smooth_bytes(own, 64, 48, index) for index in range(4)]
    source = raw_source(tmp_path / "a.raw", own, (64, 48), frames)
    hints = HintSettings.parse("1:x265:crf=10")
    kept = round_trip(source, Coded(hints=hints, luma=PlaneCodecSpec("ffv1"), quality_frames=0))
    meter = QualityMeter(ColorConversion.of(source.info))
    for original, decoded in zip(source.frames(), kept.frames, strict=True):
        np.testing.assert_array_equal(decoded.picture.luma, original.picture.luma)
        meter.add(original.picture, decoded.picture)
    psnr = meter.result().psnr_chroma_db
    assert psnr is not None
    assert psnr > 35


@pytest.mark.parametrize("name", WITH_ALPHA)
def test_alpha_goes_through_lossy_modes_exactly(tmp_path: Path, name: str) -> None:
    own = PIXEL_FORMATS[name]
    frames = [smooth_bytes(own, 64, 48, index) for index in range(3)]
    source = raw_source(tmp_path / "a.raw", own, (64, 48), frames)
    luma = PlaneCodecSpec("ffv1")
    mode: Mode = Coded(hints=HintSettings.parse("2:x265:crf=30"), luma=luma, quality_frames=0)
    if own.model is ColorModel.GRAY:
        mode = GrayOnly(luma=luma)
    for original, decoded in zip(source.frames(), round_trip(source, mode).frames, strict=True):
        assert original.picture.alpha is not None
        np.testing.assert_array_equal(decoded.picture.alpha, original.picture.alpha)
    kept = round_trip(source, mode, gray=True)
    assert all(frame.picture.alpha is None for frame in kept.frames)


def test_alpha_may_be_dropped(tmp_path: Path) -> None:
    own = PIXEL_FORMATS["rgba"]
    source = raw_source(tmp_path / "a.raw", own, (16, 16), [smooth_bytes(own, 16, 16, 0)])
    mode = Lossless(effort="none", luma=PlaneCodecSpec("ffv1"), chroma="ffv1", shared=Shared(drop="alpha"))  # type: ignore[arg-type]
    kept = round_trip(source, mode)
    assert kept.info.pixel_format.name == "rgb24"
    assert kept.frames[0].picture.alpha is None


def test_few_levels_are_numbered(tmp_path: Path) -> None:
    """As in a depth map: holes of 0 and 65535 beside some hundred distances."""
    random = np.random.default_rng(3)
    values = np.array([0, 65535, *range(900, 4000, 13)], np.uint16)
    planes = [values[random.integers(0, values.size, (48, 64))] for _ in range(4)]
    own = PIXEL_FORMATS["gray16be"]
    frames = [plane.astype(">u2").tobytes() for plane in planes]
    source = raw_source(tmp_path / "a.raw", own, (64, 48), frames)
    stream = io.BytesIO()
    encode(source, stream, GrayOnly(luma=PlaneCodecSpec("raw")))
    stream.seek(0)
    assert StreamReader(stream).header.levels
    assert len(stream.getvalue()) < 1.3 * 4 * 64 * 48  # 240 levels, a byte each
    stream.seek(0)
    kept = KeptFrames()
    decode(stream, kept.open)
    assert [own.pack(frame.picture) for frame in kept.frames] == frames


@pytest.mark.parametrize(
    ("name", "codec", "output"),
    [
        ("yuv420p10le", "libx265", "out.mp4"),
        ("yuv422p10le", "prores_ks", "out.mov"),
        ("gbrp12le", "ffv1", "out.mkv"),
        ("gray16le", "ffv1", "out.mkv"),
        ("yuva444p10le", "ffv1", "out.mkv"),
    ],
)
def test_containers_in_and_out(tmp_path: Path, name: str, codec: str, output: str) -> None:
    """What FFmpeg decodes of the source is what gvc writes, to the bit into FFV1."""
    own = REPRESENTATIVE.get(name, PIXEL_FORMATS[name])
    source, stream = tmp_path / f"in{Path(output).suffix}", tmp_path / "a.gvc"
    with av.open(str(source), "w") as container:
        video = container.add_stream(codec, rate=25, options={"x265-params": "log-level=none"})
        video.width, video.height, video.pix_fmt = 64, 48, name
        for index in range(4):
            picture = own.unpack(smooth_bytes(own, 64, 48, index), 64, 48)
            frame = video_frame(picture, name)
            frame.pts = index
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    call_json("gvc-encode", source, stream, "--color", "lossless", "--effort", "none", "--luma", "ffv1")
    call_json("gvc-decode", stream, tmp_path / "exact.mkv", "--codec", "ffv1")
    call_json("gvc-decode", stream, tmp_path / output.replace("out", "players"))
    with av.open(str(source)) as first, av.open(str(tmp_path / "exact.mkv")) as second:
        for given, got in zip(first.decode(video=0), second.decode(video=0), strict=True):
            for plane, expected in zip(picture_of(got).planes(), picture_of(given).planes(), strict=True):
                np.testing.assert_array_equal(plane, expected)
    with av.open(str(tmp_path / output.replace("out", "players"))) as shown:
        depth = max(component.bits for component in next(shown.decode(video=0)).format.components)
        assert depth >= own.depth


def test_an_output_that_would_lose_bits_is_refused(tmp_path: Path) -> None:
    own = PIXEL_FORMATS["gray16le"]
    (tmp_path / "a.raw").write_bytes(noise_bytes(own, 64, 48, np.random.default_rng(1)))
    geometry = ("--size", "64x48", "--fps", "25", "--pix-fmt", own.name)
    call_json("gvc-encode", tmp_path / "a.raw", tmp_path / "a.gvc", *geometry, "--color", "none", "--luma", "raw")
    refusal = call("gvc-decode", tmp_path / "a.gvc", tmp_path / "b.mp4")
    assert_one_line_error(refusal, 6, "h265 has at most 12 bits a sample, and this video has 16", "ffv1")
    call_json("gvc-decode", tmp_path / "a.gvc", tmp_path / "b.mp4", "--pix-fmt", "yuv420p12le")


@pytest.mark.parametrize("max_error", [1, 20, 4095])
def test_deep_gray_within_an_error(tmp_path: Path, max_error: int) -> None:
    own = PIXEL_FORMATS["gray16le"]
    frames = [smooth_bytes(own, 64, 48, index) for index in range(3)]
    source = raw_source(tmp_path / "a.raw", own, (64, 48), frames)
    sizes = []
    for error in (0, max_error):
        stream = io.BytesIO()
        encode(source, stream, Lossless(effort="none", luma=PlaneCodecSpec("network"), max_error=error))  # type: ignore[arg-type]
        sizes.append(len(stream.getvalue()))
    assert sizes[1] < sizes[0]
    stream.seek(0)
    kept = KeptFrames()
    decode(stream, kept.open)
    for original, decoded in zip(source.frames(), kept.frames, strict=True):
        difference = np.abs(original.picture.luma.astype(int) - decoded.picture.luma.astype(int))
        assert difference.max() <= max_error
    (tmp_path / "a.gvc").write_bytes(stream.getvalue())
    geometry = ("--size", "64x48", "--fps", "25", "--pix-fmt", own.name)
    call_json("gvc-verify", tmp_path / "a.gvc", tmp_path / "a.raw", *geometry)


def test_a_large_error_is_for_deep_gray_alone(tmp_path: Path) -> None:
    own = PIXEL_FORMATS["yuv420p10le"]
    (tmp_path / "a.raw").write_bytes(noise_bytes(own, 64, 48, np.random.default_rng(1)))
    geometry = ("--size", "64x48", "--fps", "25", "--pix-fmt", own.name)
    options = ("--color", "lossless", "--effort", "none", "--max-error", "9")
    refusal = call("gvc-encode", tmp_path / "a.raw", tmp_path / "a.gvc", *geometry, *options)
    assert_one_line_error(refusal, 3, "--max-error from 0 to 4 for video with color", "Received: 9")

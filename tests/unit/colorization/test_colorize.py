"""Colorizing without a network of any size: what goes where, and when the network forgets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from codec.colorization import Colorized, ColorizeOptions, colorize, networks
from codec.colorization.output import colored_info
from codec.colorization.sent import ColoredSource
from codec.colorization.shots import with_cuts
from codec.errors import InputError, StreamError
from codec.networks.choices import NetworkChoices
from codec.networks.interface import Colorizer
from codec.video.color import ColorConversion
from codec.video.damage import NO_DAMAGE
from codec.video.info import ColorDescription, CopyPacket, CopyStream, VideoInfo
from codec.video.picture import Frame, Picture, PlaneArray, sample_dtype
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.weights.tensors import I32Array
from container_format import NetworkRecord, PlanesRecord, StreamWriter
from tests.conftest import WEIGHTS, make_header, make_segment

SOUND = CopyStream("audio", "aac", Fraction(1, 48000))
INFO = VideoInfo(40, 24, PIXEL_FORMATS["gray"], Fraction(1, 25), Fraction(25), copy_streams=(SOUND,))


class TwoShots:
    """20 dark frames, then 10 light ones, with a packet of sound before every fifth."""

    notes: tuple[str, ...] = ("a note",)
    damage = NO_DAMAGE

    def __init__(self, info: VideoInfo = INFO) -> None:
        self.info = info

    def read(self) -> Iterator[Frame | CopyPacket]:
        random = np.random.default_rng(0)
        for index in range(30):
            if index % 5 == 0:
                yield CopyPacket(0, index, index, 1, True, bytes([index]))
            luma = random.integers(0, 20, (24, 40), dtype=np.uint8) + (0 if index < 20 else 200)
            depth = self.info.pixel_format.depth
            yield Frame(Picture((luma.astype(int) << (depth - 8)).astype(sample_dtype(depth))), index * 3, 3)

    def frames(self) -> Iterator[Frame]:
        return (item for item in self.read() if isinstance(item, Frame))

    def close(self) -> None:
        pass


class Recorder:
    notes: tuple[str, ...] = ("another note",)

    def __init__(self, info: VideoInfo) -> None:
        self.info = info
        self.items: list[Frame | CopyPacket] = []
        self.is_closed = False

    def write(self, frame: Frame) -> None:
        self.items.append(frame)

    def write_packet(self, packet: CopyPacket) -> None:
        self.items.append(packet)

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.items.clear()


class Counting(Colorizer):
    """Gives each frame of a shot the next shade."""

    def __init__(self, conversion: ColorConversion) -> None:
        self._conversion = conversion
        self._shade = 0

    @property
    def is_exact(self) -> bool:
        return False

    def begin_shot(self) -> None:
        self._shade = 0

    def __call__(self, lumas: PlaneArray, hints: I32Array | None) -> list[Picture]:
        assert hints is None
        pictures = []
        for luma in lumas:
            self._shade += 1
            plane = np.full(self._conversion.pixel_format.chroma_shape(40, 24), self._shade, np.uint8)
            pictures.append(Picture(luma, (plane, plane)))
        return pictures


def run(source: TwoShots, options: ColorizeOptions) -> tuple[Recorder, Colorized]:
    sinks: list[Recorder] = []

    def open_sink(info: VideoInfo) -> Recorder:
        sinks.append(Recorder(info))
        return sinks[0]

    result = colorize(source, open_sink, options)
    return sinks[0], result


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "make_colorizer", lambda *arguments: Counting(arguments[2]))


@pytest.mark.usefixtures("counting")
def test_everything_keeps_its_place_and_the_network_forgets_at_the_cut() -> None:
    sink, result = run(TwoShots(), ColorizeOptions(weights="any.npz"))
    originals = list(TwoShots().read())
    assert [type(item) for item in sink.items] == [type(item) for item in originals]
    shades = [item.picture.chroma_planes()[0][0, 0] for item in sink.items if isinstance(item, Frame)]
    assert shades == [*range(1, 21), *range(1, 11)]
    for item, original in zip(sink.items, originals, strict=True):
        if isinstance(item, Frame):
            assert isinstance(original, Frame)
            assert (item.pts, item.duration) == (original.pts, original.duration)
            assert np.array_equal(item.picture.luma, original.picture.luma)
        else:
            assert item == original
    assert sink.is_closed
    assert sink.info.pixel_format.name == "yuv444p"
    assert (result.num_frames, result.num_shots, result.notes) == (30, 2, ("a note", "another note"))


@pytest.mark.usefixtures("counting")
def test_the_stabilizer_evens_out_within_shots() -> None:
    sink, _ = run(TwoShots(), ColorizeOptions(weights="any.npz", stabilize=True))
    shades = [item.picture.chroma_planes()[0].mean() for item in sink.items if isinstance(item, Frame)]
    assert shades[0] == shades[20] == 1
    assert shades[19] < 20


@pytest.mark.usefixtures("counting")
def test_deep_gray_keeps_its_bits() -> None:
    sink, _ = run(TwoShots(replace(INFO, pixel_format=PIXEL_FORMATS["gray10le"])), ColorizeOptions(weights="any.npz"))
    assert sink.info.pixel_format.name == "yuv444p10le"
    frames = [item for item in sink.items if isinstance(item, Frame)]
    for frame, original in zip(frames, TwoShots(sink.info).frames(), strict=True):
        assert np.array_equal(frame.picture.luma, original.picture.luma)
        assert frame.picture.luma.dtype == frame.picture.chroma_planes()[0].dtype == np.uint16
    assert [frame.picture.chroma_planes()[0][0, 0] for frame in frames[:3]] == [4, 8, 12]  # 8 bits as 10


def test_the_picture_of_a_network_itself_is_of_8_bits() -> None:
    options = ColorizeOptions(
        network="chaudhri_fang_alexnet", references=("a.png",), choices=NetworkChoices(keep_luma=False)
    )
    with pytest.raises(InputError, match=r"8 bits with --no-keep-luma\. Received: 12 bits"):
        run(TwoShots(replace(INFO, pixel_format=PIXEL_FORMATS["gray12le"])), options)


def test_the_source_of_a_stream_is_the_colored_video() -> None:
    for name, colored in (("gray", "yuv444p"), ("gray12le", "yuv444p12le"), ("ya8", "yuv444p"), ("rgb24", "rgb24")):
        source = TwoShots(replace(INFO, pixel_format=PIXEL_FORMATS[name]))
        seen = ColoredSource(source)
        assert seen.info == colored_info(source.info)
        assert seen.info.pixel_format.name == colored
        assert seen.notes == ("a note", *(["the alpha of gray video is not kept beside its color"] * (name == "ya8")))
        for item, original in zip(seen.read(), source.read(), strict=True):
            if isinstance(item, Frame) and isinstance(original, Frame):
                assert np.array_equal(item.picture.luma, original.picture.luma)
                neutral = None if name == "rgb24" else 1 << (seen.info.pixel_format.depth - 1)
                assert (item.picture.chroma is None) == (neutral is None)
                assert neutral is None or (item.picture.chroma_planes()[1] == neutral).all()
            else:
                assert item == original
        assert [frame.pts for frame in seen.frames_from(28)] == [84, 87]


def test_to_gray() -> None:
    source = TwoShots(VideoInfo(40, 24, PIXEL_FORMATS["yuv420p"], Fraction(1, 25), Fraction(25)))
    sink, result = run(source, ColorizeOptions(to_gray=True))
    assert (sink.info.pixel_format.name, sink.info.color.color_range) == ("gray", 1)
    assert all(item.picture.chroma is None for item in sink.items if isinstance(item, Frame))
    assert result.num_shots == 0


def test_cuts_are_found_in_a_stream() -> None:
    starts = [index for index, (_, is_start) in enumerate(with_cuts(TwoShots().frames())) if is_start]
    assert starts == [0, 20]
    assert list(with_cuts(())) == []


@pytest.mark.parametrize(("color_range", "expected"), [(0, 2), (1, 1), (2, 2)])
def test_gray_keeps_its_range(color_range: int, expected: int) -> None:
    info = VideoInfo(40, 24, PIXEL_FORMATS["gray"], Fraction(1, 25), color=ColorDescription(color_range))
    assert colored_info(info).color.color_range == expected
    assert ColorConversion.of(colored_info(info)).full_range == ColorConversion.of(info).full_range


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({}, "Received: neither"),
        ({"to_gray": True, "weights": "a.npz"}, "--to-gray by itself"),
        ({"weights": "a.gvc", "references": ("a.png",)}, "Received: both"),
        ({"weights": "a.gvc", "network": "colornn"}, "the stream has its own. Received: colornn"),
        ({"weights": "a.npz", "network": "colornn"}, r"--weights of a .gvc stream, or --reference, for colornn"),
        ({"references": ("a.png",), "network": "zhang2016"}, "expected --weights FILE with zhang2016"),
        ({"references": ("a.png",), "network": "compact"}, "expected --network to be one of singh2020"),
        ({"references": ("a.png",), "choices": NetworkChoices(window=2)}, "expected --window with one of"),
    ],
)
def test_choices_that_do_not_go_together(choices: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ColorizeOptions(**choices)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.caffemodel", None, "No such file"),
        ("page.caffemodel", b"<!DOCTYPE html><html>", "a web page"),
        ("pointer.onnx", b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
    ],
)
def test_wrong_weights_are_named(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        run(TwoShots(), ColorizeOptions(weights=str(tmp_path / name)))


@pytest.mark.parametrize(
    ("architectures", "message"),
    [(("predictor", "theirs"), "Received: theirs"), (("predictor",), "x.gvc, which has none")],
)
def test_networks_of_samples_make_no_color(tmp_path: Path, architectures: tuple[str, ...], message: str) -> None:
    path = tmp_path / "x.gvc"
    with path.open("wb") as stream:
        planes = PlanesRecord(max_error=0, luma_predictor=1, chroma_predictor=0)
        writer = StreamWriter(stream, make_header(luma_codec="network", planes=planes, copy_streams=()))
        for architecture in architectures:
            writer.write_network(NetworkRecord(architecture=architecture, tensors=(WEIGHTS,)))
        writer.write_segment(make_segment(0))
        writer.finish()
    with pytest.raises(StreamError, match=message):
        run(TwoShots(), ColorizeOptions(weights=str(path)))

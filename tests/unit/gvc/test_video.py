"""A stream as a sequence of frames."""

from __future__ import annotations

import io
import multiprocessing
import os
import pickle
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import gvc
from codec.decoder import decode
from codec.encoder.modes.lossless import Chroma
from codec.lossless.parameters import Speed
from codec.plane_codecs import PlaneCodecSpec
from codec.video.color import ColorConversion
from codec.video.info import ColorDescription
from codec.video.picture import Frame
from container_format import SeekingReader
from tests.kept_frames import KeptFrames

VALID = Path(__file__).parents[2] / "conformance" / "v1" / "valid"
SEGMENTS = VALID / "segments.gvc"
ONE_OF_EACH = [
    "segments",
    "gray_ffv1",
    "deep_gray12_x265",
    "deep_levels",
    "guided_yuv420p",
    "lossless_rgb24",
    "adaptive_rgba",
    "alpha_ya16",
    "deep_rgb_12_coded",
]


def whole(path: Path) -> KeptFrames:
    sink = KeptFrames()
    decode(io.BytesIO(path.read_bytes()), sink.open)
    return sink


@pytest.fixture
def video() -> Iterator[gvc.Video[tuple[np.ndarray, ...]]]:
    with gvc.open(SEGMENTS) as opened:
        yield opened


@pytest.fixture(scope="module")
def expected() -> list[Frame]:
    return whole(SEGMENTS).frames


def gray_sum(frame: gvc.Frame[tuple[np.ndarray, ...]]) -> int:
    return int(frame.data[0].astype(np.int64).sum())


def test_it_is_a_sequence(video: gvc.Video[tuple[np.ndarray, ...]], expected: list[Frame]) -> None:
    sums = [int(frame.picture.luma.astype(np.int64).sum()) for frame in expected]
    count = len(expected)
    assert count >= 4
    assert len(video) == count
    assert [gray_sum(frame) for frame in video] == sums
    assert [gray_sum(frame) for frame in reversed(video)] == sums[::-1]
    for index in (0, -1, count - 1, -count, np.int64(2)):
        frame = video[index]
        assert (gray_sum(frame), frame.index) == (sums[index], range(count)[index])
    for part in (slice(1, 4), slice(None, None, 3), slice(None, None, -2), slice(-3, 100), slice(3, 1)):
        assert [gray_sum(frame) for frame in video[part]] == sums[part]


@pytest.mark.parametrize("index", [10**6, -(10**6)])
def test_a_frame_that_is_not_there(video: gvc.Video[tuple[np.ndarray, ...]], index: int) -> None:
    with pytest.raises(IndexError) as caught:
        video[index]
    assert isinstance(caught.value, gvc.InputError)
    assert str(caught.value) == f"expected a frame from {-len(video)} to {len(video) - 1}. Received: {index}"
    with pytest.raises(TypeError):
        video["first"]  # type: ignore[call-overload]


def test_frames_have_their_times(video: gvc.Video[tuple[np.ndarray, ...]], expected: list[Frame]) -> None:
    info = whole(SEGMENTS).info
    assert info.frame_rate is not None
    for frame, original in zip(video, expected, strict=True):
        assert frame.pts_seconds == float(original.pts * info.time_base)
        nominal = 1 / info.frame_rate
        assert frame.duration_seconds == float(nominal)
        assert original.duration in (None, nominal / info.time_base)
        assert video.frame_at(frame.pts_seconds).index == frame.index
        assert video.frame_at(frame.pts_seconds + frame.duration_seconds / 2).index == frame.index
    assert video.begin_seconds == video[0].pts_seconds
    assert video.end_seconds == pytest.approx(video[-1].pts_seconds + (video[-1].duration_seconds or 0))


def test_moments_without_a_frame(video: gvc.Video[tuple[np.ndarray, ...]]) -> None:
    end = video.end_seconds
    assert end is not None
    for moment in (video.begin_seconds - 0.001, end, Fraction(10**9)):
        with pytest.raises(gvc.FrameError, match="expected a moment from"):
            video.frame_at(moment)
    for moment in (float("nan"), float("inf")):
        with pytest.raises(gvc.InputError, match="expected a number of seconds"):
            video.frame_at(moment)


def test_moments_of_other_kinds(tmp_path: Path) -> None:
    with gvc.Writer(tmp_path / "slow.gvc", fps=2) as writer:
        writer.write_batch(np.arange(6, dtype=np.uint8)[:, None, None] + np.zeros((8, 8), np.uint8))
    with gvc.open(tmp_path / "slow.gvc") as video:
        for kind in (np.float32, np.float64, np.int64, int, Fraction):
            moment: float = kind(2)
            assert video.frame_at(moment).index == 4
            assert [frame.index for frame in video.frames(moment)] == [4, 5]


def test_spans_of_time(video: gvc.Video[tuple[np.ndarray, ...]]) -> None:
    times = [frame.pts_seconds for frame in video]
    ends = [*times[1:], video.end_seconds or 0]

    def shown(start: float, end: float) -> list[int]:
        return [n for n, (begin, stop) in enumerate(zip(times, ends, strict=True)) if stop > start and begin < end]

    step = times[1] - times[0]
    for start, end in ((times[1], times[3]), (times[1] + step / 2, times[3] + step / 2), (-9, 99), (times[-1], 99)):
        assert [frame.index for frame in video.frames(start, end)] == shown(start, end)
    assert [frame.index for frame in video.frames()] == list(range(len(video)))
    assert [frame.index for frame in video.frames(end_seconds=times[2])] == [0, 1]
    assert [frame.index for frame in video.frames(times[-2])] == [len(video) - 2, len(video) - 1]
    assert list(video.frames(99)) == list(video.frames(-9, -8)) == []
    with pytest.raises(gvc.InputError, match="a span that ends after its start"):
        video.frames(2, 1)


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_data(name: str) -> None:
    kept = whole(VALID / f"{name}.gvc")
    own = kept.info.pixel_format
    with gvc.open(VALID / f"{name}.gvc") as video:
        for index, frame in enumerate(kept.frames):
            planes = video[index].data
            raw = own.pack(frame.picture)
            if own.model.value == "rgb":
                components = dict(zip("rgba", planes, strict=False))
                interleaved = [components[component] for component in own.order]
                if own.layout.value == "packed":
                    assert np.stack(interleaved, axis=-1).astype(own.raw_dtype).tobytes() == raw
                else:
                    assert b"".join(plane.astype(own.raw_dtype).tobytes() for plane in interleaved) == raw
            else:
                assert all(np.array_equal(a, b) for a, b in zip(planes, frame.picture.planes(), strict=True))
            rgb, gray = video.rgb[index].data, video.gray[index].data
            assert np.array_equal(rgb, ColorConversion.of(kept.info).rgb(frame.picture))
            assert np.array_equal(gray, frame.picture.luma)
            assert {plane.dtype for plane in (*planes, rgb, gray)} == {np.dtype("u1" if own.depth == 8 else "u2")}


def test_arrays_belong_to_the_user(video: gvc.Video[tuple[np.ndarray, ...]]) -> None:
    for view in (video.gray, video.rgb):
        data = view[1].data
        before = data.copy()
        data[:] = 0
        assert np.array_equal(view[1].data, before)
    planes = video[1].data
    planes[0][:] = 0
    assert video[1].data[0].any()


def test_metadata() -> None:
    with gvc.open(VALID / "deep_gray12_x265.gvc") as video:
        found = video.metadata
    assert (found.bit_depth, found.pixel_format, found.color) == (12, "gray12be", "none")
    assert found.gray_is_exact
    with gvc.open(VALID / "guided_yuv420p.gvc") as video:
        assert (video.metadata.is_exact, video.metadata.color) == (False, "guided")
        assert repr(video).startswith("<gvc.Video ")


def test_frames_are_shown_in_a_line(video: gvc.Video[tuple[np.ndarray, ...]]) -> None:
    assert repr(video[2]) == "<gvc.Frame 2 at 0.08 s: uint8 (17, 24)>"
    assert repr(video.rgb[1]) == "<gvc.Frame 1 at 0.04 s: uint8 (17, 24, 3)>"
    with gvc.open(VALID / "guided_yuv420p.gvc") as other:
        assert repr(other[0]).endswith("uint8 (17, 24) (9, 12) (9, 12)>")


def test_metadata_says_what_the_samples_mean(tmp_path: Path) -> None:
    y4m = tmp_path / "in.y4m"
    header = b"YUV4MPEG2 W16 H16 F25:1 C420jpeg XCOLORRANGE=FULL\n"
    y4m.write_bytes(header + b"FRAME\n" + bytes(range(128)) * 3)
    gvc.encode(y4m, tmp_path / "out.gvc")
    with gvc.open(tmp_path / "out.gvc") as video:
        about = video.metadata
    assert about.color_range == "full"
    assert (about.color_primaries, about.color_transfer, about.color_matrix) == (None, None, None)
    record = SeekingReader(io.BytesIO(SEGMENTS.read_bytes())).header
    info = replace(whole(SEGMENTS).info, color=ColorDescription(1, 9, 16, 9))
    about = gvc.Metadata.of(record, info, 1)
    assert (about.color_range, about.color_primaries, about.color_transfer, about.color_matrix) == ("limited", 9, 16, 9)


def test_gray_needs_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("a network was loaded")

    monkeypatch.setattr("codec.decoder.networks.load_colorizer", fail)
    with gvc.open(VALID / "guided_yuv420p.gvc") as video:
        assert video.gray[0].data.any()
        with pytest.raises(AssertionError):
            video[0]


def test_threads(expected: list[Frame]) -> None:
    with gvc.open(SEGMENTS, cache_bytes=0) as video, ThreadPoolExecutor(6) as pool:
        wanted = [index * 7 % len(video) for index in range(60)]
        found = list(pool.map(lambda index: gray_sum(video[index]), wanted))
    assert found == [int(expected[index].picture.luma.astype(np.int64).sum()) for index in wanted]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes(method: str, expected: list[Frame]) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {method} here")
    with gvc.open(SEGMENTS) as video:
        video[1]  # a decoder of this process stands in the middle of a segment
        context = multiprocessing.get_context(method)
        with ProcessPoolExecutor(2, mp_context=context) as pool:
            wanted = [3, 0, 2, len(video) - 1, 1]
            found = list(pool.map(_sum_of, [video] * len(wanted), wanted))
        assert found == [int(expected[index].picture.luma.astype(np.int64).sum()) for index in wanted]
        assert gray_sum(video[2]) == found[2]


def _sum_of(video: gvc.Video[tuple[np.ndarray, ...]], index: int) -> int:
    return gray_sum(video[index])


class DataSet:
    """Frames of many files, as those who train networks number them: a map-style data set."""

    def __init__(self, videos: list[gvc.Video[tuple[np.ndarray, ...]]]) -> None:
        self.videos = videos
        self.places = [(video, frame) for video, opened in enumerate(videos) for frame in range(len(opened))]

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, item: int) -> tuple[np.ndarray, ...]:
        video, frame = self.places[item]
        return self.videos[video][frame].data


def _items(data: DataSet, items: list[int]) -> tuple[int, list[tuple[np.ndarray, ...]]]:
    return os.getpid(), [data[item] for item in items]


def test_ten_files_in_two_workers(tmp_path: Path) -> None:
    """As a data loader does it: each worker gets the data set, then numbers in random order."""
    x264 = gvc.Lossless(luma=PlaneCodecSpec("x264"), chroma=Chroma.JOINT)
    swift = gvc.Lossless(shared=gvc.Shared(segment_frames=2), speed=Speed.SWIFT)
    sources: list[tuple[np.ndarray, ...]] = []
    paths = [tmp_path / f"{number}.gvc" for number in range(10)]
    for number, path in enumerate(paths):
        random = np.random.default_rng(number)
        shapes = ((32, 48), (16, 24), (16, 24))
        frames = [tuple(random.integers(0, 256, shape).astype(np.uint8) for shape in shapes) for _ in range(5)]
        with gvc.Writer(path, fps=25, mode=x264 if number % 3 == 2 else swift, pixel_format="yuv420p") as writer:
            writer.write_batch(frames)
        sources += frames
        decoded = [frame.picture.planes() for frame in whole(path).frames]
        assert all(map(np.array_equal, sum(decoded, ()), sum(frames, ())))
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        data = DataSet([stack.enter_context(gvc.open(path)) for path in paths])
        assert len(data) == len(sources) == 50
        workers = [stack.enter_context(ProcessPoolExecutor(1, mp_context=context)) for _ in range(2)]
        order = [int(item) for item in np.random.default_rng(1).permutation(len(data))]
        halves = [order[:25], order[25:]]
        found = [worker.submit(_items, data, half) for worker, half in zip(workers, halves, strict=True)]
        processes = set()
        for half, future in zip(halves, found, strict=True):
            process, items = future.result(60)
            processes.add(process)
            for item, planes in zip(half, items, strict=True):
                assert len(planes) == 3
                assert all(map(np.array_equal, planes, sources[item]))
        assert len(processes - {os.getpid()}) == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_fork_shares_nothing(expected: list[Frame]) -> None:
    """The child goes on by itself with what it inherits, and the parent's place in the file stays."""
    with gvc.open(SEGMENTS, cache_bytes=0) as video:
        video[1]
        process = multiprocessing.get_context("fork").Process(target=_read_all, args=(video,))
        process.start()
        sums = [gray_sum(frame) for frame in video]
        process.join(60)
        assert process.exitcode == 0
    assert sums == [int(frame.picture.luma.astype(np.int64).sum()) for frame in expected]


def _read_all(video: gvc.Video[tuple[np.ndarray, ...]]) -> None:
    sums = [gray_sum(frame) for frame in video]
    assert sums == [int(frame.picture.luma.astype(np.int64).sum()) for frame in whole(SEGMENTS).frames]


def test_pickled_views() -> None:
    with gvc.open(SEGMENTS) as video:
        gray, rgb = pickle.loads(pickle.dumps(video.gray)), pickle.loads(pickle.dumps(video.rgb))
        assert np.array_equal(gray[2].data, video.gray[2].data)
        assert np.array_equal(rgb[2].data, video.rgb[2].data)
        gray.close()
        rgb.close()
    with (
        gvc.open(io.BytesIO(SEGMENTS.read_bytes())) as video,
        pytest.raises(gvc.InputError, match="opened by path or URL"),
    ):
        pickle.dumps(video)


def test_closed() -> None:
    video = gvc.open(SEGMENTS)
    gray = video.gray
    video.close()
    video.close()
    for view in (video, gray):
        with pytest.raises(gvc.InputError, match="expected an open video"):
            view[0]


def test_file_objects(expected: list[Frame]) -> None:
    with SEGMENTS.open("rb") as file:
        with gvc.open(file) as video:
            assert len(video) == len(expected)
        assert not file.closed
        video = gvc.open(file)
    with pytest.raises(gvc.InputError, match="which was closed"):
        video[0]


def test_a_pipe(expected: list[Frame]) -> None:
    receiver, sender = os.pipe()
    with ThreadPoolExecutor(1) as pool, os.fdopen(receiver, "rb") as pipe:

        def send() -> None:
            with os.fdopen(sender, "wb") as target:
                target.write(SEGMENTS.read_bytes())

        sent = pool.submit(send)
        with gvc.open(pipe) as video:
            assert len(video) == len(expected)
            assert np.array_equal(video[-1].data[0], expected[-1].picture.luma)
        sent.result()


def test_urls(expected: list[Frame]) -> None:
    import fsspec

    with fsspec.open("memory://streams/one.gvc", "wb") as target:
        target.write(SEGMENTS.read_bytes())
    with gvc.open("memory://streams/one.gvc") as video:
        assert len(pickle.loads(pickle.dumps(video))) == len(video) == len(expected)
        assert np.array_equal(video[3].data[0], expected[3].picture.luma)
    with pytest.raises(gvc.InputError, match=r"cannot read memory://streams/none\.gvc: it does not exist"):
        gvc.open("memory://streams/none.gvc")
    with pytest.raises(gvc.InputError, match="cannot read nothing://at/all"):
        gvc.open("nothing://at/all")


def test_urls_need_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codec.extras.is_installed", lambda _: False)
    with pytest.raises(gvc.InputError, match=r"gvc-codec\[remote\], since URLs are opened with fsspec"):
        gvc.open("s3://bucket/out.gvc")


@pytest.mark.parametrize("source", ["", 3, io.StringIO("text"), "no/such/file.gvc", "nul\0.gvc", Path(__file__).parent])
def test_what_cannot_be_opened(source: object) -> None:
    with pytest.raises(gvc.InputError) as caught:
        gvc.open(source)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_a_file_that_is_being_written(tmp_path: Path) -> None:
    with (
        (tmp_path / "out.gvc").open("wb") as file,
        pytest.raises(gvc.InputError, match=r"expected a file that was opened to be read\. Received: .*out\.gvc"),
    ):
        gvc.open(file)


def test_damage(tmp_path: Path) -> None:
    data = bytearray(SEGMENTS.read_bytes())
    with pytest.raises(gvc.StreamError):
        gvc.open(io.BytesIO(data[:-1]))
    with pytest.raises(gvc.StreamError):
        gvc.open(Path(__file__))
    with gvc.open(SEGMENTS) as video:
        place = video._opened._reader.segments[1]
    data[place.offset + 40] ^= 1
    (tmp_path / "damaged.gvc").write_bytes(data)
    with gvc.open(tmp_path / "damaged.gvc") as video:
        assert video[place.first_frame - 1].data[0].any()
        with pytest.raises(gvc.StreamError) as caught:
            video[place.first_frame]
        assert (caught.value.segment, caught.value.byte_offset) == (1, place.offset)


def test_limits() -> None:
    with pytest.raises(gvc.StreamError, match="--max-pixels"):
        gvc.open(SEGMENTS, max_pixels=10)

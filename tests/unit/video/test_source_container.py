"""Containers as sources: planes as they were written."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from codec.video.convert import video_frame
from codec.video.picture import ycocg_r_to_rgb
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sources.container import ContainerSource
from tests.formats import noise_picture
from tests.unit.video.written_clips import X264_LOSSLESS, PlaneArray, make_frame, plane_bytes, read_all, write_clip


@pytest.mark.parametrize(
    ("pixel_format", "name"),
    [
        ("yuv420p", "a.mkv"),
        ("yuv422p", "a.mkv"),
        ("yuv444p", "a.avi"),
        ("yuv440p", "a.mkv"),
        ("yuv411p", "a.mkv"),
        ("yuv410p", "a.mkv"),
    ],
)
def test_planar_yuv_of_odd_size_is_exact(tmp_path: Path, pixel_format: str, name: str) -> None:
    frames = [make_frame(175, 143, pixel_format, seed) for seed in range(4)]
    source = ContainerSource(write_clip(tmp_path / name, "ffv1", frames))
    info = source.info
    assert (info.width, info.height, info.pixel_format.name) == (175, 143, pixel_format)
    rows, columns = info.pixel_format.chroma_shape(175, 143)
    expected = [
        plane_bytes(f, 0, 175, 143) + plane_bytes(f, 1, columns, rows) + plane_bytes(f, 2, columns, rows)
        for f in frames
    ]
    for _ in range(2):
        assert [info.pixel_format.pack(frame.picture) for frame in source.frames()] == expected
    assert source.notes == ()
    source.close()


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv444p"])
def test_h264_lossless_is_exact_in_spite_of_cropping(tmp_path: Path, pixel_format: str) -> None:
    frames = [make_frame(178, 142, pixel_format, seed) for seed in range(12)]
    path = write_clip(tmp_path / "a.mp4", "libx264", frames, options=X264_LOSSLESS | {"bf": "2"})
    source = ContainerSource(path)
    assert source.info.num_frames_from_header == 12
    rows, columns = source.info.pixel_format.chroma_shape(178, 142)
    for expected, actual in zip(frames, source.frames(), strict=True):
        first, second = actual.picture.chroma_planes()
        assert actual.picture.luma.tobytes() == plane_bytes(expected, 0, 178, 142)
        assert first.tobytes() == plane_bytes(expected, 1, columns, rows)
        assert second.tobytes() == plane_bytes(expected, 2, columns, rows)


def rgb_frames(count: int, width: int, height: int) -> tuple[list[PlaneArray], list[av.VideoFrame]]:
    images = [np.random.default_rng(i).integers(0, 256, (height, width, 3), dtype=np.uint8) for i in range(count)]
    return images, [av.VideoFrame.from_ndarray(image, "rgb24") for image in images]


@pytest.mark.parametrize(
    ("codec", "written", "name"),
    [
        ("libx264rgb", "rgb24", "a.mp4"),
        ("libx264rgb", "bgr24", "a.mkv"),
        ("ffv1", "bgr0", "a.mkv"),
        ("utvideo", "gbrp", "a.avi"),
        ("rawvideo", "bgr24", "a.avi"),
        ("rawvideo", "rgb24", "a.nut"),
        ("rawvideo", "0rgb", "a.nut"),
        ("rawvideo", "0bgr", "a.nut"),
        ("rawvideo", "rgb0", "a.nut"),
        ("qtrle", "rgb24", "a.mov"),
    ],
)
def test_rgb_is_exact(tmp_path: Path, codec: str, written: str, name: str) -> None:
    images, frames = rgb_frames(3, 34, 22)
    frames = [frame.reformat(format=written) for frame in frames]
    path = write_clip(tmp_path / name, codec, frames, options=X264_LOSSLESS if codec == "libx264rgb" else None)
    source = ContainerSource(path)
    assert source.info.pixel_format.name == "rgb24"
    for expected, actual in zip(images, source.frames(), strict=True):
        np.testing.assert_array_equal(ycocg_r_to_rgb(actual.picture), expected)


def test_rgb_of_odd_size_is_exact(tmp_path: Path) -> None:
    images, frames = rgb_frames(2, 175, 143)
    path = write_clip(tmp_path / "a.mkv", "ffv1", [frame.reformat(format="bgr0") for frame in frames])
    for expected, actual in zip(images, read_all(path), strict=True):
        np.testing.assert_array_equal(ycocg_r_to_rgb(actual.picture), expected)


@pytest.mark.parametrize("pixel_format", ["rgba", "bgra", "argb", "abgr", "yuva420p", "yuva444p", "ya8"])
def test_alpha_is_kept(tmp_path: Path, pixel_format: str) -> None:
    frames = [make_frame(34, 22, pixel_format, seed) for seed in range(2)]
    codec = "ffv1" if pixel_format.startswith("yuva") else "rawvideo"
    source = ContainerSource(write_clip(tmp_path / "a.nut", codec, frames))
    pictures = [frame.picture for frame in source.frames()]
    assert source.info.pixel_format.has_alpha
    for frame, picture in zip(frames, pictures, strict=True):
        assert picture.alpha is not None
        if source.info.pixel_format.name == "rgba":
            expected = frame.to_ndarray(format="rgba")
            np.testing.assert_array_equal(ycocg_r_to_rgb(picture), expected[..., :3])
            np.testing.assert_array_equal(picture.alpha, expected[..., 3])
        elif pixel_format == "ya8":
            assert picture.luma.tobytes() == plane_bytes(frame, 0, 68, 22)[::2]
            assert picture.alpha.tobytes() == plane_bytes(frame, 0, 68, 22)[1::2]
        else:
            assert picture.luma.tobytes() == plane_bytes(frame, 0, 34, 22)
            assert picture.alpha.tobytes() == plane_bytes(frame, 3, 34, 22)


def test_opaque_alpha_is_not_worth_a_note(tmp_path: Path) -> None:
    _, frames = rgb_frames(2, 34, 22)
    source = ContainerSource(
        write_clip(tmp_path / "a.nut", "rawvideo", [frame.reformat(format="bgra") for frame in frames])
    )
    assert len(list(source.frames())) == 2
    assert source.notes == ()


def test_palette_becomes_rgb_exactly(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    colors = rng.integers(0, 256, (256, 4), dtype=np.uint8)  # A, R, G, B
    colors[:, 0] = 255
    indices = rng.integers(0, 256, (22, 36), dtype=np.uint8)
    frame = av.VideoFrame.from_ndarray((indices, colors), "pal8")  # type: ignore[arg-type]
    source = ContainerSource(write_clip(tmp_path / "a.avi", "rawvideo", [frame]))
    (read,) = source.frames()
    np.testing.assert_array_equal(ycocg_r_to_rgb(read.picture), colors[indices][..., 1:])
    assert source.notes == ()


def test_gif(tmp_path: Path) -> None:
    frames = [make_frame(34, 22, "bgr8", seed) for seed in range(3)]
    source = ContainerSource(write_clip(tmp_path / "a.gif", "gif", frames))
    expected = [frame.to_ndarray(format="rgb24") for frame in frames]
    for image, actual in zip(expected, source.frames(), strict=True):
        np.testing.assert_array_equal(ycocg_r_to_rgb(actual.picture), image)


@pytest.mark.parametrize(("codec", "name"), [("ffv1", "a.mkv"), ("rawvideo", "a.nut")])
def test_gray_is_exact(tmp_path: Path, codec: str, name: str) -> None:
    frames = [make_frame(35, 21, "gray", seed) for seed in range(2)]
    source = ContainerSource(write_clip(tmp_path / name, codec, frames))
    assert source.info.pixel_format.name == "gray"
    for expected, actual in zip(frames, source.frames(), strict=True):
        assert actual.picture.chroma is None
        assert actual.picture.luma.tobytes() == plane_bytes(expected, 0, 35, 21)


@pytest.mark.parametrize(("pixel_format", "white"), [("monow", 0), ("monob", 1)])
def test_black_and_white_is_exact(tmp_path: Path, pixel_format: str, white: int) -> None:
    frame = make_frame(35, 21, pixel_format, 1)
    (read,) = read_all(write_clip(tmp_path / "a.nut", "rawvideo", [frame]))
    bits = np.unpackbits(np.frombuffer(plane_bytes(frame, 0, 5, 21), np.uint8).reshape(21, 5), axis=1)[:, :35]
    np.testing.assert_array_equal(read.picture.luma, np.where(bits == white, 255, 0))


@pytest.mark.parametrize(
    ("pixel_format", "target", "positions"),
    [("yuyv422", "yuv422p", (0, 1, 3)), ("uyvy422", "yuv422p", (1, 0, 2)), ("yvyu422", "yuv422p", (0, 3, 1))],
)
def test_packed_yuv_is_taken_apart(
    tmp_path: Path, pixel_format: str, target: str, positions: tuple[int, int, int]
) -> None:
    frame = make_frame(36, 21, pixel_format, 1)
    source = ContainerSource(write_clip(tmp_path / "a.nut", "rawvideo", [frame]))
    assert source.info.pixel_format.name == target
    (read,) = source.frames()
    samples = np.frombuffer(plane_bytes(frame, 0, 72, 21), np.uint8).reshape(21, 72)
    luma_at, first_at, second_at = positions
    np.testing.assert_array_equal(read.picture.luma, samples[:, luma_at::2])
    np.testing.assert_array_equal(read.picture.chroma_planes()[0], samples[:, first_at::4])
    np.testing.assert_array_equal(read.picture.chroma_planes()[1], samples[:, second_at::4])


@pytest.mark.parametrize(("pixel_format", "first"), [("nv12", 0), ("nv21", 1)])
def test_semi_planar_yuv_is_exact(tmp_path: Path, pixel_format: str, first: int) -> None:
    frame = make_frame(35, 21, pixel_format, 1)
    source = ContainerSource(write_clip(tmp_path / "a.nut", "rawvideo", [frame]))
    assert source.info.pixel_format.name == pixel_format
    (read,) = source.frames()
    rows, columns = source.info.pixel_format.chroma_shape(35, 21)
    pairs = np.frombuffer(plane_bytes(frame, 1, 2 * columns, rows), np.uint8).reshape(rows, columns, 2)
    assert read.picture.luma.tobytes() == plane_bytes(frame, 0, 35, 21)
    np.testing.assert_array_equal(read.picture.chroma_planes()[0], pairs[..., first])
    np.testing.assert_array_equal(read.picture.chroma_planes()[1], pairs[..., 1 - first])


@pytest.mark.parametrize("pixel_format", ["rgb565le", "rgb555le", "rgb8", "bgr8"])
def test_coarse_rgb_has_ffmpegs_colors(tmp_path: Path, pixel_format: str) -> None:
    frame = make_frame(34, 22, pixel_format, 1)
    (read,) = read_all(write_clip(tmp_path / "a.nut", "rawvideo", [frame]))
    np.testing.assert_array_equal(ycocg_r_to_rgb(read.picture), frame.to_ndarray(format="rgb24"))


@pytest.mark.parametrize(
    ("codec", "pixel_format"),
    [("ffv1", "yuv420p10le"), ("ffv1", "gray16le"), ("libx264", "yuv422p10le"), ("ffv1", "gbrp12le")],
)
def test_deep_video_is_read_as_ffmpeg_decodes_it(tmp_path: Path, codec: str, pixel_format: str) -> None:
    own = PIXEL_FORMATS[pixel_format]
    given = noise_picture(own, 32, 16, np.random.default_rng(1))
    path = write_clip(tmp_path / "a.mkv", codec, [video_frame(given, pixel_format)])
    source = ContainerSource(path)
    assert source.info.pixel_format == own
    (frame,) = source.frames()
    with av.open(str(path)) as container:
        (decoded,) = container.decode(video=0)
    expected = b"".join(
        plane_bytes(decoded, index, 2 * columns, rows) for index, (rows, columns) in enumerate(own.raw_shapes(32, 16))
    )
    assert own.pack(frame.picture) == expected
    if codec == "ffv1":
        assert own.pack(frame.picture) == own.pack(given)

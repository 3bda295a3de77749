"""Containers as sources: planes, times and descriptions as they were written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from av.video.stream import VideoStream

from codec.errors import InputError
from codec.video.convert import video_frame
from codec.video.info import CopyPacket
from codec.video.picture import Frame, ycocg_r_to_rgb
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sources.container import ContainerSource
from tests.formats import noise_picture

PlaneArray = npt.NDArray[np.uint8]


def make_frame(width: int, height: int, pixel_format: str, seed: int) -> av.VideoFrame:
    """Noise in every byte of every plane."""
    frame = av.VideoFrame(width, height, pixel_format)
    rng = np.random.default_rng(seed)
    for plane in frame.planes:
        plane.update(rng.bytes(plane.buffer_size))
    return frame


def plane_bytes(frame: av.VideoFrame, index: int, width: int, height: int) -> bytes:
    plane = frame.planes[index]
    return np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[:height, :width].tobytes()


def write_clip(
    path: Path,
    codec: str,
    frames: Sequence[av.VideoFrame],
    *,
    options: dict[str, str] | None = None,
    pts: Sequence[int] | None = None,
    time_base: Fraction | None = None,
    set_up: Callable[[VideoStream], None] | None = None,
    container_options: dict[str, str] | None = None,
) -> Path:
    with av.open(str(path), "w", container_options=container_options or {}) as output:
        stream = output.add_stream(codec, rate=25, options=options or {})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = frames[0].width, frames[0].height, frames[0].format.name
        if time_base is not None:
            stream.time_base = stream.codec_context.time_base = time_base
        if set_up is not None:
            set_up(stream)
        for number, frame in enumerate(frames):
            frame.pts = number if pts is None else pts[number]
            frame.time_base = time_base or Fraction(1, 25)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


def read_all(path: Path) -> list[Frame]:
    return list(ContainerSource(path).frames())


X264_LOSSLESS = {"qp": "0", "preset": "ultrafast"}


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


def test_jpeg_video_is_full_range_without_a_change(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mkv", "mjpeg", [make_frame(34, 22, "yuvj420p", 1)])
    source = ContainerSource(path)
    assert source.info.pixel_format.name == "yuv420p"
    assert source.info.color.color_range == 2
    with av.open(str(path)) as container:
        (reference,) = container.decode(video=0)
        (frame,) = source.frames()
        assert frame.picture.luma.tobytes() == plane_bytes(reference, 0, 34, 22)


def test_color_description_and_aspect_ratio(tmp_path: Path) -> None:
    def set_up(stream: VideoStream) -> None:
        stream.codec_context.color_range = 2
        stream.codec_context.color_primaries = 9
        stream.codec_context.color_trc = 16
        stream.codec_context.colorspace = 9
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)

    frames = [make_frame(32, 16, "yuv420p", seed) for seed in range(2)]
    path = write_clip(tmp_path / "a.mkv", "libx264", frames, options=X264_LOSSLESS, set_up=set_up)
    info = ContainerSource(path).info
    assert (info.color.color_range, info.color.primaries, info.color.transfer, info.color.matrix) == (2, 9, 16, 9)
    assert info.sample_aspect_ratio == Fraction(4, 3)
    assert info.display_matrix is None
    plain = ContainerSource(write_clip(tmp_path / "b.mkv", "libx264", frames, options=X264_LOSSLESS)).info
    assert (plain.color.color_range, plain.color.primaries, plain.color.transfer, plain.color.matrix) == (0, 2, 2, 2)
    assert plain.sample_aspect_ratio is None


@pytest.mark.parametrize(
    ("degrees", "flip", "corner"),
    [
        (90, False, (0, -65536, 65536, 0)),
        (180, False, (-65536, 0, 0, -65536)),
        (-90, False, (0, 65536, -65536, 0)),
        (0, True, (-65536, 0, 0, 65536)),
    ],
)
def test_rotation(tmp_path: Path, degrees: int, flip: bool, corner: tuple[int, int, int, int]) -> None:
    frames = [make_frame(32, 16, "yuv420p", seed) for seed in range(2)]

    def set_up(stream: VideoStream) -> None:
        stream.set_display_rotation(degrees, hflip=flip)

    path = write_clip(tmp_path / "a.mp4", "libx264", frames, options=X264_LOSSLESS, set_up=set_up)
    matrix = ContainerSource(path).info.display_matrix
    assert matrix is not None
    assert (matrix[0], matrix[1], matrix[3], matrix[4]) == corner
    assert matrix[8] == 1 << 30


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_variable_frame_rate_survives(tmp_path: Path, name: str) -> None:
    pts = [0, 40, 41, 500, 503, 1000]
    frames = [make_frame(32, 16, "yuv420p", seed) for seed in range(len(pts))]
    path = write_clip(tmp_path / name, "libx264", frames, options=X264_LOSSLESS, pts=pts, time_base=Fraction(1, 1000))
    source = ContainerSource(path)
    read = list(source.frames())
    assert [frame.pts * source.info.time_base for frame in read] == [Fraction(time, 1000) for time in pts]
    assert [frame.pts for frame in source.read() if isinstance(frame, Frame)] == [frame.pts for frame in read]
    assert source.notes == ()


def test_missing_times_are_counted(tmp_path: Path) -> None:
    frames = [make_frame(32, 16, "yuv420p", seed) for seed in range(6)]
    source = ContainerSource(write_clip(tmp_path / "a.h264", "libx264", frames, options=X264_LOSSLESS | {"bf": "2"}))
    assert source.info.frame_rate == 25
    read = list(source.frames())
    assert [frame.pts * source.info.time_base for frame in read] == [Fraction(number, 25) for number in range(6)]
    assert [frame.picture.luma.tobytes() for frame in read] == [plane_bytes(f, 0, 32, 16) for f in frames]


def write_film(path: Path, num_frames: int = 6) -> list[bytes]:
    """Video, sound, subtitles, tags and chapters; returns the packets of the sound."""
    sound = []
    with av.open(str(path), "w") as output:
        video = output.add_stream("ffv1", rate=25)
        video.width, video.height, video.pix_fmt = 32, 16, "yuv420p"
        audio = output.add_stream("pcm_s16le", rate=8000)
        audio.layout = "mono"
        audio.metadata["language"] = "deu"
        text = output.add_mux_stream("subrip")
        text.time_base = Fraction(1, 1000)
        output.metadata.update({"title": "A film", "comment": "for tests"})
        output.set_chapters(
            [
                {"id": 1, "start": 0, "end": 120, "time_base": Fraction(1, 1000), "metadata": {"title": "One"}},
                {"id": 2, "start": 120, "end": 240, "time_base": Fraction(1, 1000), "metadata": {"title": "Two"}},
            ]
        )
        output.start_encoding()
        for number in range(num_frames):
            frame = make_frame(32, 16, "yuv420p", number)
            frame.pts = number
            output.mux(video.encode(frame))
            data = np.random.default_rng(100 + number).bytes(640)
            samples = np.frombuffer(data, np.int16)[None]
            block = av.AudioFrame.from_ndarray(samples, "s16", "mono")
            block.sample_rate, block.pts = 8000, number * 320
            output.mux(audio.encode(block))
            sound.append(data)
            if number == 2:
                packet = av.Packet(b"Hello")
                packet.stream, packet.time_base = text, Fraction(1, 1000)
                packet.pts = packet.dts = 80
                packet.duration = 1000
                output.mux(packet)
        output.mux(video.encode(None))
        output.mux(audio.encode(None))
    return sound


def test_sound_subtitles_chapters_and_tags(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    sound = write_film(path)
    source = ContainerSource(path)
    info = source.info
    assert [(stream.kind, stream.codec) for stream in info.copy_streams] == [
        ("audio", "pcm_s16le"),
        ("subtitle", "subrip"),
    ]
    assert info.copy_streams[0].sample_rate == 8000
    assert info.copy_streams[0].tags["language"] == "deu"
    assert {"title", "comment"} <= {key.lower() for key in info.tags}
    assert "encoder" not in {key.lower() for key in info.tags}
    assert [chapter.tags["title"] for chapter in info.chapters] == ["One", "Two"]
    assert [chapter.start * chapter.time_base for chapter in info.chapters] == [0, Fraction(120, 1000)]
    items = list(source.read())
    packets = [item for item in items if isinstance(item, CopyPacket)]
    assert b"".join(packet.data for packet in packets if packet.stream == 0) == b"".join(sound)
    (text,) = [packet for packet in packets if packet.stream == 1]
    assert text.data == b"Hello"
    assert text.pts is not None
    assert text.pts * info.copy_streams[1].time_base == Fraction(80, 1000)
    frames = [item for item in items if isinstance(item, Frame)]
    assert len(frames) == 6
    # In the order of the file: sound comes between the frames, not behind them.
    first_sound = next(i for i, item in enumerate(items) if isinstance(item, CopyPacket))
    assert first_sound < len(items) - len(packets)
    assert [frame.pts for frame in source.frames()] == [frame.pts for frame in frames]
    assert source.notes == ()


def test_other_streams_are_noted(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    frames = [make_frame(32, 16, "yuv420p", seed) for seed in range(2)]
    with av.open(str(path), "w") as output:
        streams = [output.add_stream("ffv1", rate=25) for _ in range(2)]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = 32, 16, "yuv420p"
        output.add_attachment("font.ttf", "application/x-truetype-font", b"not a font")
        for number, frame in enumerate(frames):
            frame.pts = number
            for stream in streams:
                output.mux(stream.encode(frame))
        for stream in streams:
            output.mux(stream.encode(None))
    source = ContainerSource(path)
    assert len([item for item in source.read() if isinstance(item, Frame)]) == 2
    assert source.notes == ("a further video stream (1) is left out",)
    assert [stream.kind for stream in source.info.copy_streams] == ["attachment"]


def test_vp9_alpha_is_noted(tmp_path: Path) -> None:
    frames = [make_frame(32, 16, "yuva420p", 1)]
    source = ContainerSource(write_clip(tmp_path / "a.webm", "libvpx-vp9", frames))
    assert any("an alpha channel" in note for note in source.notes)


def test_change_of_size_names_the_frame(tmp_path: Path) -> None:
    parts = []
    for size in ((32, 16), (48, 16)):
        path = tmp_path / f"{size[0]}.h264"
        write_clip(path, "libx264", [make_frame(*size, "yuv420p", seed) for seed in range(3)], options=X264_LOSSLESS)
        parts.append(path.read_bytes())
    path = tmp_path / "both.h264"
    path.write_bytes(b"".join(parts))
    source = ContainerSource(path)
    with pytest.raises(InputError, match=r"expected 32x16 yuv420p .*48x16 yuv420p in frame 3"):
        list(source.frames())


def damage(path: Path, packet: bytes, offset: int, num_bytes: int) -> None:
    """Overwrite bytes inside one packet of the file."""
    data = bytearray(path.read_bytes())
    start = data.index(packet) + offset
    data[start : start + num_bytes] = bytes(value ^ 0x5A for value in data[start : start + num_bytes])
    path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    ("codec", "name", "options"),
    [
        ("libx264", "a.mp4", {"crf": "10", "tune": "zerolatency"}),
        ("mjpeg", "a.mkv", {}),
        ("mpeg2video", "a.mkv", {"b": "8000000"}),
    ],
)
@pytest.mark.parametrize("number", [2, 7])
def test_damage_names_the_frame(tmp_path: Path, codec: str, name: str, options: dict[str, str], number: int) -> None:
    path = tmp_path / name
    frames = [make_frame(64, 48, "yuvj420p" if codec == "mjpeg" else "yuv420p", seed) for seed in range(8)]
    write_clip(path, codec, frames, options=options)
    with av.open(str(path)) as container:
        packets = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    assert len(packets) == 8
    half = len(packets[number]) // 2
    if codec == "mjpeg":  # without its tables; noise more or less is still a JPEG image
        damage(path, packets[number], 0, half)
    else:
        damage(path, packets[number], half, 40)
    source = ContainerSource(path)
    with pytest.raises(InputError, match=rf"cannot decode frame {number} of "):
        list(source.frames())


def test_mp4_that_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    frames = [make_frame(64, 48, "yuv420p", seed) for seed in range(8)]
    write_clip(path, "libx264", frames, options=X264_LOSSLESS, container_options={"movflags": "faststart"})
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    with pytest.raises(InputError, match=r"the whole of .*a\.mp4.*cut off: [0-9,]+ bytes or more are missing"):
        ContainerSource(path)


def test_not_a_video(tmp_path: Path) -> None:
    cases = {
        "a.txt": b"Dear diary\n" * 50,
        "a.mp4": b"Dear diary\n" * 50,
        "noise": np.random.default_rng(1).bytes(5000),
        "list.m3u8": b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:1,\nother.ts\n",
        "list.ffconcat": b"ffconcat version 1.0\nfile a.mp4\n",
    }
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=r"cannot read .*as video"):
            ContainerSource(tmp_path / name)
    (tmp_path / "a.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    with pytest.raises(InputError, match=r"expected a video stream.*subtitle \(subrip\)"):
        ContainerSource(tmp_path / "a.srt")
    with pytest.raises(InputError, match="cannot read"):
        ContainerSource(tmp_path / "none.mkv")


def test_sound_without_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("pcm_s16le", rate=8000)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        frame.sample_rate = 8000
        output.mux(stream.encode(frame))
    with pytest.raises(InputError, match=r"expected a video stream.*audio \(pcm_s16le\)"):
        ContainerSource(path)


def test_a_name_with_a_colon_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "take:1 100%d.mkv"
    plain = write_clip(tmp_path / "a.mkv", "ffv1", [make_frame(32, 16, "yuv420p", 1)])
    plain.rename(path)
    assert len(read_all(path)) == 1

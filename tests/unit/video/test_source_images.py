"""Still images as a video."""

from __future__ import annotations

import struct
import zlib
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest

from codec.errors import InputError
from codec.video.marks import ChromaLocation
from codec.video.picture import ycocg_r_to_rgb
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sources.images import ImageSource, find_images
from tests.formats import noise_bytes

PlaneArray = npt.NDArray[np.uint8]


def noise(seed: int, *shape: int) -> PlaneArray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def save(path: Path, rgb: npt.NDArray[np.generic]) -> None:
    """Write (h, w, 3) or (h, w, 4) RGB(A), or (h, w) gray."""
    order = {3: [2, 1, 0], 4: [2, 1, 0, 3]}
    assert cv2.imwrite(str(path), rgb if rgb.ndim == 2 else rgb[..., order[rgb.shape[-1]]])


def open_images(path: Path | str, frame_rate: Fraction | None = None) -> ImageSource:
    return ImageSource(find_images(str(path)), frame_rate=frame_rate, name=str(path))


def read_rgb(source: ImageSource) -> list[PlaneArray]:
    return [ycocg_r_to_rgb(frame.picture) for frame in source.frames()]


def png(width: int, height: int, depth: int, color_type: int, lines: list[bytes], **chunks: bytes) -> bytes:
    """A PNG by hand, for kinds that cv2 does not write."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + line for line in lines))
    extra = b"".join(chunk(kind.encode(), data) for kind, data in chunks.items())
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("extension", ["png", "tiff", "bmp"])
def test_rgb_is_exact_and_in_natural_order(tmp_path: Path, extension: str) -> None:
    images = [noise(i, 31, 33, 3) for i in range(12)]
    for number, image in enumerate(images):
        save(tmp_path / f"img{number}.{extension}", image)
    source = open_images(tmp_path)
    assert (source.info.width, source.info.height, source.info.pixel_format.name) == (33, 31, "rgb24")
    assert source.info.num_frames_from_header == 12
    for _ in range(2):
        for expected, actual in zip(images, read_rgb(source), strict=True):
            np.testing.assert_array_equal(actual, expected)
    assert [frame.pts for frame in source.frames()] == list(range(12))
    assert len(list(source.read())) == 12
    assert "25" in source.notes[0]
    source.close()


def test_gray_is_exact(tmp_path: Path) -> None:
    image = noise(1, 31, 33)
    save(tmp_path / "a.png", image)
    source = open_images(tmp_path, Fraction(10))
    assert source.info.pixel_format.name == "gray"
    assert source.info.frame_rate == 10
    (frame,) = source.frames()
    np.testing.assert_array_equal(frame.picture.luma, image)
    assert frame.picture.chroma is None


@pytest.mark.parametrize("extension", ["png", "tiff", "bmp"])
def test_gray_and_rgb_are_rgb_whichever_comes_first(tmp_path: Path, extension: str) -> None:
    images = [noise(seed, 8, 8, *((3,) if seed in (2, 4) else ())) for seed in range(5)]
    for first in (0, 2):
        folder = tmp_path / str(first)
        folder.mkdir()
        for number, image in enumerate(images[first:]):
            save(folder / f"{number}.{extension}", image)
        source = open_images(folder, Fraction(10))
        assert source.info.pixel_format.name == "rgb24"
        assert source.info.color.matrix in (0, 2)
        expected = [image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=-1) for image in images[first:]]
        for found, image in zip(read_rgb(source), expected, strict=True):
            np.testing.assert_array_equal(found, image)
        assert [note for note in source.notes if "every sample is kept" in note] == list(source.notes)
        assert len(source.notes) == (extension != "bmp")  # which has no gray of its own


def jpeg(path: Path, image: PlaneArray, sampling: int | None = None) -> None:
    rgb = image if image.ndim == 2 else image[..., ::-1]
    values = [] if sampling is None else [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
    assert cv2.imwrite(str(path), rgb, values)


S_420, S_422, S_440, S_444, S_411 = (
    *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422),
    *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR_440, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
    cv2.IMWRITE_JPEG_SAMPLING_FACTOR_411,
)


@pytest.mark.parametrize(
    ("samplings", "name"),
    [
        ((S_420, S_420, S_444), "yuv444p"),
        ((S_444, S_420), "yuv444p"),
        ((S_420, S_422), "yuv422p"),
        ((S_422, S_440), "yuv444p"),
        ((S_411, S_420), "yuv422p"),
        ((None, S_420), "yuv420p"),
        ((S_420, None, S_422), "yuv422p"),
    ],
)
def test_jpegs_of_several_chroma_resolutions_become_the_finest(
    tmp_path: Path, samplings: tuple[int | None, ...], name: str
) -> None:
    alone = []
    for number, sampling in enumerate(samplings):
        path = tmp_path / f"{number}.jpg"
        jpeg(path, noise(number, 31, 33) if sampling is None else noise(number, 31, 33, 3), sampling)
        (frame,) = open_images(path.with_name(f"{number}.jp*")).frames()
        alone.append(frame.picture)
    source = open_images(tmp_path, Fraction(10))
    assert source.info.pixel_format.name == name
    assert source.info.color.color_range == 2
    assert any("every sample is kept" in note for note in source.notes)
    rows, columns = source.info.pixel_format.chroma_shape(33, 31)
    for frame, picture in zip(source.frames(), alone, strict=True):
        np.testing.assert_array_equal(frame.picture.luma, picture.luma)
        for plane, own in zip(frame.picture.chroma_planes(), picture.chroma or [None] * 2, strict=True):
            assert plane.shape == (rows, columns)
            if own is None:
                assert (plane == 128).all()
                continue
            down, across = -(-rows // own.shape[0]), -(-columns // own.shape[1])
            np.testing.assert_array_equal(plane[::down, ::across], own)
            np.testing.assert_array_equal(plane, own.repeat(down, 0).repeat(across, 1)[:rows, :columns])


def test_yuv_and_rgb_are_refused_by_name(tmp_path: Path) -> None:
    jpeg(tmp_path / "a.jpg", noise(0, 8, 8, 3))
    save(tmp_path / "b.png", noise(0, 8, 8, 3))
    with pytest.raises(InputError, match=r"expected yuv420p in all.*rgb24 in .*b\.png"):
        open_images(tmp_path)
    (tmp_path / "a.jpg").rename(tmp_path / "c.jpg")
    with pytest.raises(InputError, match=r"expected rgb24 in all.*yuv420p in .*c\.jpg"):
        list(open_images(tmp_path).frames())


def test_webp(tmp_path: Path) -> None:
    image = noise(0, 12, 14, 3)
    assert cv2.imwrite(str(tmp_path / "a.webp"), image[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, 101])
    source = open_images(tmp_path)
    np.testing.assert_array_equal(read_rgb(source)[0], image)
    (tmp_path / "a.webp").write_bytes((tmp_path / "a.webp").read_bytes()[:30])
    with pytest.raises(InputError, match=r"a\.webp"):
        open_images(tmp_path)


def test_jpeg_stays_yuv_in_full_range(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    save(path, noise(1, 30, 34, 3))
    source = open_images(tmp_path)
    assert source.info.pixel_format.name == "yuv420p"
    assert source.info.color.color_range == 2
    assert source.info.marks.chroma_location == ChromaLocation.CENTER
    with av.open(str(path)) as container:
        reference = next(container.decode(video=0)).to_ndarray()  # (45, 34): Y over U and V
    (frame,) = source.frames()
    assert source.info.pixel_format.pack(frame.picture) == reference.tobytes()


@pytest.mark.parametrize(
    ("color_type", "name", "order"),
    [(2, "gbrp16le", "rgb48be"), (0, "gray16le", "gray16be"), (6, "gbrap16le", "rgba64be"), (4, "ya16le", "ya16be")],
)
def test_16_bits_are_exact(tmp_path: Path, color_type: int, name: str, order: str) -> None:
    samples = noise_bytes(PIXEL_FORMATS[order], 2, 1, np.random.default_rng(1))
    (tmp_path / "deep.png").write_bytes(png(2, 1, 16, color_type, [samples]))
    source = open_images(tmp_path)
    assert source.info.pixel_format.name == name
    (frame,) = source.frames()
    assert PIXEL_FORMATS[order].pack(frame.picture) == samples


def test_palette_and_bitmap(tmp_path: Path) -> None:
    colors = noise(1, 256, 3)
    indices = noise(2, 4, 5)
    data = png(5, 4, 8, 3, [line.tobytes() for line in indices], PLTE=colors.tobytes())
    (tmp_path / "palette.png").write_bytes(data)
    source = open_images(tmp_path)
    assert source.info.pixel_format.name == "rgb24"
    np.testing.assert_array_equal(read_rgb(source)[0], colors[indices])
    assert not any("an alpha channel" in note for note in source.notes)

    (tmp_path / "palette.png").write_bytes(png(10, 1, 1, 0, [b"\xa5\x40"]))
    (frame,) = open_images(tmp_path).frames()
    assert (frame.picture.luma[0] // 255).tolist() == [1, 0, 1, 0, 0, 1, 0, 1, 0, 1]


def test_alpha_is_kept(tmp_path: Path) -> None:
    rgba = noise(1, 8, 8, 4)
    rgba[..., 3] = 255
    save(tmp_path / "a.png", rgba)
    source = open_images(tmp_path)
    assert source.info.pixel_format.name == "rgba"
    np.testing.assert_array_equal(read_rgb(source)[0], rgba[..., :3])
    rgba[3, 4, 3] = 254
    save(tmp_path / "b.png", rgba)
    save(tmp_path / "c.png", rgba[..., :3])
    _, transparent, opaque = open_images(tmp_path).frames()
    np.testing.assert_array_equal(transparent.picture.alpha, rgba[..., 3])
    assert opaque.picture.alpha is not None
    assert opaque.picture.alpha.min() == 255
    save(tmp_path / "0.png", rgba[..., :3])  # the first one
    with pytest.raises(InputError, match=r"what becomes rgb24 without loss. Received: rgba in .*b\.png"):
        list(open_images(tmp_path).frames())

    for file in tmp_path.iterdir():
        file.unlink()
    palette = png(1, 1, 8, 3, [b"\0"], PLTE=bytes(3), tRNS=b"\x80")
    (tmp_path / "a.png").write_bytes(palette)
    (frame,) = open_images(tmp_path).frames()
    assert frame.picture.alpha is not None
    assert frame.picture.alpha.tolist() == [[128]]


def test_another_size_names_the_file(tmp_path: Path) -> None:
    save(tmp_path / "a1.png", noise(1, 8, 8, 3))
    save(tmp_path / "a2.png", noise(1, 8, 9, 3))
    with pytest.raises(InputError, match=r"8x8.*a2\.png of 9x8"):
        list(open_images(tmp_path).frames())


@pytest.mark.parametrize("content", [b"", b"not an image", b"\x89PNG\r\n\x1a\n", b"BM", b"II*\0", b"\xff\xd8\xff"])
def test_damaged_image_names_the_file(tmp_path: Path, content: bytes) -> None:
    save(tmp_path / "a1.png", noise(1, 8, 8, 3))
    (tmp_path / "a2.png").write_bytes(content)
    source = open_images(tmp_path)
    with pytest.raises(InputError, match=r"a2\.png"):
        list(source.frames())
    with pytest.raises(InputError, match=r"a2\.png"):
        open_images(tmp_path / "a2.pn?")


@pytest.mark.parametrize("extension", ["png", "jpg", "bmp", "tiff"])
def test_cut_off_image_names_the_file(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"a1.{extension}"
    save(path, noise(1, 64, 64, 3))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InputError, match=r"a1\."):
        open_images(tmp_path)


def test_lists(tmp_path: Path) -> None:
    for name in ("b_10.PNG", "b_2.png", "b_1.png", "c_0003.png", ".b_7.png", "b_1.png.txt", "note.txt"):
        (tmp_path / name).touch()
    (tmp_path / "b_5.png").mkdir()

    def names(path: str) -> list[str]:
        return [file.name for file in find_images(str(tmp_path / path)).paths]

    assert names("") == ["b_1.png", "b_2.png", "b_10.PNG", "c_0003.png"]
    assert find_images(str(tmp_path)).notes == (f"2 other files in {tmp_path} are left out",)
    assert names("b_*.png") == ["b_1.png", "b_2.png"]
    assert names("[bc]_?.png") == ["b_1.png", "b_2.png"]
    assert names("b_%d.png") == ["b_1.png", "b_2.png"]
    assert names("c_%04d.png") == ["c_0003.png"]
    for missing in ("z_*.png", "b_%02d.png", "c_%d.png", "c_%03d.png"):
        with pytest.raises(InputError, match="Received: none"):
            names(missing)
    with pytest.raises(InputError, match="cannot read the folder"):
        names("nowhere/b_%d.png")


def test_gaps_in_numbers_are_noted(tmp_path: Path) -> None:
    for number in (8, 9, 10, 100):
        (tmp_path / f"100%_{number:02d}.png").touch()
    images = find_images(str(tmp_path / "100%%_%02d.png"))
    assert [file.name[5:-4] for file in images.paths] == ["08", "09", "10", "100"]
    assert images.notes == ("100%%_%02d.png has no image with the number 11 to 99: the next one follows at once",)


def test_gaps_in_a_folder_are_noted(tmp_path: Path) -> None:
    for number in (1, 2, 4, 5, 8, 10, 20):
        (tmp_path / f"img_{number:04d}.png").touch()
    (note,) = find_images(str(tmp_path)).notes
    assert note == f"{tmp_path} has no image with the number 3, 6 to 7, 9 and 1 more gaps: the next one follows at once"
    (tmp_path / "other.png").touch()
    assert find_images(str(tmp_path)).notes == ()


def test_folder_without_images(tmp_path: Path) -> None:
    (tmp_path / "note.txt").touch()
    with pytest.raises(InputError, match="expected images"):
        find_images(str(tmp_path))


def test_orientation_of_a_photo(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    save(path, noise(1, 16, 32, 3))
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0)  # orientation 6: turned by a quarter
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + entry + bytes(4)
    data = path.read_bytes()
    path.write_bytes(data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:])
    source = open_images(tmp_path)
    assert (source.info.width, source.info.height) == (32, 16)
    assert source.info.display_matrix == (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
    save(tmp_path / "b.jpg", noise(1, 16, 32, 3))
    with pytest.raises(InputError, match=r"turned alike.*b\.jpg"):
        list(open_images(tmp_path).frames())


def test_openexr_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.exr").write_bytes(b"\x76\x2f\x31\x01" + bytes(100))
    with pytest.raises(InputError, match=r"whole numbers.*OpenEXR"):
        find_images(str(tmp_path))
    (tmp_path / "a.exr").rename(tmp_path / "a.png")
    with pytest.raises(InputError, match=r"whole numbers.*OpenEXR"):
        open_images(tmp_path)

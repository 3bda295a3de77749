"""Gray and chroma in one picture, through the codecs of the gray."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from codec.errors import InputError, StreamError
from codec.plane_codecs import (
    WHOLE_PICTURE_CODECS,
    CodedRun,
    PlaneCodecSpec,
    PlaneParameters,
    decode_planes,
    decode_whole_pictures,
    open_plane_encoder,
    plane_parameters,
    whole_picture_parameters,
)
from codec.plane_codecs.probe import probed_bytes
from codec.video.picture import Picture, sample_dtype
from codec.video.pixel_formats import PIXEL_FORMATS, PixelFormat
from container_format.errors import UnsupportedError

YUV420P = PIXEL_FORMATS["yuv420p"]
WAYS = [(codec, name) for codec, names in WHOLE_PICTURE_CODECS.items() for name in names]


def pictures_of(pixel_format: PixelFormat, width: int, height: int, count: int) -> list[Picture]:
    random = np.random.default_rng(5)
    shape = pixel_format.chroma_shape(width, height)
    slope = np.add.outer(np.arange(height), np.arange(width))

    def plane(rows: int, columns: int, index: int) -> np.ndarray:
        noise = random.integers(0, 4, (rows, columns))
        values = 90 + slope[:rows, :columns] + 3 * index + noise
        return values.clip(0, pixel_format.peak).astype(sample_dtype(pixel_format.depth))

    return [
        Picture(plane(height, width, index), (plane(*shape, index), pixel_format.peak - plane(*shape, 2 * index)))
        for index in range(count)
    ]


def code(spec: PlaneCodecSpec, pixel_format: PixelFormat, pictures: list[Picture]) -> tuple[PlaneParameters, CodedRun]:
    height, width = pictures[0].luma.shape
    parameters = whole_picture_parameters(spec, width, height, pixel_format)
    encoder = open_plane_encoder(spec, parameters, Fraction(25))
    for picture in pictures:
        encoder.write(picture.luma, picture.chroma_planes())
    return parameters, encoder.finish()


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (35, 17), (64, 48), (1, 33)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(("codec", "name"), WAYS)
def test_every_bit_comes_back_and_the_gray_alone_too(codec: str, name: str, size: tuple[int, int]) -> None:
    pixel_format = PIXEL_FORMATS[name]
    pictures = pictures_of(pixel_format, *size, 4)
    parameters, run = code(PlaneCodecSpec(codec), pixel_format, pictures)
    decoded = list(decode_whole_pictures(parameters, run, max_frames=4))
    for back, picture in zip(decoded, pictures, strict=True):
        assert pixel_format.pack(back) == pixel_format.pack(picture)
    grays = list(decode_planes(parameters, run, max_frames=4))
    np.testing.assert_array_equal(grays, [picture.luma for picture in pictures])


@pytest.mark.parametrize(
    ("spec", "name"),
    [("x264", "yuv411p"), ("x265", "yuv420p"), ("zstd", "yuv420p"), ("network", "yuv420p"), ("ffv1", "rgb24")],
)
def test_other_codecs_and_formats_are_refused(spec: str, name: str) -> None:
    with pytest.raises(InputError, match="gray and chroma together"):
        whole_picture_parameters(PlaneCodecSpec(spec), 16, 16, PIXEL_FORMATS[name])


def test_a_picture_that_no_codec_can_round_up_is_refused() -> None:
    with pytest.raises(InputError, match="expected sides up to 65534"):
        whole_picture_parameters(PlaneCodecSpec("ffv1"), 65535, 16, YUV420P)


def test_planes_must_be_those_that_were_promised() -> None:
    spec = PlaneCodecSpec("x264")
    (picture,) = pictures_of(YUV420P, 16, 16, 1)
    whole = open_plane_encoder(spec, whole_picture_parameters(spec, 16, 16, YUV420P), Fraction(25))
    with pytest.raises(InputError, match=r"expected 2 chroma planes\. Received: 0"):
        whole.write(picture.luma)
    with pytest.raises(InputError, match=r"chroma plane of shape \(8, 8\)"):
        whole.write(picture.luma, (picture.luma, picture.luma))
    gray = open_plane_encoder(spec, plane_parameters(spec, 16, 16), Fraction(25))
    with pytest.raises(InputError, match=r"expected 0 chroma planes\. Received: 2"):
        gray.write(picture.luma, picture.chroma_planes())


@pytest.mark.parametrize("codec", ["x264", "ffv1"])
def test_pictures_of_another_format_are_an_error(codec: str) -> None:
    pictures = pictures_of(YUV420P, 32, 32, 2)
    _, run = code(PlaneCodecSpec(codec), YUV420P, pictures)
    parameters = whole_picture_parameters(PlaneCodecSpec(codec), 32, 32, PIXEL_FORMATS["yuv444p"])
    with pytest.raises(StreamError, match=r"32x32 yuv444p from .* Received: 32x32 yuv420p"):
        list(decode_whole_pictures(parameters, run, max_frames=2))


def test_a_decoder_that_gives_no_such_pictures_is_refused() -> None:
    parameters = PlaneParameters("zstd", 8, 8, 8, 8, is_lossless=True, pixel_format=YUV420P)
    with pytest.raises(UnsupportedError, match="gray and chroma together in one of ffv1, h264"):
        list(decode_whole_pictures(parameters, CodedRun(b"", (b"x",), 1), max_frames=1))


def test_a_probe_stands_for_a_segment() -> None:
    pictures = pictures_of(YUV420P, 48, 32, 3)
    _, run = code(PlaneCodecSpec("ffv1"), YUV420P, pictures)
    first, *others = map(len, run.packets)
    expected = len(run.extradata) + first + Fraction(sum(others), 2) * 99
    spec = PlaneCodecSpec("ffv1")
    rows, columns = pictures[0].luma.shape
    parameters = whole_picture_parameters(spec, columns, rows, YUV420P)
    assert probed_bytes(spec, parameters, [pictures], Fraction(25)) == expected

"""The other papers' networks through sender and receiver: carried in a stream, with memory that ends at cuts."""

from __future__ import annotations

import io
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from codec.decoder import DecodeOptions, decode
from codec.encoder.encode import encode
from codec.encoder.modes import Model, Shared, options_of
from codec.errors import InputError
from codec.plane_codecs import PlaneCodecSpec
from codec.video.damage import NO_DAMAGE
from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame, Picture, PlaneArray
from codec.video.pixel_formats import PIXEL_FORMATS
from container_format import NetworkRecord, SegmentRecord, StreamReader
from tests.end_to_end.conftest import brief_settling, moving_picture
from tests.kept_frames import KeptFrames

FRAMES, CUT = 20, 5
INFO = VideoInfo(48, 32, PIXEL_FORMATS["rgb24"], Fraction(1, 24), Fraction(24))


class TwoShots:
    """The moving disc, then its negative: the cut lies within a segment, since the first shot is too short for one."""

    notes: tuple[str, ...] = ()
    damage = NO_DAMAGE
    info = INFO

    def frames(self) -> Iterator[Frame]:
        for index in range(FRAMES):
            rgb = moving_picture(INFO.width, INFO.height, index)
            yield Frame(INFO.pixel_format.unpack((255 - rgb if index >= CUT else rgb).tobytes(), 48, 32), index, 1)

    def read(self) -> Iterator[Frame | CopyPacket]:
        yield from self.frames()

    def close(self) -> None:
        pass


def encoded(network: str, *, luma: str = "zstd", **choices: object) -> bytes:
    buffer = io.BytesIO()
    mode = Model(
        network=network,
        luma=PlaneCodecSpec.parse(luma),
        epochs=1,
        batch_size=1,
        max_loss_db=5,
        quality_frames=2,
        shared=Shared(max_keyframes=2),
        **choices,  # type: ignore[arg-type]
    )
    with brief_settling():
        report = encode(TwoShots(), buffer, mode)
    assert report.network == network
    assert report.psnr_chroma_db is not None
    return buffer.getvalue()


def decoded(stream: bytes, **options: object) -> list[Picture]:
    sink = KeptFrames()
    decode(io.BytesIO(stream), sink.open, DecodeOptions(**options))  # type: ignore[arg-type]
    return [frame.picture for frame in sink.frames]


def records_of(stream: bytes) -> tuple[NetworkRecord, list[SegmentRecord]]:
    records = list(StreamReader(io.BytesIO(stream)).records())
    return (
        next(record for record in records if isinstance(record, NetworkRecord)),
        [record for record in records if isinstance(record, SegmentRecord)],
    )


def chroma(pictures: list[Picture]) -> PlaneArray:
    return np.stack([np.stack(picture.chroma_planes()) for picture in pictures])


@pytest.mark.parametrize(
    ("network", "choices", "has_memory"),
    [
        pytest.param("colornn", {}, False, marks=pytest.mark.slow),
        ("colornn_consistent", {"window": 2}, True),
        pytest.param("chaudhri_fang_alexnet", {"first_stage": "none"}, True, marks=pytest.mark.slow),
        pytest.param("chaudhri_fang_vgg16", {"window": 2}, True, marks=pytest.mark.slow),
    ],
)
def test_each_network_is_carried_and_decoded(network: str, choices: dict[str, object], has_memory: bool) -> None:
    stream = encoded(network, **choices)
    record, segments = records_of(stream)
    assert (record.architecture, record.known_weights) == (network, {})
    assert not [tensor.name for tensor in record.tensors if "block1_conv1" in tensor.name]
    assert [segment.shot_starts for segment in segments] == ([(CUT,), ()] if has_memory else [(), ()])[: len(segments)]
    pictures = decoded(stream)
    originals = [frame.picture for frame in TwoShots().frames()]
    assert all(np.array_equal(a.luma, b.luma) for a, b in zip(pictures, originals, strict=True))
    assert np.ptp(chroma(pictures).astype(int)) > 0
    assert np.array_equal(chroma(pictures), chroma(decoded(stream)))


@pytest.mark.slow
def test_memory_goes_with_a_gray_of_samples() -> None:
    stream = encoded("colornn_consistent", luma="network")
    _, segments = records_of(stream)
    assert [(bool(segment.motion), segment.shot_starts) for segment in segments] == [(True, (CUT,))]
    pictures, originals = decoded(stream), [frame.picture for frame in TwoShots().frames()]
    assert all(np.array_equal(a.luma, b.luma) for a, b in zip(pictures, originals, strict=True))
    assert np.array_equal(chroma(pictures), chroma(decoded(stream)))
    assert np.ptp(chroma(decoded(stream, gray=True))) == 0


def test_a_network_that_others_trained_is_not_carried() -> None:
    with pytest.raises(InputError, match=r"fits in a stream. Received: zhang2016.*gvc-colorize"):
        Model(network="zhang2016")


def test_choices_that_a_network_does_not_have_are_refused() -> None:
    with pytest.raises(InputError, match="expected --window with one of chaudhri_fang_alexnet"):
        Model(window=2)
    with pytest.raises(InputError, match="expected --vgg16 with"):
        Model(network="chaudhri_fang_alexnet", vgg16="imagenet")
    assert "keep_luma" not in options_of(Model), "a stream keeps the gray"

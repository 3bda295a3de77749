"""The price of shorter segments: what first frames take more than others, and near what the option really cost."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from codec.encoder.encode import encode
from codec.encoder.gop_price import GopPrice, price_of_gop
from codec.encoder.modes import Lossless
from codec.encoder.modes.gop import Gop
from codec.encoder.modes.lossless import Chroma
from codec.encoder.modes.mode import Shared
from codec.encoder.survey import Survey, borders_of
from codec.encoder.write import Written
from codec.keyframes import NO_KEYFRAMES
from codec.lossless.parameters import Speed
from codec.plane_codecs import PlaneCodecSpec
from codec.video.info import VideoInfo
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sources import SourceOptions, open_source

INFO = VideoInfo(64, 48, PIXEL_FORMATS["yuv420p"], Fraction(1, 24), Fraction(24))
SAMPLE = Path(__file__).parents[3] / "samples" / "demo_cc0_flower_160x90_15fps.mkv"


def priced(gop: Gop | None, **bytes_of: int) -> GopPrice | None:
    shared = Shared(gop=gop)
    borders = borders_of(48, (), shared, INFO)
    written = Written(num_frames=48, num_segments=len(borders), **bytes_of)
    return price_of_gop(Survey(48, NO_KEYFRAMES, borders), shared, INFO, written)


def test_first_frames_against_the_others() -> None:
    # Four segments of 12: first frames take 100 each, the other 44 take 10 each.
    price = priced(Gop(frames=12), luma_bytes=500, color_bytes=300, alpha_bytes=40, later_bytes=440)
    assert price == GopPrice(3, 3 * 90)


def test_where_there_is_no_price() -> None:
    assert priced(None, luma_bytes=500) is None
    assert priced(Gop(frames=100), luma_bytes=500, later_bytes=470) == GopPrice(0, 0)
    assert priced(Gop(frames=1), luma_bytes=500) == GopPrice(47, None)


@pytest.mark.parametrize("luma", ["x264", "adaptive"])
def test_the_estimate_is_near_what_it_is_of(luma: str) -> None:
    mode = Lossless(luma=PlaneCodecSpec(luma), chroma=Chroma(luma), speed=Speed.SWIFT)
    source = open_source(str(SAMPLE), SourceOptions())
    whole = encode(source, io.BytesIO(), mode)
    parted = encode(source, io.BytesIO(), replace(mode, shared=Shared(gop=Gop(frames=15))))
    assert (parted.gop, parted.gop_segments) == ("15", 4)
    assert parted.gop_bytes == pytest.approx(parted.total_bytes - whole.total_bytes, rel=0.3)

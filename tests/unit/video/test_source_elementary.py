"""Elementary streams with a rate from a person, and streams whose description changes on the way."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.codeccontext import VideoCodecContext

from codec.errors import InputError
from codec.video.sources import SourceOptions, open_source

FRAMES = 6


def elementary(options: str = "", *, encoder: str = "libx264", color_range: int = 0) -> bytes:
    context = av.CodecContext.create(encoder, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt, context.time_base = 64, 48, "yuv420p", Fraction(1, 25)
    context.framerate, context.color_range = Fraction(25), color_range
    quiet = "log-level=none:" if encoder == "libx265" else ""
    context.options = {encoder.removeprefix("lib") + "-params": quiet + options}
    data = b""
    for number in range(FRAMES):
        pixels = np.random.default_rng(number).integers(0, 256, (72, 64)).astype(np.uint8)
        frame = av.VideoFrame.from_ndarray(pixels, format="yuv420p")
        frame.pts, frame.color_range = number, color_range
        data += b"".join(map(bytes, context.encode(frame)))
    return data + b"".join(map(bytes, context.encode(None)))


@pytest.mark.parametrize(("encoder", "file"), [("libx264", "a.h264"), ("libx264", "a.264"), ("libx265", "a.hevc")])
def test_a_rate_for_an_elementary_stream(tmp_path: Path, encoder: str, file: str) -> None:
    (tmp_path / file).write_bytes(elementary(encoder=encoder))
    rate = Fraction(60000, 1001)
    source = open_source(str(tmp_path / file), SourceOptions(frame_rate=rate))
    assert source.info.frame_rate == rate
    frames = list(source.frames())
    assert [frame.pts * source.info.time_base for frame in frames] == [number / rate for number in range(FRAMES)]
    own = open_source(str(tmp_path / file))
    assert [frame.picture.luma.tobytes() for frame in own.frames()] == [f.picture.luma.tobytes() for f in frames]


def test_a_rate_for_a_container_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        container.mux(stream.encode(av.VideoFrame(64, 48, "yuv420p")))
        container.mux(stream.encode(None))
    with pytest.raises(InputError, match=r"an elementary stream such as \.h264.*a\.mkv, which has its own times"):
        open_source(str(path), SourceOptions(frame_rate=Fraction(50)))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (("sar=4/3", 0), ("sar=16/11", 0), "sample aspect ratio 4/3 in all of .* 16/11 near frame"),
        (("", 1), ("", 2), "range limited in all of .* full near frame"),
        (("colormatrix=bt709", 0), ("colormatrix=smpte170m", 0), r"color matrix 1 \(H.273\) in all of .* 6 near frame"),
        (("transfer=bt709", 0), ("transfer=smpte2084", 0), r"color transfer 1 \(H.273\) in all of .* 16 near frame"),
    ],
)
def test_a_description_that_changes_is_refused(
    tmp_path: Path, before: tuple[str, int], after: tuple[str, int], words: str
) -> None:
    path = tmp_path / "a.h264"
    path.write_bytes(b"".join(elementary(options, color_range=number) for options, number in (before, after)))
    source = open_source(str(path))
    with pytest.raises(InputError, match=words):
        list(source.frames())


@pytest.mark.parametrize(("before", "after"), [("", "colormatrix=bt709"), ("colormatrix=bt709", ""), ("", "")])
def test_a_description_that_is_left_out_is_none_of_another_kind(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "a.h264"
    path.write_bytes(elementary(before) + elementary(after))
    assert len(list(open_source(str(path)).frames())) == 2 * FRAMES

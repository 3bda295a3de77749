"""One segment from its frames to its record: a pure function, in this process or another."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from codec.decoder.networks import StreamNetworks
from codec.decoder.segment import Receiver, decode_segment
from codec.encoder.encode import encode
from codec.encoder.gather import gather
from codec.encoder.modes import Coded, GrayOnly, Guided, Lossless, Mode, Shared
from codec.encoder.modes.preparation import Preparation
from codec.encoder.recipe import Prepared
from codec.encoder.schedule import SegmentReader, inline, overlapped
from codec.encoder.segment import CodedSegment, SegmentInput, encode_segment
from codec.encoder.survey import survey
from codec.hints.coder import HintSettings
from codec.plane_codecs import PlaneCodecSpec
from codec.progress import Silent
from codec.stream_header import pack_header, unpack_header
from codec.video.color import ColorConversion
from codec.video.damage import NO_DAMAGE
from codec.video.info import VideoInfo
from codec.video.picture import Frame, Picture
from codec.video.pixel_formats import PIXEL_FORMATS
from container_format import SegmentRecord, StreamReader
from container_format.chunks import pack_record

WIDTH, HEIGHT, FRAMES = 48, 32, 7
INFO = VideoInfo(WIDTH, HEIGHT, PIXEL_FORMATS["yuv420p"], Fraction(1, 25), Fraction(25))
RAW = PlaneCodecSpec("raw")
TWO_SEGMENTS = Shared(segment_frames=4)
MODES: dict[str, Mode] = {
    "gray by raw": GrayOnly(luma=RAW, shared=TWO_SEGMENTS),
    "gray by x264": GrayOnly(luma=PlaneCodecSpec("x264"), shared=TWO_SEGMENTS),
    "gray with loss": GrayOnly(luma=PlaneCodecSpec.parse("x265:crf=30"), shared=TWO_SEGMENTS),
    "gray by predictor": GrayOnly(luma=PlaneCodecSpec("network"), shared=TWO_SEGMENTS),
    "hints": Coded(luma=RAW, hints=HintSettings.parse("2:x265:crf=20"), shared=TWO_SEGMENTS, quality_frames=3),
    "hints and network": Guided(
        luma=RAW, hints=HintSettings.parse("2:x265:crf=20"), effort="fast", max_seconds=1, shared=TWO_SEGMENTS
    ),
    "stacked chroma": Lossless(luma=RAW, chroma="ffv1", effort="none", shared=TWO_SEGMENTS),
    "whole pictures": Lossless(luma=PlaneCodecSpec("ffv1"), chroma="joint", effort="none", shared=TWO_SEGMENTS),
    "predicted chroma": Lossless(luma=RAW, chroma="network", effort="none", max_error=1, shared=TWO_SEGMENTS),
    "predicted gray and chroma": Lossless(
        luma=PlaneCodecSpec("network"), chroma="network", effort="none", shared=TWO_SEGMENTS
    ),
}


class Waves:
    """A source whose picture moves."""

    notes: tuple[str, ...] = ()
    damage = NO_DAMAGE
    info = INFO

    def frames(self) -> Iterator[Frame]:
        rows, columns = np.mgrid[:HEIGHT, :WIDTH]
        for index in range(FRAMES):
            waves = 120 + 60 * np.sin((columns + 2 * index) / 9) + 30 * np.cos((rows - index) / 7)
            luma = waves.astype(np.uint8)
            yield Frame(Picture(luma, (luma[::2, ::2] // 2 + 60, 200 - luma[::2, ::2] // 2)), 2 * index, 2)

    def read(self) -> Iterator[Frame]:
        return self.frames()

    def close(self) -> None:
        pass


def prepared(mode: Mode, resources: ExitStack) -> tuple[Prepared, SegmentReader]:
    source, conversion = Waves(), ColorConversion.of(INFO)
    found = survey(source, conversion, mode.shared, Silent(), keyframe_every=mode.wanted_keyframe_every)  # type: ignore[arg-type]
    gathered = gather(source, found, mode.request(found, INFO), Silent())  # type: ignore[arg-type]
    made = mode.prepare(Preparation(source.info, source, found, gathered, conversion, None, Silent(), resources))  # type: ignore[arg-type]
    return made, SegmentReader(source, found, made, Silent())  # type: ignore[arg-type]


def inputs_of(reader: SegmentReader) -> list[SegmentInput]:
    """Inputs that hold their frames, as they are sent to another process."""
    return [SegmentInput(s.index, s.first_frame, tuple(s.frames), s.color) for s in reader.segments()]


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> Mode:
    return MODES[request.param]


def test_the_same_input_gives_the_same_record(mode: Mode) -> None:
    with ExitStack() as resources:
        made, reader = prepared(mode, resources)
        segments = inputs_of(reader)
        assert len(segments) == 2
        once = [encode_segment(made.recipe, segment) for segment in segments]
        again = [encode_segment(made.recipe, segment) for segment in reversed(segments)][::-1]
    assert [coded.record for coded in once] == [coded.record for coded in again]
    for coded in once:
        assert coded.packed == pack_record(coded.record)
        assert coded.sizes.luma + coded.sizes.color == len(coded.packed.data)


def test_a_recipe_that_was_pickled_gives_the_same_record(mode: Mode) -> None:
    with ExitStack() as resources:
        made, reader = prepared(mode, resources)
        segments = inputs_of(reader)
        here = [encode_segment(made.recipe, segment).record for segment in segments]
        recipe, copies = pickle.loads(pickle.dumps((made.recipe, segments)))
    assert [encode_segment(recipe, segment).record for segment in copies] == here


@pytest.mark.parametrize("name", ["gray by x264", "predicted gray and chroma"])
def test_another_process_gives_the_same_record(name: str, tmp_path: Path) -> None:
    with ExitStack() as resources:
        made, reader = prepared(MODES[name], resources)
        segment = inputs_of(reader)[1]
        here = encode_segment(made.recipe, segment)
    (tmp_path / "work").write_bytes(pickle.dumps((made.recipe, segment)))
    program = (
        "import pickle, sys, pathlib; from codec.encoder.segment import encode_segment\n"
        f"folder = pathlib.Path({str(tmp_path)!r})\n"
        "recipe, segment = pickle.loads((folder / 'work').read_bytes())\n"
        "(folder / 'done').write_bytes(encode_segment(recipe, segment).packed.data)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    assert (tmp_path / "done").read_bytes() == here.packed.data


@pytest.mark.parametrize("in_two_threads", [False, True])
def test_all_schedules_give_the_same_segments(mode: Mode, in_two_threads: bool) -> None:
    with ExitStack() as resources:
        made, reader = prepared(mode, resources)
        one = [item for item in inline(made.recipe, reader) if isinstance(item, CodedSegment)]
        again = SegmentReader(Waves(), reader._survey, made, Silent())  # type: ignore[arg-type]
        segments = overlapped(made.recipe, again, in_two_threads=in_two_threads)
        other = [item for item in segments if isinstance(item, CodedSegment)]
    assert [coded.record for coded in one] == [coded.record for coded in other]
    assert [coded.sizes for coded in one] == [coded.sizes for coded in other]


def test_the_receiver_mirrors_it(mode: Mode) -> None:
    """``decode_segment`` needs the header, the networks and one record: no container, no other segment."""
    with ExitStack() as resources:
        made, reader = prepared(mode, resources)
        recipe, originals = made.recipe, [frame.picture for frame in Waves().frames()]
        segment = inputs_of(reader)[1]
        coded = encode_segment(recipe, segment)
    header = pack_header(recipe.description, color=recipe.facts.color, keyframes=recipe.keyframes)
    networks = StreamNetworks()
    for record in recipe.networks:
        networks.add(record)
    receiver = Receiver.of(unpack_header(header), networks, header.color, gray=False, verify=True)
    pictures = [picture for _, picture in decode_segment(receiver, coded.record)]
    first = segment.first_frame
    assert len(pictures) == FRAMES - first
    if recipe.luma.parameters.is_lossless:
        for original, picture in zip(originals[first:], pictures, strict=True):
            assert np.array_equal(original.luma, picture.luma)
    if isinstance(mode, Lossless):
        for original, picture in zip(originals[first:], pictures, strict=True):
            for before, after in zip(original.chroma_planes(), picture.chroma_planes(), strict=True):
                assert np.abs(before.astype(int) - after).max() <= mode.max_error
    again = [picture for _, picture in decode_segment(receiver, coded.record)]
    assert all(np.array_equal(a.luma, b.luma) for a, b in zip(pictures, again, strict=True))


def test_a_stream_holds_these_records() -> None:
    mode = MODES["predicted gray and chroma"]
    target = io.BytesIO()
    report = encode(Waves(), target, mode)  # type: ignore[arg-type]
    target.seek(0)
    records = [record for record in StreamReader(target).records() if isinstance(record, SegmentRecord)]
    with ExitStack() as resources:
        made, reader = prepared(mode, resources)
        coded = [encode_segment(made.recipe, segment) for segment in inputs_of(reader)]
    assert records == [segment.record for segment in coded]
    assert report.luma_bytes == sum(segment.sizes.luma for segment in coded)
    assert report.color_bytes == sum(segment.sizes.color for segment in coded)
    assert report.color_bytes > 0


def test_motion_that_only_chroma_needs_is_counted_as_color() -> None:
    with ExitStack() as resources:
        made, reader = prepared(MODES["predicted chroma"], resources)
        segment = encode_segment(made.recipe, inputs_of(reader)[0])
    sizes = segment.packed.field_bytes
    assert segment.sizes.color == sizes["motion"] + sizes["chroma_samples"] + sizes["color_crc32"]


class Full:
    """An output on a disk that is full after the header."""

    def __init__(self) -> None:
        self.num_writes = 0

    def write(self, data: bytes) -> int:
        self.num_writes += 1
        if self.num_writes > 3:
            raise OSError("no space left")
        return len(data)

    def flush(self) -> None:
        pass


def test_when_the_output_fails_nothing_reads_the_source_any_more() -> None:
    """The caller closes the source next: no thread may still use it, not even while the error is looked at."""
    import threading

    before = threading.active_count()
    try:
        encode(Waves(), Full(), MODES["gray by x264"])  # type: ignore[arg-type]
    except OSError:
        assert threading.active_count() == before
    else:
        pytest.fail("expected the output to fail")


def test_an_abandoned_segment_leaves_no_thread() -> None:
    import threading

    def broken() -> Iterator[Frame]:
        frames = Waves().frames()
        yield next(frames)
        yield next(frames)
        raise RuntimeError("the source broke")

    with ExitStack() as resources:
        made, _ = prepared(MODES["gray by predictor"], resources)
    before = threading.active_count()
    with pytest.raises(RuntimeError, match="broke"):
        encode_segment(made.recipe, SegmentInput(0, 0, broken()))
    assert threading.active_count() == before

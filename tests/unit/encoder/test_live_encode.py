"""The whole live sender, on a source that waits for it, and with a training that is at once done."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from codec.decoder import DecodeOptions, decode
from codec.encoder.live import learning
from codec.encoder.live.capture import Capture
from codec.encoder.live.encode import check_live, encode_live
from codec.encoder.live.options import LiveOptions
from codec.encoder.live.outputs import StreamOutput
from codec.encoder.live.training import Assignment, Trained, base_network
from codec.encoder.modes import Coded, GrayOnly, Guided, Lossless, Mode, Model
from codec.errors import GvcError, InputError
from codec.hints.coder import HintSettings
from codec.plane_codecs import PlaneCodecSpec
from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame, Picture
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sources.live import LateFrame
from container_format import SegmentRecord, StreamReader, UpdateRecord

WIDTH, HEIGHT, FRAMES, RATE = 64, 48, 60, 12
INFO = VideoInfo(WIDTH, HEIGHT, PIXEL_FORMATS["yuv420p"], Fraction(1, RATE), Fraction(RATE))
HINTS = HintSettings.parse("1:x264:crf=24")


def picture(number: int) -> Picture:
    """Slopes that move; another scene in the second half."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    luma = (x * 2 + y + number * 3) % 200 + 20
    tint = 90 if number < FRAMES // 2 else 170
    small = luma[::2, ::2] // 4
    return Picture(luma.astype(np.uint8), ((tint + small).astype(np.uint8), (200 - small).astype(np.uint8)))


class Quick:
    """A source that brings a frame when there is room for it, so that none is dropped."""

    notes: tuple[str, ...] = ("a remark",)

    def __init__(self, info: VideoInfo = INFO, count: int = FRAMES) -> None:
        self.info, self._count = info, count
        self._capture: Capture | None = None
        self._is_closed = False

    def follow(self, capture: Capture) -> None:
        """Wait for this capture."""
        self._capture = capture

    def arrivals(self) -> Iterator[LateFrame]:
        for number in range(self._count):
            while not self._is_closed and (self._capture is None or self._capture.num_waiting > 2):
                time.sleep(0.001)
            yield self._late(number)

    def _late(self, number: int) -> LateFrame:
        whole = picture(number)
        gray_alone = self.info.pixel_format.name == "gray"
        return lambda: Frame(replace(whole, chroma=None) if gray_alone else whole, number, 1)

    def close(self) -> None:
        """Wait no more."""
        self._is_closed = True


class Taught:
    """A training that is done when it is asked: the base network, as if it were much better."""

    error: GvcError | None = None

    def __init__(self) -> None:
        self._assignment: Assignment | None = None
        self.is_running = False

    def begin(self, assignment: Assignment) -> None:
        self._assignment = assignment
        self.is_running = True

    def result(self) -> Trained | GvcError | None:
        if self._assignment is None:
            return None
        record = base_network(self._assignment.conversion, self._assignment.hints.scale)
        self.stop()
        assert record is not None
        return self.error or Trained(record, 9.0)

    def stop(self) -> None:
        self._assignment, self.is_running = None, False


class Grays:
    """A sink that keeps the gray of each frame."""

    notes: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.found: dict[int, bytes] = {}

    def write(self, frame: Frame) -> None:
        self.found[frame.pts] = frame.picture.luma.tobytes()

    def write_packet(self, packet: CopyPacket) -> None:
        raise AssertionError(packet)

    def close(self) -> None:
        """Nothing is open."""

    def abort(self) -> None:
        """Nothing is open."""


def sent(mode: Mode, source: Quick, **options: object) -> tuple[bytes, dict[str, object], list[str]]:
    """The stream, the report and what was told on the way."""
    target, told = io.BytesIO(), []
    report = encode_live(
        source,
        StreamOutput(target, repeat_seconds=0.2),
        mode,
        LiveOptions(latency_seconds=1.0, **options),  # type: ignore[arg-type]
        on_start=source.follow,
        on_notes=told.extend,
    )
    return target.getvalue(), vars(report), told


def decoded(data: bytes) -> dict[int, bytes]:
    sink = Grays()
    decode(io.BytesIO(data), lambda _: sink, DecodeOptions())
    return sink.found


@pytest.mark.parametrize(
    "mode",
    [GrayOnly(), Lossless(effort="none"), Coded(hints=HINTS), Coded(luma=PlaneCodecSpec("ffv1"))],
    ids=["none", "lossless", "hints", "target"],
)
def test_what_is_sent_is_decoded_and_its_gray_is_exact(mode: Mode) -> None:
    data, report, _ = sent(mode, Quick())
    grays = decoded(data)
    assert grays == {pts: picture(pts).luma.tobytes() for pts in grays}
    assert len(grays) == report["frames"]
    assert report["total_bytes"] == len(data)
    came = report["frames_came"]
    assert came == FRAMES == report["frames"] + report["frames_skipped"]  # type: ignore[operator]
    assert "a remark" in report["notes"]  # type: ignore[operator]


def test_networks_are_sent_between_segments_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "BackgroundTraining", Taught)
    monkeypatch.setattr(learning, "_FIRST_TRAINING_SECONDS", 0.5)
    monkeypatch.setattr(learning, "_PAUSE_SECONDS", 0.5)
    monkeypatch.setattr(learning, "_FEWEST_KEYFRAMES", 1)
    monkeypatch.setattr(learning, "_LEAST_BASE_GAIN_DB", 1e9)  # so that the first segment has none
    data, report, told = sent(Guided(hints=HINTS, luma=PlaneCodecSpec("raw")), Quick())
    records = list(StreamReader(io.BytesIO(data)).records())
    named = [record.network for record in records if isinstance(record, SegmentRecord)]
    assert named[0] == 0
    assert named == sorted(named)
    assert named[-1] == report["networks"] or named[-1] == report["networks"] - 1  # type: ignore[operator]
    assert named[-1] > 0
    assert {record.number for record in records if isinstance(record, UpdateRecord)} >= set(named) - {0}
    assert any("network 1 is sent" in line for line in told)
    assert len(decoded(data)) == report["frames"]  # each color checksum is compared


def test_a_training_that_fails_is_told_and_the_stream_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "BackgroundTraining", Taught)
    monkeypatch.setattr(Taught, "error", GvcError("no memory"))
    monkeypatch.setattr(learning, "_FIRST_TRAINING_SECONDS", 0.5)
    monkeypatch.setattr(learning, "_FEWEST_KEYFRAMES", 1)
    data, report, told = sent(Guided(hints=HINTS, luma=PlaneCodecSpec("raw")), Quick())
    assert any("a training has failed: no memory" in line for line in told)
    assert len(decoded(data)) == report["frames"]


def test_so_many_frames() -> None:
    data, report, _ = sent(GrayOnly(luma=PlaneCodecSpec("raw")), Quick(), max_frames=7)
    assert report["frames"] == 7
    assert len(decoded(data)) == 7


def test_gray_video_is_sent_as_gray() -> None:
    data, report, _ = sent(Coded(), Quick(replace(INFO, pixel_format=PIXEL_FORMATS["gray"])))
    assert report["color"] == "none"
    assert len(decoded(data)) == report["frames"]


def test_no_frame_at_all() -> None:
    with pytest.raises(InputError, match="at least one frame"):
        sent(GrayOnly(), Quick(count=0))


def test_the_papers_network_is_not_live() -> None:
    with pytest.raises(InputError, match="expected --color guided, coded, lossless or none with --live"):
        check_live(Model(), INFO)


def test_an_output_that_fails_ends_everything() -> None:
    class Full(io.BytesIO):
        def write(self, data: object, /) -> int:
            del data
            raise OSError(28, "No space left on device")

    source, mode = Quick(), GrayOnly(luma=PlaneCodecSpec("raw"))
    with pytest.raises(OSError, match="No space"):
        encode_live(source, StreamOutput(Full(), 1.0), mode, LiveOptions(), on_start=source.follow)

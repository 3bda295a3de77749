"""Sound in the page: the samples that PyAV decodes, at their times, heard with the picture."""

from __future__ import annotations

import dataclasses
import io
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from codec.page.files import page_files
from codec.page.serve import PageServer
from container_format import CopyPacketRecord, CopyRecord, HeaderRecord, NetworkRecord, StreamReader, StreamWriter
from tests.end_to_end.conftest import slow
from tests.end_to_end.page_in_browser import NEEDS_PAGE, Page, browser, page, server
from tests.end_to_end.sound_in_page import (
    GAIN,
    KINDS,
    LISTEN,
    OVER,
    SEEN,
    WATCH,
    assert_same,
    encoded,
    lag_of,
    samples,
)
from tests.sounding_video import FRAME_RATE, SECONDS, decoded_sound
from tests.web.decoded import BUILT

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright, of the extra `dev`")
pytestmark = NEEDS_PAGE
__all__ = ["browser", "page", "server"]

LONG_SECONDS = 12
"""Long enough that a busy machine asks what is heard before it is over."""
EXACT = ("flac", "pcm_s16le")
ROUNDING_SECONDS = 0.001
"""Matroska's times are rounded to a millisecond: so far off samples may be, counted from a packet in the middle."""


@pytest.fixture(scope="module")
def aac(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return encoded(tmp_path_factory.mktemp("aac"))


@pytest.fixture(scope="module")
def pcm(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return encoded(tmp_path_factory.mktemp("pcm"), "pcm", seconds=LONG_SECONDS)


@pytest.mark.parametrize("name", ["aac", "opus", "flac", "pcm", "mp3", "vorbis", *slow("aac_in_mkv")])
def test_samples_are_those_of_pyav_at_their_times(name: str, page: Page, tmp_path: Path) -> None:
    source, out = encoded(tmp_path, name, seconds=4)
    rate, truth = decoded_sound(source, 4)
    page.open(out)
    for frame, seconds in ((0, 4.0), (60, 1.0), (86, 0.5), (25, 0.5)):
        own_rate, heard = samples(page, frame, seconds)
        assert (own_rate, heard.shape) == (rate, (2, rate * seconds))
        place = round(rate * frame / FRAME_RATE)
        # The end of the file may be padding that PyAV's demuxer knows of; the start is where decoders settle.
        part = heard[:, rate // 10 : rate // 10 + rate // 3]
        lag, correlation = lag_of(part, truth, place + rate // 10, round(2 * ROUNDING_SECONDS * rate))
        assert abs(lag) <= np.ceil(ROUNDING_SECONDS * rate)
        assert correlation > 0.9999
        if KINDS[name][0] in EXACT:
            first = max(0, place - lag)
            own = heard[:, first - (place - lag) :]
            assert_same(own[:, : truth.shape[1] - first], truth[:, first : first + own.shape[1]])
    assert page.text("sound-note") == ""
    assert f"sound {name.partition('_')[0]}" in page.text("stream")


def test_sound_that_begins_later_is_silent_until_then(page: Page, tmp_path: Path) -> None:
    _, out = encoded(tmp_path, "pcm", delay=Fraction(1))
    source_rate, whole = decoded_sound(tmp_path / "pcm.mkv", SECONDS + 1)
    page.open(out)
    rate, heard = samples(page, 0, 7.0)
    assert rate == source_rate
    assert not heard[:, :rate].any()
    assert heard[:, rate].all()
    assert_same(heard, whole)


def test_it_is_heard_with_the_picture(page: Page, aac: tuple[Path, Path]) -> None:
    source, out = aac
    rate, truth = decoded_sound(source)
    page.open(out)
    assert page.page.evaluate(WATCH) == 1
    page.page.locator("#play").click()
    heard = page.page.evaluate(LISTEN)
    assert heard["rate"] == rate
    assert heard["end"] - 0.5 < heard["clock"] <= heard["end"] + 1e-6  # what is computed is heard a little later
    own = np.array([heard["samples"]], np.float32)
    expected = truth.mean(axis=0, keepdims=True)  # an analyser hears both channels as one
    begin = round(heard["end"] * rate) - own.shape[1]
    lag, correlation = lag_of(own, expected, begin, rate // FRAME_RATE)
    assert abs(lag) < rate / FRAME_RATE
    assert correlation > 0.999
    page.page.locator("#position").fill("120")
    page.page.evaluate(OVER)
    seen = [own for own in page.page.evaluate("seen") if own["isHeard"]]
    assert seen[-1]["index"] == SECONDS * FRAME_RATE - 1
    indices = [own["index"] for own in seen]
    assert indices == sorted(set(indices))
    for own in seen:
        assert own["start"] <= own["due"] + 1e-6
        if own["isNextThere"]:
            assert own["due"] < own["start"] + 1 / FRAME_RATE + 1e-6
    assert page.page.evaluate("lastDue()") >= SECONDS  # the last frame has its time, too
    assert page.page.evaluate("gvc.opened.then(({ speaker }) => [speaker.sources.size, speaker.job])") == [0, None]


def test_sound_goes_on_behind_the_last_frame(page: Page, tmp_path: Path) -> None:
    _, out = encoded(tmp_path, "pcm", seconds=2, delay=Fraction(1))
    page.open(out)
    page.page.evaluate(WATCH)
    page.page.locator("#play").click()
    page.page.evaluate(OVER)
    assert page.page.evaluate("seen.at(-1).index") == 2 * FRAME_RATE - 1
    assert page.page.evaluate("lastDue()") >= 3


def test_mute_volume_and_steps(page: Page, pcm: tuple[Path, Path]) -> None:
    page.open(pcm[1])
    page.page.evaluate(WATCH)
    mute, volume = page.page.get_by_role("button", name="Mute"), page.page.get_by_label("Volume")
    page.page.locator("#play").click()
    assert max(map(abs, page.page.evaluate(LISTEN)["samples"])) > 0.1
    ahead = "gvc.opened.then(({ speaker }) => speaker.job.end - speaker.seconds())"
    assert page.page.evaluate(ahead) < 3.5  # of 12 seconds: memory does not depend on the length
    page.page.keyboard.press("m")
    playwright.expect(mute).to_have_attribute("aria-pressed", "true")
    page.page.evaluate(GAIN, 0)
    assert max(map(abs, page.page.evaluate(LISTEN)["samples"])) < 1e-3
    volume.fill("50")
    playwright.expect(mute).to_have_attribute("aria-pressed", "false")
    page.page.evaluate(GAIN, 0.25)
    volume.fill("100")
    page.page.locator("#forth").click()
    held = "gvc.opened.then(({ speaker, isPlaying }) => [speaker.sources.size, speaker.job, isPlaying])"
    assert page.page.evaluate(held) == [0, None, False]


def test_sound_waits_where_pictures_are_slower(page: Page, tmp_path: Path) -> None:
    _, out = encoded(tmp_path, "pcm", seconds=2)
    page.open(out)
    page.page.evaluate(WATCH)
    page.page.evaluate(
        """async (most) => {
          const player = await gvc.opened, { listener } = player.pool, { frame } = listener, held = [];
          const { begin } = player.speaker;
          globalThis.begun = [];
          player.speaker.begin = () => {
            begun.push(player.speaker.job.seconds);
            begin.call(player.speaker);
          };
          player.frames.clear();
          for (const job of [...player.pool.jobs.values()]) player.pool.cancel(job);
          listener.frame = (own) => (own.index <= most ? frame(own) : held.push(own));
          const timer = setInterval(() => {  // the others come when sound has stopped for them
            if (!begun.length || !player.clock.isStopped) return;
            clearInterval(timer);
            listener.frame = frame;
            held.forEach(frame);
          }, 10);
          player.fill();
        }""",
        FRAME_RATE + 2,
    )
    page.page.locator("#play").click()
    page.page.evaluate(OVER)
    seen, (first, second) = page.page.evaluate("[seen, begun]")
    assert seen[-1]["index"] == 2 * FRAME_RATE - 1
    assert first == 0
    assert second >= (FRAME_RATE + 3) / FRAME_RATE - 1e-6  # where it has stopped: nothing is heard twice or left out
    for own in seen:
        if own["isHeard"]:
            assert own["start"] <= own["due"] + 1e-6


def test_without_leave_it_plays_silently_until_a_click(page: Page, pcm: tuple[Path, Path]) -> None:
    page.open(pcm[1])
    page.page.evaluate(WATCH)
    page.page.evaluate(
        """async () => {
          globalThis.mayRun = false;  // as browsers decide; what a test evaluates counts as a person's click
          const Own = AudioContext;
          globalThis.AudioContext = class extends Own {
            constructor(options) {
              super(options);
              this.suspend();
              globalThis.AudioContext = Own;
            }
            resume() { return mayRun ? super.resume() : new Promise(() => {}); }
          };
          (await gvc.opened).play();
        }"""
    )
    page.page.evaluate(SEEN, False)
    page.page.evaluate("mayRun = true")
    page.page.locator("#stage").click()
    page.page.evaluate(SEEN, True)
    page.page.locator("#play").click()
    indices = page.page.evaluate("seen.map(({ index }) => index)")
    assert indices == sorted(indices)


def test_seeking_while_it_plays_goes_on_from_there(page: Page, pcm: tuple[Path, Path]) -> None:
    page.open(pcm[1])
    page.page.evaluate(WATCH)
    page.page.locator("#play").click()
    page.page.evaluate(LISTEN)
    page.page.locator("#position").fill("100")
    heard = page.page.evaluate(LISTEN)
    assert heard["end"] > 100 / FRAME_RATE
    rate, truth = decoded_sound(pcm[0], LONG_SECONDS)
    own = np.array([heard["samples"]], np.float32)
    begin = round(heard["end"] * rate) - own.shape[1]
    assert lag_of(own, truth.mean(axis=0, keepdims=True), begin, rate // FRAME_RATE)[1] > 0.999
    page.page.evaluate(OVER)


def test_one_of_several_tracks_is_chosen(page: Page, tmp_path: Path) -> None:
    source, out = encoded(tmp_path, "flac", seconds=2, tracks=("ac3", "pcm_s16le"))
    page.open(out)
    page.page.evaluate(WATCH)
    assert page.text("sound-note") == "sound track 2 is ac3, which browsers do not decode"
    rate, first = samples(page, 0, 1.0)
    assert_same(first, decoded_sound(source)[1][:, :rate])
    page.page.get_by_label("Sound track").select_option(label="3, pcm_s16le")
    _, third = samples(page, 0, 1.0)
    assert lag_of(third, first, 0, 0)[1] > 0.9999
    np.testing.assert_allclose(np.abs(third).max(), np.abs(first).max() / 4, atol=1e-3)


def test_sound_is_read_in_ranges(browser: Any, pcm: tuple[Path, Path]) -> None:
    with PageServer(page_files(BUILT.parent), pcm[1]) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.05,))
        thread.start()
        own = Page(browser.new_page(), made.address)
        own.page.goto(made.address)
        own.page.wait_for_function("globalThis.gvc")
        rate, heard = samples(own, 100, 1.0)
        own.page.close()
        made.shutdown()
        thread.join()
    assert_same(heard, decoded_sound(pcm[0])[1][:, 4 * rate : 5 * rate])


Packets = list[CopyPacketRecord]


def changed(path: Path, out: Path, *, packets: Callable[[Packets], Packets] | None = None, **of_track: Any) -> Path:
    """The stream with other packets, or with another record of its track."""
    reader = StreamReader(io.BytesIO(path.read_bytes()))
    track = dataclasses.replace(reader.header.copy_streams[0], **of_track)
    header: HeaderRecord = dataclasses.replace(reader.header, copy_streams=(track,))
    with out.open("wb") as target:
        writer = StreamWriter(target, header)
        for record in reader.records():
            if isinstance(record, CopyRecord):
                own = tuple(record.packets if packets is None else packets(list(record.packets)))
                if own:
                    writer.write_copy(CopyRecord(packets=own))
            elif isinstance(record, NetworkRecord):
                writer.write_network(record)
            else:
                writer.write_segment(record)  # type: ignore[arg-type]
        writer.finish()
    return out


def each(**fields: Any) -> Callable[[Packets], Packets]:
    return lambda packets: [dataclasses.replace(packet, **fields) for packet in packets]


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "foreign bytes": ({"packets": each(data=b"\xff\x00" * 300)}, "expected sound packets of aac"),
    "no times": ({"packets": each(pts=None, dts=None)}, "expected a packet with a time"),
    "times of another age": ({"packets": each(pts=2**62)}, "expected a packet with a time"),
    "no rate": ({"sample_rate": 0}, "states a rate of 0 samples a second"),
    "a rate too high": ({"sample_rate": 2**31 - 1}, "states a rate of 2147483647 samples a second"),
    "no layout": ({"codec": "pcm_s16le", "channel_layout": "99 channels"}, "has channels of an unknown layout"),
    "no codec": ({"codec": "constructor"}, "is constructor, which browsers do not decode"),
    "no header": ({"codec": "vorbis", "extradata": b"\x02"}, "expected sound packets of vorbis"),
    "another object type": ({"extradata": b"\xff\xff\xff\xff"}, "aac (mp4a.40.95), which this browser does not decode"),
}

QUICK_FAULTS = ("foreign bytes", "no times", "no rate", "no header")


@pytest.mark.parametrize("fault", [*QUICK_FAULTS, *slow(*(name for name in FAULTS if name not in QUICK_FAULTS))])
def test_a_fault_of_the_sound_leaves_the_picture(
    fault: str, page: Page, aac: tuple[Path, Path], tmp_path: Path
) -> None:
    options, line = FAULTS[fault]
    page.open(changed(aac[1], tmp_path / "changed.gvc", **options))
    page.page.evaluate(WATCH)
    page.page.locator("#position").fill("135")
    page.page.locator("#play").click()
    page.page.evaluate(OVER)
    assert page.page.evaluate("seen.at(-1).index") == SECONDS * FRAME_RATE - 1
    note = page.text("sound-note")
    assert line in note
    assert note.endswith("without sound")
    assert "\n" not in note
    assert page.page.locator("#message").is_hidden()
    assert page.page.locator("#sound").is_hidden()


def test_a_damaged_chunk_of_sound_leaves_the_picture(page: Page, aac: tuple[Path, Path], tmp_path: Path) -> None:
    data = bytearray(aac[1].read_bytes())
    data[data.index(b"COPY", len(data) // 2) + 100] ^= 1
    (tmp_path / "damaged.gvc").write_bytes(data)
    page.open(tmp_path / "damaged.gvc")
    page.page.evaluate(WATCH)
    page.page.locator("#position").fill("60")
    page.page.locator("#play").click()
    page.page.evaluate(OVER)
    assert page.page.evaluate("seen.at(-1).index") == SECONDS * FRAME_RATE - 1
    assert "chunk COPY is damaged" in page.text("sound-note")


def test_packets_out_of_order_and_far_away_are_no_trouble(page: Page, pcm: tuple[Path, Path], tmp_path: Path) -> None:
    path = changed(pcm[1], tmp_path / "same.gvc", packets=each(pts=0, dts=0))
    page.open(path)
    rate, heard = samples(page, 0, 3.0)
    assert heard[:, : rate // 2].any()
    assert not heard[:, rate:].any()  # no time is heard twice
    far = lambda packets: [dataclasses.replace(own, pts=10**9 if own.pts else own.pts) for own in packets]  # noqa: E731
    page.open(changed(pcm[1], tmp_path / "far.gvc", packets=far))
    page.page.evaluate(WATCH)
    page.page.locator("#position").fill("285")
    page.page.locator("#play").click()
    page.page.evaluate(OVER)
    assert page.page.evaluate("seen.at(-1).index") == LONG_SECONDS * FRAME_RATE - 1


def test_a_stream_of_before_is_heard(page: Page) -> None:
    page.open(Path(__file__).parents[1] / "conformance" / "v1" / "valid" / "sound.gvc")
    rate, heard = samples(page, 0, 0.005)
    assert (rate, heard.shape) == (8000, (1, 40))

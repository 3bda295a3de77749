"""The page in Chromium: pixels equal to those of the receiver, clicks and keys, and streams that are refused."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gvc
from codec.page.files import page_files
from codec.page.serve import PageServer
from tests.end_to_end.conftest import run_ok
from tests.end_to_end.page_in_browser import NEEDS_PAGE, READ, Page, browser, opened_page, page, server
from tests.web.decoded import BUILT, CONFORMANCE, plane_checksums

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright, of the extra `dev`")
pytestmark = NEEDS_PAGE
__all__ = ["browser", "page", "server"]

NOT_PLAYED = {
    "FFV1": (
        *("alpha_422_10_coded", "alpha_rgba", "alpha_ya16", "color_rgb24", "deep_420_10_coded", "deep_420_12_stacked"),
        *("deep_gray14_ffv1", "deep_levels", "deep_rgb_12_coded", "deep_rgb_12_within_3", "deep_rgb_16_stacked"),
        *("gray_ffv1", "lossless_ffv1_rgb24", "lossless_x264_yuv420p", "lossless_ffv1_one_pixel"),
        *("lossless_joint_nv12_one_pixel", "lossless_joint_yuv411p", "bgr_of_420_full_range", "live_exact"),
    ),
    "HEVC": ("deep_gray12_x265", "gray_x265"),
}
"""Streams whose gray browsers do not decode."""
GRAY_ALONE = {
    "FFV1": ("adaptive_gray_beside_ffv1", "lossless_network_beside_ffv1"),
    "HEVC": ("coded_yuv420p", "guided_1_to_4", "guided_every_3"),
    "floating point": ("color_yuv420p", "model_colornn_consistent"),
}
"""Streams whose gray is played and whose color is not."""
QUICK = (
    *("gray_x264", "deep_gray10_x264", "deep_gray10_svtav1", "deep_422_10_joint", "lossless_joint_yuv420p"),
    *("guided_yuv420p", "guided_rgb24", "coded_rgb24", "adaptive_420", "standard_rgb", "swift_422_10", "adaptive_rgba"),
    *("lossless_yuv420p", "deep_gray16_zstd", "standard_one_pixel", "gray_ffv1", "guided_1_to_4", "color_yuv420p"),
    *("rgb_of_420", "rgb_of_420_x264", "live_networks", "live_with_a_gap"),
)
"""Streams that are read in every run; the others are slow."""
QUICK_FAULTS = (
    *("wrong_gray_checksum", "picture_too_large", "segment_too_large", "claims_four_gigabytes", "swift_gray_cut"),
    *("color_checksum_wrong", "flipped_bit", "nested_arrays", "color_predictor_of_another_format", "foreign"),
)
STREAMS = sorted([*(CONFORMANCE / "valid").glob("*.gvc"), *(CONFORMANCE / "uncommon").glob("*.gvc")])
BETWEEN_SEGMENTS = frozenset({"live_join_elsewhere", "live_join_not_live"})
"""Faults that nobody meets who reads segments by the index, as the page and ``gvc.open`` do."""
FAULTY = sorted((CONFORMANCE / "faulty").glob("*.gvc"))
CLIPS = sorted((Path(__file__).parents[2] / "samples").glob("demo_*.m*"))
OF_FLOAT_NETWORKS = ("color_gray_of_its_own", "color_unknown_parameter", "color_window_of_9")
"""Faults in networks that the page does not have: it shows the gray, and does not look at them."""

PLAY = """async () => {
  const player = await gvc.opened;
  const seen = [], { show } = player.view;
  player.view.show = (frame) => { seen.push(frame.index); show(frame); };
  document.getElementById("play").click();
  while (player.isPlaying) await new Promise((resolve) => setTimeout(resolve, 20));
  while (player.verified.size < player.facts.segments.length) await new Promise((resolve) => setTimeout(resolve, 20));
  return seen;
}"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 frames in four segments."""
    out = tmp_path_factory.mktemp("clip") / "clip.gvc"
    flower = Path(__file__).parents[2] / "samples" / "demo_cc0_flower_320x180_15fps.mp4"
    coding = ("--color", "lossless", "--speed", "swift", "--frames", "20", "--segment-frames", "5")
    run_ok("gvc-encode", flower, out, *coding)
    return out


def parameters(paths: list[Path], quick: tuple[str, ...]) -> list[Any]:
    marks = {True: (), False: (pytest.mark.slow,)}
    return [pytest.param(path, marks=marks[path.stem in quick], id=path.stem) for path in paths]


@pytest.mark.parametrize("path", parameters(STREAMS, QUICK))
def test_every_plane_is_the_receivers(path: Path, page: Page) -> None:
    found = page.read(path)
    for codec, names in NOT_PLAYED.items():
        if path.stem in names:
            assert f"is {codec}, which browsers do not decode" in found["error"]
            return
    for word, names in GRAY_ALONE.items():
        if path.stem in names:
            assert word in found["note"]
            assert "The gray is shown" in page.text("note")
            assert found["frames"] == plane_checksums(path, gray=True)
            return
    assert found == {"frames": plane_checksums(path), "note": None}
    compared = re.compile(r"^(\d+) of \1 segments compared, all hold$")
    playwright.expect(page.page.locator("#checks")).to_have_text(compared)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["guided", "coded", "lossless", "networks"])
@pytest.mark.parametrize("clip", CLIPS, ids=lambda own: own.stem)
def test_every_plane_of_a_clip_is_the_receivers(clip: Path, mode: str, page: Page, tmp_path: Path) -> None:
    out = tmp_path / "out.gvc"
    coding = ("--luma", "network", "--chroma", "network") if mode == "networks" else ("--playable",)
    efforts = {"networks": ("--effort", "none"), "guided": ("--effort", "fast")}
    color = "lossless" if mode == "networks" else mode
    length = ("--frames", "12", "--segment-frames", "8")
    run_ok("gvc-encode", clip, out, "--color", color, *coding, *efforts.get(mode, ()), *length)
    with gvc.open(out) as video:
        assert len(video) == 12
    assert page.read(out) == {"frames": plane_checksums(out), "note": None}


@pytest.mark.parametrize("path", parameters(FAULTY, QUICK_FAULTS))
def test_a_faulty_stream_is_refused_and_the_page_lives(path: Path, page: Page) -> None:
    found = page.read(path)
    if path.stem in OF_FLOAT_NETWORKS:
        assert "floating point" in found["note"]
        return
    if path.stem in BETWEEN_SEGMENTS:
        with gvc.open(path) as video:
            assert len(found["frames"]) == len(video)
        return
    assert found["error"]
    assert page.page.locator("#message").is_visible()
    assert page.text("message").startswith(f"{path.name}: ")
    assert "the page failed" not in page.text("message")
    assert page.page.evaluate("new Promise((resolve) => requestAnimationFrame(() => resolve(1)))") == 1


def test_after_a_faulty_stream_a_sound_one_plays(page: Page) -> None:
    assert "error" in page.read(CONFORMANCE / "faulty" / "flipped_bit.gvc")
    assert len(page.read(CONFORMANCE / "valid" / "segments.gvc")["frames"]) == 5
    assert page.page.locator("#message").is_hidden()


@pytest.mark.parametrize("name", ["standard_420", "guided_yuv420p", "standard_rgb", "lossless_yuv422p", "rgb_of_420"])
def test_the_canvas_shows_the_receivers_colors(name: str, page: Page) -> None:
    path = CONFORMANCE / "valid" / f"{name}.gvc"
    page.open(path)
    with gvc.open(path) as video:
        for frame in (3, 0):
            shown = page.pixels(frame)
            np.testing.assert_array_equal(shown[..., :3], video.rgb[frame].data)
            assert (shown[..., 3] == 255).all()


def test_a_rotated_video_is_turned(page: Page) -> None:
    page.open(CONFORMANCE / "uncommon" / "rotated_with_chapter.gvc")
    shown = page.pixels(0)
    assert shown.shape == (24, 17, 4)
    with gvc.open(CONFORMANCE / "uncommon" / "rotated_with_chapter.gvc") as video:
        gray = video.gray[0].data
    assert any(np.array_equal(shown[..., 0], np.rot90(gray, turns)) for turns in (1, 3))


def test_it_seeks_steps_and_plays(page: Page, clip: Path) -> None:
    expected = plane_checksums(clip)
    assert page.read(clip)["frames"] == expected
    page.open(clip)
    page.page.locator("body").click(position={"x": 3, "y": 400})
    for key, place in (("End", 20), ("ArrowLeft", 19), ("ArrowLeft", 18), ("Home", 1), ("ArrowRight", 2)):
        page.page.keyboard.press(key)
        playwright.expect(page.page.locator("#place")).to_have_text(
            re.compile(rf"^{place} of 20, {(place - 1) / 15:.3f} s$")
        )
    page.page.locator("#position").fill("12")
    playwright.expect(page.page.locator("#place")).to_have_text(re.compile("^13 of 20, 0.800 s$"))
    page.page.locator("#back").click()
    playwright.expect(page.page.locator("#place")).to_have_text(re.compile("^12 of 20, 0.733 s$"))
    for number in (17, 3, 4, 11, 0):
        planes = page.page.evaluate(
            """async (number) => {
              const { crc32 } = await import(new URL("container/crc32.js", location.href));
              const { planes } = await (await gvc.opened).frame(number);
              return planes.map((plane) => crc32(new Uint8Array(plane.buffer)));
            }""",
            number,
        )
        assert planes == expected[number]
    seen = page.page.evaluate(PLAY)
    assert seen == sorted(set(seen))
    assert seen[-1] == 19
    playwright.expect(page.page.locator("#checks")).to_have_text("4 of 4 segments compared, all hold")
    assert page.text("play") == "Play"


def test_two_workers_share_a_segment_that_may_be_left_at_any_time(page: Page, tmp_path: Path) -> None:
    out = tmp_path / "alone.gvc"
    flower = Path(__file__).parents[2] / "samples" / "demo_cc0_flower_160x90_15fps.mkv"
    run_ok("gvc-encode", flower, out, "--color", "lossless", "--speed", "swift", "--frames", "24")
    expected = plane_checksums(out)
    page.open(out)
    found = page.page.evaluate(
        """async () => {
          const { crc32 } = await import(new URL("container/crc32.js", location.href));
          const player = await gvc.opened, helpers = [], { start } = player.pool;
          player.pool.start = (...wanted) => {
            const job = start.apply(player.pool, wanted);
            helpers.push(job?.workers.length);
            return job;
          };
          const found = [];
          for (const number of [23, 2, 17, 0, 9, 23, 1]) {
            for (const other of [20, 5, 11]) player.seek(other);  // nobody waits for these
            const { planes } = await player.frame(number);
            found.push([number, planes.map((plane) => crc32(new Uint8Array(plane.buffer)))]);
          }
          return { found, helpers, segments: player.facts.segments.length, cores: navigator.hardwareConcurrency };
        }"""
    )
    assert found["segments"] == 1
    assert found["found"] == [[number, expected[number]] for number, _ in found["found"]]
    assert set(found["helpers"]) - {None} == ({2} if found["cores"] > 1 else {1})
    page.open(CONFORMANCE / "valid" / "segments.gvc")  # in the middle of the other one
    assert len(page.read(CONFORMANCE / "valid" / "segments.gvc")["frames"]) == 5


def test_views_and_a_saved_frame(page: Page, clip: Path) -> None:
    page.open(clip)
    color = page.pixels(2)
    height, width, _ = color.shape
    page.page.get_by_label("Gray").check()
    gray = page.pixels(2)
    assert (gray[..., 0] == gray[..., 1]).all()
    page.page.get_by_label("Split").check()
    split = page.pixels(2)
    np.testing.assert_array_equal(split[:, : width // 2], gray[:, : width // 2])
    np.testing.assert_array_equal(split[:, width // 2 :], color[:, width // 2 :])
    page.page.get_by_label("Border").fill("100")
    np.testing.assert_array_equal(page.pixels(2), gray)
    page.page.get_by_label("Color").check()
    with page.page.expect_download() as download:
        page.page.get_by_role("button", name="Save frame as PNG").click()
    assert download.value.suggested_filename == "clip_000002.png"
    data = Path(download.value.path()).read_bytes()
    assert data.startswith(b"\x89PNG")
    assert struct.unpack(">II", data[16:24]) == (width, height)


def test_the_address_names_a_stream(browser: Any, server: PageServer) -> None:
    for own in opened_page(browser, server):
        own.page.goto(server.address)
        found = own.page.evaluate(READ)
        assert found["frames"] == plane_checksums(CONFORMANCE / "valid" / "segments.gvc")
        assert own.text("name") == "segments.gvc"
        own.page.goto(own.origin + "?file=https://example.org/a.gvc")
        own.page.wait_for_function("globalThis.gvc")
        assert own.text("message") == "expected a file of this page's own server. Received: https://example.org"


def test_keys_reach_everything_and_all_has_a_name(page: Page, clip: Path) -> None:
    page.open(clip)
    page.pixels(0)
    page.page.focus("#file")
    order = []
    for _ in range(6):
        page.page.keyboard.press("Tab")
        order.append(page.page.evaluate("document.activeElement.id || document.activeElement.name"))
    assert order == ["position", "play", "back", "forth", "view", "save"]
    nameless = page.page.evaluate(
        """() => [...document.querySelectorAll("button, input")].filter((element) => !element.closest("[hidden]")
          && !element.ariaLabel && !element.textContent.trim()
          && ![...element.labels ?? []].some((label) => label.textContent.trim())
        ).map((element) => element.outerHTML)"""
    )
    assert nameless == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_dark_and_light(scheme: str, browser: Any, server: PageServer) -> None:
    for own in opened_page(browser, server, color_scheme=scheme):
        colors = own.page.evaluate(
            "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
        )
        ground, text = (sum(map(int, re.findall(r"\d+", color))) for color in colors)
        assert (ground > text) == (scheme == "light")


def test_the_page_is_small() -> None:
    sizes = {name: len(zlib.compress(file.read_bytes())) for name, file in page_files(BUILT.parent).items()}
    whole = sum(file.stat().st_size for file in page_files(BUILT.parent).values())
    assert whole < 3_000_000
    assert sum(size for name, size in sizes.items() if not name.endswith(".npz")) < 200_000

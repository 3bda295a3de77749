"""The encoder's summary: its JSON is what docs/reports.md says, and its table adds up."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

from codec.live_report import LiveReport
from codec.report import (
    ColorizeReport,
    DecodeReport,
    EncodeReport,
    VerifyReport,
    as_json,
    quality_line,
    saved_percent,
    summary_rows,
    verified_lines,
)

PAGE = Path(__file__).parents[3] / "docs" / "reports.md"


def make_report(**changes: object) -> EncodeReport:
    fields: dict[str, object] = {
        "input": "in.raw",
        "output": "out.gvc",
        "width": 256,
        "height": 256,
        "pixel_format": "rgb24",
        "frames": 10,
        "duration_seconds": 0.4,
        "color": "model",
        "network": "singh2020",
        "hints": None,
        "color_target": None,
        "max_error": None,
        "chroma": None,
        "luma": "x264",
        "raw_bytes": 10 * 256 * 256 * 3,
        "input_bytes": None,
        "total_bytes": 1000,
        "luma_bytes": 600,
        "network_bytes": 300,
        "color_bytes": 0,
        "copy_bytes": 60,
        "other_bytes": 40,
        "saved_percent": 99.9,
        "luma_is_lossless": True,
        "keyframes": 2,
        "clusters": 1,
        "segments": 1,
        "epochs": 3,
        "training_loss": 0.01,
        "network_psnr_float_db": 30.0,
        "network_psnr_quantized_db": 29.95,
        "psnr_chroma_db": 30.5,
        "ciede2000_mean": 2.0,
        "ciede2000_p95": 5.0,
        "colorfulness_original": 40.0,
        "colorfulness_decoded": 35.0,
        "quality_frames": 4,
        "seconds": 1.0,
        "stage_seconds": {"training": 0.5},
        "seed": 0,
        "backend": "tensorflow",
        "device": "cpu",
        **changes,
    }
    return EncodeReport(**fields)  # type: ignore[arg-type]


def test_json_is_plain() -> None:
    record = as_json(make_report(psnr_chroma_db=float("inf"), training_loss=float("nan")))
    text = json.dumps(record, allow_nan=False)
    assert json.loads(text)["psnr_chroma_db"] is None
    assert json.loads(text)["event"] == "encoded"


def test_documentation_names_every_field() -> None:
    page = PAGE.read_text(encoding="utf-8")
    encoded, _, rest = page.partition("## `gvc-decode --json`")
    decoded, _, rest = rest.partition("## `gvc-verify --json`")
    verified, _, colorized = rest.partition("## `gvc-colorize --json`")
    encoded, _, live = encoded.partition("## `gvc-encode --live --json`")
    parts: list[tuple[str, type]] = [(encoded, EncodeReport), (live, LiveReport), (decoded, DecodeReport)]
    parts += [(verified, VerifyReport), (colorized, ColorizeReport)]
    for part, record in parts:
        documented = set(re.findall(r"^\| `(\w+)`", part, re.MULTILINE))
        assert documented == {item.name for item in dataclasses.fields(record)}


def test_parts_add_up_to_the_total() -> None:
    report = make_report()
    rows = {name: number for name, number, _ in summary_rows(report)}
    parts = sum(int(rows[name].replace(",", "")) for name in ("gray", "network", "sound, subtitles", "container"))
    assert parts == int(rows["total"].replace(",", ""))


def test_saved_percent_of_the_papers() -> None:
    """Table III: 15 minutes of 256x256 at 24 bits a pixel, a 30 MB model, raw gray: about 66 percent."""
    raw = 256 * 256 * 3 * 24 * 60 * 15
    assert abs(saved_percent(raw_bytes=raw, coded_bytes=raw // 3 + 30_000_000) - 66.07) < 0.2


def test_quality_line() -> None:
    line = quality_line(make_report())
    assert line is not None
    assert "30.50 dB" in line
    assert "cost 0.05 dB" in line
    assert quality_line(make_report(ciede2000_mean=None)) is None


def verified(**changes: object) -> str:
    fields: dict[str, object] = {
        "input": "a.gvc",
        "source": "a.mkv",
        "frames": 12,
        "segments": 2,
        "color": "guided",
        "luma_is_lossless": True,
        "max_error": None,
        "psnr_luma_db": None,
        "psnr_chroma_db": 40.126,
        "md5": None,
        "source_md5": None,
        "source_md5_checked": False,
        "seconds": 1.0,
        **changes,
    }
    return "\n".join(verified_lines(VerifyReport(**fields)))  # type: ignore[arg-type]


def test_a_verification_says_what_is_exact_and_how_far_the_rest_is_off() -> None:
    assert verified() == (
        "a.gvc: 12 frames in 2 segments, every checksum holds\n"
        "a.mkv: the same frames and times; gray exact, chroma PSNR 40.13 dB (peak 255)"
    )
    assert verified(max_error=2, color="lossless").endswith("gray exact, chroma within 2")
    assert verified(max_error=0, color="lossless").endswith("gray exact, all planes exact")
    assert verified(color="none").endswith("gray exact, without color")
    assert "gray PSNR 31.50 dB" in verified(luma_is_lossless=False, psnr_luma_db=31.5)
    assert "\n" not in verified(source=None)
    assert verified(source=None, source_md5="00", source_md5_checked=True).endswith("MD5 of the source: 00 holds")
    assert "nothing here" in verified(source=None, source_md5="00")

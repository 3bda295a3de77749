from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest

from benchmarks.clips import find_clips
from benchmarks.contenders import x265
from benchmarks.contenders.interface import key_of
from benchmarks.figures import Section, Table
from benchmarks.results import Record
from benchmarks.suites import FULL_SUITES, SUITES, color, consistency, lossless, papers, speed
from benchmarks.suites.interface import by_clip, duration_seconds, geometric_mean
from benchmarks.suites.summary import headline
from tests.made_up_results import ENVIRONMENT, MATERIAL, QUALITY, make_record

ANCHOR_POINTS = ((36.0, 4_000), (39.0, 8_000), (42.0, 16_000), (45.0, 32_000), (48.0, 64_000))
LONG = dataclasses.replace(MATERIAL, frame_rate="5")


def cell(table: Table, row: int, column: str) -> str:
    return table.rows[row][table.columns.index(column)]


def color_record(name: str, settings: str, psnr: float, color_bytes: int, clip: str = "disc") -> Record:
    case = f"{color.PREPARATION.key(clip)}/{name} {settings}"
    return make_record(
        case,
        contender=name,
        settings=settings,
        material=dataclasses.replace(LONG, clip=clip),
        parts_bytes={"color": color_bytes},
        total_bytes=color_bytes,
        quality=dataclasses.replace(QUALITY, psnr_chroma_db=psnr),
    )


def anchor(clip: str = "disc") -> list[Record]:
    return [color_record("x265 chroma", f"crf={i} medium", *point, clip) for i, point in enumerate(ANCHOR_POINTS)]


def only(sections: Sequence[Section], heading: str) -> Section:
    return next(section for section in sections if section.heading.startswith(heading))


def test_half_the_bytes_is_half_the_rate() -> None:
    halves = [color_record("gvc", f"guided psnr={db:.0f}", db, size // 2) for db, size in ANCHOR_POINTS]
    _, targets, rates = only(color.sections([*anchor(), *halves]), "Color: bytes").tables
    half = ("1", "-50.0", "-50.0", "0.50", "0.50", "0.50", "0.50")
    assert rates.rows == (("gvc guided", *half), ("gvc guided, clips unseen by its bases", *half))
    at_42 = next(row for row in targets.rows if "psnr=42" in row[5])
    assert at_42[3] == "16,000"  # the anchor's bytes at 42 dB
    assert at_42[6] == "8,000"
    assert at_42[-1] == "16,000"  # and at the PSNR of this very row


def test_a_quality_that_the_anchor_never_had_is_not_extrapolated() -> None:
    weak = color_record("gvc", "model", 25.0, 400_000)
    table = only(color.sections([*anchor(), weak]), "Color: bytes").tables[1]
    assert table.rows[0][-1] == "under 4,000"
    strong = color_record("gvc", "model", 60.0, 400_000)
    table = only(color.sections([*anchor(), strong]), "Color: bytes").tables[1]
    assert table.rows[0][-1] == "over 64,000 (48.0 dB)"


def test_short_clips_do_not_count_in_the_means() -> None:
    brief = dataclasses.replace(LONG, frame_rate="50")
    records = [
        dataclasses.replace(record, material=brief)
        for record in [*anchor(), color_record("gvc", "guided a=1", 40, 1), color_record("gvc", "guided a=2", 44, 2)]
    ]
    assert only(color.sections(records), "Color: bytes").tables[2].rows == ()


def test_the_overview_is_over_the_clips_that_are_long_enough() -> None:
    def of(clip: str, frame_rate: str, network: int) -> Record:
        record = color_record("gvc", "model", 30.0, 0, clip)
        parts = {"luma": 1_000, "network": network}
        material = dataclasses.replace(record.material, frame_rate=frame_rate)
        return dataclasses.replace(record, parts_bytes=parts, total_bytes=sum(parts.values()), material=material)

    table = color.overview([of("a", "5", 100), of("b", "5", 400), of("c", "50", 900)])
    assert table.rows == (("gvc model", "2", "200", "20.00 %", "30.00", "1.25 / 3.50"),)


def test_points_that_are_no_better_than_cheaper_ones_are_left_out() -> None:
    records = [*anchor(), color_record("x265 chroma", "crf=9 medium", 40.0, 20_000)]
    curve = color.rate_curve(records)
    assert curve is not None
    assert sorted(curve.rates) == [size for _, size in ANCHOR_POINTS]
    assert color.rate_curve(records[:1]) is None


def test_a_lossless_ratio_is_of_the_smallest_codec_that_was_exact() -> None:
    preparation = lossless.preparation("disc", "yuv420p")
    exact = dataclasses.replace(QUALITY, picture_exact=True)
    broken = dataclasses.replace(QUALITY, picture_exact=False)

    def record(name: str, settings: str, size: int, quality: object, parts: dict[str, int] | None = None) -> Record:
        case = f"{preparation.key('disc')}/{name} {settings}"
        return make_record(
            case, contender=name, settings=settings, total_bytes=size, quality=quality,
            parts_bytes=parts or {"picture": size},
        )  # fmt: skip

    records = [
        record("FFV1", "", 1_000, exact),
        record("x264", "", 800, exact),
        record("VP9", "", 10, broken),
        record("gvc", "lossless", 600, exact, {"luma": 500, "color": 100}),
        record("gvc", "gray only", 510, broken, {"luma": 500, "other": 10}),
    ]
    table = only(lossless.sections(records), "Lossless, yuv420p").tables[0]
    assert cell(table, 0, "x264") == "**800**"
    assert cell(table, 0, "FFV1") == "1,000"
    assert "VP9" not in table.columns
    assert cell(table, 0, "gvc lossless, of best") == "0.750"
    assert cell(table, 0, "gray, of best") == "0.625"
    assert cell(table, 1, "gvc lossless, of best") == "0.750"


def test_the_papers_rows_stand_beside_theirs() -> None:
    row = papers.ROWS[1]
    record = make_record(
        f"{row.preparation.key(papers.JOINED)}/gvc",
        material=dataclasses.replace(MATERIAL, clip=papers.JOINED, num_frames=21_600, frame_rate="24"),
        options={"luma": "raw"},
    )
    (section,) = papers.sections([record])
    assert cell(section.tables[0], 0, "their time, model, saved") == "6 min, 30 MB, 66.07 %"
    assert cell(section.tables[0], 0, "our video") == "64x48, 900 s"
    assert cell(section.tables[0], 0, "network bytes") == "2,000"
    (short,) = headline([record])
    assert short.tables[0].rows[0][:3] == ("64x48, 900 s", "raw", "12,345")


def test_speed_is_frames_over_median_seconds() -> None:
    record = make_record(f"{speed.SMALL[0].key('disc')}/gvc")
    (section,) = speed.sections([record])
    assert section.tables[0].rows[0][3:] == ("3.0", "13.3", "100", "1.0", "40.0", "50")


def test_consistency_is_the_difference_to_the_original() -> None:
    names = [key_of(contender) for contender in consistency.CONTENDERS]
    record = make_record(f"{color.PREPARATION.key('disc')}/{names[0]}")
    (section,) = consistency.sections([record])
    assert section.tables[0].rows[0][2] == "10.00"
    assert section.tables[0].rows[1][2:5] == ("20.00", "+10.00", "0.30")


@pytest.mark.parametrize("name", list(SUITES))
def test_every_suite_is_silent_without_records(name: str) -> None:
    assert SUITES[name].sections([]) == []
    assert SUITES[name].sections([make_record()]) == []


@pytest.mark.parametrize("name", list(SUITES))
def test_every_suite_has_cases_for_the_samples(name: str) -> None:
    cases = SUITES[name].cases(find_clips(None))
    if name != "papers":  # whose pictures are larger than the samples
        assert cases
    assert len({case.key for case in cases}) == len(cases)


def test_quick_runs_every_kind_of_contender() -> None:
    samples = find_clips(None)
    quick = {case.contender.name for case in SUITES["quick"].cases(samples)}
    assert {case.contender.name for name in FULL_SUITES for case in SUITES[name].cases(samples)} <= quick


def test_chroma_without_its_gray_is_what_is_charged() -> None:
    assert "info=0" in str(x265.chroma(28).options["x265-params"])


def test_small_figures() -> None:
    assert geometric_mean([1, 4]) == pytest.approx(2)
    assert geometric_mean([]) is None
    assert duration_seconds(make_record()) == pytest.approx(40 * 1001 / 30_000)
    assert list(by_clip([make_record(), make_record("a-1/x", material=dataclasses.replace(MATERIAL, clip="a"))])) == [
        "a",
        "disc",
    ]
    assert ENVIRONMENT


def test_the_headline_has_color_beside_exact_gray() -> None:
    default = color_record("gvc", color.GUIDED_DEFAULT.settings, 46.0, 0)
    default = dataclasses.replace(default, parts_bytes={"luma": 1_000_000, "color": 9_000, "network": 1_000})
    halves = [color_record("gvc", f"guided psnr={db:.0f}", db, size // 2) for db, size in ANCHOR_POINTS]
    rows = headline([default, *anchor(), *halves])[0].tables[0].rows
    assert rows[0][1:] == ("1", "the exact gray", "1.00 %")
    assert rows[1][1:] == ("1", "x265 medium, chroma alone", "0.50, 0.50, 0.50")
    assert len(rows) == 2


def lossless_record(clip: str, name: str, settings: str, parts: dict[str, int]) -> Record:
    return make_record(
        f"{lossless.preparation(clip, 'yuv420p').key(clip)}/{name} {settings}",
        contender=name,
        settings=settings,
        material=dataclasses.replace(MATERIAL, clip=clip, pixel_format="yuv420p"),
        quality=dataclasses.replace(QUALITY, picture_exact=True),
        parts_bytes=parts,
        total_bytes=sum(parts.values()),
    )


def test_lossless_is_told_at_the_start_once_there_are_many_clips() -> None:
    clips = [f"clip{index}" for index in range(lossless.MANY_CLIPS)]
    records = [
        made
        for clip in clips
        for made in (
            lossless_record(clip, "FFV1", "level=3", {"picture": 1_000}),
            lossless_record(clip, "gvc", "adaptive", {"luma": 500, "color": 300}),
        )
    ]
    assert headline(records[:-2]) == []
    row = headline(records)[0].tables[0].rows[0]
    assert row == (
        "every bit of yuv420p (`--color lossless`)",
        "8",
        "smallest of FFV1, VP9, x264, x265",
        "0.800",
    )

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.cases import Case, Workplace
from benchmarks.clips import find_clips
from benchmarks.contenders import ffv1, x265
from benchmarks.contenders.gvc import Gvc
from benchmarks.contenders.interface import Contender
from benchmarks.contenders.plain_codec import PlainCodec
from benchmarks.material import Preparation
from benchmarks.results import ResultSet
from benchmarks.run import Outcome, run_cases

BROKEN = PlainCodec(
    name="broken", settings="", encoder="no_such_encoder", codec_options={}, coded_formats={"yuv420p": "yuv420p"}
)


@dataclass
class Bench:
    """A small bench in a folder of its own."""

    folder: Path

    def __post_init__(self) -> None:
        self.results = ResultSet(self.folder / "set.jsonl")
        self.printed = io.StringIO()

    def run(self, *contenders: Contender, again: bool = False, repeats: int = 1, cluster: str | None = None) -> Outcome:
        console = Console(file=self.printed, width=200)
        workplace = Workplace(self.folder, cluster)
        return run_cases(cases(contenders, repeats), self.results, workplace, console, again=again)


def cases(contenders: Sequence[Contender], repeats: int) -> list[Case]:
    clips = tuple(find_clips(None, ["demo_flower"]))
    preparation = Preparation(pixel_format="yuv420p", width=160, num_frames=3)
    return [
        Case(
            clip="demo_flower",
            clips=clips,
            preparation=preparation,
            contender=contender,
            repeats=repeats,
            in_viewer=contender.name != "FFV1",
        )
        for contender in contenders
    ]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_run_goes_on_where_it_stopped(bench: Bench) -> None:
    assert bench.run(ffv1.LOSSLESS) == Outcome(1, 0, 0)
    assert bench.run(ffv1.LOSSLESS, x265.chroma(28), ffv1.LOSSLESS) == Outcome(1, 1, 0)
    assert bench.run(ffv1.LOSSLESS, again=True) == Outcome(1, 0, 0)
    assert len(ResultSet(bench.results.path)) == 2


def test_a_record_says_how_it_came_about(bench: Bench) -> None:
    bench.run(x265.chroma(28), repeats=3)
    (record,) = bench.results
    assert record.case == "demo_flower-160w-yuv420p-3f/x265 chroma-crf28-medium"
    assert len(record.encode.seconds) == len(record.decode.seconds) == 3
    assert record.version.startswith("x265")
    assert "in.raw coded.hevc" in record.encode.command
    assert "coded.hevc decoded.raw" in record.decode.command
    assert str(bench.folder) not in str(record.as_json())
    assert record.options["encoder"] == "libx265"
    assert record.quality.luma_exact
    assert Workplace(bench.folder).pictures.load(record.case) is not None


@pytest.mark.slow
def test_gvc_may_use_a_cluster(bench: Bench) -> None:
    bench.run(Gvc(settings="gray", arguments={"color": "none", "luma": "zstd", "segment-frames": 1}), cluster="local:1")
    (record,) = bench.results
    assert record.environment["cluster"] == "local:1"
    assert record.encode.command.endswith("--cluster local:1")
    assert record.decode.command.endswith("--cluster local:1")
    assert record.quality.luma_exact


def test_others_have_no_use_for_a_cluster(bench: Bench) -> None:
    bench.run(ffv1.LOSSLESS, cluster="local:1")
    (record,) = bench.results
    assert "cluster" not in record.environment
    assert "--cluster" not in record.encode.command + record.decode.command


def test_a_contender_that_fails_stops_nobody_else(bench: Bench) -> None:
    assert bench.run(BROKEN, ffv1.LOSSLESS) == Outcome(1, 0, 1)
    assert "failed" in bench.printed.getvalue()
    assert "no_such_encoder" in bench.printed.getvalue()
    assert [record.contender for record in bench.results] == ["FFV1"]
    assert not list(bench.folder.glob("tmp*"))

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.results import RESULTS, ResultSet, record_from_json, set_path
from tests.made_up_results import exact_record, make_record


def test_a_record_survives_json() -> None:
    for record in (make_record(), exact_record()):
        assert record_from_json(json.loads(json.dumps(record.as_json(), allow_nan=False))) == record


@pytest.mark.parametrize("name", ["case", "material", "encode", "quality"])
def test_a_missing_field_is_named(name: str) -> None:
    fields = make_record().as_json()
    del fields[name]
    with pytest.raises(ValueError, match=name):
        record_from_json(fields)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValueError, match="sparkle"):
        record_from_json({**make_record().as_json(), "sparkle": 1})


def test_derived_figures() -> None:
    record = make_record()
    assert record.encode.median_seconds == 3.0
    assert record.encode.median_peak_mib == 100.0
    assert record.color_bytes == 3_000
    assert record.saved_percent == pytest.approx(100 * (1 - 12_345 / 184_320))


def test_a_set_is_kept_on_disk_after_each_record(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    results = ResultSet(path)
    results.add(make_record("b/gvc"))
    results.add(make_record("a/gvc"))
    again = ResultSet(path)
    assert [record.case for record in again] == ["a/gvc", "b/gvc"]
    assert "a/gvc" in again
    assert again.get("nothing") is None


def test_a_record_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    results = ResultSet(tmp_path / "set.jsonl")
    results.add(make_record(total_bytes=1))
    results.add(make_record(total_bytes=2))
    assert [record.total_bytes for record in ResultSet(results.path)] == [2]


def test_two_runs_may_fill_one_set(tmp_path: Path) -> None:
    one, other = (ResultSet(tmp_path / "set.jsonl") for _ in range(2))
    one.add(make_record("a/gvc"))
    other.add(make_record("b/gvc"))
    one.add(make_record("c/gvc"))
    assert [record.case for record in ResultSet(one.path)] == ["a/gvc", "b/gvc", "c/gvc"]


def test_names_and_paths_of_sets() -> None:
    assert set_path("0.1.0") == RESULTS / "0.1.0.jsonl"
    assert set_path("elsewhere/x.jsonl") == Path("elsewhere/x.jsonl")


@pytest.mark.parametrize("path", sorted(RESULTS.glob("*.jsonl")), ids=lambda path: path.stem)
def test_committed_results_hold_together(path: Path) -> None:
    for record in ResultSet(path):
        assert sum(record.parts_bytes.values()) == record.total_bytes, record.case
        assert record.case.startswith(record.material.clip)
        if record.quality.picture_exact:
            assert record.quality.psnr_chroma_db is None
            assert record.quality.ciede2000_mean == 0
        assert "/tmp" not in json.dumps(record.as_json())

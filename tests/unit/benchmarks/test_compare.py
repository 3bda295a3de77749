from __future__ import annotations

import dataclasses
from pathlib import Path

from benchmarks.compare import comparison
from benchmarks.results import Record, ResultSet
from tests.made_up_results import MATERIAL, QUALITY, make_record


def a_set(path: Path, *records: Record) -> ResultSet:
    results = ResultSet(path)
    for record in records:
        results.add(record)
    return results


def test_equal_sets_differ_in_nothing(tmp_path: Path) -> None:
    before, after = (a_set(tmp_path / f"{name}.jsonl", make_record()) for name in "ab")
    remarks, (by_contender, by_case) = comparison(before, after)
    assert remarks == ["1 cases in both, 1 in a, 1 in b"]
    assert by_case.rows == ()
    assert by_contender.rows[0][:3] == ("gvc", "1", "1.000")


def test_changes_are_named_and_averaged(tmp_path: Path) -> None:
    better = dataclasses.replace(QUALITY, psnr_chroma_db=40.125)
    before = a_set(tmp_path / "a.jsonl", make_record("x-1/gvc"), make_record("y-1/gvc", total_bytes=1000))
    after = a_set(tmp_path / "b.jsonl", make_record("x-1/gvc", quality=better), make_record("y-1/gvc", total_bytes=250))
    _, (by_contender, by_case) = comparison(before, after)
    assert by_case.rows == (
        ("x-1/gvc", "chroma PSNR dB", "38.12", "40.12", "+2.00"),
        ("y-1/gvc", "total bytes", "1,000", "250", "-75.0 %"),
    )
    assert by_contender.rows[0][2] == "0.500"  # geometric mean of 1 and 1/4
    assert by_contender.rows[0][4] == "+1.00"  # mean of +2 dB and 0


def test_small_changes_of_time_are_noise(tmp_path: Path) -> None:
    record = make_record()
    slower = make_record(decode=dataclasses.replace(record.decode, seconds=(1.09,)))
    slow = make_record(decode=dataclasses.replace(record.decode, seconds=(1.2,)))
    before = a_set(tmp_path / "a.jsonl", record)
    assert comparison(before, a_set(tmp_path / "b.jsonl", slower))[1][1].rows == ()
    assert comparison(before, a_set(tmp_path / "c.jsonl", slow))[1][1].rows[0][1] == "decode s"


def test_what_cannot_be_compared_is_said(tmp_path: Path) -> None:
    other = dataclasses.replace(MATERIAL, sha256="1" * 64)
    before = a_set(tmp_path / "a.jsonl", make_record(), make_record("gone/gvc"))
    changed = make_record(material=other, environment={"cpu": "another"})
    remarks, _ = comparison(before, a_set(tmp_path / "b.jsonl", changed, make_record("new/gvc")))
    text = "\n".join(remarks)
    assert "only in a: gone/gvc" in text
    assert "only in b: new/gvc" in text
    assert "other pixels" in text
    assert "different machines" in text

"""The table of the papers' networks, of made-up records."""

from __future__ import annotations

import dataclasses

import pytest

from benchmarks.clips import find_clips
from benchmarks.results import Record
from benchmarks.suites.networks import PREPARATION, SUITE, WEIGHTS, contender
from codec.networks.interface import NetworkSpec
from codec.networks.registry import color_network
from tests.made_up_results import MATERIAL, QUALITY, make_record


def record(network: str, cdc: float, flicker: float = 1.0) -> Record:
    clip = "bikes"
    way = contender(network)
    key = f"{PREPARATION.key(clip)}/gvc-{way.settings.replace(' ', '-')}"
    return make_record(
        key,
        contender="gvc",
        settings=way.settings,
        options=way.options,
        material=dataclasses.replace(MATERIAL, clip=clip),
        parts_bytes={"luma": 1000, "network": 234_567},
        total_bytes=235_567,
        quality=dataclasses.replace(QUALITY, cdc_original=0.004, cdc_decoded=cdc, chroma_flicker=flicker),
    )


def test_each_network_has_a_row_and_the_consistent_one_a_verdict() -> None:
    records = [record("colornn", 0.009), record("colornn_consistent", 0.005), record("singh2020", 0.006)]
    (section,) = SUITE.sections(records)
    (table,) = section.tables
    rows = {row[1]: dict(zip(table.columns, row, strict=True)) for row in table.rows}
    assert rows["colornn"]["weights"] == "8,181,116"
    assert rows["colornn"]["sent"] == "545,852"
    assert rows["colornn"]["bytes in the stream"] == "234,567"
    assert rows["colornn"]["CDC difference"] == "+5.00"
    assert rows["colornn_consistent"]["CDC difference"] == "+1.00"
    assert [row[0] for row in table.rows] == ["bikes", "", ""]
    assert "than `colornn` on 1 of 1 clips" in section.text[1]


def test_a_network_that_does_not_win_is_told_too() -> None:
    records = [record("colornn", 0.005), record("colornn_consistent", 0.0)]
    assert "on 0 of 1 clips, and flickers less on 0." in SUITE.sections(records)[0].text[1]
    records[1] = record("colornn_consistent", 0.0, flicker=0.5)
    assert "on 0 of 1 clips, and flickers less on 1." in SUITE.sections(records)[0].text[1]


def test_nothing_measured_nothing_shown() -> None:
    assert SUITE.sections([]) == []
    assert SUITE.sections([make_record("another/case")]) == []


def test_cases_are_every_network_on_the_clips_that_are_there() -> None:
    cases = SUITE.cases(find_clips(None))
    assert {case.clip for case in cases} == {"demo_bbb", "demo_flower"}
    assert len(cases) == 2 * (1 + len(WEIGHTS))


@pytest.mark.parametrize("network", WEIGHTS)
def test_weights_that_are_sent_are_counted(network: str) -> None:
    start = color_network(network).start_weights(NetworkSpec(network))
    assert sum(weights.size for weights in start.values()) == WEIGHTS[network][1]

"""Each mode has the options that it uses; everything that is wrong with them is found at once."""

from __future__ import annotations

import argparse
import dataclasses
import io
from pathlib import Path

import pytest

from codec.cli.mode_arguments import add_mode_arguments, mode_of
from codec.encoder.encode import encode
from codec.encoder.modes import MODES, Coded, GrayOnly, Guided, Lossless, Mode, Model, Shared, options_of
from codec.errors import InputError, UsageError
from codec.jobs.encode import encode_file
from codec.networks.declarations import NETWORKS, Choice, color_networks
from codec.plane_codecs import PLANE_CODECS, PlaneCodecSpec, is_lossless
from codec.video.info import VideoInfo
from codec.video.sources import SourceOptions, open_source
from container_format.records import Color


def parsed(*arguments: str) -> Mode:
    parser = argparse.ArgumentParser()
    add_mode_arguments(parser)
    return mode_of(parser.parse_args(arguments))


def test_there_is_a_mode_for_every_color_of_the_format() -> None:
    assert {mode.color for mode in MODES} == set(Color)


def test_without_arguments_the_defaults_are_the_modes_own() -> None:
    for mode in MODES:
        assert parsed("--color", mode.color) == mode()


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (GrayOnly, {"luma", "speed"}),
        (Coded, {"luma", "target", "hints", "quality_frames"}),
        (Guided, {"luma", "target", "hints", "effort", "max_seconds", "quality_frames", "network"}),
        (Lossless, {"luma", "chroma", "max_error", "effort", "max_seconds", "quality_frames", "speed"}),
    ],
)
def test_a_mode_has_only_what_it_uses(kind: type[Mode], names: set[str]) -> None:
    assert set(options_of(kind)) == names
    fields = {field.name for field in dataclasses.fields(kind)}
    if kind is GrayOnly:  # what the encoder sets for gray video of another mode
        fields -= {"tries_network", "max_error"}
    assert fields == {*names, "shared"}


def test_every_option_of_another_mode_is_refused_by_name() -> None:
    values = {"--reference": "x.png", "--luma": "raw", "--color-target": "psnr=40", "--hints": "2:x265:crf=30"}
    shared = set(options_of(Shared))
    for kind in MODES:
        for other in MODES:
            for name, option in options_of(other).items():
                if name in options_of(kind) or name in shared:
                    continue
                value = values.get(option.flag, "1")
                with pytest.raises(UsageError, match=f"expected {option.flag} with --color .* Received: ") as caught:
                    parsed("--color", kind.color, option.flag, value)
                assert caught.value.option == option.flag


def test_arguments_reach_their_mode() -> None:
    mode = parsed(
        "--color", "model", "--network", "colornn", "--temperature", "0.5", "--epochs", "3", "--seed", "7",
        "--reference", "a.png", "b.png", "--segment-frames", "12", "--luma", "x264:crf=20",
    )  # fmt: skip
    assert mode == Model(
        network="colornn",
        temperature=0.5,
        epochs=3,
        references=("a.png", "b.png"),
        luma=PlaneCodecSpec.parse("x264:crf=20"),
        shared=Shared(seed=7, segment_frames=12),
    )
    assert isinstance(mode, Model)
    assert (mode.training.epochs, mode.training.seed, mode.keyframe_every) == (3, 7, 30)
    assert dict(mode.spec.parameters) == {"temperature_percent": 50}


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (("--color", "purple"), "--color"),
        (("--segment-frames", "0"), "--segment-frames"),
        (("--seed", "-1"), "--seed"),
        (("--max-keyframes", "5000"), "--max-keyframes"),
        (("--quality-frames", "-1"), "--quality-frames"),
        (("--effort", "none"), "--effort"),
        (("--max-seconds", "0"), "--max-seconds"),
        (("--network", "singh2020"), "--network"),
        (("--color", "lossless", "--chroma", "vp9"), "--chroma"),
        (("--color", "lossless", "--max-error", "4096"), "--max-error"),
        (("--color", "lossless", "--luma", "svtav1"), "--luma"),
        (("--color", "model", "--network", "zhang2016"), "--network"),
        (("--color", "model", "--network", "predictor"), "--network"),
        (("--color", "model", "--effort", "fast"), "--effort"),
        (("--color", "model", "--window", "2"), "--window"),
        (("--color", "model", "--max-loss-db", "0"), "--max-loss-db"),
        (("--color", "model", "--network", "compact", "--epochs", "3"), "--epochs"),
        (("--color", "model", "--network", "compact", "--max-loss-db", "3"), "--max-loss-db"),
        (("--color", "model", "--train-size", "17"), "--train-size"),
        (("--color", "model", "--true-share", "2"), "--true-share"),
        (("--color", "model", "--network", "colornn", "--temperature", "0"), "--temperature"),
        (("--color", "lossless", "--chroma", "ffv1", "--max-error", "2"), "--max-error"),
        (("--luma", "nonsense"), "--luma"),
        (("--luma", "x264:crf=900"), "--luma"),
        (("--color-target", "x"), "--color-target"),
        (("--color-target", "psnr=40", "--hints", "2:x265:crf=30"), "--color-target"),
        (("--hints", "2:svtav1:crf=nonsense"), "--hints"),
        (("--hints", "2:network"), "--hints"),
        (("--hints", "3:x265"), "--hints"),
    ],
)
def test_wrong_values_name_their_option(arguments: tuple[str, ...], option: str) -> None:
    with pytest.raises(InputError) as caught:
        parsed(*arguments)
    assert caught.value.option == option
    assert not isinstance(caught.value, UsageError)


def test_options_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Guided().effort = "best"  # type: ignore[misc]


def test_help_follows_from_what_is_declared() -> None:
    parser = argparse.ArgumentParser(prog="x")
    add_mode_arguments(parser)
    text = " ".join(parser.format_help().split())
    for mode in MODES:
        assert f"{mode.color} = {mode.summary}" in text
    for network in color_networks():
        assert (network.name in text) == network.may_be_sent or network.choices
    for codec in PLANE_CODECS:
        assert codec in text


def test_declarations_agree_with_themselves() -> None:
    assert len({network.name for network in NETWORKS}) == len(NETWORKS)
    assert all(isinstance(choice, Choice) for network in NETWORKS for choice in network.choices)
    assert {spec for spec in PLANE_CODECS if is_lossless(PlaneCodecSpec(spec))} == set(PLANE_CODECS) - {"svtav1"}
    assert not is_lossless(PlaneCodecSpec.parse("x264:qp=4"))
    assert is_lossless(PlaneCodecSpec.parse("x264:crf=0"))


def test_a_mode_is_checked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[VideoInfo] = []
    monkeypatch.setattr(GrayOnly, "check", lambda _, info: checked.append(info))
    source = tmp_path / "clip_16x8_25fps_gray.raw"
    source.write_bytes(bytes(16 * 8 * 3))
    encode_file(str(source), str(tmp_path / "out.gvc"), GrayOnly(luma=PlaneCodecSpec("raw")))
    assert len(checked) == 1
    encode(open_source(str(source), SourceOptions()), io.BytesIO(), GrayOnly(luma=PlaneCodecSpec("raw")))
    assert len(checked) == 2

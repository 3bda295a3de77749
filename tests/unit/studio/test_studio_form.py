"""The form has what the modes declare, and nothing that names a file."""

from __future__ import annotations

import pytest

from codec.encoder.modes import MODES, Lossless, Model, Shared, options_of
from codec.errors import InputError, UsageError
from codec.lossless.parameters import Speed
from codec.networks.declarations import color_networks
from codec.studio.form import form, mode_of_form, reference_networks


def test_every_option_is_a_field_unless_it_names_a_file() -> None:
    shown = {mode["color"]: mode for mode in form()}
    assert list(shown) == [str(mode.color) for mode in MODES]
    files = {"export_keyframes", "references", "vgg16"}
    for mode in MODES:
        fields = {field["name"]: field for field in shown[str(mode.color)]["fields"]}
        assert set(fields) == set(options_of(mode)) - files
        assert all(fields[name]["flag"] == options_of(mode)[name].flag for name in fields)
        assert {field["name"] for field in shown[str(mode.color)]["shared"]} == set(options_of(Shared)) - files


def test_fields_are_of_the_kind_of_their_values() -> None:
    (lossless,) = (mode for mode in form() if mode["color"] == "lossless")
    fields = {field["name"]: field for field in lossless["fields"]}
    assert fields["speed"]["kind"] == "choice"
    assert fields["speed"]["values"] == [str(speed) for speed in Speed]
    assert fields["max_error"]["kind"] == "integer"
    assert fields["max_seconds"]["kind"] == "number"
    assert fields["luma"]["kind"] == "text"


def test_networks_are_those_that_the_mode_takes() -> None:
    networks = {mode["color"]: field for mode in form() for field in mode["fields"] if field["name"] == "network"}
    assert {field["kind"] for field in networks.values()} == {"several"}
    assert networks["guided"]["values"] == ["compact"]
    sent = [network.name for network in color_networks() if network.may_be_sent]
    assert networks["model"]["values"] == sent
    assert mode_of_form("model", {"seed": "7"}, "colornn") == Model(network="colornn", shared=Shared(seed=7))
    assert mode_of_form("model", {"network": "compact"}, "colornn") == Model(network="colornn")


def test_a_form_is_the_mode_that_the_command_line_makes() -> None:
    values = {"speed": "swift", "max_error": "", "seed": "7", "luma": "adaptive"}
    assert mode_of_form("lossless", values) == Lossless(
        speed=Speed.SWIFT, luma=options_of(Lossless)["luma"].parse("adaptive"), shared=Shared(seed=7)
    )
    assert mode_of_form("lossless", {}) == Lossless()


def test_what_is_not_of_the_form_is_refused() -> None:
    with pytest.raises(UsageError, match="expected --color-target with"):
        mode_of_form("lossless", {"target": "ciede=1"})
    for values in ({"shared": "x"}, {"vgg16": "x"}, {"seed": 3}, {"seed": "1" * 501}):
        with pytest.raises(InputError, match="an option of the form as text"):
            mode_of_form("model", values)
    with pytest.raises(InputError, match="a mode and its options"):
        mode_of_form(3, {})


def test_networks_that_a_person_can_train() -> None:
    assert "singh2020" in reference_networks()
    assert "zhang2016" not in reference_networks()

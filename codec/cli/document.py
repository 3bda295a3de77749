"""Generates ``docs/options.md`` from the declarations of the modes, plane codecs, networks and outputs.

``python -m codec.cli.document docs/options.md`` writes the page.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from codec.encoder.modes import MODES, Shared, options_of
from codec.networks.declarations import NETWORKS, Role
from codec.plane_codecs import PLANE_CODECS, PlaneCodecSpec
from codec.video.sinks.declarations import SINKS

_HEAD = """\
# Modes, codecs, networks, outputs

This page is made from what each of them declares: `python -m codec.cli.document docs/options.md`. How to add one:
[CONTRIBUTING.md](../CONTRIBUTING.md).
"""


def document() -> str:
    """The text of the page, in Markdown."""
    parts = [_HEAD, _modes(), _codecs(), _networks(), _outputs()]
    return "\n".join(parts)


def _modes() -> str:
    names = [f"`{mode.color}`" for mode in MODES]
    flags: dict[str, str] = {}
    for kind in MODES:
        flags |= {name: option.flag for name, option in options_of(kind).items() if name not in flags}
    rows = [
        [f"`{flag}`", *("yes" if name in options_of(kind) else "" for kind in MODES)] for name, flag in flags.items()
    ]
    rows += [[f"`{option.flag}`", *["yes"] * len(MODES)] for option in options_of(Shared).values()]
    summaries = _table(["`--color`", "how color is sent"], ([f"`{kind.color}`", kind.summary] for kind in MODES))
    text = "An option that the chosen mode does not have is refused, with exit code 2.\n"
    return f"## Modes\n\n{summaries}\n{text}\n{_table(['option', *names], rows)}"


def _codecs() -> str:
    rows = (
        [
            f"`{codec.name}`",
            codec.summary,
            "yes" if codec.is_lossless(PlaneCodecSpec(codec.name)) else "no",
            ", ".join(f"`{option.name}`" for option in codec.options),
            ", ".join(codec.whole_picture_formats),
            _numbers(codec.depths),
        ]
        for codec in PLANE_CODECS.values()
    )
    head = ["codec", "", "lossless by default", "options", "gray and chroma in one picture", "bits"]
    return f"## Plane codecs\n\nThey carry the gray (`--luma`) and the hints (`--hints`).\n\n{_table(head, rows)}"


def _networks() -> str:
    rows = (
        [
            f"`{network.name}`",
            network.summary,
            "color" if network.role is Role.COLOR else "samples",
            "yes" if network.takes_hints else "",
            "yes" if network.may_be_sent else "no",
            ", ".join(f"`--{choice}`" for choice in network.choices),
        ]
        for network in NETWORKS
    )
    head = ["network", "", "for", "takes hints", "in streams", "choices"]
    return f"## Networks\n\n{_table(head, rows)}"


def _outputs() -> str:
    rows = (
        [
            f"`{sink.kind}`",
            sink.summary,
            " ".join(sink.extensions),
            "yes" if sink.has_codec else "",
            _numbers(sink.depths),
        ]
        for sink in SINKS
    )
    return f"## Outputs\n\n{_table(['kind', '', 'extensions', 'takes `--codec`', 'bits'], rows)}"


def _numbers(values: Sequence[int]) -> str:
    return ", ".join(map(str, values))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document(), encoding="utf-8")

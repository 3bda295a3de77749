"""The modules of the page in node: known answers of the kernels, and what its parser says of streams."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from codec.exact.layers import IntegerConvolution
from codec.exact.reference import run_layers
from codec.native.known_answers import KNOWN_ANSWERS
from codec.native.made_up import checksum, numbers
from codec.stream_header import unpack_header
from container_format import StreamReader
from container_format.errors import StreamError
from container_format.index import SeekingReader
from tests.web.decoded import BUILT, CONFORMANCE, plane_checksums

PROGRAMS = Path(__file__).parents[2] / "web"
NODE = shutil.which("node")
pytestmark = [
    pytest.mark.skipif(NODE is None, reason="needs node"),
    pytest.mark.skipif(not (BUILT / "gvc.wasm").is_file(), reason="the page was not built: make web"),
]
NOT_IN_PAGE = {"area averages", "motion search", "block motion", "YCoCg"}
TILE_LIMITS = ((480, 180), (2047, 40), (8191, 10))
"""The largest input and the largest weight for each kind of tiles."""
STREAMS = sorted(CONFORMANCE.glob("*/*.gvc"))
DECODED = (
    *("valid/adaptive_420", "valid/standard_rgb_16", "valid/swift_422_10", "valid/adaptive_gray12_levels"),
    *("valid/checkpoints", "valid/deep_rgb_16_network", "valid/model_compact", "valid/adaptive_rgba"),
    *("valid/rgb_of_420", "uncommon/gbrp_of_420_one_pixel", "valid/live_gray"),
    *("valid/deep_gray16_zstd", "uncommon/lossless_within_3", "uncommon/standard_410", "uncommon/lossless_trained"),
)
"""Streams that need no decoder of the browser."""


def run_node(program: str, *arguments: Path, paths: list[Path] | None = None) -> Any:
    names = "\n".join(map(str, paths or []))
    line = [str(NODE), str(PROGRAMS / program), *map(str, arguments)]
    result = subprocess.run(line, input=names, capture_output=True, text=True, check=False, timeout=300)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_every_kernel_of_a_receiver_gives_its_known_answer() -> None:
    found = run_node("known_answers.mjs", BUILT / "gvc.wasm")
    known = {name: KNOWN_ANSWERS[name].crc32 for name in KNOWN_ANSWERS.keys() - NOT_IN_PAGE}
    known |= {"tiles": tiles_by_numpy(), "checksum": checksum_by_zlib()}
    assert found == {name: [answer, answer] for name, answer in known.items()}


def tiles_by_numpy() -> int:
    """What web/native/known_answers.js asks the tiles, by the reference."""
    found = []
    for most, weight in TILE_LIMITS:
        kernel, bias = numbers((3, 3, 19, 13), -weight, weight, seed=70), numbers((13,), -(2**16), 2**16, seed=71)
        layer = IntegerConvolution(kernel.astype(np.int32), bias.astype(np.int32), 7, -30000, 30000)
        parts = numbers((11, 39, 16), 0, most, seed=72), numbers((11, 39, 3), -most, most, seed=73)
        found.append(run_layers([layer], np.concatenate(parts, axis=-1)[None].astype(np.int32)))
    return checksum(*found)


def checksum_by_zlib() -> int:
    """The same of the checksum of pictures."""
    parts = (numbers((count,), 0, 255, seed=80 + count).astype(np.uint8).tobytes() for count in (1000, 0, 7, 31))
    return zlib.crc32(b"".join(parts))


def test_tiles_of_every_kind_give_what_convolutions_without_tiles_give() -> None:
    found = run_node("tiles.mjs", BUILT / "gvc.wasm")
    assert found["wrong"] == []
    assert all(found["counts"][kind] >= 50 for kind in ("0", "1", "2"))


@pytest.fixture(scope="module")
def verdicts() -> Any:
    return run_node("container_verdicts.mjs", paths=STREAMS)


def verdict_in_order(data: bytes) -> dict[str, Any]:
    try:
        reader = StreamReader(io.BytesIO(data))
        num_segments = sum(type(record).__name__ == "SegmentRecord" for record in reader.records())
    except StreamError as error:
        return named(error)
    end = reader.end
    assert end is not None
    return {"segments": num_segments, "frames": end.num_frames}


def verdict_by_index(data: bytes) -> dict[str, Any]:
    try:
        reader = SeekingReader(io.BytesIO(data))
        crcs, updates = [], []
        for number in range(len(reader.segments)):
            segment = reader.read(number)
            crcs.append(segment.luma_crc32)
            if segment.network:
                updates.append(len(reader.update(number, segment.network).network.tensors))
    except StreamError as error:
        return named(error)
    facts = {"networks": len(reader.networks), "hasIndex": reader.has_index}
    return {"frames": reader.num_frames, "crcs": crcs, "updates": updates, **facts}


def verdict_of_header(data: bytes) -> dict[str, Any]:
    try:
        description = unpack_header(StreamReader(io.BytesIO(data)).header)
    except StreamError as error:
        return named(error)
    info = description.info
    depths = {"depth": info.pixel_format.depth, "codedDepth": description.luma.depth}
    return {"width": info.width, "height": info.height, **depths}


def named(error: StreamError) -> dict[str, str]:
    kind = next(own.__name__ for own in type(error).__mro__ if not own.__name__.startswith("_"))
    return {"error": kind, "message": str(error).partition("Received")[0].partition("; ")[0]}


def of_page(verdict: dict[str, Any]) -> dict[str, Any]:
    if "error" in verdict:
        message = str(verdict["message"]).partition("Received")[0].partition("; ")[0]
        return {"error": verdict["error"], "message": message}
    return {name: value for name, value in verdict["found"].items() if name != "end"}


def test_the_page_says_of_every_stream_what_the_reader_says(verdicts: Any) -> None:
    for path in STREAMS:
        own, data = verdicts[str(path)], path.read_bytes()
        assert (path.stem, of_page(own["inOrder"])) == (path.stem, verdict_in_order(data))
        assert (path.stem, of_page(own["byIndex"])) == (path.stem, verdict_by_index(data))
        assert (path.stem, of_page(own["described"])) == (path.stem, verdict_of_header(data))


def test_planes_without_a_video_codec_are_exact() -> None:
    paths = [CONFORMANCE / f"{name}.gvc" for name in DECODED]
    found = run_node("decode.mjs", BUILT, paths=paths)
    assert {path.stem: found[str(path)].get("frames", found[str(path)]) for path in paths} == {
        path.stem: plane_checksums(path) for path in paths
    }

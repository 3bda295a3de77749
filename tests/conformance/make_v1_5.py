"""Made the conformance streams of version 1.5: ``python -m tests.conformance.make_v1_5 NEW_FOLDER``.

Live streams: networks between segments, places where a reader may begin, and segments that are left out on purpose. As
those of ``make_v1``, they are never made again.
"""

from __future__ import annotations

import dataclasses
import io
import sys
from collections.abc import Callable
from pathlib import Path

from codec.encoder.live.efforts import choose_efforts
from codec.encoder.live.training import base_network
from codec.encoder.modes import Coded, GrayOnly, Lossless, Mode
from codec.encoder.segment import SegmentInput, encode_segment
from codec.encoder.tracks.color import HintedColor, VideoNetwork
from codec.hints.coder import HintSettings
from codec.plane_codecs import PlaneCodecSpec
from codec.stream_header import pack_header
from codec.video.color import ColorConversion
from container_format import EndRecord, SegmentRecord, StreamReader, StreamWriter, UpdateRecord
from container_format.chunks import minor_of, pack_chunk, pack_prelude
from container_format.records import HeaderRecord
from container_format.writer import join_record
from tests.conformance.faults_v1 import chunks_of, rewritten
from tests.conformance.make_v1_2 import DeepVideo
from tests.conformance.recorder import write_new

SEGMENT_FRAMES = 2
HINTED = Coded(hints=HintSettings.parse("1:x264:crf=20"), luma=PlaneCodecSpec("raw"))


def segments(mode: Mode, pixel_format: str, *, networks: tuple[int, ...] = ()) -> tuple[HeaderRecord, list[object]]:
    """The header of a live stream, and its segments with what stands between them.

    Args:
        mode: of the stream.
        pixel_format: of the made-up video.
        networks: for each segment, the number of the network that makes its color; empty for none.
    """
    source = DeepVideo(pixel_format)
    frames = list(source.frames())
    efforts, _ = choose_efforts(mode, source.info, frames[:1])
    recipe, conversion = efforts[0].recipe, ColorConversion.of(source.info)
    header = dataclasses.replace(
        pack_header(recipe.description, color=recipe.facts.color, keyframes=()), encoder="conformance"
    )
    items: list[object] = []
    for index, first in enumerate(range(0, len(frames), SEGMENT_FRAMES)):
        own, number = recipe, networks[index] if networks else 0
        if number and isinstance(recipe.color, HintedColor):
            record = base_network(conversion, recipe.color.settings.scale)
            assert record is not None
            own = dataclasses.replace(
                recipe, color=dataclasses.replace(recipe.color, network=VideoNetwork(record, conversion))
            )
            items.append(UpdateRecord(number=number, network=record))
        coded = encode_segment(own, SegmentInput(index, first, frames[first : first + SEGMENT_FRAMES]))
        items.append(dataclasses.replace(coded.record, network=number))
    return header, items


def stream(mode: Mode, pixel_format: str, *, networks: tuple[int, ...] = (), joins: bool = True) -> bytes:
    """A live stream in one piece."""
    header, items = segments(mode, pixel_format, networks=networks)
    target = io.BytesIO()
    writer = StreamWriter(target, header)
    for item in items:
        if isinstance(item, UpdateRecord):
            writer.write_update(item)
        elif isinstance(item, SegmentRecord):
            if joins:
                writer.write_join()
            writer.write_segment(item)
    writer.finish()
    return target.getvalue()


def late(*, left_out: frozenset[int]) -> bytes:
    """What a receiver gets that misses some segments."""
    header, items = segments(HINTED, "yuv420p", networks=(1, 1, 2))
    parts = [pack_prelude(minor_of(header)), pack_chunk(header)]
    num_frames = 0
    for item in items:
        if isinstance(item, UpdateRecord):
            update = item
        elif isinstance(item, SegmentRecord):
            num_frames = item.first_frame + item.num_frames
            if item.index not in left_out:
                if item.index - 1 in left_out:
                    parts.append(pack_chunk(join_record(header, item.index, item.first_frame, 0, leaves_out=True)))
                parts += [pack_chunk(update), pack_chunk(item)]
            last = item.index
    parts.append(pack_chunk(EndRecord(num_segments=last + 1, num_frames=num_frames)))
    return b"".join(parts)


def decodable() -> dict[str, bytes]:
    """Streams by their path without the extension."""
    exact = Lossless(effort="none", luma=PlaneCodecSpec("ffv1"), chroma="ffv1")  # type: ignore[arg-type]
    makers: dict[str, Callable[[], bytes]] = {
        "valid/live_gray": lambda: stream(GrayOnly(luma=PlaneCodecSpec("raw")), "gray"),
        "valid/live_hints": lambda: stream(HINTED, "yuv420p"),
        "valid/live_networks": lambda: stream(HINTED, "yuv420p", networks=(0, 1, 2)),
        "valid/live_networks_rgb": lambda: stream(HINTED, "rgb24", networks=(1, 1, 2)),
        "valid/live_exact": lambda: stream(exact, "yuv422p10le"),
        "uncommon/live_without_joins": lambda: stream(HINTED, "yuv420p", networks=(1, 0, 1), joins=False),
        "uncommon/live_joined_late": lambda: late(left_out=frozenset({0})),
        "uncommon/live_with_a_gap": lambda: late(left_out=frozenset({1})),
    }
    return {name: make() for name, make in makers.items()}


def faulty(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Streams by name, each with a part of its error."""
    good, hints = ((folder / "valid" / f"live_{name}.gvc").read_bytes() for name in ("networks", "hints"))
    parts = chunks_of(good)
    networks, joins, coded = (
        [part for part in parts if part.startswith(chunk_id)] for chunk_id in (b"NETU", b"JOIN", b"SEGM")
    )
    reader = StreamReader(io.BytesIO(good))
    segment = [record for record in reader.records() if isinstance(record, SegmentRecord)][1]
    elsewhere = pack_chunk(join_record(reader.header, 1, 3, 0))
    alone = dataclasses.replace(segment, index=0, first_frame=0, network=0)
    end = pack_chunk(EndRecord(num_segments=1, num_frames=SEGMENT_FRAMES))
    return {
        "live_network_absent": (rewritten(hints, b"SEGM", SegmentRecord, network=1), "needs network 1, which is not"),
        "live_network_backwards": (b"".join([*parts[:2], *reversed(networks)]), "expected network 2 again, or a later"),
        "live_network_not_live": (b"".join([pack_prelude(), *_not_live(parts)]), "a network where none may stand"),
        "live_join_not_live": (rewritten(hints, b"HEAD", HeaderRecord, is_live=False), "another header where one may"),
        "live_join_elsewhere": (b"".join(parts).replace(joins[1], elsewhere), "expected segment 1, frame 2"),
        "live_segment_lost": (b"".join(parts).replace(coded[0], b""), "expected segment 0, frame 0"),
        "color_live_without_its_network": (
            b"".join([*parts[:2], pack_chunk(alone), end]),
            "color of segment 0 was not",
        ),
    }


def _not_live(parts: list[bytes]) -> list[bytes]:
    """The chunks of a live stream behind the header of another, without places where others may join."""
    header = dataclasses.replace(StreamReader(io.BytesIO(b"".join(parts))).header, is_live=False)
    return [pack_chunk(header), *(part for part in parts[2:] if not part.startswith(b"JOIN"))]


if __name__ == "__main__":
    write_new(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "v1", decodable, faulty)

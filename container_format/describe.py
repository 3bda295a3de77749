"""Describes a stream: as a dictionary for programs, as text for people. It opens no picture and no network."""

from __future__ import annotations

import dataclasses
from collections import Counter
from fractions import Fraction
from typing import Any, BinaryIO

from container_format.limits import UNLIMITED
from container_format.reader import Damage, StreamReader
from container_format.records import (
    ADAPTIVE_PREDICTORS,
    Color,
    CopyRecord,
    HeaderRecord,
    NetworkRecord,
    SegmentRecord,
    UpdateRecord,
)

_CHROMA_LOCATIONS = ("left", "centered", "top left", "top", "bottom left", "bottom")
_DECODE_NS = {"swift": 45, "first_swift": 75, "standard": 125, "first": 300, "max": 800}
"""Measured: docs/decisions/0022-speeds-of-adaptive-planes.md."""
_RATE_TOLERANCE = 0.1


def describe(stream: BinaryIO, *, recover: bool = False) -> dict[str, Any]:
    """Read a whole stream, check every byte, and describe its content.

    Args:
        stream: a binary file or pipe.
        recover: continue after damage, and list it under ``damage``.

    Returns:
        A dictionary of JSON types: ``header``, ``network`` (the stream's first; if any makes the color, that one),
        ``segments``, ``copy``, ``chunk_bytes`` (by chunk id), ``total_bytes``, ``num_frames``,
        ``duration_seconds``, ``keyframes``, ``source_md5``, ``updates`` (networks that a live stream names, repetitions
        not counted) and ``damage``.

    Raises:
        StreamError: the stream is damaged, unless recovering.
    """
    reader = StreamReader(stream, recover=recover, limits=UNLIMITED)
    network: dict[str, Any] | None = None
    segments: list[dict[str, Any]] = []
    copied: Counter[int] = Counter()
    updates: set[int] = set()
    damage: list[dict[str, Any]] = []
    end_time = Fraction(0)
    for record in reader.records():
        if isinstance(record, NetworkRecord):
            network = network or _network(record)
        elif isinstance(record, UpdateRecord):
            updates.add(record.number)
            network = network or _network(record.network)
        elif isinstance(record, SegmentRecord):
            segments.append(_segment(record))
            end_time = _end_time(record, reader.header)
        elif isinstance(record, CopyRecord):
            for packet in record.packets:
                copied[packet.stream] += len(packet.data)
        elif isinstance(record, Damage):
            damage.append(dataclasses.asdict(record))
    sizes: Counter[str] = Counter()
    for place in reader.places:
        sizes[place.chunk_id] += place.num_bytes
    start_time = segments[0]["pts"] * reader.header.time_base if segments else Fraction(0)
    return {
        "header": _header(reader.header),
        "keyframes": keyframe_indices(reader.header),
        "network": network,
        "segments": segments,
        "copy": [
            {"kind": s.kind, "codec": s.codec, "tags": s.tags, "bytes": copied[i]}
            for i, s in enumerate(reader.header.copy_streams)
        ],
        "chunk_bytes": dict(sizes),
        "total_bytes": reader.places[-1].offset + reader.places[-1].num_bytes,
        "num_frames": sum(segment["num_frames"] for segment in segments),
        "duration_seconds": round(float(end_time - start_time), 6),
        "source_md5": reader.end.source_md5 if reader.end else None,
        "updates": len(updates),
        "damage": damage,
    }


def describe_text(description: dict[str, Any]) -> str:
    """The result of :func:`describe` as lines of text."""
    header = description["header"]
    rate = _rate_text(description)
    lossless = "lossless" if header["luma_is_lossless"] else "lossy"
    holds = " and chroma" if header["luma_has_chroma"] else ""
    gray_bytes = description["chunk_bytes"].get("SEGM", 0) - _hint_bytes(description) - _chroma_bytes(description)
    lines = [
        f"video      {header['width']}x{header['height']} {header['pixel_format']}{rate}, "
        f"{description['num_frames']} frames, {description['duration_seconds']:.3f} s",
        f"gray       {_gray_codec(header)} ({lossless}){holds}, {gray_bytes:,} bytes "
        f"in {len(description['segments'])} segments",
        _color_line(description),
        *_cost_lines(header["planes"]),
    ]
    network = description["network"]
    if header["is_live"]:
        places = "" if not description["updates"] else f", {description['updates']} networks on the way"
        lines.append(f"live       coded while the video came{places}")
    if network:
        network_bytes = sum(description["chunk_bytes"].get(name, 0) for name in ("NETW", "NETU"))
        lines.append(
            f"network    {network['architecture']}, {network['num_weights']:,} weights in {network_bytes:,} bytes"
        )
        lines += [f"           needs {name} with SHA-256 {sha}" for name, sha in network["known_weights"].items()]
    for copied in description["copy"]:
        language = copied["tags"].get("language", "")
        lines.append(f"{copied['kind']:<10} {copied['codec']} {language}".rstrip() + f", {copied['bytes']:,} bytes")
    lines += _mark_lines(header["marks"])
    if header["chapters"]:
        lines.append(f"chapters   {len(header['chapters'])}")
    if header["display_matrix"]:
        lines.append("display    rotated or mirrored")
    if description["source_md5"]:
        lines.append(f"source     MD5={description['source_md5']}")
    lines.append(f"total      {description['total_bytes']:,} bytes, every checksum holds")
    if description["damage"]:
        lines[-1] = f"total      {description['total_bytes']:,} bytes, with damage:"
        lines += [f"           byte {item['offset']}: {item['reason']}" for item in description["damage"]]
    return "\n".join(lines)


def _cost_lines(planes: dict[str, Any] | None) -> list[str]:
    """What decoding costs, of adaptive planes, whose speed the sender chooses."""
    numbers = (planes["luma_predictor"], planes["chroma_predictor"]) if planes else ()
    costs = {number: _DECODE_NS[ADAPTIVE_PREDICTORS[number]] for number in numbers if number in ADAPTIVE_PREDICTORS}
    if not costs:
        return []
    of_both = " and ".join(str(cost) for cost in costs.values())
    return [f"decoding   about {of_both} ns a sample, on one core of 2.7 GHz with AVX2"]


def _mark_lines(marks: dict[str, Any] | None) -> list[str]:
    """What the video says of its pictures, a line for each kind of mark that it has."""
    if marks is None:
        return []
    lines = []
    if marks["field_order"] > 1:
        first = "bottom" if marks["field_order"] in (3, 4) else "top"
        lines.append(f"fields     interlaced, {first} field first")
    if marks["chroma_location"]:
        lines.append(f"siting     chroma {_CHROMA_LOCATIONS[marks['chroma_location'] - 1]}")
    if marks["mastering_display"]:
        low, high = (float(Fraction(value)) for value in marks["mastering_display"][8:])
        lines.append(f"mastered   on a display of {low:g} to {high:g} cd/m2")
    if marks["content_light"]:
        lines.append("light      at most {} cd/m2, {} in a frame's average".format(*marks["content_light"]))
    lines += [f"track      {name}: {value}" for name, value in marks["tags"].items()]
    return lines


def _rate_text(description: dict[str, Any]) -> str:
    """The nominal frame rate, and the mean one where the frames' times contradict it."""
    nominal, seconds = description["header"]["frame_rate"], description["duration_seconds"]
    mean = description["num_frames"] / seconds if seconds > 0 else 0.0
    if nominal is None:
        return f", {mean:.6g} fps on average" if mean else ""
    text = f", {float(Fraction(nominal)):.6g} fps"
    is_contradicted = mean and abs(mean / float(Fraction(nominal)) - 1) > _RATE_TOLERANCE
    return f"{text} nominal, {mean:.6g} fps on average" if is_contradicted else text


def _gray_codec(header: dict[str, Any]) -> str:
    planes = header["planes"]
    speed = ADAPTIVE_PREDICTORS.get(planes["luma_predictor"]) if planes else None
    return f"adaptive ({speed})" if speed else str(header["luma_codec"])


def _color_line(description: dict[str, Any]) -> str:
    header = description["header"]
    line = f"color      {header['color']}"
    if description["keyframes"]:
        line += f", trained on {len(description['keyframes'])} keyframes"
    if header["hints"]:
        hints = header["hints"]
        if header["color"] == Color.LOSSLESS:
            line += f", chroma {hints['codec']}"
        else:
            line += f", hints {hints['codec']} 1:{hints['scale']} every {hints['interval']}"
        line += f" in {_hint_bytes(description):,} bytes"
    if header["planes"] and header["planes"]["chroma_predictor"]:
        error = header["planes"]["max_error"]
        line += f" within {error}" if error else ""
        speed = ADAPTIVE_PREDICTORS.get(header["planes"]["chroma_predictor"])
        line += f", adaptive ({speed})" if speed else ", network"
        line += f", {_chroma_bytes(description):,} bytes"
    return line


def _hint_bytes(description: dict[str, Any]) -> int:
    return sum(segment["hint_bytes"] for segment in description["segments"])


def _chroma_bytes(description: dict[str, Any]) -> int:
    """Bytes of the chroma samples, and of the motion if the gray does not use it."""
    planes = description["header"]["planes"]
    has_luma = bool(planes and planes["luma_predictor"])
    segments = description["segments"]
    return sum(segment["chroma_bytes"] + (0 if has_luma else segment["motion_bytes"]) for segment in segments)


def keyframe_indices(header: HeaderRecord) -> list[int]:
    """The frames that the network was trained on, as indices into the video."""
    indices: list[int] = []
    for delta in header.keyframe_deltas:
        indices.append((indices[-1] if indices else 0) + delta)
    return indices


def _header(header: HeaderRecord) -> dict[str, Any]:
    fields = dataclasses.asdict(header)
    del fields["keyframe_deltas"], fields["copy_streams"]
    fields["levels"] = len(header.levels)
    return {name: _plain(value) for name, value in fields.items()}


def _network(network: NetworkRecord) -> dict[str, Any]:
    sizes = [1] * len(network.tensors)
    for i, tensor in enumerate(network.tensors):
        for size in tensor.shape:
            sizes[i] *= size
    return {
        "architecture": network.architecture,
        "parameters": network.parameters,
        "known_weights": network.known_weights,
        "num_weights": sum(sizes),
        "tensors": [
            {"name": t.name, "shape": list(t.shape), "step": t.step, "bytes": len(t.table) + len(t.payload)}
            for t in network.tensors
        ],
    }


def _segment(segment: SegmentRecord) -> dict[str, Any]:
    return {
        "index": segment.index,
        "first_frame": segment.first_frame,
        "num_frames": segment.num_frames,
        "pts": segment.pts,
        "luma_bytes": sum(len(packet) for packet in segment.luma_packets) + len(segment.luma_extradata),
        "hint_bytes": sum(map(len, (segment.hint_extradata, *segment.hint_packets, segment.far_differences))),
        "motion_bytes": len(segment.motion),
        "chroma_bytes": len(segment.chroma_samples),
    }


def _end_time(segment: SegmentRecord, header: HeaderRecord) -> Fraction:
    last = segment.pts + sum(step * count for step, count in segment.pts_steps)
    if segment.last_duration is not None:
        return (last + segment.last_duration) * header.time_base
    return last * header.time_base + (1 / header.frame_rate if header.frame_rate else 0)


def _plain(value: Any) -> Any:
    """A field's value in JSON types; a fraction as ``n/d``."""
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value

"""The geometry of a raw file: what is stated of it, and the rest from its samples, with a line that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from codec.errors import InputError
from codec.video.geometry import (
    GeometryHints,
    RawGeometry,
    fitting_geometries,
    hints_from_name,
    hints_from_sidecar,
    is_format_by_extension,
)
from codec.video.pixel_formats import ColorModel, PixelFormat, is_full_range_by_name, pixel_format
from codec.video.sources.raw_formats import GUESSED_FORMATS
from codec.video.sources.raw_guess import guess, is_left_open, parts_of, readings_of

_NUM_LIKELY = 3
_MAX_FITS_IN_ERROR = 6
_ADVICE = "Give --size WxH (or --input-res WxH), --pix-fmt (or --input-csp), and --fps"
_ASSUMED = {".raw": "rgb24"}
"""The format of files whose extension stands for none, if their size is known and their samples leave it open."""
_LOOK_ALIKE = {
    "rgb24": "bgr24",
    "rgba": "bgra",
    "argb": "abgr",
    "yuv420p": "yv12",
    "nv12": "nv21",
    "yuyv422": "yvyu422",
    "gray16le": "gray of 9 to 14 bits",
    "gray16be": "gray of 9 to 14 bits",
    "rgb48le": "bgr48le",
    "rgb48be": "bgr48be",
}
"""Formats with the same samples in another order or of another depth, which they do not tell."""


def find_geometry(path: Path, name: str, num_bytes: int, flags: GeometryHints) -> tuple[RawGeometry, tuple[str, ...]]:
    """The geometry of a raw file.

    Args:
        path: the file.
        name: what a person calls it; it may state the geometry.
        num_bytes: of the file.
        flags: what a person said.

    Returns:
        The geometry, and notes on what nothing states.

    Raises:
        InputError: the geometry is not stated and cannot be told, or it does not fit the file.
        OSError: the file cannot be read.
    """
    stated = flags.or_else(hints_from_sidecar(Path(name)))
    by_extension = stated.pixel_format is None and is_format_by_extension(name)
    stated = stated.or_else(hints_from_name(name))
    if stated.size is not None and stated.pixel_format is not None and not by_extension:
        return resolve_geometry(Path(name), num_bytes, flags), ()
    extension = Path(name).suffix.lower()
    usual = stated.pixel_format or _ASSUMED.get(extension)
    formats = _formats(extension, usual, is_open=by_extension or stated.pixel_format is None)
    readings = readings_of(parts_of(path, num_bytes), num_bytes, formats, stated.size)
    found = guess(readings)
    if found is not None:
        geometry = replace(found.geometry, frame_rate=stated.frame_rate)
        if stated.size is None or len(readings) > 1 or geometry.pixel_format.name != usual:
            return geometry, (_found_note(name, geometry, found.fit.num_frames, stated, by_extension),)
    if stated.size is None or usual is None or not is_left_open(readings, usual):
        unsettled = GeometryHints(stated.size, None if by_extension else stated.pixel_format)
        raise unknown_geometry(Path(name), num_bytes, unsettled, [str(one.fit) for one in readings[:_NUM_LIKELY]])
    geometry = resolve_geometry(Path(name), num_bytes, GeometryHints(stated.size, usual, stated.frame_rate))
    return geometry, (f"{name} is read as {geometry}, which is what {extension} means (--pix-fmt says otherwise)",)


def _formats(extension: str, usual: str | None, *, is_open: bool) -> list[PixelFormat]:
    """The formats that the samples may have, the usual one first."""
    if usual is not None and (not is_open or extension not in (".raw", ".yuv")):
        return [pixel_format(usual)]
    possible = [form for form in GUESSED_FORMATS if extension != ".yuv" or form.model is not ColorModel.RGB]
    return sorted(possible, key=lambda form: form.name != usual)


def _found_note(name: str, geometry: RawGeometry, num_frames: int, stated: GeometryHints, by_extension: bool) -> str:
    """One line: what was found in the samples, what is left open, and how to say otherwise."""
    options = [
        option
        for option, is_missing in (
            ("--size WxH", stated.size is None),
            ("--pix-fmt NAME", stated.pixel_format is None or by_extension),
        )
        if is_missing
    ]
    alike = _LOOK_ALIKE.get(geometry.pixel_format.name)
    order = f", or {alike}, which looks the same" if alike and "--pix-fmt NAME" in options else ""
    frames = "1 frame" if num_frames == 1 else f"{num_frames} frames"
    return (
        f"{name} does not say what it is, but its samples do: {geometry}{order}, {frames} "
        f"({' and '.join(options)} {'say' if len(options) > 1 else 'says'} otherwise)"
    )


def resolve_geometry(path: Path, num_bytes: int, flags: GeometryHints) -> RawGeometry:
    """The geometry of a raw file: flags before its sidecar before its name.

    Args:
        path: the file; it need not exist.
        num_bytes: its size.
        flags: what a person said.

    Raises:
        InputError: size or pixel format are unknown, not supported, or do not divide the file into whole frames.
    """
    hints = flags.or_else(hints_from_sidecar(path)).or_else(hints_from_name(path.name))
    form = pixel_format(hints.pixel_format) if hints.pixel_format else None
    if hints.size is None or form is None:
        raise unknown_geometry(path, num_bytes, hints)
    geometry = RawGeometry(*hints.size, form, hints.frame_rate, is_full_range_by_name(hints.pixel_format or ""))
    if num_bytes % geometry.frame_bytes:
        fits = _fits_text(num_bytes, hints.size, form)
        raise InputError(
            f"expected a whole number of {geometry} frames of {geometry.frame_bytes} bytes in {path}. "
            f"Received: {num_bytes} bytes, {num_bytes / geometry.frame_bytes:.3f} frames. {fits}. {_ADVICE}"
        )
    return geometry


def unknown_geometry(path: Path, num_bytes: int, hints: GeometryHints, likely: Sequence[str] = ()) -> InputError:
    """The error for a file whose geometry is not known; ``likely`` are those that its samples leave open."""
    form = pixel_format(hints.pixel_format) if hints.pixel_format else None
    parts = ("size", hints.size), ("pixel format", form)
    missing = " and ".join(what for what, value in parts if value is None)
    left_open = f"Its samples leave open: {', '.join(likely)}. " if likely else ""
    fits = _fits_text(num_bytes, hints.size, form)
    return InputError(f"expected the {missing} of raw video {path} ({num_bytes} bytes). {left_open}{fits}. {_ADVICE}")


def _fits_text(num_bytes: int, size: tuple[int, int] | None, form: PixelFormat | None) -> str:
    fits = fitting_geometries(num_bytes, size=size, pixel_format=form)[:_MAX_FITS_IN_ERROR]
    return "What fits: " + ", ".join(map(str, fits)) if fits else "No common geometry fits"

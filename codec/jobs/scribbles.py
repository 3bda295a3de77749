"""Keyframes that a person has drawn some strokes of color on, as pictures in color: references for a training."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from codec.colorization.scribbles import Stroke, colored_by_strokes
from codec.errors import InputError
from codec.files import PendingFolder
from codec.progress import Progress, Silent
from codec.references import check_new_folder
from codec.video.color import ColorConversion
from codec.video.png import png_bytes
from codec.video.sources import open_source


def color_keyframes(
    keyframes: str, strokes: Mapping[str, Sequence[Stroke]], folder: str, *, progress: Progress | None = None
) -> int:
    """Color keyframes from strokes on them.

    Args:
        keyframes: the folder that :func:`codec.jobs.colorize.export_keyframes` has written.
        strokes: by the name of a file in it; a name without strokes is left out.
        folder: is made, and gets a colored picture of the same name for each; must not exist yet, or be empty.
        progress: is told the pictures done.

    Returns:
        How many pictures there are.

    Raises:
        InputError: a name is none of a keyframe, or there are no strokes at all.
        OutputError: the folder cannot be made, or has something in it.
    """
    progress = progress or Silent()
    wanted = {name: drawn for name, drawn in sorted(strokes.items()) if drawn}
    known = {path.name: path for path in Path(keyframes).iterdir() if path.suffix == ".png"}
    unknown = next((name for name in wanted if name not in known), None)
    if unknown is not None:
        raise InputError(f"expected the name of a keyframe, such as {min(known, default='none')}. Received: {unknown}")
    if not wanted:
        raise InputError("expected strokes of color on at least one keyframe. Received: none")
    check_new_folder(folder)
    pending = PendingFolder(folder, overwrite=False)
    progress.start("spreading colors", len(wanted), "keyframes")
    try:
        for count, (name, drawn) in enumerate(wanted.items(), 1):
            with contextlib.closing(open_source(str(known[name]))) as source:
                picture = next(iter(source.frames())).picture
                rgb_u8 = ColorConversion.of(source.info).rgb_of_8_bits(picture)
            (pending.working_path / name).write_bytes(png_bytes(colored_by_strokes(rgb_u8, drawn)))
            progress.advance(count)
        pending.commit()
    except BaseException:
        pending.abort()
        raise
    return len(wanted)

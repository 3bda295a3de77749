"""Text to HTML: everything is escaped, and only `code`, **bold** and [links](url) mean something."""

from __future__ import annotations

import html
import json
import re
from typing import Any

_MARKS = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|\*\*(?P<bold>[^*]+(?:\*[^*]+)*)\*\*"
    r"|\[(?P<label>[^\[\]]+)\]\((?P<url>(?:https?://|#)[^()\s]+)\)"
)


def escaped(text: str) -> str:
    """Text that stands for itself, in an element or in a quoted attribute."""
    return html.escape(text, quote=True)


def inline(text: str) -> str:
    """Text with its marks; a link goes to http, https or a place in the page, and to nothing else."""
    pieces, end = [], 0
    for mark in _MARKS.finditer(text):
        pieces += [escaped(text[end : mark.start()]), _marked(mark)]
        end = mark.end()
    return "".join([*pieces, escaped(text[end:])])


def plain(text: str) -> str:
    """The text without its marks, not escaped."""
    return _MARKS.sub(lambda mark: mark["code"] or mark["label"] or plain(mark["bold"]), text)


def slug(text: str, taken: set[str]) -> str:
    """A name for a place in the page that is not in ``taken`` yet; it is added."""
    base = re.sub(r"[^a-z0-9]+", "-", plain(text).lower()).strip("-") or "part"
    name, count = base, 1
    while name in taken:
        count += 1
        name = f"{base}-{count}"
    taken.add(name)
    return name


def json_for_script(value: Any) -> str:
    """JSON that may stand in a ``<script>``: no ``<`` in it, so that nothing in it closes or opens an element."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def _marked(mark: re.Match[str]) -> str:
    if mark["code"]:
        return f"<code>{escaped(mark['code'])}</code>"
    if mark["bold"]:
        return f"<strong>{inline(mark['bold'])}</strong>"
    return f'<a href="{escaped(mark["url"])}">{inline(mark["label"])}</a>'

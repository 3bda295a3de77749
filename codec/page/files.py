"""Where the page's files are, and which of them a server gives."""

from __future__ import annotations

from pathlib import Path

from codec.errors import InputError

_INSTALLED = Path(__file__).parent / "static"
_CHECKOUT = Path(__file__).parents[2] / "web"
CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".npz": "application/octet-stream",
}
"""Of the files that belong to the page. Others in its folder, such as licenses, are not served."""
_NEEDED = ("index.html", "main.js", "built/gvc.wasm")


def page_folder() -> Path:
    """The folder of the page, with what was built for it.

    Raises:
        InputError: it is not there, or was not built.
    """
    folder = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if missing:
        raise InputError(
            f"expected the page that plays streams beside gvc. Received: an installation without {', '.join(missing)}; "
            "pip install ziglang, then install gvc again (in a checkout: make web)"
        )
    return folder


def page_files(folder: Path) -> dict[str, Path]:
    """The files that a server gives, by their path below the page's address.

    Args:
        folder: of the page.
    """
    files = (file for file in sorted(folder.rglob("*")) if file.suffix in CONTENT_TYPES and file.is_file())
    return {file.relative_to(folder).as_posix(): file for file in files}

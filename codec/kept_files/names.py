"""Names of files that came from elsewhere: plain ones alone are taken, so that nothing is written outside a folder."""

from __future__ import annotations

import os
import unicodedata

from container_format.kept_files import MAX_NAME_BYTES

_FORBIDDEN = frozenset("/\\")
_FORBIDDEN_ON_WINDOWS = frozenset('<>:"|?*')
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))})


def is_plain(name: str, *, on_windows: bool = os.name == "nt") -> bool:
    """Whether a name means a file in the folder at hand, and no other place, device or stream.

    Args:
        name: without folders.
        on_windows: it shall be so there.
    """
    if not name or name in (".", "..") or _FORBIDDEN & set(name):
        return False
    try:
        if len(name.encode()) > MAX_NAME_BYTES:
            return False
    except UnicodeEncodeError:
        return False
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in name):
        return False
    if not on_windows:
        return True
    return (
        not _FORBIDDEN_ON_WINDOWS & set(name)
        and name[-1] not in ". "
        and name.split(".")[0].rstrip().lower() not in _DEVICES
    )

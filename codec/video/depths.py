"""How many bits samples have. Light to import."""

from __future__ import annotations

DEPTHS = (8, 9, 10, 12, 14, 16)
"""Those for which FFmpeg has formats of whole numbers."""
DEEP = DEPTHS[1:]
"""Those whose samples take two bytes."""

"""The browser of the tests: Chromium, wherever it is on PATH."""

from __future__ import annotations

import shutil

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")

BROWSER = next((path for name in _NAMES if (path := shutil.which(name))), None)
"""Its program; None if there is none."""

needs_browser = pytest.mark.skipif(BROWSER is None, reason=f"needs a browser: none of {', '.join(_NAMES)} is on PATH")
"""Mark of tests that use it."""

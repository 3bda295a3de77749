"""The choice of what shows progress: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys

from codec.progress import Progress, Silent


def progress_for(*, quiet: bool) -> Progress:
    """A progress bar if standard error is a terminal; otherwise, or if ``quiet``, a listener that prints nothing."""
    if quiet or not sys.stderr.isatty():
        return Silent()
    from codec.cli.progress_bar import ProgressBar  # imports rich, which takes a tenth of a second

    return ProgressBar()

"""Outputs that appear whole or not at all.

An output is written under a temporary name in the folder where it shall be, ``.NAME.xxxxxxxx.part``. It is removed when
the run fails or is told to end, and by the next run that writes the same name if the run was killed. A symbolic link is
followed, for files and for folders: what it points to is replaced, and the link stays.

A :class:`WorkFolder` keeps what is finished of a long job beside the output, for the next run.

:mod:`codec.files.pending` writes, :mod:`codec.files.claims` tells unfinished outputs of living runs from those of dead
ones, :mod:`codec.files.renaming` gives names.
"""

from codec.files.pending import (
    OVERWRITE,
    PIPE,
    PendingFile,
    PendingFolder,
    check_destination,
    output_error,
    pending_file,
)
from codec.files.work_folder import WorkFolder

__all__ = [
    "OVERWRITE",
    "PIPE",
    "PendingFile",
    "PendingFolder",
    "WorkFolder",
    "check_destination",
    "output_error",
    "pending_file",
]

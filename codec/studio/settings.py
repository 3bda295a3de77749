"""What the command line of the studio says."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from codec.errors import InputError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
DEFAULT_MAX_UPLOAD_BYTES = 10**9


@dataclass(frozen=True, kw_only=True)
class StudioSettings:
    """How a studio is served.

    Attributes:
        host: the address to listen on; others than :data:`LOOPBACK` are open to the network.
        port: 0 takes a free one.
        folders: whose videos may be encoded where they are.
        max_upload_bytes: of one upload.
        num_parallel: jobs that run at the same time.
        work: folder for uploads and results; the studio makes a folder in it, and removes that at its end.
        token: without which every request is refused.

    Raises:
        InputError: a value out of its range, or a folder that does not exist.
    """

    host: str = LOOPBACK[0]
    port: int = 0
    folders: tuple[Path, ...] = ()
    max_upload_bytes: int = DEFAULT_MAX_UPLOAD_BYTES
    num_parallel: int = 1
    work: Path
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    def __post_init__(self) -> None:
        for flag, value, low, high in (
            ("--port", self.port, 0, 65535),
            ("--max-upload", self.max_upload_bytes, 1, 2**50),
            ("--jobs", self.num_parallel, 1, 64),
        ):
            if not low <= value <= high:
                raise InputError(f"expected {flag} from {low} to {high}. Received: {value}", option=flag)
        for flag, folder in (*(("--folder", folder) for folder in self.folders), ("--work", self.work)):
            if not folder.is_dir():
                raise InputError(f"expected a folder for {flag}. Received: {folder}", option=flag)

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can connect."""
        return self.host in LOOPBACK

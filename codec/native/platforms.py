"""The systems and processors that gvc has wheels for. Needs nothing but the standard library: the build reads it."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass

VARIABLE = "GVC_PLATFORM"
"""The environment variable that names another platform than this one to build for."""


@dataclass(frozen=True)
class Platform:
    """What the library is compiled for.

    Attributes:
        system: as in ``sys.platform``.
        machine: the processor, as :func:`platform.machine` names it.
        zig_target: what ``zig cc -target`` calls it. A target without a processor's name means the oldest one: without
            a target, zig would use every instruction of the machine that it runs on.
        wheel_tag: the last part of a wheel's name; None for a platform without wheels.
    """

    system: str
    machine: str
    zig_target: str
    wheel_tag: str | None = None


PLATFORMS = {
    # The library needs no C library, so that one wheel serves glibc and musl.
    "linux-x86_64": Platform(
        "linux", "x86_64", "x86_64-linux-gnu.2.17", "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64"
    ),
    "linux-aarch64": Platform(
        "linux",
        "aarch64",
        "aarch64-linux-gnu.2.17",
        "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
    ),
    "macos-x86_64": Platform("darwin", "x86_64", "x86_64-macos.11.0", "macosx_11_0_x86_64"),
    "macos-arm64": Platform("darwin", "arm64", "aarch64-macos.11.0", "macosx_11_0_arm64"),
    "windows-amd64": Platform("win32", "amd64", "x86_64-windows-gnu", "win_amd64"),
}


def this_platform() -> Platform | None:
    """The platform that runs this; None if it has no wheels."""
    here = sys.platform, platform.machine().lower()
    return next((found for found in PLATFORMS.values() if (found.system, found.machine) == here), None)


def wanted_platform() -> Platform | None:
    """The platform that the environment variable ``GVC_PLATFORM`` names; None if it is not set.

    Raises:
        SystemExit: it names none of :data:`PLATFORMS`.
    """
    name = os.environ.get(VARIABLE)
    if not name:
        return None
    if name not in PLATFORMS:
        sys.exit(f"expected {VARIABLE} to be one of {', '.join(PLATFORMS)}. Received: {name}")
    return PLATFORMS[name]

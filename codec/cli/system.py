"""What ``gvc-info --system`` says: what computes, and which packages are there."""

from __future__ import annotations

import importlib.metadata
import platform
from typing import Any

SENDER_PACKAGES = ("tensorflow", "keras", "cv2", "sklearn", "skimage", "scipy", "h5py")
"""What training and the papers' networks need, by the names under which Python imports it."""


def describe_system() -> dict[str, Any]:
    """Facts about this machine and this installation. The sender's packages are looked for, and not imported.

    Returns:
        ``gvc``, ``python``, ``numpy``, ``pyav``, ``ffmpeg``: versions. ``system``, ``machine``: as Python names them.
        ``cores``: how many this process may use. ``isa``: the instruction set of the native library in use, or
        ``numpy``. ``isas``: all that ``GVC_ISA`` may name here, the slowest first. ``notes``: why a faster one is not
        in use. ``sender_packages``: for each of them, whether it is installed.

    Raises:
        InputError: the environment variable ``GVC_ISA`` names none that works here.
    """
    from codec.extras import is_installed
    from codec.native.isa import NUMPY
    from codec.native.library import available, engine
    from codec.version import VERSION
    from codec.video.ffmpeg import ffmpeg_version
    from codec.workers.count import usable_cores

    chosen = engine()
    return {
        "gvc": VERSION,
        "python": platform.python_version(),
        "numpy": importlib.metadata.version("numpy"),
        "pyav": importlib.metadata.version("av"),
        "ffmpeg": ffmpeg_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "cores": usable_cores(),
        "isa": chosen.isa,
        "isas": [NUMPY, *(kind.name for kind in available())],
        "notes": list(chosen.notes),
        "sender_packages": {name: is_installed(name) for name in SENDER_PACKAGES},
    }


def describe_system_text(facts: dict[str, Any]) -> str:
    """The same for a person.

    Args:
        facts: from :func:`describe_system`.
    """
    missing = [name for name, is_there in facts["sender_packages"].items() if not is_there]
    lines = {
        "gvc": facts["gvc"],
        "computes with": f"{facts['isa']} (GVC_ISA may name: {', '.join(facts['isas'])})",
        "cores": f"{facts['cores']} of a {facts['machine']} with {facts['system']}",
        "Python": facts["python"],
        "NumPy": facts["numpy"],
        "FFmpeg": f"{facts['ffmpeg']} in PyAV {facts['pyav']}",
        "sender's packages": f"missing: {', '.join(missing)}" if missing else "installed",
    }
    return "\n".join(f"{name + ':':<19}{value}" for name, value in lines.items())

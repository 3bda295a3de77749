"""The one place where Keras is imported, which takes seconds: import this module late.

Keras picks its backend itself: by the environment variable ``KERAS_BACKEND`` (``tensorflow``, ``jax`` or ``torch``), or
by its own configuration file; else it takes TensorFlow.

TensorFlow writes notes about itself to standard error before any setting of its log level is in force (2.21), some
even with ``TF_CPP_MIN_LOG_LEVEL=3``. So the import runs with file descriptor 2 turned away; what was written there is
shown only if the import fails. A log level that the user has set stays.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

__all__ = ["JIT_COMPILE", "backend_name", "device_name", "keras"]


@contextlib.contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Hold back what native code writes to standard error; show it if the block raises."""
    try:
        sys.stderr.flush()
        original = os.dup(2)
    except (OSError, AttributeError):  # no standard error at all
        yield
        return
    with tempfile.TemporaryFile() as held_back:
        os.dup2(held_back.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(original, 2)
            held_back.seek(0)
            os.write(2, held_back.read())
            raise
        finally:
            os.dup2(original, 2)
            os.close(original)


if not TYPE_CHECKING:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # its errors reach us as exceptions
    with _quiet_stderr():
        keras = importlib.import_module("keras")
        if keras.backend.backend() == "tensorflow":
            tensorflow = importlib.import_module("tensorflow")
            tensorflow.get_logger().setLevel("ERROR")  # it warns of every new shape of picture
            for _gpu in tensorflow.config.list_physical_devices("GPU"):
                # Without this TensorFlow takes all memory of a GPU that others may use too.
                with contextlib.suppress(RuntimeError):  # it is in use already
                    tensorflow.config.experimental.set_memory_growth(_gpu, True)

# XLA makes TensorFlow's convolutions no faster here and compiles anew for every shape
# (docs/decisions/0005-singh2020-training.md). JAX knows nothing but XLA.
JIT_COMPILE: bool = keras.backend.backend() == "jax"


def backend_name() -> str:
    """``tensorflow``, ``jax`` or ``torch``."""
    name: str = keras.backend.backend()
    return name


def device_name() -> str:
    """What the backend computes on: ``gpu`` if it sees one, else ``cpu``."""
    name = backend_name()
    backend: Any = importlib.import_module(name)
    if name == "tensorflow":
        has_gpu = bool(backend.config.list_physical_devices("GPU"))
    elif name == "jax":
        has_gpu = backend.default_backend() != "cpu"
    else:
        has_gpu = bool(backend.cuda.is_available())
    return "gpu" if has_gpu else "cpu"

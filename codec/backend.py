"""The import of Keras, and what depends on its backend. The import takes seconds, so import this module late.

Keras is imported nowhere else. It chooses its backend by the environment variable ``KERAS_BACKEND`` (``tensorflow``,
``jax`` or ``torch``), or by its own configuration file; the default is TensorFlow.

TensorFlow 2.21 writes notes to standard error before its log level takes effect, some of them even with
``TF_CPP_MIN_LOG_LEVEL=3``. So file descriptor 2 is redirected during the import, and what was written there is shown
only if the import fails. A log level that the user has set is kept.
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

__all__ = [
    "JIT_COMPILE",
    "backend_name",
    "device_name",
    "keras",
]


@contextlib.contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Hold back what native code writes to standard error, and show it if the block raises an exception."""
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
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's errors are raised as exceptions anyway
    with _quiet_stderr():
        keras = importlib.import_module("keras")
        if keras.backend.backend() == "tensorflow":
            tensorflow = importlib.import_module("tensorflow")
            tensorflow.get_logger().setLevel("ERROR")  # TensorFlow warns at every new shape of picture
            for _gpu in tensorflow.config.list_physical_devices("GPU"):
                # Without this, TensorFlow takes all memory of a GPU that other processes may use, too.
                with contextlib.suppress(RuntimeError):  # raised if the GPU is in use already
                    tensorflow.config.experimental.set_memory_growth(_gpu, True)

# XLA does not speed up TensorFlow's convolutions here, and it compiles anew for every shape
# (docs/decisions/0005-singh2020-training.md). JAX always uses XLA.
JIT_COMPILE: bool = keras.backend.backend() == "jax"


def backend_name() -> str:
    """The name of the backend: ``tensorflow``, ``jax`` or ``torch``."""
    name: str = keras.backend.backend()
    return name


def device_name() -> str:
    """The kind of device that the backend computes on: ``gpu`` if it finds one, else ``cpu``."""
    name = backend_name()
    backend: Any = importlib.import_module(name)
    if name == "tensorflow":
        has_gpu = bool(backend.config.list_physical_devices("GPU"))
    elif name == "jax":
        has_gpu = backend.default_backend() != "cpu"
    else:
        has_gpu = bool(backend.cuda.is_available())
    return "gpu" if has_gpu else "cpu"

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
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import keras

__all__ = [
    "FASTEST_DATA_FORMAT",
    "JIT_COMPILE",
    "as_array",
    "backend_name",
    "compiled",
    "device_name",
    "keras",
]


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

# Keras copies the picture before each of PyTorch's convolutions if the channels come last. A transposed view that says
# they come first is not copied, and has them last in memory, which PyTorch likes best.
FASTEST_DATA_FORMAT: str = "channels_first" if keras.backend.backend() == "torch" else "channels_last"


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


def compiled(function: Callable[[list[Any]], Any]) -> Callable[..., Any]:
    """A function of tensors as the backend runs it fastest, without derivatives: of arrays or tensors, to a tensor.

    ``Model.predict_on_batch`` does the same around a model, but TensorFlow cannot treat the weights as constants there.

    GPUs compute with all bits of float32 from now on, which TensorFlow and PyTorch can only be told for all that this
    process runs.

    Args:
        function: of a list of tensors, in terms of ``keras.ops``; arrays that it holds become part of it.
    """
    name = backend_name()
    backend: Any = importlib.import_module(name)
    if name == "tensorflow":
        backend.config.experimental.enable_tensor_float_32_execution(False)
        run = backend.function(function, reduce_retracing=True, autograph=False)
    elif name == "jax":
        run = backend.default_matmul_precision("highest")(backend.jit(function))
    else:
        backend.backends.cudnn.allow_tf32 = False
        run = backend.no_grad()(function)

    def call(*values: Any) -> Any:
        # PyTorch takes no negative strides.
        convert = keras.ops.convert_to_tensor
        return run([convert(np.ascontiguousarray(v)) if isinstance(v, np.ndarray) else v for v in values])

    return call


def as_array(tensor: Any) -> npt.NDArray[Any]:
    """What a tensor of the backend holds."""
    # Keras's way back from PyTorch makes NumPy warn.
    is_torch = backend_name() == "torch"
    values: npt.NDArray[Any] = tensor.cpu().numpy() if is_torch else keras.ops.convert_to_numpy(tensor)
    return values

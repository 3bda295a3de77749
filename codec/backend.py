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

# With channels last, Keras copies the picture before each of PyTorch's convolutions. A transposed view with channels
# first is not copied. Its channels are still last in memory, which is PyTorch's fastest layout.
FASTEST_DATA_FORMAT: str = "channels_first" if keras.backend.backend() == "torch" else "channels_last"


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


def compiled(function: Callable[[list[Any]], Any]) -> Callable[..., Any]:
    """Compile a function of tensors for fast inference on the backend.

    ``Model.predict_on_batch`` does the same for a model, but there TensorFlow cannot treat the weights as constants.

    As a side effect, GPUs compute with full float32 precision (no TF32) from now on. TensorFlow and PyTorch have this
    setting only for the whole process.

    Args:
        function: takes a list of tensors, returns a tensor, and uses ``keras.ops``. Arrays that it refers to become
            constants.

    Returns:
        A function that takes the tensors or arrays as separate arguments and returns a tensor. It computes no
        gradients.
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
        # PyTorch accepts no negative strides.
        convert = keras.ops.convert_to_tensor
        return run([convert(np.ascontiguousarray(v)) if isinstance(v, np.ndarray) else v for v in values])

    return call


def as_array(tensor: Any) -> npt.NDArray[Any]:
    """Convert a tensor of the backend to an array of the same shape and dtype."""
    # For PyTorch, Keras's own conversion causes a warning of NumPy.
    is_torch = backend_name() == "torch"
    values: npt.NDArray[Any] = tensor.cpu().numpy() if is_torch else keras.ops.convert_to_numpy(tensor)
    return values

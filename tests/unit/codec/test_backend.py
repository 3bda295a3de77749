import os
import subprocess
import sys


def test_importing_the_backend_writes_nothing() -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TF_")}
    code = "from codec.backend import backend_name, device_name; print(backend_name(), device_name())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    backend, device = done.stdout.split()
    assert backend in ("tensorflow", "jax", "torch")
    assert device in ("cpu", "gpu")


def test_a_failed_import_shows_what_was_held_back() -> None:
    code = "import codec.backend"
    environment = {**os.environ, "KERAS_BACKEND": "abacus"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 1
    assert "abacus" in done.stderr


def test_it_works_without_standard_error() -> None:
    code = "import os; os.close(2); import codec.backend; os.write(1, b'done')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.stdout == b"done"

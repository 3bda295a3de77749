"""Several inputs of one command: an output for each, in a folder, and what failed does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from codec.cli.printing import complain, print_message
from codec.cli.run import EXIT_OK, exit_code
from codec.errors import ClosedPipeError, GvcError, InputError, OutputError

Report = TypeVar("Report")
_PIPE = "-"


@dataclass(frozen=True)
class Result(Generic[Report]):
    """What came of one input.

    Attributes:
        output: its output.
        report: of the work; None if it failed.
    """

    output: str
    report: Report | None


def outputs_of(inputs: Sequence[str], folder: str, *, suffix: str, overwrite: bool) -> dict[str, str]:
    """The output of each input: its name without the extension, and a suffix, in the folder.

    Args:
        inputs: two or more.
        folder: it need not exist yet; the folder that it is in must.
        suffix: with its dot.
        overwrite: outputs may exist.

    Raises:
        InputError: an input is a pipe, or two inputs have one output.
        OutputError: the folder is a file or cannot be made, or an output exists.
    """
    target = Path(folder)
    if folder == _PIPE or (target.exists() and not target.is_dir()):
        raise OutputError(f"expected a folder as output of {len(inputs)} inputs. Received: {folder}")
    if not target.exists() and not target.parent.is_dir():
        raise OutputError(f"expected a folder in an existing one. Received: {folder} (no folder {target.parent})")
    outputs: dict[str, str] = {}
    taken: dict[str, str] = {}
    for path in inputs:
        if path == _PIPE:
            raise InputError(f"expected files, where there are several inputs. Received: {path}, a pipe")
        output = target / (Path(path).stem + suffix)
        other = taken.setdefault(output.name.casefold(), path)
        if path in outputs or other != path:
            raise InputError(
                f"expected inputs with different names. Received: {other} and {path}, both for {output}. "
                "Give one of them a folder of its own"
            )
        if output.exists() and not overwrite:
            raise OutputError(f"{output} exists. Give -y to replace it")
        outputs[path] = str(output)
    return outputs


def make_folder(folder: str) -> None:
    """Make the folder for the outputs, if it is not there.

    Raises:
        OutputError: it cannot be made.
    """
    try:
        Path(folder).mkdir(exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder {folder}: {error.strerror or error}") from error


def run_many(
    command: str, outputs: dict[str, str], work: Callable[[str, str], Report], *, is_silent: bool = False
) -> tuple[list[Result[Report]], int]:
    """Do some work for each input. An error is one line, and the next input follows.

    Args:
        command: the command's name, for errors.
        outputs: of each input.
        work: on an input and its output.
        is_silent: print nothing but errors.

    Returns:
        What came of each input, and the largest exit code of an error; 0 without one.

    Raises:
        ClosedPipeError: nobody reads what is printed.
    """
    results: list[Result[Report]] = []
    code = EXIT_OK
    for number, (path, output) in enumerate(outputs.items(), 1):
        if not is_silent:
            print_message(f"{command}: {number} of {len(outputs)}: {path}")
        try:
            results.append(Result(output, work(path, output)))
        except ClosedPipeError:
            raise
        except GvcError as error:
            named = str(error) if path in str(error) else f"{path}: {error}"
            complain(command, named)
            code = max(code, exit_code(error))
            results.append(Result(output, None))
    return results, code

"""A library with one wrong kernel is not used: the known answers notice, whichever kernel it is."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from codec.native import library, sources
from codec.native.build import FLAGS, compilers
from codec.native.isa import PLAIN, library_name
from codec.native.library import failed_kernel, load

SOURCES = Path(sources.__file__).parent / "src"
FAULTS: dict[str, tuple[str, str, str, str]] = {
    "sums without rounding": ("winograd.c", "bias[k] * (1 << SCALE_BITS)", "0", "convolution"),
    "a column too far": ("convolution.c", "block->column + across -", "1 + block->column + across -", "convolution"),
    "hints rounded down": ("hints.c", "(sum + (1 << TAP_BITS >> 1)) >> TAP_BITS", "sum >> TAP_BITS", "hints"),
    "a gray without green": ("ycocg.c", "wrapped((uint32_t)middle + (uint32_t)(cg", "wrapped((uint32_t)(cg", "YCoCg"),
    "areas rounded down": ("area_averages.c", "(limited + to_whole) - to_whole", "limited", "area averages"),
    "motion of half the length": ("motion.c", "vector.across >> VECTOR_BITS", "vector.across >> 4", "motion"),
    "a search for the worst": ("motion_search.c", "sums += gvc_absolute(", "sums -= gvc_absolute(", "motion search"),
    "history that is rounded down": ("known.c", "AROUND * AROUND << log2_samples >> 1", "0", "known channels"),
    "a wrong parent": ("block_motion.c", "block_row / 2 + PARENTS", "block_row / 4 + PARENTS", "block motion"),
    "words in another order": ("range_coder.c", "reader->distance << GVC_WORD_BITS | word", "word", "range coder"),
    "means of another fraction": ("samples.c", "(means[k] & fraction_mask)", "(means[k] & 1)", "steps"),
    "a row is missing": ("steps.c", "(step->rows - places.down + 1) / 2", "(step->rows - places.down) / 2", "steps"),
    "tables that learn less": ("tables.c", "(seen[k] << (PRIOR_BITS - PRIOR_STRENGTH_BITS))", "0", "steps"),
    "codes of another width": ("motion_code.c", "(1 << TOTAL_BITS) - size);", "(1 << TOTAL_BITS));", "motion code"),
}  # fmt: skip

pytestmark = pytest.mark.skipif(not compilers(), reason="needs a C compiler")


@pytest.fixture(scope="module")
def compiled_with(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str, str], Path]:
    """Compiles the plain library with a text of one file replaced."""

    def compiled(file: str, text: str, other: str) -> Path:
        folder = tmp_path_factory.mktemp("broken")
        shutil.copytree(SOURCES, folder / "src")
        path = folder / "src" / file
        original = path.read_text(encoding="utf-8")
        assert text in original, "the source has changed: choose another fault"
        path.write_text(original.replace(text, other), encoding="utf-8")
        built = folder / library_name(PLAIN)
        compiler, files = compilers()[0], sorted((folder / "src").glob("*.c"))
        options = (*FLAGS, *compiler.flags, f"-DGVC_INTERFACE={sources.checksum()}")  # of the right sources
        cache = str(tmp_path_factory.getbasetemp() / "zig")
        environment = {**os.environ, "ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache}
        line = [*compiler.command, *options, "-shared", "-o", built, *files]
        subprocess.run(line, check=True, capture_output=True, env=environment)
        return built

    return compiled


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_a_broken_kernel_is_noticed(name: str, compiled_with: Callable[[str, str, str], Path]) -> None:
    file, text, other, kernel = FAULTS[name]
    loaded = load(compiled_with(file, text, other))
    assert loaded is not None
    wrong = failed_kernel(loaded)
    assert wrong is not None
    assert wrong.startswith(kernel)


def test_a_library_with_a_broken_kernel_is_not_used(
    compiled_with: Callable[[str, str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, text, other, _ = FAULTS["words in another order"]
    monkeypatch.setattr("codec.native.library.LIBRARIES", compiled_with(file, text, other).parent)
    monkeypatch.delenv("GVC_ISA", raising=False)
    from codec.native.library import NativeWarning, _chosen

    with pytest.warns(NativeWarning, match=r"c is not used: range coder .*; NumPy computes the same"):
        chosen = _chosen.__wrapped__()
    assert (chosen.isa, chosen.library) == ("numpy", None)


def test_only_a_library_that_is_trusted_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    own, asked = library.available(), list[int]()
    monkeypatch.setattr(library, "_trusted", set[str]())
    monkeypatch.setattr(library, "failed_kernel", lambda loaded: asked.append(loaded._handle))
    monkeypatch.delenv("GVC_ISA", raising=False)
    library.trust(own[-1].name)
    assert library._chosen.__wrapped__().isa == own[-1].name
    assert not asked
    monkeypatch.setattr(library, "available", lambda *_: own[:1])
    if own[0] is not own[-1]:
        assert library._chosen.__wrapped__().isa == own[0].name
        assert asked

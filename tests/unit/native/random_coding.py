"""Random questions for the kernels that code symbols, and what they are made of; ``random_cases.py`` has the table.

Each is written and read in the library and in the reference. What was written is then damaged: both must read the same
from it, as far as it can be read.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from codec.entropy.range_coder import Model
from codec.entropy.reference_coder import ReferenceReader, ReferenceWriter
from codec.entropy.tables import TOTAL
from codec.errors import StreamError
from codec.lossless.motion_code import MotionDecoder, MotionEncoder
from codec.lossless.parameters import EIGHT_BITS, SampleScale, unit_choices
from codec.lossless.steps import code_step_in_numpy
from codec.lossless.symbols import SymbolDecoder, SymbolEncoder, table_layout
from codec.native.motion_code import MotionCoder
from codec.native.range_coder import NativeReader, NativeWriter
from codec.native.steps import SampleCoder, Step

I32Array = npt.NDArray[np.int32]
I64Array = npt.NDArray[np.int64]
U32Array = npt.NDArray[np.uint32]
T = TypeVar("T")
FAR = 1 << 13
"""The longest part of a vector in a stream."""
_NUM_STEPS = 5


def damaged(random: np.random.Generator, words: U32Array) -> U32Array:
    """Only the first of these words, or some of them changed, or noise with long runs of bits."""
    kind = random.choice(["cut off", "changed", "noise"])
    if kind == "cut off":
        return words[: random.integers(words.size + 1)]
    noise = random.integers(0, 2**32, words.size if kind == "changed" else random.integers(40), np.uint32)
    if kind == "changed":
        return np.where(random.random(words.size) < 0.1, noise, words)
    noise[random.random(noise.size) < 0.3] = 0
    noise[random.random(noise.size) < 0.3] = 2**32 - 1
    return noise


def until_impossible(results: Iterable[T]) -> list[T | None]:
    """All results; at the first one that the data are found impossible for, None and no more."""
    found: list[T | None] = []
    try:
        found.extend(results)
    except StreamError:
        found.append(None)
    return found


def random_groups(random: np.random.Generator, counts: Iterable[int]) -> list[tuple[I32Array, I64Array]]:
    """So many symbols and their frequencies, of every shape: some are 0, some nearly everything."""
    groups = []
    for count in counts:
        size = int(random.choice([2, 3, 40, 500]))
        shares = random.random(size) ** int(random.choice([1, 8, 60]))
        frequencies = np.floor(shares / shares.sum() * TOTAL).astype(np.int64)
        frequencies[random.integers(size)] += TOTAL - frequencies.sum()
        if random.random() < 0.5:
            symbols = random.integers(0, size, count)
        else:
            symbols = random.choice(size, count, p=frequencies / TOTAL)
        groups.append((symbols.astype(np.int32), frequencies))
    return groups


def range_coder(library: ctypes.CDLL, random: np.random.Generator) -> None:
    """Groups of symbols, each with its own model, and numbers of bits behind each."""
    groups = [
        (symbols, Model(frequencies).starts)
        for symbols, frequencies in random_groups(random, random.integers(0, 40, random.integers(1, 6)))
    ]
    bits = [random.integers(0, 25, random.integers(0, 4)).astype(np.int32) for _ in groups]
    numbers = [(random.random(own.size) * (1 << own)).astype(np.int32) for own in bits]
    native, reference = NativeWriter(library), ReferenceWriter()
    for (symbols, starts), own, values in zip(groups, bits, numbers, strict=True):
        for writer in (native, reference):
            writer.write(symbols, starts)
            writer.write_bits(values, own)
    words = native.words()
    assert words.tolist() == reference.words().tolist()
    assert native.num_words == reference.num_words == words.size

    def read(reader: NativeReader | ReferenceReader) -> Iterator[list[int]]:
        for (symbols, starts), own in zip(groups, bits, strict=True):
            yield [*reader.read(symbols.size, starts).tolist(), reader.may_end()]
            yield [*reader.read_bits(own).tolist(), reader.may_end()]

    reader, data = NativeReader(library, words), damaged(random, words)
    for (symbols, starts), own, values in zip(groups, bits, numbers, strict=True):
        assert np.array_equal(reader.read(symbols.size, starts), symbols)
        assert np.array_equal(reader.read_bits(own), values)
    assert reader.may_end()
    assert until_impossible(read(NativeReader(library, data))) == until_impossible(read(ReferenceReader(data)))


def made_step(
    random: np.random.Generator,
    size: tuple[int, int],
    max_errors: tuple[int, ...],
    *,
    scale: SampleScale = EIGHT_BITS,
    extreme: bool = False,
) -> Step:
    """The first step of a picture: a base, samples that are mostly near it, and results of a network."""
    rows, columns = size
    components = len(max_errors)
    low, high = (-1 << scale.depth if components == 2 else 0), (1 << scale.depth) - 1
    base = random.integers(
        (4 * low >> scale.unit_bits) - 200, (4 * high >> scale.unit_bits) + 200, (rows, columns, components)
    )
    far = random.integers(-2 * high, 2 * high, base.shape) * (random.random(base.shape) < 0.05)
    near = random.integers(-3 << scale.unit_bits, (3 << scale.unit_bits) + 1, base.shape)
    planes = np.clip((base << scale.unit_bits) // 4 + near + far, low, high)
    grid = ((rows + 1) // 2, (columns + 1) // 2)
    most = 2**15 - 1 if extreme else 600
    results = random.integers(-most - 1, most + 1, (*grid, 2 if components == 1 else 5))
    if extreme:
        base = random.integers(-1280, 1280, base.shape) << scale.range_bits
    return Step(
        0,
        (low, high),
        max_errors,
        planes.astype(np.int32),
        base.clip(-(2**15), 2**15 - 1).astype(np.int16),
        results.astype(np.int16),
        np.zeros((rows, columns, components), np.int32),
        np.zeros((*grid, 4 * components), np.int16),
        scale.unit_bits,
        scale.raw_bits,
    )


def emptied(step: Step, *, with_planes: bool = True) -> Step:
    """The same step, whose results are not there yet; in the receiver, the planes are missing."""
    planes = step.planes if with_planes else None
    return replace(step, planes=planes, decoded=np.zeros_like(step.decoded), missed=np.zeros_like(step.missed))


def _with_margins(step: Step) -> Step:
    """The same step, whose results and misses are parts of larger arrays."""

    def inside(array: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        wide = np.zeros((array.shape[0] + 3, array.shape[1] + 5, array.shape[2] + 3), np.int16)
        own = wide[1:-2, 2:-3, : array.shape[2]]
        own[:] = array
        return own

    return replace(step, results=inside(step.results), missed=inside(step.missed))


def code_steps_alike(
    library: ctypes.CDLL, step: Step, steps: Sequence[int] = range(_NUM_STEPS), pictures: int = 2
) -> U32Array:
    """Code pictures on both sides, in the library and in the reference: the words."""
    components = step.base.shape[2]
    writer, encoder = NativeWriter(library), SymbolEncoder(components)
    native, expected = SampleCoder(table_layout(), components, writer), emptied(step)
    found = _with_margins(emptied(step))
    for _ in range(pictures):
        for number in steps:
            native.code_step(replace(found, number=number))
            code_step_in_numpy(replace(expected, number=number), encoder)
        native.learn()
        encoder.end_picture()
    assert np.array_equal(found.decoded, expected.decoded)
    assert np.array_equal(found.missed, expected.missed)
    words = writer.words()
    assert words.astype("<u4").tobytes() == encoder.finish()
    reader = NativeReader(library, words)
    native, received = SampleCoder(table_layout(), components, reader), emptied(step, with_planes=False)
    for _ in range(pictures):
        for number in steps:
            native.code_step(replace(received, number=number))
        native.learn()
    assert reader.may_end()
    assert np.array_equal(received.decoded, expected.decoded)
    assert np.array_equal(received.missed, expected.missed)
    return words


def _received(step: Step, code_step: Callable[[Step], None]) -> Iterator[list[int]]:
    step = emptied(step, with_planes=False)
    for number in range(_NUM_STEPS):
        code_step(replace(step, number=number))
        yield [*step.decoded.ravel().tolist(), *step.missed.ravel().tolist()]


def steps(library: ctypes.CDLL, random: np.random.Generator) -> None:
    """All steps of one or two components of any size and with any errors allowed; results of a network, or noise."""
    rows, columns = (int(side) for side in random.integers(1, 11, 2))
    depth = int(random.choice([8, random.integers(9, 17)]))
    scale = SampleScale(depth, int(random.choice(unit_choices(depth))))
    errors = tuple(random.integers(0, random.choice([1, 5, 4096]), random.integers(1, 3)).tolist())
    step = made_step(random, (rows, columns), errors, scale=scale, extreme=bool(random.integers(2)))
    data = damaged(random, code_steps_alike(library, step, pictures=int(random.integers(1, 3))))
    native = SampleCoder(table_layout(), len(errors), NativeReader(library, data))
    decoder = SymbolDecoder(data.astype("<u4").tobytes(), len(errors))
    expected = until_impossible(_received(step, lambda own: code_step_in_numpy(own, decoder)))
    assert until_impossible(_received(step, native.code_step)) == expected


def motion_code(library: ctypes.CDLL, random: np.random.Generator) -> None:
    """Fields of any size, in which vectors are equal, near each other, or as far apart as a stream allows."""
    shape = tuple(int(count) for count in random.integers(1, [4, 7, 24]))
    spread = int(random.choice([0, 1, 70, FAR // 2]))
    drawn = random.integers(-spread, spread + 1, (*shape, 2)) * (random.random((*shape, 1)) < 0.4)
    fields = drawn.astype(np.int16)
    writer, encoder = NativeWriter(library), MotionEncoder()
    native = MotionCoder(writer)
    for field in fields:
        native.write(field)
        encoder.add(field)
    words = writer.words()
    assert words.astype("<u4").tobytes() == encoder.finish()
    reader = NativeReader(library, words)
    native = MotionCoder(reader)
    assert all(np.array_equal(native.read(*shape[1:]), field) for field in fields)
    assert reader.may_end()
    data = damaged(random, words)
    native, decoder = MotionCoder(NativeReader(library, data)), MotionDecoder(data.astype("<u4").tobytes(), field.shape)
    found = until_impossible(np.clip(native.read(*shape[1:]), -FAR, FAR).tolist() for _ in fields)
    assert found == until_impossible(decoder.next().tolist() for _ in fields)

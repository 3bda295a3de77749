import numpy as np
import numpy.typing as npt
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from codec.entropy.range_coder import decode_symbols, encode_symbols
from codec.entropy.tables import TOTAL, FrequencyTable, normalize_counts
from codec.errors import StreamError

symbol_arrays = hnp.arrays(np.int32, st.integers(1, 300), elements=st.integers(-2000, 2000))


@given(symbol_arrays)
def test_symbols_come_back(symbols: npt.NDArray[np.int32]) -> None:
    table = FrequencyTable.unpack(FrequencyTable.of_symbols(symbols).pack())
    assert np.array_equal(decode_symbols(encode_symbols([(symbols, table)]), [(symbols.size, table)])[0], symbols)


@given(hnp.arrays(np.int64, st.integers(1, 500), elements=st.integers(0, 2**34)).filter(lambda counts: counts.any()))
def test_frequencies_sum_exactly(counts: npt.NDArray[np.int64]) -> None:
    frequencies = normalize_counts(counts)
    assert frequencies.sum() == TOTAL
    assert np.array_equal(frequencies > 0, counts > 0)


@given(st.binary(max_size=60))
@example(bytes([0, 1, 0x80, 0x80, 4]))
def test_any_bytes_are_a_table_or_an_error(data: bytes) -> None:
    try:
        table = FrequencyTable.unpack(data)
    except StreamError:
        return
    assert FrequencyTable.unpack(table.pack()) == table


@given(symbol_arrays, st.binary(max_size=200), st.integers(0, 5000))
def test_any_bytes_are_symbols_or_an_error(symbols: npt.NDArray[np.int32], data: bytes, count: int) -> None:
    table = FrequencyTable.of_symbols(symbols)
    try:
        (decoded,) = decode_symbols(data, [(count, table)])
    except StreamError:
        return
    assert decoded.shape == (count,)
    assert decoded.dtype == np.int32
    assert not count or (decoded.min() >= table.minimum and decoded.max() <= table.maximum)

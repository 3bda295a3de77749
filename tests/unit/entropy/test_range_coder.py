import numpy as np
import pytest

from codec.entropy.range_coder import decode_symbols, encode_symbols
from codec.entropy.tables import FrequencyTable
from codec.errors import StreamError

SYMBOLS = np.array([0, 1, -1, 0, 0, 2, 0, 0, -3, 0], np.int32)


def test_known_answer() -> None:
    # Bytes that every machine and every later version must produce and read.
    table = FrequencyTable.of_symbols(SYMBOLS)
    assert table.pack().hex() == "05069a3300009a3398b3029a339a33"
    data = encode_symbols([(SYMBOLS, table)])
    assert data.hex() == "55a49eb0"
    assert decode_symbols(data, [(SYMBOLS.size, table)])[0].tolist() == SYMBOLS.tolist()


def test_size_is_close_to_the_entropy() -> None:
    symbols = np.rint(np.random.default_rng(1).laplace(size=100_000) * 3).astype(np.int32)
    table = FrequencyTable.of_symbols(symbols)
    data = encode_symbols([(symbols, table)])
    _, counts = np.unique(symbols, return_counts=True)
    entropy_bytes = -(counts * np.log2(counts / symbols.size)).sum() / 8
    assert entropy_bytes < len(data) < entropy_bytes * 1.002 + 8
    assert np.array_equal(decode_symbols(data, [(symbols.size, table)])[0], symbols)


def test_one_symbol_needs_no_bytes() -> None:
    symbols = np.full((3, 5), -7, np.int32)
    table = FrequencyTable.of_symbols(symbols)
    assert encode_symbols([(symbols, table)]) == b""
    assert decode_symbols(b"", [(15, table)])[0].tolist() == [-7] * 15
    with pytest.raises(StreamError, match="data for more"):
        decode_symbols(bytes(8), [(15, table)])


def test_symbols_outside_the_table_are_refused() -> None:
    table = FrequencyTable.of_symbols(SYMBOLS)
    for wrong in (-4, 3, -2):  # -2 lies between, but is not used
        with pytest.raises(ValueError, match="symbols that the table uses"):
            encode_symbols([(np.array([wrong], np.int32), table)])


def test_impossible_data_are_refused() -> None:
    table = FrequencyTable.of_symbols(SYMBOLS)
    with pytest.raises(StreamError, match="words of 4 bytes"):
        decode_symbols(b"12345", [(10, table)])
    with pytest.raises(StreamError, match="data for more"):
        decode_symbols(bytes(400), [(10, table)])
    with pytest.raises(StreamError, match="do not fit"):
        decode_symbols(b"\xff" * 16, [(10, table)])


def test_groups_have_tables_of_their_own() -> None:
    random = np.random.default_rng(0)
    groups = [random.integers(low, low + 9, (7, size), dtype=np.int32) for low, size in ((-5, 40), (100, 1), (0, 0))]
    groups.insert(1, np.full((2, 3), 4, np.int32))
    tables = [FrequencyTable.of_symbols(g) if g.size else FrequencyTable(0, (2**16,)) for g in groups]
    data = encode_symbols(list(zip(groups, tables, strict=True)))
    decoded = decode_symbols(data, [(g.size, table) for g, table in zip(groups, tables, strict=True)])
    for group, received in zip(groups, decoded, strict=True):
        assert np.array_equal(received, group.ravel())

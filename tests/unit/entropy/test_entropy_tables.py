import numpy as np
import pytest

from codec.entropy.tables import MAX_SYMBOLS, PRECISION, FrequencyTable, normalize_counts
from codec.errors import StreamError

TOTAL = 2**PRECISION


def test_frequencies_follow_counts_and_sum_exactly() -> None:
    frequencies = normalize_counts(np.array([1, 2, 1]))
    assert frequencies.tolist() == [TOTAL // 4, TOTAL // 2, TOTAL // 4]
    assert normalize_counts(np.array([1, 1, 1])).tolist() == [21846, 21845, 21845]


def test_used_symbols_keep_a_frequency_and_unused_have_none() -> None:
    frequencies = normalize_counts(np.array([10**9, 0, 1]))
    assert frequencies.tolist() == [TOTAL - 1, 0, 1]


def test_table_of_symbols() -> None:
    table = FrequencyTable.of_symbols(np.array([[-3, 0], [0, -3]], np.int32))
    assert table == FrequencyTable(-3, (TOTAL // 2, 0, 0, TOTAL // 2))
    assert (table.minimum, table.maximum) == (-3, 0)


def test_packed_bytes_are_stable() -> None:
    # -3 as zigzag 5; 4 symbols; 2^15 in three bytes of 7 bits; a 0 and one more 0; 2^15.
    packed = bytes([5, 4, 0x80, 0x80, 0x02, 0, 1, 0x80, 0x80, 0x02])
    table = FrequencyTable(-3, (TOTAL // 2, 0, 0, TOTAL // 2))
    assert table.pack() == packed
    assert FrequencyTable.unpack(packed) == table


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "further number"),
        (bytes([0, 0]), "1 to 16384 symbols"),
        (bytes([0, 1]), "further number"),
        (bytes([0, 1, 5]), "sum to 65536"),
        (bytes([0, 1, 0, 0]), "over 0"),
        (bytes([0, 2, 0, 9]), "more"),
        (bytes([0, 0x80, 0x80, 0x80, 0x80, 0x80, 1]), "5 bytes"),
        (bytes([0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]), "1 to 16384 symbols"),
        (bytes([0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 1, 0x80, 0x80, 4]), "within"),
        (bytes([5, 4, 0x80, 0x80, 0x02, 0, 1, 0x80, 0x80, 0x02, 0]), "further bytes"),
    ],
)
def test_unusable_bytes_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(StreamError, match=words):
        FrequencyTable.unpack(data)


def test_symbols_without_a_table() -> None:
    with pytest.raises(ValueError, match="at least one"):
        FrequencyTable.of_symbols(np.zeros(0, np.int32))
    with pytest.raises(ValueError, match="of each other"):
        FrequencyTable.of_symbols(np.array([0, MAX_SYMBOLS], np.int32))
    with pytest.raises(ValueError, match="sum"):
        normalize_counts(np.zeros(3, np.int64))
